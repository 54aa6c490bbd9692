/* SPDX-License-Identifier: Apache-2.0 */
/* Where a value goes: types, ranges, and the memory of lists and maps. */
#include "spec/reader.h"

#include "spec/config.h"

#include <stdio.h>
#include <string.h>

/* What is in the place of a list's or map's element, and how a message calls what a row wants. */
static const struct {
	enum row_kind element;
	const char *words;
} kinds[ROW_KIND_MAX] = {
	[ROW_IGNORED] = { ROW_IGNORED, "anything" },
	[ROW_STRING] = { ROW_IGNORED, "a string" },
	[ROW_BOOL] = { ROW_IGNORED, "true or false" },
	[ROW_I32] = { ROW_IGNORED, "an integer" },
	[ROW_I64] = { ROW_IGNORED, "an integer" },
	[ROW_U16] = { ROW_IGNORED, "an integer" },
	[ROW_U32] = { ROW_IGNORED, "an integer" },
	[ROW_U64] = { ROW_IGNORED, "an integer" },
	[ROW_OBJECT] = { ROW_IGNORED, "an object" },
	[ROW_INSIDE] = { ROW_IGNORED, "an object" },
	[ROW_STRINGS] = { ROW_STRING, "an array" },
	[ROW_U32S] = { ROW_U32, "an array" },
	[ROW_OBJECTS] = { ROW_INSIDE, "an array" },
	[ROW_STRING_MAP] = { ROW_STRING, "an object" },
	[ROW_OBJECT_MAP] = { ROW_INSIDE, "an object" },
};

/* Numbers: the largest positive and negative value, width, and the place of v in a struct opt_... */
static const struct {
	uint64_t max, negative_max;
	size_t width, value_offset;
} numbers[ROW_KIND_MAX] = {
	[ROW_BOOL] = { 0, 0, sizeof(bool), offsetof(struct opt_bool, v) },
	[ROW_I32] = { INT32_MAX, UINT64_C(1) << 31, 4, offsetof(struct opt_i32, v) },
	[ROW_I64] = { INT64_MAX, UINT64_C(1) << 63, 8, offsetof(struct opt_i64, v) },
	[ROW_U16] = { UINT16_MAX, 0, 2, offsetof(struct opt_u16, v) },
	[ROW_U32] = { UINT32_MAX, 0, 4, offsetof(struct opt_u32, v) },
	[ROW_U64] = { UINT64_MAX, 0, 8, offsetof(struct opt_u64, v) },
};

/* Members are of many pointer types; bytes are copied so that no type is looked at as another. */
void row_set_pointer(char *base, size_t offset, const void *p)
{
	memcpy(base + offset, &p, sizeof(p));
}

void *row_get_pointer(const char *base, size_t offset)
{
	void *p;

	memcpy(&p, base + offset, sizeof(p));
	return p;
}

size_t row_get_count(const char *base, size_t offset)
{
	size_t n;

	memcpy(&n, base + offset, sizeof(n));
	return n;
}

void row_set_count(char *base, size_t offset, size_t n)
{
	memcpy(base + offset, &n, sizeof(n));
}

size_t row_element_size(const struct row *row)
{
	switch (row->kind) {
	case ROW_STRINGS:
		return sizeof(char *);
	case ROW_U32S:
		return sizeof(uint32_t);
	case ROW_STRING_MAP:
		return sizeof(struct string_pair);
	default:
		return row->table->size;
	}
}

bool reader_target(const struct reader *r, struct target *ret)
{
	const struct frame *f = &r->frames[r->depth - 1];

	ret->row = f->row;
	if (f->kind == FRAME_STRUCT)
		ret->kind = f->row ? (enum row_kind) f->row->kind : ROW_IGNORED;
	else if (f->kind == FRAME_MAP || f->kind == FRAME_ARRAY)
		ret->kind = kinds[f->row->kind].element;
	else
		ret->kind = ROW_IGNORED;
	return ret->kind != ROW_IGNORED;
}

