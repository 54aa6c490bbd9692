/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SPEC_LOCATION_H
#define BERTH_SPEC_LOCATION_H

/* Private to spec/: where each value of a document came from. */

#include "spec/document.h"

#define LOCATION_NONE UINT32_MAX

struct location {
	const void *slot;
	const char *name; /* of the member; NULL for the document itself and for elements of an array */
	uint32_t parent;  /* number of the location of the object or array around, or LOCATION_NONE */
	uint32_t element; /* number within the array, when name is NULL */
	uint32_t offset;  /* of the value in the text */
	uint32_t size;    /* of an object that lies in the slot itself; 0 for every other value */
};

/* Adds *l; its number in *ret. 0 or -ENOMEM. */
int document_add_location(struct document *doc, const struct location *l, uint32_t *ret);

/* An array moved in memory while it was read: follow with the slots of all locations since `from`. */
void document_move_locations(struct document *doc, uint32_t from, const void *old, size_t old_size,
			     const void *new_);

/* Builds the index after the last location was added. 0 or -ENOMEM. */
int document_index(struct document *doc);

/* Line and column, both from 1, of an offset in the text. */
void document_place(const struct document *doc, size_t offset, unsigned *ret_line, unsigned *ret_column);

/* One step of a JSON pointer. */
struct pointer_segment {
	const char *name; /* NULL: a number */
	size_t len;
	size_t element;
};

/* Appends "/" and the segment with the escapes of RFC 6901 at *len; cuts what does not fit. */
void pointer_append(char *buf, size_t size, size_t *len, const struct pointer_segment *segment);

#endif
