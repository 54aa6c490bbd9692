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

struct location; /* private to the reader */

struct document {
	struct arena arena;
	const char *text;      /* borrowed while reading, NULL afterwards */
	struct location *locations;
	size_t n_locations;
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

/*
 * error_set() for a value of the document: sets pointer, line and column from the slot. When the
 * slot itself is absent, the nearest present owner may be given instead.
 */
int document_error(const struct document *doc, const void *slot, struct error *err,
		   enum error_code code, const char *fmt, ...) _printf_(5, 6);

#endif
