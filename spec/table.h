/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SPEC_TABLE_H
#define BERTH_SPEC_TABLE_H

/*
 * One table per JSON object drives reading and writing: a row pairs a property with a member of a
 * C structure. Tables are static and constant, and must outlive every document read through them.
 *
 *	struct record {
 *		char *id;
 *		struct opt_u32 uid;
 *		struct strings paths;
 *		struct thing *things;
 *		size_t n_things;
 *	};
 *
 *	static const struct row record_rows[] = {
 *		ROW_STR(struct record, "id", id, .flags = ROW_REQUIRED),
 *		ROW_OPT(struct record, "uid", uid, ROW_U32),
 *		ROW_WORDS(struct record, "paths", paths),
 *		ROW_LIST(struct record, "things", things, n_things, &thing_table),
 *	};
 *	static const struct table record_table = TABLE("record", struct record, record_rows);
 *
 *	struct record record = { 0 };
 *	r = table_read(&doc, text, len, &record_table, &record, err);
 *	r = table_write(&record_table, &record, "  ", &buf, err);
 *
 * A string or number row whose member has another type does not compile. Rows are written in the
 * order of the table; what is absent is not written.
 */

#include "base/error.h"
#include "base/macro.h"
#include "spec/document.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits of every document, against input that is made to exhaust memory or time. */
#define TABLE_TEXT_MAX (16u * 1024 * 1024)
#define TABLE_DEPTH_MAX 64u
#define TABLE_VALUES_MAX 2000000u
#define TABLE_WARNINGS_MAX 64u
#define TABLE_ERRORS_MAX 100u

enum row_kind {
	ROW_IGNORED,    /* any value, neither kept nor warned about */
	ROW_STRING,     /* char * */
	ROW_BOOL,       /* bool or struct opt_bool */
	ROW_I32,
	ROW_I64,
	ROW_U16,
	ROW_U32,
	ROW_U64,        /* intN_t, uintN_t or struct opt_... */
	ROW_OBJECT,     /* structure by pointer: NULL while absent */
	ROW_INSIDE,     /* structure inside the structure */
	ROW_STRINGS,    /* char ** with a count */
	ROW_U32S,       /* uint32_t * with a count */
	ROW_OBJECTS,    /* structure * with a count */
	ROW_STRING_MAP, /* struct string_pair * with a count */
	ROW_OBJECT_MAP, /* structure * with a count; the structure's first member is its name, char * */
	ROW_KIND_MAX,
};

enum row_flag {
	ROW_REQUIRED = 1 << 0, /* absent or null is an error */
	ROW_NONEMPTY = 1 << 1, /* "" or [] is an error; in a map, an empty name is */
	ROW_OPTIONAL = 1 << 2, /* the member is a struct opt_... (set by ROW_OPT) */
	ROW_RANGE = 1 << 3,    /* min and max hold */
	ROW_PRESENT = 1 << 4,  /* a bool at present_offset says that the property is there */
};

/* A check of a string; ERR_NONE or the code to report. words complete "must be ...". */
struct string_check {
	enum error_code (*check)(const char *s, size_t len);
	const char *words;
};

struct table;

struct row {
	const char *name;
	uint8_t name_len;
	uint8_t kind;           /* enum row_kind */
	uint16_t flags;         /* enum row_flag */
	uint16_t offset;
	uint16_t n_offset;      /* of the size_t that counts, for lists and maps */
	uint16_t present_offset;
	const struct table *table;              /* of objects */
	const struct string_check *check;       /* of the string, or of every string in the list or map */
	const struct string_check *name_check;  /* of every name in a map */
	int64_t min;
	uint64_t max;
};

struct table {
	const char *what; /* for messages, e.g. "mount" */
	size_t size;      /* of the structure */
	const struct row *rows;
	size_t n_rows;    /* at most 64 */
	/*
	 * What holds between the properties of one object, called when it is complete: ERR_NONE, or
	 * the code with *ret_words set to a static text.
	 */
	enum error_code (*check)(const void *object, const char **ret_words);
};

#define TABLE(what_, type, rows_) \
	{ .what = (what_), .size = sizeof(type), .rows = (rows_), .n_rows = ELEMENTSOF(rows_) }

/* 0 when the member of the type has the C type wanted, otherwise the row does not compile. */
#define ROW_TYPE(type, member, wanted) \
	(0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((type *) 0)->member), wanted) ? 1 : -1]))

