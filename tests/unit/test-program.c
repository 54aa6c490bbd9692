/* SPDX-License-Identifier: Apache-2.0 */
/* The check of a program against damage: whatever it accepts can be read through without leaving the block. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "libcontainer/compile/compile.h"
#include "libcontainer/compile/emit.h"
#include "libcontainer/program.h"

static void *make_block(struct arena *arena, size_t *ret_size)
{
	static char *const args[] = { "sh", "-c", "true", "sh" };
	static const uint32_t groups[] = { 1, 2, 3 };
	struct error err = ERROR_INIT;
	struct op_mount mount = { .kind = MOUNT_KIND_BIND };
	struct op_user user = { .uid = 5, .n_groups = 3 };
	struct op_exec exec;
	struct emit e;
	pstr state;
	void *block;

	emit_init(&e, arena);
	state = emit_str(&e, "{}");
	mount.target = emit_str(&e, "/target");
	mount.source = emit_str(&e, "/source");
	user.groups = emit_blob(&e, groups, sizeof(groups));
	exec.args = emit_strv(&e, args, ELEMENTSOF(args));
	exec.env = emit_strv(&e, args, 0);
	emit_op(&e, OP_STATE_RESERVE, NULL, NULL, 0);
	emit_op(&e, OP_MOUNT, &mount, "/mounts/0", 7);
	emit_op(&e, OP_USER, &user, NULL, 0);
	emit_op(&e, OP_WAIT_START, NULL, NULL, 0);
	emit_op(&e, OP_EXEC, &exec, NULL, 0);
	assert_int_equal(emit_finish(&e, 0, state, state, &block, ret_size, &err), 0);
	return block;
}

static void test_table(void **state)
{
	(void)state;
	for (uint32_t type = 0; type < OP_MAX; type++) {
		const struct op_info *info = op_info(type);

		assert_non_null(info->name);
		assert_true(info->size % 4 == 0);
		assert_true((info->size != 0) == (info->n_fields != 0));
		for (uint32_t i = 0; i < info->n_fields; i++)
			assert_true(info->fields[i].offset < info->size);
	}
}

static void test_whole(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	const struct op_exec *exec;
	const struct op_mount *mount;
	struct program p;
	size_t size;
	void *block = make_block(&arena, &size);

	(void)state;
	assert_int_equal(program_check(block, size, &p, &err), 0);
	assert_int_equal(p.header->n_ops, 5);
	assert_int_equal(p.header->wait, 3);
	assert_string_equal(program_str(&p, p.ops[1].origin), "/mounts/0");
	assert_int_equal(p.ops[1].line, 7);
	mount = program_data(&p, &p.ops[1]);
	assert_string_equal(program_str(&p, mount->target), "/target");
	assert_null(program_str(&p, mount->data));
	exec = program_data(&p, &p.ops[4]);
	assert_int_equal(exec->args.n, 4);
	assert_string_equal(program_strv(&p, exec->args, 2), "true");
	/* The same string is stored once. */
	assert_ptr_equal(program_strv(&p, exec->args, 0), program_strv(&p, exec->args, 3));
}

static void refuse(void *block, size_t size)
{
	struct error err = ERROR_INIT;
	struct program p;

	assert_int_equal(program_check(block, size, &p, &err), -EINVAL);
	assert_int_equal(err.code, ERR_PROGRAM_INVALID);
}

static void test_header(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	size_t size;
	void *block = make_block(&arena, &size);
	struct program_header *h = block, saved = *h;

	(void)state;
	refuse(NULL, size);
	refuse((char *)block + 4, size - 4);
	refuse(block, size - 1);
	refuse(block, 8);
	h->magic++;
	refuse(block, size);
	*h = saved;
	h->version++;
	refuse(block, size);
	*h = saved;
	h->n_ops = UINT32_MAX;
	refuse(block, size);
	*h = saved;
	h->ops = (uint32_t)size - 8;
	refuse(block, size);
	*h = saved;
	h->wait = 2;
	refuse(block, size);
	*h = saved;
	h->flags = 0x100;
	refuse(block, size);
	*h = saved;
	h->state_tail = (uint32_t)size;
	refuse(block, size);
	*h = saved;
	((char *)block)[size - 1] = 'x';
	refuse(block, size);
}

static void test_operands(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	size_t size;
	uint8_t *block = make_block(&arena, &size);
	struct program_header *h = (void *)block;
	struct program_op *ops = (void *)(block + h->ops);
	struct op_mount *mount = (void *)(block + ops[1].data), saved = *mount;
	struct op_user *user = (void *)(block + ops[2].data);
	struct op_exec *exec = (void *)(block + ops[4].data), exec_saved = *exec;

	(void)state;
	mount->kind = MOUNT_KIND_MAX;
	refuse(block, size);
	*mount = saved;
	mount->target = 0;
	refuse(block, size);
	*mount = saved;
	mount->source = 3;
	refuse(block, size);
	*mount = saved;
	mount->n_propagation = 1;
	refuse(block, size);
	*mount = saved;
	mount->propagations = (struct pblob){ .len = 8, .off = 41 };
	refuse(block, size);
	*mount = saved;
	user->n_groups = 4;
	refuse(block, size);
	user->n_groups = 3;
	exec->args.n = 0x40000000;
	refuse(block, size);
	*exec = exec_saved;
	exec->args.n = 0;
	refuse(block, size);
	*exec = exec_saved;
	ops[1].type = OP_MAX;
	refuse(block, size);
	ops[1].type = OP_MOUNT;
	ops[1].place = PLACE_RUNTIME;
	refuse(block, size);
	ops[1].place = PLACE_INIT;
	ops[1].data += 4;
	refuse(block, size);
	ops[1].data = UINT32_MAX & ~7u;
	refuse(block, size);
}

/* One huge array that is named by many operations must not be walked as often. */
static void test_shared_array(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct op_exec exec = { 0 };
	char *words[1000];
	struct emit e;
	void *block;
	size_t size;

	(void)state;
	for (size_t i = 0; i < ELEMENTSOF(words); i++)
		words[i] = "x";
	emit_init(&e, &arena);
	exec.args = emit_strv(&e, words, ELEMENTSOF(words));
	for (size_t i = 0; i < 1000; i++)
		emit_op(&e, OP_EXEC, &exec, NULL, 0);
	assert_int_equal(emit_finish(&e, 0, 0, 0, &block, &size, &err), 0);
	refuse(block, size);
}

/* Damage at every byte: either refused, or explain() can read all of it (run it under a sanitizer). */
static void test_damage(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	size_t size;
	uint8_t *block = make_block(&arena, &size);
	uint8_t *copy = aligned_alloc(8, (size + 7) & ~(size_t)7);
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff };

	(void)state;
	assert_non_null(copy);
	for (size_t i = 0; i < size * ELEMENTSOF(values); i++) {
		_cleanup_buf_ struct buf out = BUF_INIT;
		struct error err = ERROR_INIT;
		struct program p;

		memcpy(copy, block, size);
		copy[i / ELEMENTSOF(values)] = values[i % ELEMENTSOF(values)];
		if (program_check(copy, size, &p, &err) == 0)
			assert_int_equal(explain(&p, i % 2, &out, &err), 0);
	}
	free(copy);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),    cmocka_unit_test(test_whole),
		cmocka_unit_test(test_header),   cmocka_unit_test(test_operands),
		cmocka_unit_test(test_shared_array), cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests_name("program", tests, NULL, NULL);
}
