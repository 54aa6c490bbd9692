/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_BASE_ERROR_H
#define BERTH_BASE_ERROR_H

/*
 * The one error object.
 *
 * A function that can fail takes a `struct error *err` as its last parameter, sets it once, at the
 * place that knows what happened, and returns a negative errno. Callers hand the number up; they may
 * add what only they know (step, pointer) with the error_add_ functions, which never overwrite.
 * Nothing below cmd/ prints an error or exits because of one. The object is of fixed size and holds
 * no pointers, so that nothing is allocated when things go wrong and berth-init can leave it in the
 * page that it shares with the runtime.
 *
 * The words for people are made in one place, error_format(), from the table in base/error-codes.h.
 */

#include "base/macro.h"

#include <stdbool.h>
#include <stddef.h>

enum error_code {
	ERR_NONE = 0,
#define ERROR_CODE(symbol, name, words, errno_wording) ERR_##symbol,
#include "base/error-codes.h"
#undef ERROR_CODE
	ERR_CODE_MAX,
};

struct error {
	int code;           /* enum error_code, ERR_NONE while nothing has gone wrong */
	int errnum;         /* positive errno, or 0 when no system call was involved */
	unsigned line;      /* of the configuration, from 1; 0 if unknown */
	unsigned column;    /* from 1, in bytes; 0 if unknown */
	char step[48];      /* the operation or command stage, e.g. "mount" */
	char document[128]; /* that line, column and pointer are about; empty: config.json */
	char pointer[256];  /* JSON pointer into the configuration, e.g. "/mounts/4/source" */
	char subject[1024]; /* what the error is about: a path, an id, a value; fills %s of the words */
	char call[320];     /* the failed system call with its arguments */
	char cause[512];    /* explanation beyond errno, such as a hook's last output; one line */
	char hint[256];     /* advice; one line */
};

#define ERROR_INIT ((struct error){ 0 })

/*
 * Sets *err unless it is already set. errnum is a positive errno or 0; the rest formats the subject.
 * When the last failing call noted by error_note_call() had the same errno, its text is taken over.
 * Returns -errnum, or -EINVAL when errnum is 0, so that `return error_set(...)` is the usual form.
 */
int error_set(struct error *err, enum error_code code, int errnum, const char *fmt, ...)
	_printf_(4, 5);

/* Fill a member that is still empty; each returns its err so that calls can be chained. */
void error_add_step(struct error *err, const char *step);
void error_add_pointer(struct error *err, const char *pointer, unsigned line, unsigned column);
void error_add_document(struct error *err, const char *document);
void error_add_cause(struct error *err, const char *fmt, ...) _printf_(2, 3);
void error_add_hint(struct error *err, const char *fmt, ...) _printf_(2, 3);

/* Forget everything; used where a failure has been dealt with. */
void error_clear(struct error *err);

static inline bool error_is_set(const struct error *err) { return err->code != ERR_NONE; }

/*
 * Remembers the text of a failed system call for the next error_set(); called by libcontainer/sys
 * only. The text is kept in one static buffer: berth is single-threaded.
 */
void error_note_call(int errnum, const char *fmt, ...) _printf_(2, 3);

/* The stable name of a code, such as "container-exists"; "unknown" outside the table. */
const char *error_code_name(int code);

/*
 * The message for an errno in lower case, the same whatever the C library and the locale: engines
 * match these words. Never NULL.
 */
const char *errno_words(int errnum);

/* The symbol of an errno, such as "ENOENT"; "unknown" for a number that Linux does not have. */
const char *errno_name(int errnum);

/* No sentence and no place is longer than these, with the final NUL. */
#define ERROR_SENTENCE_SIZE 2048
#define ERROR_WHERE_SIZE 1024

/*
 * Writes the one sentence, without a newline and with every control character escaped, at most
 * size bytes with the final NUL. Form: "<step>: <words with subject>: <cause>: <errno words>" as far
 * as each is present; the step is left out when the words begin with it. ERR_SYSTEM shows the failed
 * call in brackets behind the subject, other codes do not. The last column of base/error-codes.h says
 * how errno is worded; phrases by which engines recognise a failing exec are reworded in subject and
 * cause, too, unless the code is about that. The pointer, line and hint are not part of the sentence:
 * see error_format_where(). Returns the length written.
 */
size_t error_format(const struct error *err, char *buf, size_t size);

/*
 * Writes " (at config.json line 61, /mounts/4/source)" and " · hint: ..." as far as known, or the
 * empty string; without a pointer also the column. Returns the length written.
 */
size_t error_format_where(const struct error *err, char *buf, size_t size);

/*
 * Whether nothing may be written behind the sentence on its line: some engines look at how the line
 * ends when the user's program cannot be executed.
 */
bool error_ends_line(const struct error *err);

#endif
