/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SPEC_READER_H
#define BERTH_SPEC_READER_H

/*
 * Private to spec/: the state of table_read(). The objects and arrays that are open are frames on a
 * stack of fixed size, so that nothing recurses on what was read.
 */

#include "spec/location.h"
#include "spec/table.h"

#include <stdbool.h>
#include <stddef.h>

enum frame_kind {
	FRAME_STRUCT,      /* object read through a table */
	FRAME_MAP,         /* object whose names are data */
	FRAME_ARRAY,
	FRAME_SKIP_OBJECT, /* below an unknown property */
	FRAME_SKIP_ARRAY,
};

struct name {
	const char *s; /* in the text or the arena */
	size_t len;
	size_t offset;
};

struct frame {
	enum frame_kind kind;
	const struct table *table; /* FRAME_STRUCT */
	const struct row *row;     /* FRAME_STRUCT: of the current member, NULL if it is unknown;
				    * else the row of the list or map */
	char *base;                /* the object; that which holds the list or map */
	uint64_t seen;             /* FRAME_STRUCT: rows whose names were read ... */
	uint64_t present;          /* ... and that had a value */
	struct name key;           /* objects: the current name; s is NULL before the first */
	size_t index;              /* arrays: elements begun */
	size_t n, room;            /* lists and maps: elements kept, elements allocated */
	size_t names;              /* objects: its first entry in reader.names */
	size_t offset;             /* of the opening bracket */
	uint32_t location;
};

struct reader {
	struct document *doc;
	const char *text;
	size_t len;
	const struct table *table;
	void *out;
	struct error *err;
	struct yajl_handle_t *yajl;
	struct frame frames[TABLE_DEPTH_MAX + 1];
	size_t depth;
	struct name *names; /* of open objects, those that no table row tells apart */
	size_t n_names, max_names;
	size_t end;         /* of the token before */
	size_t start;       /* of the current token */
	size_t n_values;
	bool stop;          /* the error is final, even when collecting */
};

/* Notes an error at an offset, with the pointer of the current value. Whether reading may go on. */
bool reader_fail(struct reader *r, enum error_code code, size_t offset, const char *fmt, ...)
	_printf_(4, 5);
bool reader_no_memory(struct reader *r);
/* Notes that the current property is unknown. */
void reader_warn(struct reader *r);
/* The pointer of the current value; buf is always terminated. */
void reader_pointer(const struct reader *r, char *buf, size_t size);
/* Name or number of the current value, as people write it; "the document" at the top. */
void reader_label(const struct reader *r, char *buf, size_t size);

/* Names of the object on top: notes one; finds those that occur twice when the object is complete. */
bool reader_note_name(struct reader *r, struct name *name);
bool reader_check_names(struct reader *r);

/* Where the current value goes. */
struct target {
	enum row_kind kind;    /* as if the value were a member of its own */
	const struct row *row;
};

/* false: it is skipped. */
bool reader_target(const struct reader *r, struct target *ret);

/* Notes that the current member has a value: anything but null. */
void reader_present(struct reader *r);

/* Each stores a value where it belongs; whether reading may go on. */
bool reader_store_string(struct reader *r, const char *s, size_t len);
bool reader_store_bool(struct reader *r, bool v);
bool reader_store_number(struct reader *r, const char *s, size_t len);
bool reader_store_null(struct reader *r);

/*
 * The memory for the current value: the member itself, or a new element of the list or map. NULL
 * without memory (the error is noted).
 */
void *reader_slot(struct reader *r, const struct target *t);
/* Remembers where the value came from; size as in struct location. */
bool reader_locate(struct reader *r, const void *slot, uint32_t size, uint32_t *ret);
/* "must be a string, not a number" for the current value. */
bool reader_wrong_type(struct reader *r, enum row_kind wanted, const char *got);
bool reader_check_string(struct reader *r, const struct string_check *check, const char *s, size_t len);

void row_set_pointer(char *base, size_t offset, const void *p);
void *row_get_pointer(const char *base, size_t offset);
size_t row_get_count(const char *base, size_t offset);
void row_set_count(char *base, size_t offset, size_t n);
/* The size of one element of a list or map. */
size_t row_element_size(const struct row *row);

#endif
