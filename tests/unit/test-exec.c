/* SPDX-License-Identifier: Apache-2.0 */
/* What create leaves for exec, read back as hostile input; and what compile_exec() refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "libcontainer/compile/compile.h"
#include "libcontainer/program.h"
#include "libcontainer/state/state.h"
#include "tests/unit/compile-fixture.h"

#define CONFIG "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"r\"},\"process\":{\"args\":[\"sh\"],\"cwd\":\"/\"}," \
	"\"linux\":{\"personality\":{\"domain\":\"LINUX\"},\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\"," \
	"\"syscalls\":[{\"names\":[\"mkdir\"],\"action\":\"SCMP_ACT_ERRNO\"}]}}}"

static struct arena arena = ARENA_INIT;
static void *keep;
static size_t keep_size;

/* A copy of exactly that size, so that the sanitizer sees every byte too many that is read. */
static uint8_t *copy_keep(size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	assert_non_null(copy);
	memcpy(copy, keep, size);
	return copy;
}

static int make_keep(void **state)
{
	_cleanup_document_ struct document doc = DOCUMENT_INIT;
	struct error err = ERROR_INIT;
	struct compiled compiled;
	struct config *config;

	(void)state;
	if (config_read(&doc, CONFIG, strlen(CONFIG), &config, &err) < 0
	    || compile(&doc, config, &hybrid_host, &create_options, &arena, &compiled, &err) < 0)
		return -1;
	keep = compiled.keep;
	keep_size = compiled.keep_size;
	return 0;
}

