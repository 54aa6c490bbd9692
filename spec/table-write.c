/* SPDX-License-Identifier: Apache-2.0 */
/* table_write(): the tables in the other direction. Recursion follows tables, never data. */
#include "spec/config.h"
#include "spec/json-write.h"
#include "spec/reader.h"
#include "spec/table.h"

#include <string.h>

/* A number of the row's kind, widened; those with a sign are to be taken as int64_t. */
static uint64_t row_get_number(const struct row *row, const char *at)
{
	int32_t i32;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	switch (row->kind) {
	case ROW_BOOL:
		return *at != 0;
	case ROW_I32:
		memcpy(&i32, at, sizeof(i32));
		return (uint64_t) (int64_t) i32;
	case ROW_U16:
		memcpy(&u16, at, sizeof(u16));
		return u16;
	case ROW_U32:
		memcpy(&u32, at, sizeof(u32));
		return u32;
	default:
		memcpy(&u64, at, sizeof(u64));
		return u64;
	}
}

static size_t row_value_offset(const struct row *row)
{
	if (!(row->flags & ROW_OPTIONAL))
		return 0;
	return ROW_WIDTH(row->kind);
}

static void row_write_number(const struct row *row, const char *at, struct json_writer *w)
{
	uint64_t v = row_get_number(row, at + row_value_offset(row));

	json_key(w, row->name);
	if (row->kind == ROW_BOOL)
		json_bool(w, v != 0);
	else if (row->kind == ROW_I32 || row->kind == ROW_I64)
		json_i64(w, (int64_t) v);
	else
		json_u64(w, v);
}

static void row_write_element(const struct row *row, const char *element, struct json_writer *w)
{
	uint32_t u32;

	switch (row->kind) {
	case ROW_STRINGS:
		json_string(w, row_get_pointer(element, 0));
		break;
	case ROW_U32S:
		memcpy(&u32, element, sizeof(u32));
		json_u64(w, u32);
		break;
	case ROW_STRING_MAP:
		json_key(w, row_get_pointer(element, 0));
		json_string(w, row_get_pointer(element, offsetof(struct string_pair, value)));
		break;
	case ROW_OBJECT_MAP:
		json_key(w, row_get_pointer(element, 0));
		table_write_value(row->table, element, w);
		break;
	default:
		table_write_value(row->table, element, w);
	}
}

static void row_write_many(const struct row *row, const char *base, struct json_writer *w)
{
	const char *v = row_get_pointer(base, row->offset);
	size_t n = row_get_count(base, row->n_offset), size = row_element_size(row);
	bool map = row->kind == ROW_STRING_MAP || row->kind == ROW_OBJECT_MAP;
	bool present = (row->flags & ROW_PRESENT) && base[row->present_offset];

	if (!v && !present)
		return;
	json_member_open(w, row->name, map ? '{' : '[');
	for (size_t i = 0; i < n; i++)
		row_write_element(row, v + i * size, w);
	json_close(w);
}

/* Whether any property of an object that lies inside another one would be written. */
static bool table_has_any(const struct table *table, const char *base)
{
	static const char zeros[64];

	for (size_t at = 0; at < table->size; at += sizeof(zeros))
		if (memcmp(base + at, zeros, MIN(sizeof(zeros), table->size - at)) != 0)
			return true;
	return false;
}

static void row_write(const struct row *row, const char *base, struct json_writer *w)
{
	const char *at = base + row->offset;

	switch (row->kind) {
	case ROW_IGNORED:
		break;
	case ROW_STRING:
		json_member_string(w, row->name, row_get_pointer(at, 0));
		break;
	case ROW_OBJECT:
		at = row_get_pointer(at, 0);
		if (!at)
			break;
		json_key(w, row->name);
		table_write_value(row->table, at, w);
		break;
	case ROW_INSIDE:
		if (!table_has_any(row->table, at))
			break;
		json_key(w, row->name);
		table_write_value(row->table, at, w);
		break;
	case ROW_STRINGS:
	case ROW_U32S:
	case ROW_OBJECTS:
	case ROW_STRING_MAP:
	case ROW_OBJECT_MAP:
		row_write_many(row, base, w);
		break;
	default:
		if (!(row->flags & ROW_OPTIONAL) || *at)
			row_write_number(row, at, w);
	}
}

void table_write_value(const struct table *table, const void *object, struct json_writer *w)
{
	json_open(w, '{');
	for (size_t i = 0; i < table->n_rows; i++)
		row_write(&table->rows[i], object, w);
	json_close(w);
}

int table_write(const struct table *table, const void *object, const char *indent, struct buf *out,
		struct error *err)
{
	struct json_writer w;

	json_start(&w, out, indent);
	table_write_value(table, object, &w);
	return json_finish(&w, err);
}
