/* SPDX-License-Identifier: Apache-2.0 */
/* Calls, and properties from the texts that the compiler has made. */
#include "libcontainer/systemd/wire.h"

#include "base/macro.h"
#include "base/str.h"
#include "libcontainer/systemd/wire-layout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Room for n bytes, aligned, with zeros in the gap. NULL after an error. */
static char *put(struct wire_writer *w, size_t n, size_t align)
{
	size_t begin = ALIGN_UP(w->len, align);

	if (!w->error && (begin > w->size || n > w->size - begin))
		w->error = -E2BIG;
	if (w->error)
		return NULL;
	memset(w->data + w->len, 0, begin - w->len);
	w->len = begin + n;
	return w->data + begin;
}

static void put_bytes(struct wire_writer *w, const void *bytes, size_t n, size_t align)
{
	char *p = put(w, n, align);

	if (p)
		memcpy(p, bytes, n);
}

static void put_byte(struct wire_writer *w, uint8_t v)
{
	put_bytes(w, &v, 1, 1);
}

void wire_put_u32(struct wire_writer *w, uint32_t v)
{
	put_bytes(w, &v, sizeof(v), sizeof(v));
}

void wire_put_string(struct wire_writer *w, const char *s)
{
	size_t len = strlen(s);

	wire_put_u32(w, (uint32_t)len);
	put_bytes(w, s, len + 1, 1);
}

void wire_put_signature(struct wire_writer *w, const char *s)
{
	size_t len = strlen(s);

	if (len > SYSTEMD_SIGNATURE_MAX && !w->error)
		w->error = -EBADMSG;
	put_byte(w, (uint8_t)len);
	put_bytes(w, s, len + 1, 1);
}

size_t wire_begin_array(struct wire_writer *w, size_t align)
{
	size_t begin;

	wire_put_u32(w, 0);
	begin = w->len;
	(void)put(w, 0, align);
	return begin;
}

/* The length counts from the first element, not from the gap in front of it. */
void wire_end_array(struct wire_writer *w, size_t begin, size_t align)
{
	uint32_t n;

	if (w->error)
		return;
	n = (uint32_t)(w->len - ALIGN_UP(begin, align));
	memcpy(w->data + begin - sizeof(n), &n, sizeof(n));
}

void wire_begin_struct(struct wire_writer *w)
{
	(void)put(w, 0, 8);
}

static void put_field(struct wire_writer *w, enum wire_field field, const char *type, const char *value)
{
	if (str_is_empty(value))
		return;
	wire_begin_struct(w);
	put_byte(w, (uint8_t)field);
	wire_put_signature(w, type);
	if (type[0] == 'g')
		wire_put_signature(w, value);
	else
		wire_put_string(w, value);
}

void wire_begin(struct wire_writer *w, char *data, size_t size, uint32_t serial, const struct wire_call *call)
{
	const uint8_t head[] = { WIRE_ORDER, WIRE_CALL, 0, WIRE_VERSION };
	size_t fields;

	*w = (struct wire_writer){ .data = data, .size = size };
	put_bytes(w, head, sizeof(head), 1);
	wire_put_u32(w, 0); /* the body's size */
	wire_put_u32(w, serial);
	fields = wire_begin_array(w, 8);
	put_field(w, WIRE_PATH, "o", call->path);
	put_field(w, WIRE_DESTINATION, "s", call->destination);
	put_field(w, WIRE_INTERFACE, "s", call->interface);
	put_field(w, WIRE_MEMBER, "s", call->member);
	put_field(w, WIRE_SIGNATURE, "g", call->signature);
	wire_end_array(w, fields, 8);
	(void)put(w, 0, 8);
	w->body = w->len;
}

int wire_end(struct wire_writer *w)
{
	uint32_t n = (uint32_t)(w->len - w->body);

	if (w->error)
		return w->error;
	memcpy(w->data + WIRE_AT_BODY_SIZE, &n, sizeof(n));
	return (int)w->len;
}

static void put_bad(struct wire_writer *w)
{
	if (!w->error)
		w->error = -EBADMSG;
}

static size_t basic_size(char type)
{
	return type == 'y' ? 1 : strchr("nq", type) ? 2 : strchr("iub", type) ? 4 : 8;
}

/* The low bytes of a number, which is in the type's range. */
static void put_integer(struct wire_writer *w, char type, uint64_t v)
{
	size_t size = basic_size(type);
	const uint8_t u8 = (uint8_t)v;
	const uint16_t u16 = (uint16_t)v;
	const uint32_t u32 = (uint32_t)v;

	put_bytes(w, size == 1 ? (const void *)&u8 : size == 2 ? (const void *)&u16 : size == 4 ? (const void *)&u32
												 : (const void *)&v,
		  size, size);
}

