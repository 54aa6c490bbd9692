/* SPDX-License-Identifier: Apache-2.0 */
#include "base/format.h"

#include "base/macro.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct out {
	char *buf;
	size_t size, len; /* len counts what would have been written, too */
};

struct conversion {
	bool left, zeros;
	size_t width;
	size_t max; /* bytes of a string */
	unsigned length; /* long, long long and size_t are at most 64 bits; only their number of bytes differs */
};

static void out_add(struct out *o, const char *s, size_t n)
{
	if (o->len < o->size)
		memcpy(o->buf + o->len, s, MIN(n, o->size - o->len));
	o->len += n;
}

/* With blanks up to the width. */
static void out_padded(struct out *o, const struct conversion *c, const char *s, size_t n)
{
	size_t end = o->len + MAX(n, c->width);

	while (!c->left && o->len + n < end)
		out_add(o, " ", 1);
	out_add(o, s, n);
	while (o->len < end)
		out_add(o, " ", 1);
}

/* A width or a precision. */
static int amount(const char **fmt, va_list *ap)
{
	int n = 0;

	if (**fmt == '*') {
		(*fmt)++;
		return va_arg(*ap, int);
	}
	for (; **fmt >= '0' && **fmt <= '9'; (*fmt)++)
		n = n * 10 + (**fmt - '0');
	return n;
}

/* What stands between '%' and the letter; *fmt is moved to that. */
static struct conversion read_conversion(const char **fmt, va_list *ap)
{
	struct conversion c = { .max = SIZE_MAX };
	int n;

	for (; **fmt == '-' || **fmt == '0'; (*fmt)++)
		*(**fmt == '-' ? &c.left : &c.zeros) = true;
	n = amount(fmt, ap);
	c.left |= n < 0;
	c.width = n < 0 ? 0 - (size_t) n : (size_t) n;
	if (**fmt == '.') {
		(*fmt)++;
		n = amount(fmt, ap);
		c.max = n < 0 ? SIZE_MAX : (size_t) n;
	}
	for (; **fmt == 'l' || **fmt == 'z'; (*fmt)++)
		c.length++;
	return c;
}

static void out_integer(struct out *o, const struct conversion *c, char letter, va_list *ap)
{
	uint64_t v = c->length == 0   ? va_arg(*ap, unsigned)
		     : c->length == 1 ? va_arg(*ap, unsigned long)
				      : va_arg(*ap, unsigned long long);
	int64_t number = c->length == 0 ? (int) v : c->length == 1 ? (long) v : (long long) v;
	bool minus = letter == 'd' && number < 0;
	unsigned bits = letter == 'x' ? 4 : letter == 'o' ? 3 : 0;
	char digits[32];
	size_t n = 0;

	if (minus)
		v = 0 - (uint64_t) number;
	do {
		digits[sizeof(digits) - ++n] = "0123456789abcdef"[bits ? v & ((1u << bits) - 1) : v % 10];
		v = bits ? v >> bits : v / 10;
	} while (v || (c->zeros && n + minus < MIN(c->width, sizeof(digits))));
	if (minus)
		digits[sizeof(digits) - ++n] = '-';
	out_padded(o, c, digits + sizeof(digits) - n, n);
}

static void out_string(struct out *o, const struct conversion *c, const char *s)
{
	out_padded(o, c, s ? s : "(null)", strnlen(s ? s : "(null)", c->max));
}

static void out_conversion(struct out *o, const char **fmt, va_list *ap)
{
	struct conversion c = read_conversion(fmt, ap);
	char one;

	switch (**fmt) {
	case 's':
		out_string(o, &c, va_arg(*ap, const char *));
		break;
	case 'c':
		one = (char) va_arg(*ap, int);
		out_padded(o, &c, &one, 1);
		break;
	case 'd':
	case 'u':
	case 'x':
	case 'o':
		out_integer(o, &c, **fmt, ap);
		break;
	default:
		out_add(o, *fmt, **fmt != '\0');
	}
	*fmt += **fmt != '\0';
}

int format_va(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { .buf = buf, .size = size };
	va_list args;

	va_copy(args, ap);
	while (*fmt) {
		size_t n = 0;

		while (fmt[n] && fmt[n] != '%')
			n++;
		out_add(&o, fmt, n);
		fmt += n;
		if (*fmt && *++fmt)
			out_conversion(&o, &fmt, &args);
	}
	va_end(args);
	if (size > 0)
		buf[o.len < size ? o.len : size - 1] = '\0';
	return (int) o.len;
}
