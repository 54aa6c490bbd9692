/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/document.h"

#include "base/str.h"
#include "spec/location.h"
#include "spec/table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

void document_done(struct document *doc)
{
	arena_done(&doc->arena);
	*doc = DOCUMENT_INIT;
}

int document_add_location(struct document *doc, const struct location *l, uint32_t *ret)
{
	if (doc->n_locations == doc->max_locations) {
		size_t n = doc->max_locations ? doc->max_locations * 2 : 256;
		struct location *grown = arena_regrow(&doc->arena, doc->locations, doc->max_locations, n,
						      sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		doc->locations = grown;
		doc->max_locations = n;
	}
	*ret = (uint32_t) doc->n_locations;
	doc->locations[doc->n_locations++] = *l;
	return 0;
}

void document_move_locations(struct document *doc, uint32_t from, const void *old, size_t old_size,
			     const void *new_)
{
	uintptr_t start = (uintptr_t) old;

	for (size_t i = from; i < doc->n_locations; i++) {
		uintptr_t distance = (uintptr_t) doc->locations[i].slot - start;

		if (distance < old_size)
			doc->locations[i].slot = (const char *) new_ + distance;
	}
}

static size_t document_hash(const struct document *doc, const void *slot)
{
	uint64_t h = (uint64_t) ((uintptr_t) slot >> 1) * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t) (h >> 32) & (doc->size_index - 1);
}

int document_index(struct document *doc)
{
	size_t size = 16;

	while (size < doc->n_locations * 2)
		size *= 2;
	doc->index = arena_calloc(&doc->arena, size, sizeof(*doc->index));
	if (!doc->index)
		return -ENOMEM;
	doc->size_index = size;
	for (size_t i = 0; i < doc->n_locations; i++) {
		size_t h = document_hash(doc, doc->locations[i].slot);

		while (doc->index[h])
			h = (h + 1) & (size - 1);
		doc->index[h] = (uint32_t) i + 1;
	}
	return 0;
}

void document_place(const struct document *doc, size_t offset, unsigned *ret_line, unsigned *ret_column)
{
	size_t low = 0, high = doc->n_lines;

	/* The number of newlines before the offset. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (doc->lines[middle] < offset)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_line = (unsigned) low + 1;
	*ret_column = (unsigned) (low ? offset - doc->lines[low - 1] : offset + 1);
}

static void pointer_add_text(char *buf, size_t size, size_t *len, const char *s, size_t n)
{
	if (*len + n >= size)
		n = size - 1 - *len;
	memcpy(buf + *len, s, n);
	*len += n;
	buf[*len] = '\0';
}

void pointer_append(char *buf, size_t size, size_t *len, const struct pointer_segment *segment)
{
	char number[24];

	pointer_add_text(buf, size, len, "/", 1);
	if (!segment->name) {
		int n = snprintf(number, sizeof(number), "%zu", segment->element);

		pointer_add_text(buf, size, len, number, (size_t) n);
		return;
	}
	for (size_t i = 0; i < segment->len && *len + 1 < size; i++) {
		const char *c = segment->name + i;

		if (*c == '~')
			pointer_add_text(buf, size, len, "~0", 2);
		else if (*c == '/')
			pointer_add_text(buf, size, len, "~1", 2);
		else
			pointer_add_text(buf, size, len, c, 1);
	}
}

/*
 * An object that lies in the slot is meant only when the caller's type has its size; of several
 * values with the same address the innermost, which was read last, is the one that is named.
 */
static const struct location *document_find(const struct document *doc, const void *slot, size_t size)
{
	const struct location *found = NULL;

	if (!doc->size_index)
		return NULL;
	for (size_t h = document_hash(doc, slot); doc->index[h]; h = (h + 1) & (doc->size_index - 1)) {
		const struct location *l = &doc->locations[doc->index[h] - 1];

		if (l->slot != slot)
			continue;
		if (l->size && l->size == size)
			return l;
		if (!l->size || size == 1)
			found = !found || l > found ? l : found;
	}
	return found;
}

static void document_pointer(const struct document *doc, const struct location *l, char *buf, size_t size)
{
	const struct location *chain[TABLE_DEPTH_MAX + 2];
	size_t n = 0, len = 0;

	while (l->parent != LOCATION_NONE && n < ELEMENTSOF(chain)) {
		chain[n++] = l;
		l = &doc->locations[l->parent];
	}
	while (n > 0) {
		const struct location *step = chain[--n];
		struct pointer_segment segment = {
			.name = step->name,
			.len = step->name ? strlen(step->name) : 0,
			.element = step->element,
		};

		pointer_append(buf, size, &len, &segment);
	}
}

bool document_where_sized(const struct document *doc, const void *slot, size_t slot_size, char *buf,
			  size_t size, unsigned *ret_line, unsigned *ret_column)
{
	const struct location *l = document_find(doc, slot, slot_size);
	unsigned line = 0, column = 0;

	if (size > 0)
		buf[0] = '\0';
	if (l) {
		if (size > 0)
			document_pointer(doc, l, buf, size);
		document_place(doc, l->offset, &line, &column);
	}
	if (ret_line)
		*ret_line = line;
	if (ret_column)
		*ret_column = column;
	return l != NULL;
}

bool (document_where)(const struct document *doc, const void *slot, char *buf, size_t size,
		      unsigned *ret_line, unsigned *ret_column)
{
	return document_where_sized(doc, slot, 1, buf, size, ret_line, ret_column);
}

static int document_error_va(const struct document *doc, const void *slot, size_t slot_size,
			     struct error *err, enum error_code code, const char *fmt, va_list ap)
	_printf_(6, 0);

static int document_error_va(const struct document *doc, const void *slot, size_t slot_size,
			     struct error *err, enum error_code code, const char *fmt, va_list ap)
{
	char subject[sizeof(err->subject)], pointer[sizeof(err->pointer)];
	unsigned line, column;
	int r;

	if (error_is_set(err))
		return -EINVAL;
	(void) vsnprintf(subject, sizeof(subject), fmt, ap);
	r = error_set(err, code, 0, "%s", subject);
	if (document_where_sized(doc, slot, slot_size, pointer, sizeof(pointer), &line, &column))
		error_add_pointer(err, pointer, line, column);
	return r;
}

int (document_error)(const struct document *doc, const void *slot, struct error *err,
		     enum error_code code, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = document_error_va(doc, slot, 1, err, code, fmt, ap);
	va_end(ap);
	return r;
}

int document_error_sized(const struct document *doc, const void *slot, size_t slot_size,
			 struct error *err, enum error_code code, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = document_error_va(doc, slot, slot_size, err, code, fmt, ap);
	va_end(ap);
	return r;
}
