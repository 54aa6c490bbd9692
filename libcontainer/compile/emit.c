/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/compile/emit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DATA_FIRST 16384u
#define OPS_FIRST 128u
#define STRINGS_FIRST 512u /* a power of two */

uint32_t emit_hash(const char *s, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (uint8_t)s[i]) * 16777619u;
	return h;
}

void emit_init(struct emit *e, struct arena *arena)
{
	*e = (struct emit){ .arena = arena, .size = DATA_FIRST, .len = sizeof(struct program_header),
			    .max_ops = OPS_FIRST, .max_strings = STRINGS_FIRST };
	e->data = arena_alloc(arena, DATA_FIRST);
	e->ops = arena_calloc(arena, OPS_FIRST, sizeof(*e->ops));
	e->strings = arena_calloc(arena, STRINGS_FIRST, sizeof(*e->strings));
	e->failed = !e->data || !e->ops || !e->strings;
}

/* Room for n bytes at an aligned offset, which is returned; 0 when there is none. */
static uint32_t emit_room(struct emit *e, size_t n, uint32_t align)
{
	uint32_t off = ALIGN_UP(e->len, align);
	uint32_t size = e->size;
	uint8_t *p;

	if (e->failed)
		return 0;
	if (n > PROGRAM_MAX_SIZE || off + n > PROGRAM_MAX_SIZE) {
		e->failed = e->too_large = true;
		return 0;
	}
	if (off + n > size) {
		while (off + n > size)
			size *= 2;
		p = arena_regrow(e->arena, e->data, e->size, size, 1);
		if (!p) {
			e->failed = true;
			return 0;
		}
		e->data = p;
		e->size = size;
	}
	memset(e->data + e->len, 0, off - e->len);
	e->len = off + (uint32_t)n;
	return off;
}

static bool emit_grow_strings(struct emit *e)
{
	uint32_t max = e->max_strings * 2;
	uint32_t *strings = arena_calloc(e->arena, max, sizeof(*strings));

	if (!strings)
		return false;
	for (uint32_t i = 0; i < e->max_strings; i++) {
		const char *s = (const char *)e->data + e->strings[i];
		uint32_t at;

		if (!e->strings[i])
			continue;
		at = emit_hash(s, strlen(s)) & (max - 1);
		while (strings[at])
			at = (at + 1) & (max - 1);
		strings[at] = e->strings[i];
	}
	e->strings = strings;
	e->max_strings = max;
	return true;
}

pstr emit_strn(struct emit *e, const char *s, size_t n)
{
	uint32_t at, off;

	if (e->failed)
		return 0;
	at = emit_hash(s, n) & (e->max_strings - 1);
	while ((off = e->strings[at]) != 0) {
		const char *have = (const char *)e->data + off;

		if (strncmp(have, s, n) == 0 && !have[n])
			return off;
		at = (at + 1) & (e->max_strings - 1);
	}
	off = emit_room(e, n + 1, 1);
	if (!off)
		return 0;
	memcpy(e->data + off, s, n);
	e->data[off + n] = 0;
	e->strings[at] = off;
	if (++e->n_strings > e->max_strings / 2 && !emit_grow_strings(e))
		e->failed = true;
	return off;
}

pstr emit_str(struct emit *e, const char *s)
{
	return s ? emit_strn(e, s, strlen(s)) : 0;
}

pstr emit_vstrf(struct emit *e, const char *fmt, va_list ap)
{
	char text[512], *s = text;
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(text, sizeof(text), fmt, again);
	va_end(again);
	if (n < 0 || (size_t)n >= sizeof(text))
		s = arena_vprintf(e->arena, fmt, ap);
	if (!s)
		e->failed = true;
	return emit_str(e, s);
}

pstr emit_strf(struct emit *e, const char *fmt, ...)
{
	va_list ap;
	pstr off;

	va_start(ap, fmt);
	off = emit_vstrf(e, fmt, ap);
	va_end(ap);
	return off;
}

struct pstrv emit_strv(struct emit *e, char *const *v, size_t n)
{
	uint32_t off;

	if (!n || n > PROGRAM_MAX_SIZE / sizeof(pstr)) {
		e->too_large = e->too_large || n;
		e->failed = e->failed || n;
		return (struct pstrv){ 0 };
	}
	off = emit_room(e, n * sizeof(pstr), sizeof(pstr));
	for (size_t i = 0; i < n && !e->failed; i++) {
		pstr s = emit_str(e, v[i]);

		memcpy(e->data + off + i * sizeof(pstr), &s, sizeof(s));
	}
	return (struct pstrv){ .n = (uint32_t)n, .off = off };
}

struct pblob emit_blob(struct emit *e, const void *data, size_t len)
{
	uint32_t off;

	if (!len)
		return (struct pblob){ 0 };
	off = emit_room(e, len, 8);
	if (!off)
		return (struct pblob){ 0 };
	memcpy(e->data + off, data, len);
	return (struct pblob){ .len = (uint32_t)len, .off = off };
}

void emit_op(struct emit *e, enum op_type type, const void *operand, const char *origin, uint32_t line)
{
	const struct op_info *info = op_info(type);
	struct program_op *ops;
	uint32_t off = 0;

	if (e->n_ops == PROGRAM_MAX_OPS)
		e->failed = e->too_large = true;
	if (e->n_ops == e->max_ops && !e->failed) {
		ops = arena_regrow(e->arena, e->ops, e->max_ops, e->max_ops * 2, sizeof(*ops));
		e->failed = !ops;
		e->ops = ops;
		e->max_ops *= 2;
	}
	if (info->size) {
		off = emit_room(e, info->size, 8);
		if (off)
			memcpy(e->data + off, operand, info->size);
	}
	if (e->failed)
		return;
	e->ops[e->n_ops] = (struct program_op){ .type = (uint16_t)type, .place = (uint16_t)info->place,
						.data = off, .origin = emit_str(e, origin), .line = line };
	e->n_ops++;
}

int emit_finish(struct emit *e, uint32_t flags, pstr state_head, pstr state_tail, void **ret,
		size_t *ret_size, struct error *err)
{
	uint32_t off = emit_room(e, (size_t)e->n_ops * sizeof(*e->ops) + 8, 8);
	struct program_header h = { .magic = PROGRAM_MAGIC, .version = PROGRAM_VERSION, .size = e->len,
				    .n_ops = e->n_ops, .ops = off, .wait = e->n_ops, .flags = flags,
				    .state_head = state_head, .state_tail = state_tail };

	if (e->too_large)
		return error_set(err, ERR_CONFIG_LIMIT, 0, "more than %u operations, or %u bytes of them",
				 PROGRAM_MAX_OPS, PROGRAM_MAX_SIZE);
	if (e->failed)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "launch program");
	for (uint32_t i = 0; i < e->n_ops; i++)
		if (e->ops[i].type == OP_WAIT_START)
			h.wait = i;
	memcpy(e->data + off, e->ops, e->n_ops * sizeof(*e->ops));
	/* A block ends in a zero byte: that is how program_check() knows that every string ends in it. */
	memset(e->data + e->len - 8, 0, 8);
	memcpy(e->data, &h, sizeof(h));
	*ret = e->data;
	*ret_size = e->len;
	return 0;
}