static void put_unsigned(struct wire_writer *w, char type, const char *text)
{
	uint64_t v;

	if (str_to_u64(text, &v) < 0 || v > UINT64_MAX >> (64 - 8 * basic_size(type)))
		return put_bad(w);
	put_integer(w, type, v);
}

static void put_signed(struct wire_writer *w, char type, const char *text)
{
	int64_t max = INT64_MAX >> (64 - 8 * basic_size(type)), v;

	if (str_to_i64(text, &v) < 0 || v > max || v < -max - 1)
		return put_bad(w);
	put_integer(w, type, (uint64_t)v);
}

static void put_double(struct wire_writer *w, const char *text)
{
	char *end;
	double d = strtod(text, &end);

	if (end == text || *end)
		return put_bad(w);
	put_bytes(w, &d, sizeof(d), sizeof(d));
}

/* A bus ends the connection of who sends it a path that is none. */
static bool is_object_path(const char *s)
{
	if (streq(s, "/"))
		return true;
	for (size_t n; *s == '/'; s += 1 + n) {
		n = strspn(s + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
		if (n == 0)
			return false;
		if (!s[1 + n])
			return true;
	}
	return false;
}

/* Containers in one another, of which a bus takes no more than 32, are counted as if all were. */
static bool is_flat(const char *signature)
{
	unsigned n = 0;

	for (; *signature; signature++)
		n += *signature == 'a' || *signature == '(';
	return n <= 32;
}

static bool is_signature(const char *s)
{
	size_t n = 1;

	if (strlen(s) > SYSTEMD_SIGNATURE_MAX || !is_flat(s))
		return false;
	for (; *s && n > 0; s += n)
		n = systemd_type_length(s);
	return n > 0;
}

static void put_basic(struct wire_writer *w, char type, const char *text)
{
	if (strchr("yqut", type))
		put_unsigned(w, type, text);
	else if (strchr("nix", type))
		put_signed(w, type, text);
	else if (type == 's' || (type == 'o' && is_object_path(text)))
		wire_put_string(w, text);
	else if (type == 'g' && is_signature(text))
		wire_put_signature(w, text);
	else if (type == 'b' && (streq(text, "true") || streq(text, "false")))
		wire_put_u32(w, streq(text, "true"));
	else if (type == 'd')
		put_double(w, text);
	else
		put_bad(w);
}

static size_t type_align(char type)
{
	return type == '(' ? 8 : type == 'v' || type == 'g' ? 1 : strchr("soa", type) ? 4 : basic_size(type);
}

static void put_type(struct wire_writer *w, const char *type, size_t len, struct words *words, unsigned depth);

/* All types of a signature of len bytes. */
static void put_types(struct wire_writer *w, const char *types, size_t len, struct words *words, unsigned depth)
{
	for (size_t at = 0, n; !w->error && at < len; at += n) {
		n = systemd_type_length(types + at);
		if (n == 0 || n > len - at)
			return put_bad(w);
		put_type(w, types + at, n, words, depth);
	}
}

static void put_array(struct wire_writer *w, const char *element, size_t len, struct words *words, unsigned depth)
{
	const char *word = words_next(words);
	size_t align = type_align(element[0]), begin;
	uint32_t n;

	if (!word || str_to_u32(word, &n) < 0)
		return put_bad(w);
	begin = wire_begin_array(w, align);
	for (uint32_t i = 0; !w->error && i < n; i++)
		put_type(w, element, len, words, depth);
	wire_end_array(w, begin, align);
}

static void put_variant(struct wire_writer *w, struct words *words, unsigned depth)
{
	const char *type = words_next(words);

	if (!type || !*type || systemd_type_length(type) != strlen(type) || !is_flat(type))
		return put_bad(w);
	wire_put_signature(w, type);
	put_type(w, type, strlen(type), words, depth);
}

/* One complete type of len bytes. Not deeper than SYSTEMD_DEPTH_MAX, whatever the words say. */
static void put_type(struct wire_writer *w, const char *type, size_t len, struct words *words, unsigned depth)
{
	const char *word;

	if (strchr("a(v", type[0]) && ++depth > SYSTEMD_DEPTH_MAX)
		return put_bad(w);
	if (type[0] == 'a')
		return put_array(w, type + 1, len - 1, words, depth);
	if (type[0] == 'v')
		return put_variant(w, words, depth);
	if (type[0] == '(') {
		wire_begin_struct(w);
		return put_types(w, type + 1, len - 2, words, depth);
	}
	word = words_next(words);
	if (!word)
		return put_bad(w);
	put_basic(w, type[0], word);
}

void wire_put_properties(struct wire_writer *w, struct words words)
{
	while (!w->error && words.n > 0) {
		wire_begin_struct(w);
		wire_put_string(w, words_next(&words));
		put_variant(w, &words, 0);
	}
}
