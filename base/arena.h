/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_BASE_ARENA_H
#define BERTH_BASE_ARENA_H

/*
 * Memory that lives and dies together: a document, a program under construction. Everything
 * allocated from an arena is zeroed, aligned for any type and freed by arena_done() at once. malloc() has no part in
 * it: its set-up and its tables are a tenth of the different instructions that a launch executes.
 */

#include "base/macro.h"

#include <stdarg.h>
#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks;
	size_t used;  /* bytes handed out so far */
	size_t limit; /* bytes that may be handed out; 0 means no limit */
};

#define ARENA_INIT ((struct arena){ 0 })

/* NULL when memory is short, the limit is passed, or n * size overflows. */
void *arena_alloc(struct arena *a, size_t size) _warn_unused_;
void *arena_calloc(struct arena *a, size_t n, size_t size) _warn_unused_;
/* Grows an array in place or by copying; the old pointer must not be used after it. */
void *arena_regrow(struct arena *a, void *old, size_t old_n, size_t new_n, size_t size) _warn_unused_;
char *arena_strdup(struct arena *a, const char *s) _warn_unused_;
char *arena_strndup(struct arena *a, const char *s, size_t n) _warn_unused_;
char *arena_printf(struct arena *a, const char *fmt, ...) _printf_(2, 3) _warn_unused_;
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap) _printf_(2, 0) _warn_unused_;

/* Takes all back but keeps the memory of the newest chunk, for loops that use about as much each time. */
void arena_clear(struct arena *a);
/* Frees all; the arena can be used again. Accepts an arena that was never used. */
void arena_done(struct arena *a);

#define _cleanup_arena_ _cleanup_(arena_done)

#endif
