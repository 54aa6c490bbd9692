/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_BASE_BUF_H
#define BERTH_BASE_BUF_H

/*
 * A growing byte buffer. data is always NUL-terminated once something was added; len does not count
 * that NUL. After a failed allocation the buffer stays valid and `failed` stays set, so that a
 * sequence of additions needs one check at its end.
 */

#include "base/macro.h"

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;
	size_t len;
	size_t size;
	bool failed;
};

#define BUF_INIT ((struct buf){ 0 })

void buf_add(struct buf *b, const void *data, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) _printf_(2, 3);
/* Empties without freeing. */
void buf_clear(struct buf *b);
/* Frees; the buffer can be used again. */
void buf_done(struct buf *b);

#define _cleanup_buf_ _cleanup_(buf_done)

#endif
