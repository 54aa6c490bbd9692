/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table_read(): yajl's events, walked along the tables. yajl keeps the grammar; everything that makes
 * a text dangerous (size, depth, bytes, names, numbers) is checked here and in scan.c.
 */
#include "spec/reader.h"

#include "spec/scan.h"

#include <yajl/yajl_parse.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What the pointer of a present but empty list or map points to. */
static max_align_t nothing;

static struct frame *reader_top(struct reader *r)
{
	return &r->frames[r->depth - 1];
}

static bool between_tokens(char c)
{
	return c == ' ' || c == ',' || c == ':' || c == '\n' || c == '\t' || c == '\r';
}

/* Every event: where its token is. yajl tells the end; between two tokens there are only blanks and signs. */
static void reader_token(struct reader *r)
{
	size_t at = r->end;

	r->end = yajl_get_bytes_consumed(r->yajl);
	while (at < r->end && between_tokens(r->text[at]))
		at++;
	r->start = at;
}

/* Every event that begins a value. */
static bool reader_value(struct reader *r)
{
	struct frame *f;

	reader_token(r);
	if (++r->n_values > TABLE_VALUES_MAX) {
		(void) reader_fail(r, ERR_CONFIG_LIMIT, r->start, "more than %u values", TABLE_VALUES_MAX);
		r->stop = true;
		return false;
	}
	if (r->depth == 0)
		return true;
	f = reader_top(r);
	if (f->kind == FRAME_ARRAY || f->kind == FRAME_SKIP_ARRAY)
		f->index++;
	return true;
}

static bool reader_push(struct reader *r, enum frame_kind kind, const struct frame *with)
{
	struct frame *f;

	if (r->depth == TABLE_DEPTH_MAX) {
		(void) reader_fail(r, ERR_CONFIG_LIMIT, r->start, "nested deeper than %u levels",
				   TABLE_DEPTH_MAX);
		r->stop = true;
		return false;
	}
	f = &r->frames[r->depth++];
	*f = *with;
	f->kind = kind;
	f->offset = r->start;
	f->names = r->n_names;
	return true;
}

static bool reader_push_skip(struct reader *r, enum frame_kind kind)
{
	return reader_push(r, kind, &(struct frame){ .location = LOCATION_NONE });
}

static int on_null(void *ctx)
{
	struct reader *r = ctx;

	return reader_value(r) && reader_store_null(r);
}

static int on_boolean(void *ctx, int v)
{
	struct reader *r = ctx;

	return reader_value(r) && reader_store_bool(r, v != 0);
}

static int on_number(void *ctx, const char *s, size_t len)
{
	struct reader *r = ctx;

	return reader_value(r) && reader_store_number(r, s, len);
}

static int on_string(void *ctx, const unsigned char *s, size_t len)
{
	struct reader *r = ctx;

	return reader_value(r) && reader_store_string(r, (const char *) s, len);
}

static bool reader_open_root(struct reader *r)
{
	struct location l = {
		.slot = r->out,
		.parent = LOCATION_NONE,
		.offset = (uint32_t) r->start,
		.size = (uint32_t) r->table->size,
	};
	struct frame f = { .table = r->table, .base = r->out };

	if (document_add_location(r->doc, &l, &f.location) < 0)
		return reader_no_memory(r);
	return reader_push(r, FRAME_STRUCT, &f);
}

/* An object that has a table: its own memory, or the place that it is in. */
static bool reader_open_struct(struct reader *r, const struct target *t)
{
	const struct table *table = t->row->table;
	bool own = t->kind == ROW_OBJECT;
	char *slot = reader_slot(r, t), *base = slot;
	struct frame f = { .table = table };

	if (!slot)
		return false;
	if (own) {
		base = arena_alloc(&r->doc->arena, table->size);
		if (!base)
			return reader_no_memory(r);
		row_set_pointer(slot, 0, base);
	}
	f.base = base;
	if (!reader_locate(r, slot, own ? 0 : (uint32_t) table->size, &f.location))
		return false;
	return reader_push(r, FRAME_STRUCT, &f);
}

/* A list or a map; the frame keeps the object that holds it, where pointer and count are set. */
static bool reader_open_many(struct reader *r, const struct target *t, enum frame_kind kind)
{
	struct frame f = { .base = reader_top(r)->base, .row = t->row };

	if (!reader_locate(r, f.base + t->row->offset, 0, &f.location))
		return false;
	row_set_pointer(f.base, t->row->offset, &nothing);
	return reader_push(r, kind, &f);
}

