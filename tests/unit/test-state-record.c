/* SPDX-License-Identifier: Apache-2.0 */
/* The record file: round trip, and damage of every kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/fd.h"
#include "libcontainer/state/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir_path[] = "/tmp/berth-test-XXXXXX";
static int dir = -1;

static struct cgroup_dir cgroups[] = {
	{ (char *)"/sys/fs/cgroup/memory/docker/a", (char *)"memory", 1, 2 },
	{ (char *)"/sys/fs/cgroup/unified/docker/a", (char *)"", 2, 0 },
};
static struct resctrl_group rdt_groups[] = {
	{ (char *)"/sys/fs/resctrl", (char *)"web", NULL, RESCTRL_REMOVE },
	{ (char *)"/sys/fs/resctrl", (char *)"web", (char *)"web-1", RESCTRL_KEEP },
};
static struct string_pair annotations[] = {
	{ (char *)"org.example/a", (char *)"\"quoted\\\" \n\t\x01\x7f \xc3\xa4" },
	{ (char *)"", (char *)"" },
};
static char *args[] = { (char *)"hook", (char *)"", (char *)"-x" };
static struct config_hook hooks[] = {
	{ .path = (char *)"/bin/a", .args = { args, 3 }, .has_env = true, .timeout = { true, 5 } },
	{ .path = (char *)"/bin/b", .env = { args, 1 }, .timeout = { true, -7 } },
	{ .path = (char *)"/bin/c" },
};
static const struct record sample = {
	.version = STATE_RECORD_VERSION,
	.complete = true,
	.id = (char *)"web-1",
	.bundle = (char *)"/bundles/w\xff eb", /* a path need not be UTF-8 */
	.rootfs = (char *)"/bundles/web/rootfs",
	.created = (char *)"2026-01-02T03:04:05.000000006Z",
	.oci_version = (char *)"1.3.0",
	.owner = 1000,
	.init = { 4194304, UINT64_MAX, (char *)"01234567-89ab-cdef-0123-456789abcdef" },
	.private_pidns = true,
	.terminal = true,
	.cgroup_manager = (char *)"cgroupfs",
	.cgroup = { cgroups, 2 },
	.resctrl = { rdt_groups, 2 },
	.systemd_unit = (char *)"x-a\\x2b.scope",
	.systemd_user = true,
	.annotations = { annotations, 2 },
	.poststart = { hooks, 1 },
	.poststop = { hooks, 3 },
	.seccomp_listener_path = (char *)"/run/listener",
};

static int read_back(struct document *doc, struct record *record, struct error *err)
{
	*err = ERROR_INIT;
	*doc = DOCUMENT_INIT;
	return record_read(dir, doc, record, err);
}

static void assert_hooks(const struct config_hook_list *a, const struct config_hook_list *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		assert_string_equal(a->v[i].path, b->v[i].path);
		assert_int_equal(a->v[i].has_env, b->v[i].has_env);
		assert_int_equal(a->v[i].timeout.set, b->v[i].timeout.set);
		assert_int_equal(a->v[i].timeout.v, b->v[i].timeout.v);
		assert_int_equal(a->v[i].args.n, b->v[i].args.n);
		assert_int_equal(a->v[i].env.n, b->v[i].env.n);
		for (size_t k = 0; k < a->v[i].args.n; k++)
			assert_string_equal(a->v[i].args.v[k], b->v[i].args.v[k]);
	}
}

