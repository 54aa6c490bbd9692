/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/compile/gvariant.h"

#include "base/buf.h"
#include "base/str.h"
#include "libcontainer/systemd-words.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define WORDS_MAX 4096
#define TYPE_SIZE (SYSTEMD_SIGNATURE_MAX + 1)

struct parser {
	const char *p;
	struct word_list *list;
};

static const struct {
	const char *word;
	char type;
} keywords[] = {
	{ "boolean", 'b' }, { "byte", 'y' },   { "double", 'd' },     { "int16", 'n' },
	{ "int32", 'i' },   { "int64", 'x' },  { "objectpath", 'o' }, { "signature", 'g' },
	{ "string", 's' },  { "uint16", 'q' }, { "uint32", 'u' },     { "uint64", 't' },
};

void word_list_add(struct word_list *list, const char *word)
{
	char **v = list->v;

	if (list->n == list->max) {
		v = arena_regrow(list->arena, v, list->max, list->max ? list->max * 2 : 32, sizeof(*v));
		list->max = list->max ? list->max * 2 : 32;
	}
	list->failed = list->failed || !v || !word;
	if (list->failed)
		return;
	list->v = v;
	list->v[list->n++] = (char *)(uintptr_t)word;
}

void word_list_addf(struct word_list *list, const char *fmt, ...)
{
	char *word;
	va_list ap;

	va_start(ap, fmt);
	word = arena_vprintf(list->arena, fmt, ap);
	va_end(ap);
	word_list_add(list, word);
}

/* What has to be known before the values that it stands in front of: a place for it. */
static size_t add_place(struct word_list *list)
{
	word_list_add(list, "");
	return list->n ? list->n - 1 : 0;
}

static void fill_place(struct word_list *list, size_t at, const char *word)
{
	char *copy = list->failed ? NULL : arena_strdup(list->arena, word);

	list->failed = !copy;
	if (copy)
		list->v[at] = copy;
}

static void skip_blanks(struct parser *x)
{
	x->p += strspn(x->p, " \t\n");
}

static bool take(struct parser *x, char c)
{
	skip_blanks(x);
	if (*x->p != c)
		return false;
	x->p++;
	return true;
}

static int value(struct parser *x, const char *want, char *ret_type, unsigned depth);

/* "@as ..." and "uint64 ..." say what the value behind them is. */
static int type_prefix(struct parser *x, const char *want, char *ret_type, bool *ret_found, unsigned depth)
{
	char type[TYPE_SIZE] = "";
	size_t len = 0;

	*ret_found = true;
	if (*x->p == '@') {
		len = systemd_type_length(x->p + 1);
		if (len == 0)
			return -EINVAL;
		memcpy(type, x->p + 1, len);
		type[len++] = '\0';
	}
	for (size_t i = 0; len == 0 && i < ELEMENTSOF(keywords); i++) {
		const char *rest = str_after(x->p, keywords[i].word);

		if (!rest || !strchr(" \t\n", *rest) || !*rest)
			continue;
		type[0] = keywords[i].type;
		len = strlen(keywords[i].word);
	}
	if (len == 0) {
		*ret_found = false;
		return 0;
	}
	if (want && !streq(want, type))
		return -EINVAL;
	x->p += len;
	return value(x, type, ret_type, depth + 1);
}

static void put_type(char *ret_type, const char *want, const char *usual)
{
	(void)str_copy(ret_type, TYPE_SIZE, want ? want : usual);
}

static int boolean(struct parser *x, const char *want, char *ret_type)
{
	const char *rest = str_after(x->p, "true");

	word_list_add(x->list, rest ? "true" : "false");
	x->p = rest ? rest : str_after(x->p, "false");
	put_type(ret_type, want, "b");
	return streq(ret_type, "b") ? 0 : -EINVAL;
}