static int on_start_map(void *ctx)
{
	struct reader *r = ctx;
	struct target t;

	if (!reader_value(r))
		return 0;
	if (r->depth == 0)
		return reader_open_root(r);
	if (!reader_target(r, &t))
		return reader_push_skip(r, FRAME_SKIP_OBJECT);
	reader_present(r);
	if (t.kind == ROW_OBJECT || t.kind == ROW_INSIDE)
		return reader_open_struct(r, &t);
	if (t.kind == ROW_STRING_MAP || t.kind == ROW_OBJECT_MAP)
		return reader_open_many(r, &t, FRAME_MAP);
	return reader_wrong_type(r, t.kind, "an object") && reader_push_skip(r, FRAME_SKIP_OBJECT);
}

static int on_start_array(void *ctx)
{
	struct reader *r = ctx;
	struct target t;

	if (!reader_value(r))
		return 0;
	if (!reader_target(r, &t))
		return reader_push_skip(r, FRAME_SKIP_ARRAY);
	reader_present(r);
	if (t.kind == ROW_STRINGS || t.kind == ROW_U32S || t.kind == ROW_OBJECTS)
		return reader_open_many(r, &t, FRAME_ARRAY);
	return reader_wrong_type(r, t.kind, "an array") && reader_push_skip(r, FRAME_SKIP_ARRAY);
}

/* Documents mostly follow the order of the table: the search begins behind the row found before. */
static const struct row *frame_find_row(const struct frame *f, const char *s, size_t len)
{
	const struct table *table = f->table;
	size_t i = f->row ? (size_t) (f->row - table->rows) + 1 : 0;

	for (size_t n = 0; n < table->n_rows; n++, i++) {
		const struct row *row;

		if (i >= table->n_rows)
			i = 0;
		row = &table->rows[i];
		if (row->name_len == len && memcmp(row->name, s, len) == 0)
			return row;
	}
	return NULL;
}

static bool reader_known_name(struct reader *r, struct frame *f, const struct row *row)
{
	uint64_t bit = UINT64_C(1) << (row - f->table->rows);

	f->key.s = row->name;
	f->row = row;
	if (!(f->seen & bit)) {
		f->seen |= bit;
		return true;
	}
	f->row = NULL;
	return reader_fail(r, ERR_CONFIG_DUPLICATE, r->start, "\"%s\"", row->name);
}

static bool reader_map_name(struct reader *r, struct frame *f)
{
	const struct row *row = f->row;

	if (row->name_check && !reader_check_string(r, row->name_check, f->key.s, f->key.len))
		return !r->stop;
	if (f->key.len == 0 && (row->flags & ROW_NONEMPTY))
		return reader_fail(r, ERR_CONFIG_VALUE, r->start, "empty name in \"%s\"", row->name);
	return true;
}

static int on_map_key(void *ctx, const unsigned char *key, size_t len)
{
	struct reader *r = ctx;
	struct frame *f = reader_top(r);
	const struct row *row = NULL;

	reader_token(r);
	f->key = (struct name){ .s = (const char *) key, .len = len, .offset = r->start };
	if (f->kind == FRAME_STRUCT) {
		row = frame_find_row(f, f->key.s, len);
		if (row)
			return reader_known_name(r, f, row);
		f->row = NULL;
	}
	if (!reader_note_name(r, &f->key))
		return 0;
	if (f->kind == FRAME_STRUCT)
		reader_warn(r);
	return f->kind != FRAME_MAP || reader_map_name(r, f);
}

/* What an object as a whole must fulfil. Its pointer, not that of its last member, is where it fails. */
static bool reader_check_struct(struct reader *r, struct frame *f)
{
	const char *words = NULL;
	enum error_code code;

	f->key.s = NULL;
	for (size_t i = 0; i < f->table->n_rows; i++) {
		const struct row *row = &f->table->rows[i];

		if (!(row->flags & ROW_REQUIRED) || (f->present & (UINT64_C(1) << i)))
			continue;
		if (!reader_fail(r, ERR_CONFIG_MISSING, f->offset, "\"%s\" of the %s", row->name,
				 f->table->what))
			return false;
	}
	code = f->table->check ? f->table->check(f->base, &words) : ERR_NONE;
	return code == ERR_NONE || reader_fail(r, code, f->offset, "%s", words);
}

static int on_end_map(void *ctx)
{
	struct reader *r = ctx;
	struct frame *f = reader_top(r);

	reader_token(r);
	if (!reader_check_names(r))
		return 0;
	if (f->kind == FRAME_STRUCT && !reader_check_struct(r, f))
		return 0;
	r->depth--;
	return 1;
}

static int on_end_array(void *ctx)
{
	struct reader *r = ctx;
	struct frame *f = reader_top(r);

	reader_token(r);
	r->depth--;
	if (f->kind == FRAME_ARRAY && (f->row->flags & ROW_NONEMPTY) && f->index == 0)
		return reader_fail(r, ERR_CONFIG_VALUE, f->offset, "\"%s\" must not be empty", f->row->name);
	return 1;
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_boolean,
	.yajl_number = on_number, /* as text: a double would lose digits of 64-bit integers */
	.yajl_string = on_string,
	.yajl_start_map = on_start_map,
	.yajl_map_key = on_map_key,
	.yajl_end_map = on_end_map,
	.yajl_start_array = on_start_array,
	.yajl_end_array = on_end_array,
};

