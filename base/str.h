/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_BASE_STR_H
#define BERTH_BASE_STR_H

/* Strings: comparing, strict numbers, tables of names, escaping for people. */

#include "base/macro.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline bool streq(const char *a, const char *b) { return strcmp(a, b) == 0; }

static inline bool str_is_empty(const char *s) { return !s || !*s; }

/* The rest of s behind prefix, or NULL when s does not start with it. */
const char *str_after(const char *s, const char *prefix);

/* Whether s ends with suffix and is longer than that. */
bool str_ends(const char *s, const char *suffix);

/*
 * Strict decimal numbers: digits only (and one leading '-' for the signed form), nothing before or
 * behind, in range. 0, -EINVAL or -ERANGE; *ret is untouched on failure.
 */
int str_to_u64(const char *s, uint64_t *ret);
int str_to_i64(const char *s, int64_t *ret);
int str_to_u32(const char *s, uint32_t *ret);

/* The other way, for where the formatting of libc would be what costs most. Returns the length. */
#define STR_U64_SIZE 21
size_t str_from_u64(uint64_t v, char buf[STR_U64_SIZE]);

/* A table that pairs names with numbers, ended by a NULL name. */
struct name_value {
	const char *name;
	uint64_t value;
};

/* The row with that name or value, or NULL. */
const struct name_value *name_find(const struct name_value *table, const char *name);
const struct name_value *name_of(const struct name_value *table, uint64_t value);

/* How many bytes of printable ASCII s begins with: str_escape() would leave them as they are. */
size_t str_plain(const char *s);

/*
 * Copies s to buf with control characters, DEL and invalid UTF-8 as \xNN, cut at size - 1 bytes.
 * Returns the length written. For everything that a person or a log reads.
 */
size_t str_escape(const char *s, char *buf, size_t size);

/* Copies with truncation; the result is always terminated. Returns the length written. */
size_t str_copy(char *buf, size_t size, const char *s);

#endif
