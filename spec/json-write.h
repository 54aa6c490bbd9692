/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SPEC_JSON_WRITE_H
#define BERTH_SPEC_JSON_WRITE_H

/*
 * Writing JSON into a buffer. Calls that go wrong (memory, an order of calls that makes no JSON) are
 * remembered, so a whole sequence needs one check, that of json_finish().
 *
 *	struct json_writer w;
 *	json_start(&w, &buf, "  ");
 *	json_open(&w, '{');
 *	json_key(&w, "id");
 *	json_string(&w, id);
 *	json_close(&w);
 *	r = json_finish(&w, err);
 */

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_WRITE_DEPTH 32

/* yajl points into it: not to be copied or moved. */
struct json_writer {
	struct yajl_gen_t *gen;
	struct buf *out;
	bool pretty;
	bool failed;
	char pending;                 /* '{' or '[' that was opened and is still empty, or 0 */
	char open[JSON_WRITE_DEPTH];
	size_t depth;
	size_t used;                  /* of memory[], which is yajl's: what it allocates is small and soon done */
	_Alignas(max_align_t) char memory[1024];
};

/* indent is what each level is indented by; NULL writes one line without blanks and newline. */
void json_start(struct json_writer *w, struct buf *out, const char *indent);

/* Opens an object '{' or an array '['; closes the innermost one. Empty ones are written as {} and []. */
void json_open(struct json_writer *w, char bracket);
void json_close(struct json_writer *w);

void json_key(struct json_writer *w, const char *name);
/* Escapes as needed. Bytes that are not UTF-8 become U+FFFD, so that the output always is. NULL is null. */
void json_string(struct json_writer *w, const char *s);
void json_bool(struct json_writer *w, bool v);
void json_i64(struct json_writer *w, int64_t v);
void json_u64(struct json_writer *w, uint64_t v);
void json_hundredths(struct json_writer *w, uint64_t v); /* 1234 is written as 12.34 */
void json_null(struct json_writer *w);

/* A member of the open object. The string form writes nothing when s is NULL. */
void json_member_string(struct json_writer *w, const char *name, const char *s);
void json_member_bool(struct json_writer *w, const char *name, bool v);
void json_member_i64(struct json_writer *w, const char *name, int64_t v);
void json_member_u64(struct json_writer *w, const char *name, uint64_t v);
void json_member_open(struct json_writer *w, const char *name, char bracket);

/*
 * Ends the document, after an indented one with a newline. Must follow every json_start(). 0 or a negative errno with
 * *err set.
 */
int json_finish(struct json_writer *w, struct error *err);

#endif