static void reader_syntax(struct reader *r)
{
	const unsigned char *text = (const unsigned char *) r->text;
	size_t at = MIN(yajl_get_bytes_consumed(r->yajl), r->len);
	unsigned char *words = yajl_get_error(r->yajl, 0, text, r->len);

	(void) reader_fail(r, ERR_CONFIG_SYNTAX, at, "%.*s", words ? (int) strcspn((char *) words, "\n") : 0,
			   words ? (char *) words : "");
	if (words)
		yajl_free_error(r->yajl, words);
}

/* yajl's memory, each piece behind its size: a part of the document, of which some is left unused when one grows. */
union piece {
	size_t size;
	max_align_t align;
};

static void *piece_alloc(void *ctx, size_t size)
{
	union piece *p = size > SIZE_MAX - sizeof(*p) ? NULL : arena_alloc(ctx, sizeof(*p) + size);

	if (!p)
		return NULL;
	p->size = size;
	return p + 1;
}

static void *piece_grow(void *ctx, void *old, size_t size)
{
	void *p = piece_alloc(ctx, size);

	if (p && old)
		memcpy(p, old, MIN(size, ((union piece *) old - 1)->size));
	return p;
}

static void piece_free(_unused_ void *ctx, _unused_ void *p)
{
}

/* Parses the sound part of the text; then reports what the scan found behind it, if anything. */
static void reader_parse(struct reader *r, const struct scan_finding *finding)
{
	const unsigned char *text = (const unsigned char *) r->text;
	yajl_alloc_funcs memory = { piece_alloc, piece_grow, piece_free, &r->doc->arena };
	yajl_status status;

	r->yajl = yajl_alloc(&callbacks, &memory, r);
	if (!r->yajl) {
		(void) reader_no_memory(r);
		return;
	}
	/* The scan has looked at the bytes, and more strictly. */
	(void) yajl_config(r->yajl, yajl_dont_validate_strings, 1);
	status = yajl_parse(r->yajl, text, finding ? finding->token : r->len);
	if (status == yajl_status_ok && finding) {
		(void) reader_fail(r, finding->code, finding->offset, "%s", finding->words);
	} else if (status == yajl_status_ok) {
		if (yajl_complete_parse(r->yajl) != yajl_status_ok && !r->stop)
			(void) reader_fail(r, ERR_CONFIG_SYNTAX, r->len, "the text ends too early");
	} else if (status == yajl_status_error) {
		reader_syntax(r);
	}
	yajl_free(r->yajl);
}

/* Where the lines begin, for line and column of any offset. */
static int reader_find_lines(struct reader *r)
{
	struct document *doc = r->doc;
	const char *end = r->text + r->len, *p;
	size_t n = 0;

	for (p = r->text; p < end && (p = memchr(p, '\n', (size_t) (end - p))); p++)
		n++;
	doc->lines = arena_calloc(&doc->arena, n + 1, sizeof(*doc->lines));
	if (!doc->lines)
		return -ENOMEM;
	for (p = r->text; p < end && (p = memchr(p, '\n', (size_t) (end - p))); p++)
		doc->lines[doc->n_lines++] = (uint32_t) (p - r->text);
	return 0;
}

static void reader_run(struct reader *r)
{
	struct scan_finding finding;
	size_t first = 0;

	if (reader_find_lines(r) < 0) {
		(void) reader_no_memory(r);
		return;
	}
	while (first < r->len && strchr(" \t\r\n", r->text[first]) && r->text[first])
		first++;
	if (first == r->len)
		(void) reader_fail(r, ERR_CONFIG_SYNTAX, first, "the text is empty");
	else if (strchr("[\"-0123456789tfn", r->text[first]) && r->text[first])
		(void) reader_fail(r, ERR_CONFIG_TYPE, first, "the %s must be an object", r->table->what);
	else
		reader_parse(r, scan_text(r->text, r->len, &finding) ? NULL : &finding);
}

int table_read(struct document *doc, const char *text, size_t len, const struct table *table, void *out,
	       struct error *err)
{
	struct reader r = {
		.doc = doc, .text = text, .len = len, .table = table, .out = out, .err = err,
	};

	if (doc->lines)
		return error_set(err, ERR_SYSTEM, EBUSY, "the document holds a text already");
	if (len > TABLE_TEXT_MAX)
		return error_set(err, ERR_CONFIG_LIMIT, 0, "the text is longer than 16 MiB");
	doc->text = text;
	reader_run(&r);
	if (!error_is_set(err) && document_index(doc) < 0)
		(void) reader_no_memory(&r);
	doc->text = NULL;
	if (!error_is_set(err))
		return 0;
	return err->errnum ? -err->errnum : -EINVAL;
}
