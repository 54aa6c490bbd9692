/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SPEC_SCAN_H
#define BERTH_SPEC_SCAN_H

/* Private to spec/: the look over a whole text before the parser sees any of it. */

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scan_finding {
	enum error_code code;
	const char *words;   /* static */
	size_t offset;       /* of the offending byte */
	size_t token;        /* where the token that holds it begins: all before it is sound */
};

/*
 * Looks at bytes, strings and brackets; the grammar is the parser's. What is checked here, the parser
 * never meets: bytes that are not UTF-8, control characters, NUL, malformed or lone surrogate
 * escapes (yajl 2.1 reads past the end of a truncated one, CVE-2017-16516) and nesting beyond
 * TABLE_DEPTH_MAX. Returns whether the text is sound; otherwise *ret says what is wrong first.
 */
bool scan_text(const char *text, size_t len, struct scan_finding *ret);

/* The number of bytes, 1 to 4, of the UTF-8 sequence at s, or 0 if there is none (RFC 3629). */
size_t utf8_sequence(const unsigned char *s, size_t len);

#endif
