/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SPEC_DOCUMENT_H
#define BERTH_SPEC_DOCUMENT_H

/*
 * A JSON document that was read through a table of rows (spec/table.h): the memory of its values and
 * the place in the text that each came from.
 */

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct location; /* private to the reader */

/* One document holds one text: a second reading into the same document is refused. */
struct document {
	struct arena arena;
	const char *text;      /* borrowed while reading, NULL afterwards */
	struct location *locations;
	size_t n_locations;
	size_t max_locations;
	uint32_t *index;       /* slot to location, a hash table of size_index (a power of two) */
	size_t size_index;
	uint32_t *lines;       /* offset of every newline of the text */
	size_t n_lines;
	char **warnings;       /* unknown properties: "/linux/foo: unknown property" */
	size_t n_warnings;
	bool collect;          /* set before reading: gather all errors, not only the first */
	struct error *errors;  /* with collect: every error found, in the order of the text */
	size_t n_errors;
};

#define DOCUMENT_INIT ((struct document){ 0 })

void document_done(struct document *doc);
#define _cleanup_document_ _cleanup_(document_done)

/*
 * Where a value came from. slot is the address of the member that holds it, e.g. &mount->source,
 * &process->args.v[3] or &config->mounts[2]. Writes its JSON pointer (RFC 6901) to buf and, when
 * known, line and column. false when the slot is not from this document (or the value is absent); buf
 * is the empty string then.
 */
bool document_where(const struct document *doc, const void *slot, char *buf, size_t size,
		    unsigned *ret_line, unsigned *ret_column);
bool document_where_sized(const struct document *doc, const void *slot, size_t slot_size, char *buf,
			  size_t size, unsigned *ret_line, unsigned *ret_column);

/*
 * An object and its first member have the same address: &config->mounts[2] and
 * &config->mounts[2].destination. The size of what the slot points to tells them apart, so these
 * names are macros that pass it along. A slot that is only a `const void *` means the innermost
 * value: the member when it is present, else the object.
 */
#define document_where(doc, slot, ...) document_where_sized(doc, slot, sizeof(*(slot)), __VA_ARGS__)

/*
 * error_set() for a value of the document: sets pointer, line and column from the slot. When the
 * slot itself is absent, the nearest present owner may be given instead.
 */
int document_error(const struct document *doc, const void *slot, struct error *err,
		   enum error_code code, const char *fmt, ...) _printf_(5, 6);
int document_error_sized(const struct document *doc, const void *slot, size_t slot_size,
			 struct error *err, enum error_code code, const char *fmt, ...) _printf_(6, 7);
#define document_error(doc, slot, ...) document_error_sized(doc, slot, sizeof(*(slot)), __VA_ARGS__)

#endif
