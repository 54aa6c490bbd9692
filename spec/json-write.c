/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/json-write.h"

#include "spec/scan.h"

#include <yajl/yajl_gen.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

static void json_print(void *ctx, const char *s, size_t len)
{
	buf_add(ctx, s, len);
}

static void *json_alloc(void *ctx, size_t size)
{
	struct json_writer *w = ctx;
	size_t aligned = ALIGN_UP(size, _Alignof(max_align_t));
	void *p = w->memory + w->used;

	if (size > sizeof(w->memory) || aligned > sizeof(w->memory) - w->used)
		return NULL;
	w->used += aligned;
	return p;
}

/* Only yajl's own text would grow, and ours goes to the buffer of the caller. */
static void *json_grow(_unused_ void *ctx, _unused_ void *old, _unused_ size_t size)
{
	return NULL;
}

static void json_free(_unused_ void *ctx, _unused_ void *p)
{
}

void json_start(struct json_writer *w, struct buf *out, const char *indent)
{
	yajl_alloc_funcs memory = { json_alloc, json_grow, json_free, w };

	*w = (struct json_writer){ .out = out, .pretty = indent != NULL };
	w->gen = yajl_gen_alloc(&memory);
	if (!w->gen)
		return;
	(void) yajl_gen_config(w->gen, yajl_gen_print_callback, json_print, out);
	if (indent) {
		(void) yajl_gen_config(w->gen, yajl_gen_beautify, 1);
		(void) yajl_gen_config(w->gen, yajl_gen_indent_string, indent);
	}
}

static void json_note(struct json_writer *w, yajl_gen_status status)
{
	if (status != yajl_gen_status_ok && status != yajl_gen_generation_complete)
		w->failed = true;
}

/* Writes the bracket that was held back, now that something follows it. false: nothing can be written. */
static bool json_ready(struct json_writer *w)
{
	char bracket = w->pending;

	w->pending = 0;
	if (w->gen && bracket)
		json_note(w, bracket == '{' ? yajl_gen_map_open(w->gen) : yajl_gen_array_open(w->gen));
	return w->gen && !w->failed;
}

void json_open(struct json_writer *w, char bracket)
{
	if (!json_ready(w))
		return;
	if (w->depth == JSON_WRITE_DEPTH) {
		w->failed = true;
		return;
	}
	w->open[w->depth++] = bracket;
	w->pending = bracket;
}

void json_close(struct json_writer *w)
{
	if (!w->gen || w->failed)
		return;
	if (w->depth == 0) {
		w->failed = true;
		return;
	}
	w->depth--;
	if (w->pending) {
		/* yajl would break the line between the brackets; a number is what it copies as it is. */
		w->pending = 0;
		json_note(w, yajl_gen_number(w->gen, w->open[w->depth] == '{' ? "{}" : "[]", 2));
	} else if (w->open[w->depth] == '{') {
		json_note(w, yajl_gen_map_close(w->gen));
	} else {
		json_note(w, yajl_gen_array_close(w->gen));
	}
}

static void json_bad_string(struct json_writer *w, const unsigned char *s, size_t len)
{
	_cleanup_buf_ struct buf fixed = BUF_INIT;

	for (size_t i = 0; i < len;) {
		size_t n = utf8_sequence(s + i, len - i);

		if (n)
			buf_add(&fixed, s + i, n);
		else
			buf_adds(&fixed, REPLACEMENT);
		i += n ? n : 1;
	}
	if (fixed.failed)
		w->failed = true;
	else
		json_note(w, yajl_gen_string(w->gen, (const unsigned char *) fixed.data, fixed.len));
}

void json_string(struct json_writer *w, const char *s)
{
	const unsigned char *u = (const unsigned char *) s;
	size_t len = s ? strlen(s) : 0, i = 0, n;

	if (!json_ready(w))
		return;
	if (!s) {
		json_note(w, yajl_gen_null(w->gen));
		return;
	}
	while (i < len && (n = utf8_sequence(u + i, len - i)) > 0)
		i += n;
	if (i < len)
		json_bad_string(w, u, len);
	else
		json_note(w, yajl_gen_string(w->gen, u, len));
}

void json_key(struct json_writer *w, const char *name)
{
	json_string(w, name);
}

void json_bool(struct json_writer *w, bool v)
{
	if (json_ready(w))
		json_note(w, yajl_gen_bool(w->gen, v));
}

void json_i64(struct json_writer *w, int64_t v)
{
	if (json_ready(w))
		json_note(w, yajl_gen_integer(w->gen, v));
}

void json_u64(struct json_writer *w, uint64_t v)
{
	char number[24];
	int n = snprintf(number, sizeof(number), "%" PRIu64, v);

	if (json_ready(w))
		json_note(w, yajl_gen_number(w->gen, number, (size_t) n));
}

void json_hundredths(struct json_writer *w, uint64_t v)
{
	char number[28];
	int n = snprintf(number, sizeof(number), "%" PRIu64 ".%02u", v / 100, (unsigned) (v % 100));

	if (json_ready(w))
		json_note(w, yajl_gen_number(w->gen, number, (size_t) n));
}

void json_null(struct json_writer *w)
{
	if (json_ready(w))
		json_note(w, yajl_gen_null(w->gen));
}

void json_member_string(struct json_writer *w, const char *name, const char *s)
{
	if (!s)
		return;
	json_key(w, name);
	json_string(w, s);
}

void json_member_bool(struct json_writer *w, const char *name, bool v)
{
	json_key(w, name);
	json_bool(w, v);
}

void json_member_i64(struct json_writer *w, const char *name, int64_t v)
{
	json_key(w, name);
	json_i64(w, v);
}

void json_member_u64(struct json_writer *w, const char *name, uint64_t v)
{
	json_key(w, name);
	json_u64(w, v);
}

void json_member_open(struct json_writer *w, const char *name, char bracket)
{
	json_key(w, name);
	json_open(w, bracket);
}

int json_finish(struct json_writer *w, struct error *err)
{
	bool memory = !w->gen || w->out->failed, failed = w->failed || w->depth > 0;

	if (w->gen)
		yajl_gen_free(w->gen);
	w->gen = NULL;
	if (memory)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "while writing JSON");
	if (failed)
		return error_set(err, ERR_SYSTEM, EINVAL, "JSON written in a wrong order");
	/* yajl ends an indented object or array with a newline, but not a single value. */
	if (w->pretty && (w->out->len == 0 || w->out->data[w->out->len - 1] != '\n'))
		buf_addc(w->out, '\n');
	return w->out->failed ? error_set(err, ERR_NO_MEMORY, ENOMEM, "while writing JSON") : 0;
}