/* Whether a value of that type can be this number. */
static bool number_fits(char type, bool negative, uint64_t v)
{
	static const struct {
		char type;
		uint64_t max, min; /* min: of the absolute value of a negative number */
	} ranges[] = {
		{ 'y', UINT8_MAX, 0 },
		{ 'n', INT16_MAX, (uint64_t)INT16_MAX + 1 },
		{ 'q', UINT16_MAX, 0 },
		{ 'i', INT32_MAX, (uint64_t)INT32_MAX + 1 },
		{ 'u', UINT32_MAX, 0 },
		{ 'x', INT64_MAX, (uint64_t)INT64_MAX + 1 },
		{ 't', UINT64_MAX, 0 },
	};

	for (size_t i = 0; i < ELEMENTSOF(ranges); i++)
		if (ranges[i].type == type)
			return v <= (negative ? ranges[i].min : ranges[i].max);
	return false;
}

static int floating(struct parser *x, const char *want, char *ret_type, size_t len)
{
	char text[64], *end;

	put_type(ret_type, want, "d");
	if (!streq(ret_type, "d") || len >= sizeof(text))
		return -EINVAL;
	memcpy(text, x->p, len);
	text[len] = '\0';
	(void)strtod(text, &end);
	if (end == text || *end)
		return -EINVAL;
	word_list_addf(x->list, "%s", text);
	x->p += len;
	return 0;
}

/* Digits as in C: decimal, or behind "0x" and "0" hexadecimal and octal. */
static bool digits(const char *text, uint64_t *ret)
{
	static const char all[] = "0123456789abcdef";
	uint64_t v = 0, base = 10;

	if (text[0] == '0' && text[1]) {
		base = text[1] == 'x' ? 16 : 8;
		text += base == 16 ? 2 : 1;
	}
	if (!*text)
		return false;
	for (; *text; text++) {
		const char *at = strchr(all, tolower((unsigned char)*text));

		if (!at || (uint64_t)(at - all) >= base || v > (UINT64_MAX - (uint64_t)(at - all)) / base)
			return false;
		v = v * base + (uint64_t)(at - all);
	}
	*ret = v;
	return true;
}

/* With a point or an exponent, or where one is wanted, a double. */
static int number(struct parser *x, const char *want, char *ret_type)
{
	size_t len = strspn(x->p, "+-.0123456789abcdefxABCDEFX");
	bool hex = strncmp(x->p + strspn(x->p, "+-"), "0x", 2) == 0;
	bool negative = *x->p == '-';
	char text[64];
	uint64_t v;

	if (len >= sizeof(text))
		return -EINVAL;
	memcpy(text, x->p, len);
	text[len] = '\0';
	if ((want && streq(want, "d")) || (!hex && strpbrk(text, ".e")))
		return floating(x, want, ret_type, len);
	put_type(ret_type, want, "i");
	if (strspn(text, "+-") > 1 || !digits(text + strspn(text, "+-"), &v) || ret_type[1] ||
	    !number_fits(ret_type[0], negative && v, v))
		return -EINVAL;
	word_list_addf(x->list, "%s%" PRIu64, negative && v ? "-" : "", v);
	x->p += len;
	return 0;
}

/* The character behind a backslash; 0 for one that means nothing. */
static char escaped(char c)
{
	static const char from[] = "abfnrtv\\'\"", to[] = "\a\b\f\n\r\t\v\\'\"";
	const char *at = c ? strchr(from, c) : NULL;

	return at ? to[at - from] : 0;
}

static int string(struct parser *x, const char *want, char *ret_type)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	char quote = *x->p++;

	put_type(ret_type, want, "s");
	if (ret_type[1] || !strchr("sog", ret_type[0]))
		return -EINVAL;
	buf_add(&text, "", 0);
	for (; *x->p != quote; x->p++) {
		char c = *x->p;

		if (c == '\\')
			c = escaped(*++x->p);
		if (!c)
			return -EINVAL;
		buf_addc(&text, c);
	}
	x->p++;
	word_list_addf(x->list, "%s", text.data ? text.data : "");
	x->list->failed = x->list->failed || text.failed;
	return 0;
}

