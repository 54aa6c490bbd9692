/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_COMPILE_EMIT_H
#define BERTH_COMPILE_EMIT_H

/*
 * Builds the block of a launch program: operands, arrays and strings are appended as they are made, the
 * array of operations and one zero byte behind them by emit_finish(). Equal strings are stored once.
 *
 * Like struct buf, an emitter stays valid after a failed allocation and remembers it: the emit_
 * functions then return offset 0 and emit_finish() fails.
 */

#include "base/arena.h"
#include "base/error.h"
#include "libcontainer/program.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct emit {
	struct arena *arena;
	uint8_t *data;            /* the block so far, header included */
	uint32_t len, size;
	struct program_op *ops;
	uint32_t n_ops, max_ops;
	uint32_t *strings;        /* hash table of string offsets, 0: free */
	uint32_t n_strings, max_strings;
	bool failed;              /* out of memory, or too_large */
	bool too_large;           /* a limit of program.h was passed */
};

void emit_init(struct emit *e, struct arena *arena);

/* NULL gives 0. */
pstr emit_str(struct emit *e, const char *s);
pstr emit_strn(struct emit *e, const char *s, size_t n);
pstr emit_strf(struct emit *e, const char *fmt, ...) _printf_(2, 3);
pstr emit_vstrf(struct emit *e, const char *fmt, va_list ap) _printf_(2, 0);
struct pstrv emit_strv(struct emit *e, char *const *v, size_t n);
struct pblob emit_blob(struct emit *e, const void *data, size_t len);

/*
 * Appends an operation. operand points to the struct that program-ops.h names for it, NULL for none;
 * origin is a JSON pointer or NULL.
 */
void emit_op(struct emit *e, enum op_type type, const void *operand, const char *origin, uint32_t line);

/* Completes the header and hands out the block, which is 8-byte aligned and lives in the arena. */
int emit_finish(struct emit *e, uint32_t flags, pstr state_head, pstr state_tail, void **ret,
		size_t *ret_size, struct error *err);

/* FNV-1a, for small tables of names. */
uint32_t emit_hash(const char *s, size_t n);

#endif
