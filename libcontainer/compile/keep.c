/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What exec repeats of a container's launch program: its filter above all, which is not compiled anew for
 * every exec. The kept operations are a small program of their own. It outlives the berth that wrote it, and
 * the next version may number its operations otherwise: their names go along, in the place of the state.
 */
#include "libcontainer/compile/compiler.h"

#include "base/str.h"

#include <errno.h>
#include <string.h>

static const uint16_t kept[] = { OP_KEYRING, OP_MEMORY_POLICY, OP_PERSONALITY, OP_SECCOMP };

static bool is_kept(uint32_t type)
{
	for (size_t i = 0; i < ELEMENTSOF(kept); i++)
		if (kept[i] == type)
			return true;
	return false;
}

static struct pstrv copy_strv(struct emit *e, const struct program *from, struct pstrv v)
{
	char **list = arena_calloc(e->arena, v.n + 1, sizeof(*list));

	if (!list)
		e->failed = true;
	for (uint32_t i = 0; list && i < v.n; i++)
		list[i] = (char *)(uintptr_t)program_strv(from, v, i);
	return list ? emit_strv(e, list, v.n) : (struct pstrv){ 0 };
}

/* The same content at its offset in another block. */
static void copy_field(struct emit *e, const struct program *from, const struct field *f, uint8_t *operand)
{
	void *p = operand + f->offset;

	if (f->kind == FIELD_STR || f->kind == FIELD_STR_REQUIRED) {
		pstr *s = p;

		*s = emit_str(e, program_str(from, *s));
	} else if (f->kind == FIELD_STRV) {
		struct pstrv *v = p;

		*v = copy_strv(e, from, *v);
	} else if (f->kind == FIELD_BLOB) {
		struct pblob *b = p;

		*b = emit_blob(e, program_blob(from, *b), b->len);
	}
}

void keep_copy(struct emit *e, const struct program *from, const struct program_op *op)
{
	const struct op_info *info = op_info(op->type);
	uint8_t *operand;

	if (!info->size) {
		emit_op(e, (enum op_type)op->type, NULL, program_str(from, op->origin), op->line);
		return;
	}
	operand = arena_alloc(e->arena, info->size);
	if (!operand) {
		e->failed = true;
		return;
	}
	memcpy(operand, program_data(from, op), info->size);
	for (uint32_t i = 0; i < info->n_fields; i++)
		copy_field(e, from, &info->fields[i], operand);
	emit_op(e, (enum op_type)op->type, operand, program_str(from, op->origin), op->line);
}

int keep_make(struct arena *arena, struct compiled *compiled, struct error *err)
{
	const struct program_header *h = compiled->program;
	const struct program program = {
		.base = compiled->program,
		.header = h,
		.ops = (const void *)((const uint8_t *)compiled->program + h->ops),
	};
	char names[256];
	size_t len = 0;
	struct emit e;

	names[0] = '\0';
	emit_init(&e, arena);
	for (uint32_t i = 0; i < h->n_ops; i++) {
		const struct program_op *op = &program.ops[i];

		if (!is_kept(op->type))
			continue;
		keep_copy(&e, &program, op);
		len += str_copy(names + len, sizeof(names) - len, op_info(op->type)->name);
		len += str_copy(names + len, sizeof(names) - len, " ");
	}
	return emit_finish(&e, 0, emit_str(&e, names), 0, &compiled->keep, &compiled->keep_size, err);
}

static const uint16_t *find_kept(const char *name, size_t len)
{
	for (size_t i = 0; i < ELEMENTSOF(kept); i++)
		if (strlen(op_info(kept[i])->name) == len && memcmp(op_info(kept[i])->name, name, len) == 0)
			return &kept[i];
	return NULL;
}

/* Gives every operation the number that its name has now. Nothing in the block has been checked yet. */
static bool renumber(uint8_t *block, size_t size)
{
	const struct program_header *h = (const void *)block;
	struct program_op *ops;
	const char *name;

	if (size < sizeof(*h) || block[size - 1] || h->state_head >= size || h->ops % 8 || h->ops > size ||
	    h->n_ops > (size - h->ops) / sizeof(*ops))
		return false;
	ops = (struct program_op *)(void *)(block + h->ops);
	name = (const char *)block + h->state_head;
	for (uint32_t i = 0; i < h->n_ops; i++) {
		size_t len = strcspn(name, " ");
		const uint16_t *type = find_kept(name, len);

		if (!type || name[len] != ' ')
			return false;
		ops[i].type = *type;
		ops[i].place = (uint16_t)op_info(*type)->place;
		name += len + 1;
	}
	return true;
}

int keep_read(void *block, size_t size, struct program *ret, struct error *err)
{
	/* program_check() says the rest about a block that cannot even be renumbered. */
	bool known = !block || (uintptr_t)block % 8 || renumber(block, size);
	int r = program_check(block, size, ret, err);

	return r == 0 && !known ? error_set(err, ERR_STATE_VERSION, 0, "operations kept for exec") : r;
}