static int free_keep(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static void test_keep(void **state)
{
	uint8_t *copy = copy_keep(keep_size);
	struct error err = ERROR_INIT;
	const struct op_seccomp *op;
	struct program p;

	(void)state;
	assert_int_equal(keep_read(copy, keep_size, &p, &err), 0);
	assert_int_equal(p.header->n_ops, 3);
	assert_int_equal(p.ops[0].type, OP_KEYRING);
	assert_int_equal(p.ops[1].type, OP_PERSONALITY);
	assert_int_equal(p.ops[2].type, OP_SECCOMP);
	op = program_data(&p, &p.ops[2]);
	assert_true(op->filter.len >= 8 * 4);
	assert_string_equal(program_str(&p, p.ops[2].origin), "/linux/seccomp");
	free(copy);
}

/* Written by a berth that numbers its operations otherwise. */
static void test_keep_renumbered(void **state)
{
	uint8_t *copy = copy_keep(keep_size);
	struct program_header *h = (void *)copy;
	struct program_op *ops = (void *)(copy + h->ops);
	struct error err = ERROR_INIT;
	struct program p;

	(void)state;
	for (uint32_t i = 0; i < h->n_ops; i++)
		ops[i].type = (uint16_t)(ops[i].type + 7);
	assert_int_equal(keep_read(copy, keep_size, &p, &err), 0);
	assert_int_equal(p.ops[2].type, OP_SECCOMP);
	copy[h->state_head] ^= 1;
	assert_true(keep_read(copy, keep_size, &p, &err) < 0);
	free(copy);
}

static void test_keep_damaged(void **state)
{
	struct error err = ERROR_INIT;
	struct program p;

	(void)state;
	for (size_t n = 0; n < keep_size; n++) {
		uint8_t *copy = copy_keep(n);

		assert_true(keep_read(copy, n, &p, &err) < 0);
		free(copy);
	}
	for (size_t i = 0; i < keep_size; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			uint8_t *copy = copy_keep(keep_size);

			copy[i] ^= (uint8_t)(1u << bit);
			(void)keep_read(copy, keep_size, &p, &err);
			free(copy);
		}
	assert_true(keep_read(NULL, 0, &p, &err) < 0);
}

static void test_file(void **state)
{
	char path[] = "/tmp/berth-test-XXXXXX", bytes[512];
	int dir = open(mkdtemp(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd;
	struct error err = ERROR_INIT;
	struct exec_file file;
	ssize_t n;

	(void)state;
	assert_int_equal(exec_file_read(dir, &file, &err), -ENOENT);
	error_clear(&err);
	assert_int_equal(exec_file_write(dir, "block678", 8, "{}", 2, &err), 0);
	assert_int_equal(exec_file_read(dir, &file, &err), 0);
	assert_int_equal(file.block_size, 8);
	assert_memory_equal(file.block, "block678", 8);
	assert_int_equal((uintptr_t)file.block % 8, 0);
	assert_int_equal(file.process_len, 2);
	assert_memory_equal(file.process, "{}", 2);
	exec_file_done(&file);

	fd = openat(dir, "exec", O_RDWR | O_CLOEXEC);
	n = read(fd, bytes, sizeof(bytes));
	assert_true(n > 10);
	for (ssize_t i = 0; i < n; i++) {
		char changed = (char)(bytes[i] ^ 0x10);

		assert_int_equal(pwrite(fd, &changed, 1, i), 1);
		assert_true(exec_file_read(dir, &file, &err) < 0);
		exec_file_done(&file);
		assert_int_equal(pwrite(fd, &bytes[i], 1, i), 1);
	}
	for (ssize_t i = n - 1; i >= 0; i--) {
		assert_int_equal(ftruncate(fd, i), 0);
		assert_true(exec_file_read(dir, &file, &err) < 0);
		exec_file_done(&file);
	}
	/* Written anew, over what a killed create has left. */
	assert_int_equal(ftruncate(fd, 100000), 0);
	error_clear(&err);
	assert_int_equal(exec_file_write(dir, "", 0, NULL, 0, &err), 0);
	assert_int_equal(exec_file_read(dir, &file, &err), 0);
	assert_int_equal(file.process_len, 0);
	exec_file_done(&file);
	close(fd);
	unlinkat(dir, "exec", 0);
	close(dir);
	rmdir(path);
}

struct refusal {
	const char *process;
	const char *sub_cgroup, *another;
	enum error_code code;
	const char *words;
};

#define GOOD "{\"args\":[\"a\"],\"cwd\":\"/\"}"
#define WITH(text) "{\"args\":[\"a\"],\"cwd\":\"/\"," text "}"

static const struct refusal refusals[] = {
	{ GOOD, NULL, NULL, ERR_NONE, NULL },
	{ GOOD, "sub", NULL, ERR_NONE, NULL },
	{ GOOD, "cpu:sub", "memory:/", ERR_NONE, NULL },
	{ GOOD, "systemd:sub", "cpu,memory:", ERR_NONE, NULL },
	{ "{\"args\":[],\"cwd\":\"/\"}", NULL, NULL, ERR_CONFIG_MISSING, "args" },
	{ WITH("\"terminal\":true"), NULL, NULL, ERR_USAGE, "tty" },
	{ WITH("\"apparmorProfile\":\"x\""), NULL, NULL, ERR_CONFIG_UNSUPPORTED, "AppArmor" },
	{ WITH("\"selinuxLabel\":\"x\""), NULL, NULL, ERR_CONFIG_UNSUPPORTED, "SELinux" },
	{ WITH("\"execCPUAffinity\":{\"final\":\"8192\"}"), NULL, NULL, ERR_CONFIG_RANGE, "8192" },
	{ GOOD, "..", NULL, ERR_USAGE, ".." },
	{ GOOD, "cpu:a/../..", NULL, ERR_USAGE, ".." },
	{ GOOD, ":a", NULL, ERR_USAGE, "no controller" },
	{ GOOD, "a", "cpu:a", ERR_USAGE, "its controllers" },
	{ GOOD, "cp:a", NULL, ERR_USAGE, "\"cp\"" },
	{ GOOD, "cpu,,memory:a", NULL, ERR_USAGE, "\"\"" },
	{ GOOD, "cpuacct2:a", NULL, ERR_USAGE, "cpuacct2" },
};

/* Machines with more than 1,024 CPUs, for which the C library's own sets are too small. */
static void many_cpus(void **state)
{
	static const char text[] = "{\"args\":[\"a\"],\"cwd\":\"/\","
				   "\"execCPUAffinity\":{\"initial\":\"0,8191\",\"final\":\"1024-2047\"}}";
	static const struct string_map no_annotations;
	static const struct compile_options options = { .id = "web", .detached = true };
	_cleanup_document_ struct document doc = DOCUMENT_INIT;
	uint8_t *copy = copy_keep(keep_size);
	struct error err = ERROR_INIT;
	struct config_process *process;
	struct compiled compiled;
	struct program p;
	struct exec_base base = { .keep = &p, .annotations = &no_annotations };
	unsigned seen = 0;

	(void)state;
	assert_int_equal(keep_read(copy, keep_size, &p, &err), 0);
	assert_int_equal(config_read_process(&doc, text, strlen(text), &process, &err), 0);
	assert_int_equal(compile_exec(&doc, process, &base, &hybrid_host, &options, &doc.arena, &compiled, &err), 0);
	assert_int_equal(program_check(compiled.program, compiled.program_size, &p, &err), 0);
	for (uint32_t i = 0; i < p.header->n_ops; i++) {
		const struct op_affinity *op = program_data(&p, &p.ops[i]);
		const uint64_t *mask;

		if (p.ops[i].type != OP_AFFINITY_FIRST && p.ops[i].type != OP_AFFINITY)
			continue;
		seen++;
		mask = program_blob(&p, op->mask);
		assert_int_equal(op->mask.len, p.ops[i].type == OP_AFFINITY ? 2048 / 8 : 8192 / 8);
		for (unsigned cpu = 0; cpu < op->mask.len * 8; cpu++)
			assert_int_equal(mask[cpu / 64] >> cpu % 64 & 1, p.ops[i].type == OP_AFFINITY
										 ? cpu >= 1024
										 : cpu == 0 || cpu == 8191);
	}
	assert_int_equal(seen, 2);
	free(copy);
}

static void test_refusal(void **state)
{
	static const struct exec_cgroup cgroups[] = {
		{ "/c/cpu/x", "cpu,cpuacct", 1 }, { "/c/memory/x", "memory", 1 },
		{ "/c/systemd/x", "name=systemd", 1 }, { "/c/unified/x", "", 2 },
	};
	static const struct string_map no_annotations;
	static const struct compile_options options = { .id = "web", .detached = true };
	const struct refusal *t = *state;
	const char *const sub_cgroups[] = { t->sub_cgroup, t->another };
	_cleanup_document_ struct document doc = DOCUMENT_INIT;
	uint8_t *copy = copy_keep(keep_size);
	struct error err = ERROR_INIT;
	struct config_process *process;
	struct compiled compiled;
	struct exec_base base;
	struct program p;

	assert_int_equal(keep_read(copy, keep_size, &p, &err), 0);
	assert_int_equal(config_read_process(&doc, t->process, strlen(t->process), &process, &err), 0);
	base = (struct exec_base){
		.keep = &p,
		.annotations = &no_annotations,
		.cgroups = cgroups,
		.n_cgroups = ELEMENTSOF(cgroups),
		.namespaces = CLONE_NEWPID,
		.sub_cgroups = sub_cgroups,
		.n_sub_cgroups = t->another ? 2 : t->sub_cgroup ? 1 : 0,
	};
	(void)compile_exec(&doc, process, &base, &hybrid_host, &options, &doc.arena, &compiled, &err);
	assert_int_equal(err.code, t->code);
	if (t->words)
		assert_non_null(strstr(err.subject, t->words));
	free(copy);
}

int main(void)
{
	struct CMUnitTest tests[ELEMENTSOF(refusals) + 5] = {
		cmocka_unit_test(test_keep),
		cmocka_unit_test(test_keep_renumbered),
		cmocka_unit_test(test_keep_damaged),
		cmocka_unit_test(test_file),
		cmocka_unit_test(many_cpus),
	};

	for (size_t i = 0; i < ELEMENTSOF(refusals); i++)
		tests[5 + i] = (struct CMUnitTest){ refusals[i].sub_cgroup ? refusals[i].sub_cgroup
									      : refusals[i].process,
						    test_refusal, NULL, NULL, (void *)(uintptr_t)&refusals[i] };
	return cmocka_run_group_tests_name("exec", tests, make_keep, free_keep);
}