static void round_trip(void **state)
{
	struct document doc;
	struct record r;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(record_write(dir, &sample, &err), 0);
	assert_int_equal(read_back(&doc, &r, &err), 0);
	assert_int_equal(r.version, 1);
	assert_true(r.complete && r.private_pidns && r.terminal && !r.no_process);
	assert_string_equal(r.id, sample.id);
	assert_string_equal(r.bundle, sample.bundle);
	assert_string_equal(r.rootfs, sample.rootfs);
	assert_string_equal(r.created, sample.created);
	assert_string_equal(r.oci_version, sample.oci_version);
	assert_int_equal(r.owner, 1000);
	assert_int_equal(r.init.pid, sample.init.pid);
	assert_true(r.init.start_time == UINT64_MAX);
	assert_string_equal(r.init.boot_id, sample.init.boot_id);
	assert_string_equal(r.cgroup_manager, "cgroupfs");
	assert_string_equal(r.systemd_unit, "x-a\\x2b.scope");
	assert_true(r.systemd_user);
	assert_int_equal(r.cgroup.n, 2);
	assert_string_equal(r.cgroup.v[0].dir, cgroups[0].dir);
	assert_int_equal(r.cgroup.v[0].made, 2);
	assert_string_equal(r.cgroup.v[1].controllers, "");
	assert_int_equal(r.cgroup.v[1].version, 2);
	assert_int_equal(r.resctrl.n, 2);
	assert_string_equal(r.resctrl.v[0].group, "web");
	assert_null(r.resctrl.v[0].monitor);
	assert_int_equal(r.resctrl.v[0].end, RESCTRL_REMOVE);
	assert_string_equal(r.resctrl.v[1].monitor, "web-1");
	assert_int_equal(r.annotations.n, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(r.annotations.v[i].name, annotations[i].name);
		assert_string_equal(r.annotations.v[i].value, annotations[i].value);
	}
	assert_hooks(&r.poststart, &sample.poststart);
	assert_hooks(&r.poststop, &sample.poststop);
	assert_string_equal(r.seccomp_listener_path, "/run/listener");
	assert_null(r.seccomp_listener_metadata);
	document_done(&doc);
	/* No temporary file is left. */
	assert_int_equal(faccessat(dir, STATE_RECORD_NEW, F_OK, 0), -1);
}

static void long_lists(void **state)
{
	struct string_pair pairs[1000];
	struct record r = sample, back;
	struct document doc;
	struct error err = ERROR_INIT;

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		pairs[i] = annotations[i % 2];
	r.annotations = (struct string_map){ pairs, 1000 };
	assert_int_equal(record_write(dir, &r, &err), 0);
	assert_int_equal(read_back(&doc, &back, &err), 0);
	assert_int_equal(back.annotations.n, 1000);
	for (size_t i = 0; i < 1000; i++)
		assert_string_equal(back.annotations.v[i].value, pairs[i].value);
	document_done(&doc);
}

static void first_record(void **state)
{
	const struct record r = { .id = (char *)"x" };
	struct record back;
	struct document doc;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(record_write(dir, &r, &err), 0);
	assert_int_equal(read_back(&doc, &back, &err), 0);
	assert_false(back.complete);
	assert_int_equal(back.init.pid, 0);
	assert_true(process_is_of_this_boot(&back.init));
	document_done(&doc);
}

