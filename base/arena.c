/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Pages that are never used cost nothing, however large a chunk is. */
#define CHUNK (256u * 1024)

/* The newest chunk stands first; only from it memory is handed out. */
struct arena_chunk {
	struct arena_chunk *next;
	size_t size;
	size_t used;
	_Alignas(max_align_t) char data[];
};

static size_t arena_align(size_t size)
{
	return ALIGN_UP(size, _Alignof(max_align_t));
}

/*
 * A launch fits into the first few chunks. They are a part of the program's own memory, zeroed as mappings are, and
 * need no system call. They are handed out once.
 */
#define RESERVE_CHUNK (64u * 1024)
#define RESERVE_CHUNKS 5

static _Alignas(max_align_t) char reserve[RESERVE_CHUNKS][RESERVE_CHUNK];
static size_t reserve_used;

static struct arena_chunk *chunk_new(size_t need, size_t *ret_size)
{
	void *p;

	*ret_size = MAX(need, (size_t) CHUNK);
	if (SANITIZED)
		return calloc(1, *ret_size);
	if (need <= RESERVE_CHUNK && reserve_used < RESERVE_CHUNKS) {
		*ret_size = RESERVE_CHUNK;
		return (void *) reserve[reserve_used++];
	}
	p = mmap(NULL, *ret_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

static void chunk_free(struct arena_chunk *c)
{
	if (SANITIZED)
		free(c);
	else if ((uintptr_t) c - (uintptr_t) reserve >= sizeof(reserve))
		(void) munmap(c, sizeof(*c) + c->size);
}

static struct arena_chunk *arena_add_chunk(struct arena *a, size_t need)
{
	size_t size;
	struct arena_chunk *c = chunk_new(sizeof(*c) + need, &size);

	if (!c)
		return NULL;
	c->size = size - sizeof(*c);
	c->next = a->chunks;
	a->chunks = c;
	return c;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_chunk *c = a->chunks;
	void *p;

	if (size > SIZE_MAX / 4)
		return NULL;
	size = arena_align(MAX(size, (size_t) 1));
	if (a->limit && (size > a->limit || a->used > a->limit - size))
		return NULL;
	if (!c || size > c->size - c->used) {
		c = arena_add_chunk(a, size);
		if (!c)
			return NULL;
	}
	p = c->data + c->used;
	c->used += size;
	a->used += size;
	return p;
}

void *arena_calloc(struct arena *a, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		return NULL;
	return arena_alloc(a, total);
}

/* Whether the array at p of that (aligned) size ends where the newest chunk's free memory begins. */
static bool arena_is_last(const struct arena *a, const void *p, size_t size)
{
	const struct arena_chunk *c = a->chunks;

	return c && size <= c->used && p == (const void *) (c->data + c->used - size);
}

void *arena_regrow(struct arena *a, void *old, size_t old_n, size_t new_n, size_t size)
{
	size_t old_size, new_size;
	void *p;

	if (__builtin_mul_overflow(old_n, size, &old_size) || __builtin_mul_overflow(new_n, size, &new_size))
		return NULL;
	if (old && new_size <= old_size)
		return old;
	if (new_size > SIZE_MAX / 4)
		return NULL;
	if (old && old_size && arena_is_last(a, old, arena_align(old_size))) {
		struct arena_chunk *c = a->chunks;
		size_t more = arena_align(new_size) - arena_align(old_size);

		if (a->limit && (more > a->limit || a->used > a->limit - more))
			return NULL;
		if (more <= c->size - c->used) {
			c->used += more;
			a->used += more;
			return old;
		}
	}
	p = arena_alloc(a, new_size);
	if (p && old)
		memcpy(p, old, old_size);
	return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *p = arena_alloc(a, len + 1);

	/* The byte behind the copy is zero already. */
	return p ? memcpy(p, s, len) : NULL;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *p = NULL;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n >= 0)
		p = arena_alloc(a, (size_t) n + 1);
	if (p)
		(void) vsnprintf(p, (size_t) n + 1, fmt, ap);
	return p;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;

	va_start(ap, fmt);
	p = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return p;
}

void arena_done(struct arena *a)
{
	struct arena_chunk *c = a->chunks;

	while (c) {
		struct arena_chunk *next = c->next;

		chunk_free(c);
		c = next;
	}
	a->chunks = NULL;
	a->used = 0;
}

void arena_clear(struct arena *a)
{
	struct arena_chunk *newest = a->chunks;

	if (!newest)
		return;
	a->chunks = newest->next;
	arena_done(a);
	memset(newest->data, 0, newest->used);
	newest->used = 0;
	newest->next = NULL;
	a->chunks = newest;
}
