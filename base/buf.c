/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST 4096u /* most texts are shorter than that */

/* Lent to the first buffers that are in use at the same time, and mostly there are no others. */
static char spare[2][BUF_FIRST];
static bool lent[ELEMENTSOF(spare)];

static char *spare_take(void)
{
	for (size_t i = 0; i < ELEMENTSOF(spare) && !SANITIZED; i++)
		if (!lent[i]) {
			lent[i] = true;
			return spare[i];
		}
	return NULL;
}

static bool is_spare(const char *p)
{
	return p == spare[0] || p == spare[1];
}

static void spare_return(const char *p)
{
	lent[p == spare[1]] = false;
}

/* realloc(), but for the spares. */
static char *buf_grow(struct buf *b, size_t size)
{
	char *p = !b->data && size == BUF_FIRST ? spare_take() : NULL;

	if (p)
		return p;
	if (!is_spare(b->data))
		return realloc(b->data, size);
	p = malloc(size);
	if (p) {
		memcpy(p, b->data, b->len + 1);
		spare_return(b->data);
	}
	return p;
}

/* Makes room for n more bytes and a NUL. */
static bool buf_reserve(struct buf *b, size_t n)
{
	size_t size = b->size;
	char *p;

	if (b->failed)
		return false;
	if (n > SIZE_MAX / 4 - b->len - 1) {
		b->failed = true;
		return false;
	}
	if (b->len + n + 1 <= size)
		return true;
	size = MAX(size * 2, MAX(b->len + n + 1, (size_t) BUF_FIRST));
	p = buf_grow(b, size);
	if (!p) {
		b->failed = true;
		return false;
	}
	b->data = p;
	b->size = size;
	return true;
}

void buf_add(struct buf *b, const void *data, size_t n)
{
	if (!buf_reserve(b, n))
		return;
	if (n)
		memcpy(b->data + b->len, data, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	if (!buf_reserve(b, 1))
		return;
	b->data[b->len++] = c;
	b->data[b->len] = '\0';
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->failed = true;
		return;
	}
	if (!buf_reserve(b, (size_t) n))
		return;
	va_start(ap, fmt);
	(void) vsnprintf(b->data + b->len, (size_t) n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t) n;
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->data)
		b->data[0] = '\0';
}

void buf_done(struct buf *b)
{
	if (is_spare(b->data))
		spare_return(b->data);
	else
		free(b->data);
	*b = BUF_INIT;
}