static void put(const char *data, size_t len)
{
	_cleanup_close_ int fd = openat(dir, STATE_RECORD, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
}

static void assert_damaged(void)
{
	struct document doc;
	struct record r;
	struct error err;

	assert_true(read_back(&doc, &r, &err) < 0);
	assert_int_equal(err.code, ERR_STATE_READ);
	document_done(&doc);
}

static void truncated(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	(void)state;
	assert_int_equal(record_format(RECORD_WHOLE, &sample, &text), 0);
	assert_true(text.len < 4096);
	for (size_t i = 0; i < text.len; i++) {
		put(text.data, i);
		assert_damaged();
	}
	buf_addc(&text, ' ');
	put(text.data, text.len);
	assert_damaged();
}

static void flipped(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	char *copy;

	(void)state;
	assert_int_equal(record_format(RECORD_WHOLE, &sample, &text), 0);
	copy = malloc(text.len + 1);
	assert_non_null(copy);
	for (size_t i = 0; i < text.len * 8; i++) {
		_cleanup_arena_ struct arena a = ARENA_INIT;
		struct record r;

		memcpy(copy, text.data, text.len + 1);
		copy[i / 8] = (char)(copy[i / 8] ^ 1 << i % 8);
		assert_int_equal(record_parse(RECORD_WHOLE, copy, text.len, &a, &r), -EBADMSG);
	}
	free(copy);
}

/* The parser itself, without the help of the checksum: what fits it is still not believed blindly. */
static void unsound(void **state)
{
	struct cgroup_dir bad[] = { cgroups[0] };
	struct config_hook relative = { .path = (char *)"bin/x" };
	struct record r;
	struct error err = ERROR_INIT;

	(void)state;
#define REFUSED(change) \
	do { \
		r = sample; \
		bad[0] = cgroups[0]; \
		change; \
		error_clear(&err); \
		assert_int_equal(record_write(dir, &r, &err), -EINVAL); \
		assert_int_equal(err.code, ERR_STATE_WRITE); \
		_cleanup_buf_ struct buf text = BUF_INIT; \
		assert_int_equal(record_format(RECORD_WHOLE, &r, &text), 0); \
		put(text.data, text.len); \
		assert_damaged(); \
	} while (0)
	REFUSED(r.id = (char *)"../x");
	REFUSED(r.id = NULL);
	REFUSED(r.init.pid = -1);
	REFUSED(r.init.pid = 4194305);
	REFUSED(r.init.boot_id = (char *)"short");
	REFUSED(r.bundle = NULL);
	REFUSED(r.poststop = ((struct config_hook_list){ &relative, 1 }));
	REFUSED(r.cgroup.v = bad; r.cgroup.n = 1; bad[0].dir = (char *)"/sys/fs/cgroup/memory/../..");
	REFUSED(r.cgroup.v = bad; r.cgroup.n = 1; bad[0].dir = (char *)"relative");
	REFUSED(r.cgroup.v = bad; r.cgroup.n = 1; bad[0].made = 6);
	REFUSED(r.cgroup.v = bad; r.cgroup.n = 1; bad[0].version = 3);
	REFUSED(r.cgroup.v = bad; r.cgroup.n = 1; bad[0].controllers = NULL);
}

static void newer_version(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct record r = sample;
	struct document doc;
	struct error err;

	(void)state;
	r.version = 2;
	assert_int_equal(record_format(RECORD_WHOLE, &r, &text), 0);
	put(text.data, text.len);
	assert_true(read_back(&doc, &r, &err) < 0);
	assert_int_equal(err.code, ERR_STATE_VERSION);
	document_done(&doc);
	buf_clear(&text);
	r = sample;
	r.version = 0;
	assert_int_equal(record_format(RECORD_WHOLE, &r, &text), 0);
	put(text.data, text.len);
	assert_damaged();
}

static void odd_files(void **state)
{
	static const char *const texts[] = { "", "{}", "null", "[[[[[[[[", "{\"version\":1}\n" };
	struct document doc;
	struct record r;
	struct error err;

	(void)state;
	for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
		put(texts[i], strlen(texts[i]));
		assert_damaged();
	}
	/* Too large, a link, something that is no file: refused, and nothing blocks. */
	put("", 0);
	{
		_cleanup_close_ int fd = openat(dir, STATE_RECORD, O_WRONLY);

		assert_int_equal(ftruncate(fd, STATE_RECORD_MAX + 1), 0);
	}
	assert_damaged();
	assert_int_equal(unlinkat(dir, STATE_RECORD, 0), 0);
	assert_int_equal(symlinkat("/etc/passwd", dir, STATE_RECORD), 0);
	assert_damaged();
	assert_int_equal(unlinkat(dir, STATE_RECORD, 0), 0);
	assert_int_equal(mkfifoat(dir, STATE_RECORD, 0600), 0);
	assert_damaged();
	assert_int_equal(unlinkat(dir, STATE_RECORD, 0), 0);
	/* None at all is no error of its own. */
	assert_int_equal(read_back(&doc, &r, &err), -ENOENT);
	assert_false(error_is_set(&err));
	document_done(&doc);
}

static void link_is_not_followed_when_writing(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(symlinkat("/tmp/berth-test-must-not-appear", dir, STATE_RECORD_NEW), 0);
	assert_true(record_write(dir, &sample, &err) < 0);
	assert_int_equal(access("/tmp/berth-test-must-not-appear", F_OK), -1);
	(void)unlinkat(dir, STATE_RECORD_NEW, 0);
}

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(dir_path))
		return -1;
	dir = open(dir_path, O_RDONLY | O_DIRECTORY);
	return dir < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	(void)unlinkat(dir, STATE_RECORD, 0);
	(void)unlinkat(dir, STATE_RECORD_NEW, 0);
	fd_close(&dir);
	return rmdir(dir_path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),	 cmocka_unit_test(long_lists),
		cmocka_unit_test(first_record),	 cmocka_unit_test(truncated),
		cmocka_unit_test(flipped),	 cmocka_unit_test(unsound),
		cmocka_unit_test(newer_version), cmocka_unit_test(odd_files),
		cmocka_unit_test(link_is_not_followed_when_writing),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
