/* SPDX-License-Identifier: Apache-2.0 */
/* table_overlay(): what one object says laid over what another one says. Recursion follows tables only. */
#include "spec/reader.h"
#include "spec/table.h"

#include <string.h>

/* A map has the names of both; where both have a name, the upper one counts. */
static bool overlay_map(const struct row *row, const char *over, char *out, struct arena *arena)
{
	size_t size = row_element_size(row), n = row_get_count(out, row->n_offset);
	size_t n_over = row_get_count(over, row->n_offset), kept = 0;
	const char *lower = row_get_pointer(out, row->offset), *upper = row_get_pointer(over, row->offset);
	char *v = arena_calloc(arena, n + n_over, size);

	if (!v)
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *name = row_get_pointer(lower + i * size, 0);
		size_t k = 0;

		while (k < n_over && strcmp(row_get_pointer(upper + k * size, 0), name) != 0)
			k++;
		if (k == n_over)
			memcpy(v + kept++ * size, lower + i * size, size);
	}
	memcpy(v + kept * size, upper, n_over * size);
	row_set_pointer(out, row->offset, v);
	row_set_count(out, row->n_offset, kept + n_over);
	return true;
}

static bool overlay_row(const struct row *row, const char *over, char *out, struct arena *arena)
{
	const char *object;
	void *merged;

	switch (row->kind) {
	case ROW_IGNORED:
		return true;
	case ROW_STRING:
		if (row_get_pointer(over, row->offset))
			row_set_pointer(out, row->offset, row_get_pointer(over, row->offset));
		return true;
	case ROW_OBJECT:
		object = row_get_pointer(over, row->offset);
		if (!object)
			return true;
		merged = table_overlay(row->table, row_get_pointer(out, row->offset), object, arena);
		row_set_pointer(out, row->offset, merged);
		return merged;
	case ROW_STRINGS:
	case ROW_U32S:
	case ROW_OBJECTS:
		if (row_get_count(over, row->n_offset) == 0)
			return true;
		row_set_pointer(out, row->offset, row_get_pointer(over, row->offset));
		row_set_count(out, row->n_offset, row_get_count(over, row->n_offset));
		return true;
	case ROW_STRING_MAP:
	case ROW_OBJECT_MAP:
		return row_get_count(over, row->n_offset) == 0 || overlay_map(row, over, out, arena);
	default:
		/* An optional number begins with the byte that says whether it is there. */
		if ((row->flags & ROW_OPTIONAL) && over[row->offset])
			memcpy(out + row->offset, over + row->offset, 2 * ROW_WIDTH(row->kind));
		return true;
	}
}

void *table_overlay(const struct table *table, const void *base, const void *over, struct arena *arena)
{
	char *out = arena_alloc(arena, table->size);

	if (!out)
		return NULL;
	if (base)
		memcpy(out, base, table->size);
	for (size_t i = 0; i < table->n_rows; i++)
		if (!overlay_row(&table->rows[i], over, out, arena))
			return NULL;
	return out;
}
