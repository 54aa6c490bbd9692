/* SPDX-License-Identifier: Apache-2.0 */
#include "base/units.h"

#include "base/str.h"

#include <errno.h>
#include <stdbool.h>

/* "12.5" */
struct decimal {
	uint64_t whole;
	uint64_t fraction, scale; /* fraction / scale; digits beyond what matters are dropped */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads the number at *s and moves *s behind it. */
static int take_decimal(const char **s, struct decimal *ret)
{
	const char *begin = *s, *p = begin;
	bool point = false;

	*ret = (struct decimal){ .scale = 1 };
	for (; is_digit(*p); p++)
		if (__builtin_mul_overflow(ret->whole, (uint64_t)10, &ret->whole) ||
		    __builtin_add_overflow(ret->whole, (uint64_t)(*p - '0'), &ret->whole))
			return -ERANGE;
	if (*p == '.' && is_digit(p[1])) {
		point = true;
		for (p++; is_digit(*p); p++)
			if (ret->scale < 1000000000) {
				ret->fraction = ret->fraction * 10 + (uint64_t)(*p - '0');
				ret->scale *= 10;
			}
	}
	*s = p;
	return p > begin || point ? 0 : -EINVAL;
}

/* number * unit, rounded down. */
static int multiply(const struct decimal *d, uint64_t unit, uint64_t *ret)
{
	/* Both factors are below 2^30 and 2^50: in two parts, so that nothing overflows. */
	uint64_t part = unit / d->scale * d->fraction + unit % d->scale * d->fraction / d->scale;

	if (__builtin_mul_overflow(d->whole, unit, ret) || __builtin_add_overflow(*ret, part, ret) ||
	    *ret > INT64_MAX)
		return -ERANGE;
	return 0;
}

int size_parse(const char *s, int64_t *ret)
{
	static const char units[] = "kmgtp";
	struct decimal number;
	uint64_t unit = 1, bytes;
	const char *found;
	int r;

	if (streq(s, "-1")) {
		*ret = -1;
		return 0;
	}
	r = take_decimal(&s, &number);
	if (r < 0)
		return r;
	found = *s ? strchr(units, *s | 0x20) : NULL;
	if (found) {
		unit = 1ull << (10 * (found - units + 1));
		s++;
		if ((*s | 0x20) == 'i' && (s[1] | 0x20) == 'b')
			s++;
	}
	if ((*s | 0x20) == 'b')
		s++;
	if (*s)
		return -EINVAL;
	r = multiply(&number, unit, &bytes);
	if (r == 0)
		*ret = (int64_t)bytes;
	return r;
}

static const struct name_value duration_units[] = {
	{ "h", 3600000000000 }, { "m", 60000000000 }, { "s", 1000000000 }, { "ms", 1000000 },
	{ "us", 1000 },		{ "\xc2\xb5s", 1000 }, { "ns", 1 },	   { NULL, 0 },
};

/* The unit at *s, up to the next digit. */
static int take_unit(const char **s, uint64_t *ret)
{
	size_t len = strcspn(*s, "0123456789.");
	const struct name_value *unit;
	char name[8];

	if (len == 0 || len >= sizeof(name))
		return -EINVAL;
	memcpy(name, *s, len);
	name[len] = '\0';
	unit = name_find(duration_units, name);
	if (!unit)
		return -EINVAL;
	*s += len;
	*ret = unit->value;
	return 0;
}

int duration_parse(const char *s, int64_t *ret)
{
	bool negative = *s == '-';
	uint64_t total = 0, part, unit;
	struct decimal number;
	int r;

	s += negative || *s == '+';
	if (streq(s, "0")) {
		*ret = 0;
		return 0;
	}
	do {
		r = take_decimal(&s, &number);
		if (r == 0)
			r = take_unit(&s, &unit);
		if (r == 0)
			r = multiply(&number, unit, &part);
		if (r == 0 && (__builtin_add_overflow(total, part, &total) || total > INT64_MAX))
			r = -ERANGE;
	} while (r == 0 && *s);
	if (r == 0)
		*ret = negative ? -(int64_t)total : (int64_t)total;
	return r;
}
