/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <errno.h>

const char *str_after(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(s, prefix, n) == 0 ? s + n : NULL;
}

bool str_ends(const char *s, const char *suffix)
{
	size_t len = strlen(s), n = strlen(suffix);

	return len > n && streq(s + len - n, suffix);
}

int str_to_u64(const char *s, uint64_t *ret)
{
	uint64_t v = 0;

	if (!*s)
		return -EINVAL;
	for (const char *p = s; *p; p++)
		if (*p < '0' || *p > '9')
			return -EINVAL;
	for (; *s; s++)
		if (__builtin_mul_overflow(v, (uint64_t) 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t) (*s - '0'), &v))
			return -ERANGE;
	*ret = v;
	return 0;
}

int str_to_i64(const char *s, int64_t *ret)
{
	bool negative = *s == '-';
	uint64_t v;
	int r;

	r = str_to_u64(s + negative, &v);
	if (r < 0)
		return r;
	if (v > (uint64_t) INT64_MAX + negative)
		return -ERANGE;
	/* -v is computed as -(v - 1) - 1: the smallest number has no positive counterpart. */
	*ret = negative && v ? -(int64_t) (v - 1) - 1 : (int64_t) v;
	return 0;
}

int str_to_u32(const char *s, uint32_t *ret)
{
	uint64_t v;
	int r;

	r = str_to_u64(s, &v);
	if (r < 0)
		return r;
	if (v > UINT32_MAX)
		return -ERANGE;
	*ret = (uint32_t) v;
	return 0;
}

size_t str_from_u64(uint64_t v, char buf[STR_U64_SIZE])
{
	size_t n = 1;

	for (uint64_t rest = v / 10; rest; rest /= 10)
		n++;
	buf[n] = '\0';
	for (size_t i = n; i-- > 0; v /= 10)
		buf[i] = (char) ('0' + v % 10);
	return n;
}

const struct name_value *name_find(const struct name_value *table, const char *name)
{
	for (; table->name; table++)
		if (streq(table->name, name))
			return table;
	return NULL;
}

const struct name_value *name_of(const struct name_value *table, uint64_t value)
{
	for (; table->name; table++)
		if (table->value == value)
			return table;
	return NULL;
}

/*
 * The length of the printable character that s begins with, 0 when its first byte must be escaped.
 * Overlong forms, surrogates and anything above U+10FFFF are invalid. The control characters U+0080
 * to U+009F count as not printable: terminals obey some of them like ESC sequences.
 */
static size_t str_printable(const unsigned char *s)
{
	static const struct {
		unsigned char first, last;   /* the lead byte */
		unsigned char low, high;     /* the byte after it */
		unsigned char n;
	} forms[] = {
		{ 0xc2, 0xc2, 0xa0, 0xbf, 2 }, { 0xc3, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	if (s[0] >= 0x20 && s[0] < 0x7f)
		return 1;
	for (size_t i = 0; i < ELEMENTSOF(forms); i++) {
		if (s[0] < forms[i].first || s[0] > forms[i].last)
			continue;
		if (s[1] < forms[i].low || s[1] > forms[i].high)
			return 0;
		for (size_t k = 2; k < forms[i].n; k++)
			if ((s[k] & 0xc0) != 0x80)
				return 0;
		return forms[i].n;
	}
	return 0;
}

size_t str_plain(const char *s)
{
	size_t n = 0;

	while (s[n] >= 0x20 && s[n] < 0x7f)
		n++;
	return n;
}

size_t str_escape(const char *s, char *buf, size_t size)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *p = (const unsigned char *) s;
	size_t len = 0;

	if (!size)
		return 0;
	while (*p) {
		size_t n = str_printable(p);

		/* Characters and escapes are written whole or not at all. */
		if (len + (n ? n : 4) > size - 1)
			break;
		if (n) {
			memcpy(buf + len, p, n);
			len += n;
			p += n;
		} else {
			const char escape[4] = { '\\', 'x', hex[*p >> 4], hex[*p & 15] };

			memcpy(buf + len, escape, sizeof(escape));
			len += sizeof(escape);
			p++;
		}
	}
	buf[len] = '\0';
	return len;
}

size_t str_copy(char *buf, size_t size, const char *s)
{
	size_t n;

	if (!size)
		return 0;
	n = strnlen(s, size - 1);
	memcpy(buf, s, n);
	buf[n] = '\0';
	return n;
}
