/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vsnprintf() and snprintf() for this program: strings, integers and characters, which is all that its
 * messages are made of. They take the place of the C library's, whose floating point, wide characters
 * and error texts would be a fifth of the whole program.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct out {
	char *buf;
	size_t size, len; /* len counts what would have been written, too */
};

static void out_add(struct out *o, const char *s, size_t n)
{
	for (; n > 0; n--, s++, o->len++)
		if (o->len + 1 < o->size)
			o->buf[o->len] = *s;
}

static void out_number(struct out *o, uint64_t value, unsigned base, bool negative)
{
	char digits[24];
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	if (negative)
		digits[--at] = '-';
	out_add(o, digits + at, sizeof(digits) - at);
}

/* ".N" or ".*": the most bytes of a string; *fmt is moved behind it. */
static size_t precision(const char **fmt, int star)
{
	size_t n = 0;

	if (**fmt == '*') {
		(*fmt)++;
		return star < 0 ? SIZE_MAX : (size_t) star;
	}
	for (; **fmt >= '0' && **fmt <= '9'; (*fmt)++)
		n = n * 10 + (size_t) (**fmt - '0');
	return n;
}

int vsnprintf(char *restrict buf, size_t size, const char *restrict format, va_list ap)
{
	const char *fmt = format;
	struct out o = { .buf = buf, .size = size };
	const char *s;
	unsigned length;
	uint64_t value;
	int64_t number;
	size_t max;
	char c;

	for (; *fmt; fmt++) {
		if (*fmt != '%' || *++fmt == '%') {
			out_add(&o, fmt, 1);
			continue;
		}
		max = SIZE_MAX;
		if (*fmt == '.') {
			fmt++;
			max = precision(&fmt, *fmt == '*' ? va_arg(ap, int) : 0);
		}
		/* long, long long and size_t are at most 64 bits; only their number of bytes differs. */
		for (length = 0; *fmt == 'l' || *fmt == 'z'; fmt++)
			length++;
		if (*fmt == 's') {
			s = va_arg(ap, const char *);
			out_add(&o, s ? s : "(null)", strnlen(s ? s : "(null)", max));
		} else if (*fmt == 'c') {
			c = (char) va_arg(ap, int);
			out_add(&o, &c, 1);
		} else if (*fmt == 'd') {
			number = length == 0 ? va_arg(ap, int) : length == 1 ? va_arg(ap, long) : va_arg(ap, long long);
			out_number(&o, number < 0 ? 0 - (uint64_t) number : (uint64_t) number, 10, number < 0);
		} else {
			value = length == 0   ? va_arg(ap, unsigned)
				: length == 1 ? va_arg(ap, unsigned long)
					      : va_arg(ap, unsigned long long);
			out_number(&o, value, *fmt == 'x' ? 16 : *fmt == 'o' ? 8 : 10, false);
		}
	}
	if (size > 0)
		buf[o.len < size ? o.len : size - 1] = '\0';
	return (int) o.len;
}

int snprintf(char *restrict buf, size_t size, const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
