/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/scan.h"

#include "spec/table.h"

#include <string.h>

struct scan {
	const unsigned char *text;
	size_t len;
	size_t at;
	struct scan_finding *ret;
};

static bool scan_fail(struct scan *s, size_t token, enum error_code code, const char *words)
{
	*s->ret = (struct scan_finding){ .code = code, .words = words, .offset = s->at, .token = token };
	return false;
}

size_t utf8_sequence(const unsigned char *s, size_t len)
{
	/* Of the first byte: length, and the range of the second that excludes overlong forms,
	 * surrogates and what lies beyond U+10FFFF. */
	static const struct { unsigned char first, last, n, low, high; } rows[] = {
		{ 0x00, 0x7f, 1, 0, 0 },       { 0xc2, 0xdf, 2, 0x80, 0xbf }, { 0xe0, 0xe0, 3, 0xa0, 0xbf },
		{ 0xe1, 0xec, 3, 0x80, 0xbf }, { 0xed, 0xed, 3, 0x80, 0x9f }, { 0xee, 0xef, 3, 0x80, 0xbf },
		{ 0xf0, 0xf0, 4, 0x90, 0xbf }, { 0xf1, 0xf3, 4, 0x80, 0xbf }, { 0xf4, 0xf4, 4, 0x80, 0x8f },
	};

	for (size_t i = 0; len > 0 && i < ELEMENTSOF(rows); i++) {
		if (s[0] < rows[i].first || s[0] > rows[i].last)
			continue;
		if (rows[i].n > len || (rows[i].n > 1 && (s[1] < rows[i].low || s[1] > rows[i].high)))
			return 0;
		for (size_t k = 2; k < rows[i].n; k++)
			if ((s[k] & 0xc0) != 0x80)
				return 0;
		return rows[i].n;
	}
	return 0;
}

/* The code unit of the \uXXXX at the offset, or -1. */
static long scan_unit(const struct scan *s, size_t at)
{
	long unit = 0;

	if (s->len - at < 6 || s->text[at] != '\\' || s->text[at + 1] != 'u')
		return -1;
	for (size_t i = at + 2; i < at + 6; i++) {
		unsigned char c = s->text[i];
		static const char digits[] = "0123456789abcdef";
		const char *digit = c ? strchr(digits, c >= 'A' && c <= 'F' ? c | 32 : c) : NULL;

		if (!digit)
			return -1;
		unit = unit * 16 + (digit - digits);
	}
	return unit;
}

/* At a backslash within a string: steps over the escape. */
static bool scan_escape(struct scan *s, size_t token)
{
	long unit, low;

	if (s->len - s->at < 2)
		return scan_fail(s, token, ERR_CONFIG_SYNTAX, "the text ends within a string");
	if (s->text[s->at + 1] != 'u') {
		if (!s->text[s->at + 1] || !strchr("\"\\/bfnrt", s->text[s->at + 1]))
			return scan_fail(s, token, ERR_CONFIG_SYNTAX, "unknown escape in a string");
		s->at += 2;
		return true;
	}
	unit = scan_unit(s, s->at);
	if (unit < 0)
		return scan_fail(s, token, ERR_CONFIG_SYNTAX, "\\u without four hexadecimal digits");
	/* A NUL would cut the value short behind every check that was made on its full length. */
	if (unit == 0)
		return scan_fail(s, token, ERR_CONFIG_VALUE, "NUL character in a string");
	if (unit < 0xd800 || unit > 0xdfff) {
		s->at += 6;
		return true;
	}
	low = scan_unit(s, s->at + 6);
	if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff)
		return scan_fail(s, token, ERR_CONFIG_SYNTAX, "half of a surrogate pair in a string");
	s->at += 12;
	return true;
}

/* At the opening quote: steps behind the closing one. */
static bool scan_string(struct scan *s)
{
	size_t token = s->at++;

	while (s->at < s->len) {
		unsigned char c = s->text[s->at];

		if (c == '"') {
			s->at++;
			return true;
		}
		if (c == '\\') {
			if (!scan_escape(s, token))
				return false;
		} else if (c >= 0x80) {
			size_t n = utf8_sequence(s->text + s->at, s->len - s->at);

			if (n == 0)
				return scan_fail(s, token, ERR_CONFIG_SYNTAX, "invalid UTF-8 in a string");
			s->at += n;
		} else if (c < 0x20) {
			return scan_fail(s, token, ERR_CONFIG_SYNTAX,
					 c ? "control character in a string" : "NUL byte in a string");
		} else {
			s->at++;
		}
	}
	return scan_fail(s, token, ERR_CONFIG_SYNTAX, "the text ends within a string");
}

bool scan_text(const char *text, size_t len, struct scan_finding *ret)
{
	struct scan s = { .text = (const unsigned char *) text, .len = len, .ret = ret };
	size_t depth = 0;

	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		return scan_fail(&s, 0, ERR_CONFIG_SYNTAX, "the text begins with a byte order mark (BOM)");
	while (s.at < len) {
		unsigned char c = s.text[s.at];

		if (c == '"') {
			if (!scan_string(&s))
				return false;
			continue;
		}
		if (c == '{' || c == '[') {
			if (++depth > TABLE_DEPTH_MAX)
				return scan_fail(&s, s.at, ERR_CONFIG_LIMIT, "nested deeper than 64 levels");
		} else if (c == '}' || c == ']') {
			depth -= depth > 0;
		} else if (c >= 0x80 || c == 0) {
			return scan_fail(&s, s.at, ERR_CONFIG_SYNTAX,
					 c ? "character outside of a string that is not ASCII" :
					     "NUL byte outside of a string");
		}
		s.at++;
	}
	return true;
}