bool reader_wrong_type(struct reader *r, enum row_kind wanted, const char *got)
{
	char label[160];

	reader_label(r, label, sizeof(label));
	return reader_fail(r, ERR_CONFIG_TYPE, r->start, "%s must be %s, not %s", label, kinds[wanted].words,
			   got);
}

bool reader_check_string(struct reader *r, const struct string_check *check, const char *s, size_t len)
{
	enum error_code code = check->check(s, len);
	char label[160];

	if (code == ERR_NONE)
		return true;
	reader_label(r, label, sizeof(label));
	(void) reader_fail(r, code, r->start, "%s must be %s, not \"%.*s\"", label, check->words,
			   (int) MIN(len, (size_t) 256), s);
	return false;
}

/* Room for one more element behind those that are there. */
static char *frame_grow(struct reader *r, struct frame *f, size_t size)
{
	char *old = row_get_pointer(f->base, f->row->offset), *v;
	size_t room = f->room ? f->room * 2 : 4;

	if (f->n < f->room)
		return old + f->n * size;
	v = arena_regrow(&r->doc->arena, f->room ? old : NULL, f->room, room, size);
	if (!v)
		return NULL;
	/* Only the newest element of this list can be open, and that is the one being made. */
	if (f->n > 0 && v != old)
		document_move_locations(r->doc, f->location + 1, old, f->n * size, v);
	f->room = room;
	row_set_pointer(f->base, f->row->offset, v);
	return v + f->n * size;
}

/* Gives the new element of a map its name, which is its first member. */
static bool map_element(struct reader *r, struct frame *f, char *element)
{
	char *name = arena_strndup(&r->doc->arena, f->key.s, f->key.len);
	uint32_t location;

	if (!name)
		return reader_no_memory(r);
	row_set_pointer(element, 0, name);
	f->key.s = name;
	return reader_locate(r, element, 0, &location);
}

void *reader_slot(struct reader *r, const struct target *t)
{
	struct frame *f = &r->frames[r->depth - 1];
	char *element;

	if (f->kind == FRAME_STRUCT)
		return f->base + t->row->offset;
	element = frame_grow(r, f, row_element_size(f->row));
	if (!element) {
		(void) reader_no_memory(r);
		return NULL;
	}
	f->n++;
	row_set_count(f->base, f->row->n_offset, f->n);
	if (f->kind == FRAME_MAP && !map_element(r, f, element))
		return NULL;
	return f->row->kind == ROW_STRING_MAP ? element + offsetof(struct string_pair, value) : element;
}

bool reader_locate(struct reader *r, const void *slot, uint32_t size, uint32_t *ret)
{
	const struct frame *f = &r->frames[r->depth - 1];
	struct location l = {
		.slot = slot,
		.parent = f->location,
		.offset = (uint32_t) r->start,
		.size = size,
	};

	if (f->kind == FRAME_STRUCT)
		l.name = f->row->name;
	else if (f->kind == FRAME_MAP)
		l.name = f->key.s;
	else
		l.element = (uint32_t) (f->index - 1);
	return document_add_location(r->doc, &l, ret) == 0 || reader_no_memory(r);
}

void reader_present(struct reader *r)
{
	struct frame *f = &r->frames[r->depth - 1];

	if (f->kind != FRAME_STRUCT || !f->row)
		return;
	f->present |= UINT64_C(1) << (f->row - f->table->rows);
	if (f->row->flags & ROW_PRESENT)
		f->base[f->row->present_offset] = 1;
}

bool reader_store_null(struct reader *r)
{
	struct target t;

	/* Absent, as the encoders of the engines mean it; but an array has no absent elements. */
	if (reader_target(r, &t) && r->frames[r->depth - 1].kind == FRAME_ARRAY)
		return reader_wrong_type(r, t.kind, "null");
	return true;
}