static int array(struct parser *x, const char *want, char *ret_type, unsigned depth)
{
	char type[TYPE_SIZE] = "", element[TYPE_SIZE], count[16];
	size_t at = add_place(x->list);
	unsigned n = 0;
	int r;

	if (want && want[0] != 'a')
		return -EINVAL;
	if (want)
		(void)str_copy(type, sizeof(type), want + 1);
	x->p++;
	while (!take(x, ']')) {
		if (n > 0 && !take(x, ','))
			return -EINVAL;
		/* All elements are of one type, by default the first one's. */
		r = value(x, type[0] ? type : NULL, element, depth + 1);
		if (r < 0)
			return r;
		(void)str_copy(type, sizeof(type), element);
		n++;
	}
	if (!type[0] || strlen(type) + 2 > TYPE_SIZE)
		return -EINVAL;
	(void)snprintf(count, sizeof(count), "%u", n);
	fill_place(x->list, at, count);
	ret_type[0] = 'a';
	(void)str_copy(ret_type + 1, TYPE_SIZE - 1, type);
	return 0;
}

/* The type of the next member in the inner part of a tuple's type; moves behind it. */
static bool next_member(const char **want, char type[TYPE_SIZE])
{
	size_t len = systemd_type_length(*want);

	if (len == 0)
		return false;
	memcpy(type, *want, len);
	type[len] = '\0';
	*want += len;
	return true;
}

static int tuple(struct parser *x, const char *want, char *ret_type, unsigned depth)
{
	char member[TYPE_SIZE], wanted[TYPE_SIZE];
	const char *inner = want ? want + 1 : NULL;
	size_t len = 1;
	unsigned n = 0;
	int r;

	if (want && want[0] != '(')
		return -EINVAL;
	x->p++;
	ret_type[0] = '(';
	while (!take(x, ')')) {
		if (n > 0 && !take(x, ','))
			return -EINVAL;
		if (n > 0 && take(x, ')')) /* "(1,)" */
			break;
		if (inner && !next_member(&inner, wanted))
			return -EINVAL;
		r = value(x, inner ? wanted : NULL, member, depth + 1);
		if (r < 0)
			return r;
		if (len + strlen(member) + 2 > TYPE_SIZE)
			return -EINVAL;
		len += str_copy(ret_type + len, TYPE_SIZE - len, member);
		n++;
	}
	(void)str_copy(ret_type + len, TYPE_SIZE - len, ")");
	return n == 0 || (inner && !streq(inner, ")")) ? -EINVAL : 0;
}

static int variant(struct parser *x, const char *want, char *ret_type, unsigned depth)
{
	char type[TYPE_SIZE];
	size_t at = add_place(x->list);
	int r;

	if (want && !streq(want, "v"))
		return -EINVAL;
	x->p++;
	r = value(x, NULL, type, depth + 1);
	if (r < 0)
		return r;
	fill_place(x->list, at, type);
	put_type(ret_type, want, "v");
	return take(x, '>') ? 0 : -EINVAL;
}

/* Not deeper than SYSTEMD_DEPTH_MAX and not more than WORDS_MAX words, whatever the text is. */
static int value(struct parser *x, const char *want, char *ret_type, unsigned depth)
{
	bool found;
	int r;

	skip_blanks(x);
	if (depth > SYSTEMD_DEPTH_MAX || x->list->n > WORDS_MAX)
		return -EINVAL;
	r = type_prefix(x, want, ret_type, &found, depth);
	if (found)
		return r;
	if (str_after(x->p, "true") || str_after(x->p, "false"))
		return boolean(x, want, ret_type);
	switch (*x->p) {
	case '[':
		return array(x, want, ret_type, depth);
	case '(':
		return tuple(x, want, ret_type, depth);
	case '<':
		return variant(x, want, ret_type, depth);
	case '\'':
	case '"':
		return string(x, want, ret_type);
	default:
		return number(x, want, ret_type);
	}
}

int gvariant_parse(const char *text, struct word_list *list, size_t *ret_at)
{
	struct parser x = { .p = text, .list = list };
	char type[TYPE_SIZE];
	size_t at = add_place(list);
	int r = value(&x, NULL, type, 0);

	skip_blanks(&x);
	*ret_at = (size_t)(x.p - text);
	if (r == 0 && *x.p)
		r = -EINVAL;
	if (r == 0)
		fill_place(list, at, type);
	return r == 0 && list->failed ? -ENOMEM : r;
}