/* 0 when a number member has the size that its kind stands for; otherwise does not compile. */
#define ROW_WIDTH(kind_) \
	((kind_) == ROW_BOOL ? sizeof(bool) : (kind_) == ROW_U16 ? 2u \
	 : (kind_) == ROW_I32 || (kind_) == ROW_U32 ? 4u : 8u)
#define ROW_FITS(type, member, kind_) \
	(0 * sizeof(char[sizeof(((type *) 0)->member) == ROW_WIDTH(kind_) ? 1 : -1]))

#define ROW_BASE(type, name_, member, kind_) \
	.name = (name_), .name_len = sizeof(name_) - 1, .kind = (kind_), .offset = offsetof(type, member)

#define ROW_SKIP(name_) { .name = (name_), .name_len = sizeof(name_) - 1, .kind = ROW_IGNORED }
#define ROW_STR(type, name_, member, ...) \
	{ ROW_BASE(type, name_, member, ROW_STRING) + ROW_TYPE(type, member, char *), ##__VA_ARGS__ }
/* A number or bool that cannot be told from absence; kind is ROW_BOOL ... ROW_U64. */
#define ROW_PLAIN(type, name_, member, kind_, ...) \
	{ ROW_BASE(type, name_, member, kind_) + ROW_FITS(type, member, kind_), ##__VA_ARGS__ }
#define ROW_OPT(type, name_, member, kind_) ROW_OPT_FLAGS(type, name_, member, kind_, 0)
#define ROW_OPT_FLAGS(type, name_, member, kind_, flags_, ...)                                         \
	{ ROW_BASE(type, name_, member, kind_) + ROW_FITS(type, member.v, kind_),                     \
	  .flags = ROW_OPTIONAL | (flags_), ##__VA_ARGS__ }
#define ROW_PTR(type, name_, member, table_, ...) \
	{ ROW_BASE(type, name_, member, ROW_OBJECT), .table = (table_), ##__VA_ARGS__ }
#define ROW_IN(type, name_, member, table_, ...) \
	{ ROW_BASE(type, name_, member, ROW_INSIDE), .table = (table_), ##__VA_ARGS__ }
/* A list or map of any kind; v and n are members of the type, such as args.v and args.n. */
#define ROW_MANY(type, name_, v_, n_, kind_, ...) \
	{ ROW_BASE(type, name_, v_, kind_), .n_offset = offsetof(type, n_), ##__VA_ARGS__ }
#define ROW_WORDS(type, name_, member, ...) \
	ROW_MANY(type, name_, member.v, member.n, ROW_STRINGS, ##__VA_ARGS__)
#define ROW_PAIRS(type, name_, member, ...) \
	ROW_MANY(type, name_, member.v, member.n, ROW_STRING_MAP, ##__VA_ARGS__)
#define ROW_LIST(type, name_, v_, n_, table_, ...) \
	ROW_MANY(type, name_, v_, n_, ROW_OBJECTS, .table = (table_), ##__VA_ARGS__)

/*
 * Reads a JSON object into *out, a zeroed structure of the table's type; strings and lists live in
 * doc->arena, so *out is good until document_done(). text need not be terminated and may be freed
 * afterwards. Strict JSON in strict UTF-8, within the limits above; duplicate names, a wrong type, a
 * number out of range and a NUL in a string are errors. null counts as absent. Unknown properties are
 * skipped and noted in doc->warnings.
 *
 * 0 or a negative errno with *err set to the first error: code, subject, pointer, line and column.
 * With doc->collect reading goes on after an error of a value, and doc->errors has all of them.
 */
int table_read(struct document *doc, const char *text, size_t len, const struct table *table, void *out,
	       struct error *err);

/*
 * Appends the object as JSON. indent is what each level is indented by, or NULL for one line without
 * blanks; the indented form ends with a newline. Strings that are not UTF-8 are written with U+FFFD in
 * the place of bad bytes. 0 or a negative errno with *err set.
 */
struct buf;
int table_write(const struct table *table, const void *object, const char *indent, struct buf *out,
		struct error *err);

/* The same as part of a document that is being written: the value only. */
struct json_writer;
void table_write_value(const struct table *table, const void *object, struct json_writer *w);

/*
 * A new object (in the arena) with what is present in `over`, and else what is present in base (NULL:
 * nothing): property by property in objects, name by name in maps, lists as a whole. For tables whose
 * numbers are all optional and that have no ROW_INSIDE. NULL when memory is short. It borrows from both.
 */
void *table_overlay(const struct table *table, const void *base, const void *over, struct arena *arena);

#endif