bool reader_store_string(struct reader *r, const char *s, size_t len)
{
	struct target t;
	uint32_t location;
	char *copy, *slot;

	if (!reader_target(r, &t))
		return true;
	if (t.kind != ROW_STRING)
		return reader_wrong_type(r, t.kind, "a string");
	reader_present(r);
	if (len == 0 && t.row->kind == ROW_STRING && (t.row->flags & ROW_NONEMPTY)) {
		char label[160];

		reader_label(r, label, sizeof(label));
		return reader_fail(r, ERR_CONFIG_VALUE, r->start, "%s must not be empty", label);
	}
	if (t.row->check && !reader_check_string(r, t.row->check, s, len))
		return !r->stop;
	slot = reader_slot(r, &t);
	if (!slot)
		return false;
	copy = arena_strndup(&r->doc->arena, s, len);
	if (!copy)
		return reader_no_memory(r);
	row_set_pointer(slot, 0, copy);
	return reader_locate(r, slot, 0, &location);
}

/* Writes a number or bool of the kind, and the mark of an optional one. */
static bool reader_put(struct reader *r, const struct target *t, uint64_t v)
{
	char *slot = reader_slot(r, t), *at;
	uint32_t location;
	uint32_t v32 = (uint32_t) v;
	uint16_t v16 = (uint16_t) v;
	bool flag = v != 0;

	if (!slot)
		return false;
	at = slot;
	if (t->row->flags & ROW_OPTIONAL) {
		*slot = 1;
		at += numbers[t->kind].value_offset;
	}
	if (t->kind == ROW_BOOL)
		memcpy(at, &flag, sizeof(flag));
	else if (numbers[t->kind].width == sizeof(v16))
		memcpy(at, &v16, sizeof(v16));
	else if (numbers[t->kind].width == sizeof(v32))
		memcpy(at, &v32, sizeof(v32));
	else
		memcpy(at, &v, sizeof(v));
	return reader_locate(r, slot, 0, &location);
}

bool reader_store_bool(struct reader *r, bool v)
{
	struct target t;

	if (!reader_target(r, &t))
		return true;
	if (t.kind != ROW_BOOL)
		return reader_wrong_type(r, t.kind, v ? "true" : "false");
	reader_present(r);
	return reader_put(r, &t, v);
}

static bool reader_out_of_range(struct reader *r, const struct target *t, const char *s, size_t len)
{
	uint64_t max = numbers[t->kind].max;
	int64_t min = (int64_t) (0 - numbers[t->kind].negative_max);
	char label[160];

	if (t->row->flags & ROW_RANGE) {
		min = t->row->min;
		max = t->row->max;
	}
	reader_label(r, label, sizeof(label));
	return reader_fail(r, ERR_CONFIG_RANGE, r->start, "%s must be %lld to %llu, not %.*s", label,
			   (long long) min,
			   (unsigned long long) max, (int) MIN(len, (size_t) 40), s);
}

/* Whether a value, given as sign and amount, is within what the row says. */
static bool row_allows(const struct row *row, bool negative, uint64_t amount)
{
	if (!(row->flags & ROW_RANGE))
		return true;
	if (negative)
		return row->min < 0 && amount <= (uint64_t) 0 - (uint64_t) row->min;
	return amount <= row->max && (row->min <= 0 || amount >= (uint64_t) row->min);
}

bool reader_store_number(struct reader *r, const char *s, size_t len)
{
	bool negative = s[0] == '-', overflow = false;
	uint64_t amount = 0;
	struct target t;

	if (!reader_target(r, &t))
		return true;
	if (!numbers[t.kind].max)
		return reader_wrong_type(r, t.kind, "a number");
	reader_present(r);
	for (size_t i = negative; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return reader_wrong_type(r, t.kind, "a number with fraction or exponent");
		overflow |= __builtin_mul_overflow(amount, UINT64_C(10), &amount);
		overflow |= __builtin_add_overflow(amount, (uint64_t) (s[i] - '0'), &amount);
	}
	if (overflow || amount > (negative ? numbers[t.kind].negative_max : numbers[t.kind].max) ||
	    !row_allows(t.row, negative, amount))
		return reader_out_of_range(r, &t, s, len);
	return reader_put(r, &t, negative ? 0 - amount : amount);
}
