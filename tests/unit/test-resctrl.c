/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of resctrl in a directory that behaves as the file system does: the wrappers of system calls are
 * replaced by some that fill a new directory, take a full one away, and refuse what the kernel would.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/cgroup/resctrl-stats.h"
#include "libcontainer/program.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PRESENT "    MB:0=100;1=100\n    L3:0=00ff;1=ffff\n"

static char top[] = "/tmp/berth-test-XXXXXX";
static int tree = -1;
static bool mounted;
static struct buf written; /* what was written to the files, in order */

int __real_sys_mkdirat(int dirfd, const char *path, mode_t mode);
int __real_sys_unlinkat(int dirfd, const char *path, int flags);
int __real_sys_write_all(int fd, const void *data, size_t size);
int __wrap_sys_mkdirat(int dirfd, const char *path, mode_t mode);
int __wrap_sys_unlinkat(int dirfd, const char *path, int flags);
int __wrap_sys_write_all(int fd, const void *data, size_t size);
bool __wrap_sys_is_resctrl(int fd);

bool __wrap_sys_is_resctrl(int fd)
{
	return mounted && fd >= 0;
}

static void put(int dir, const char *name, const char *text)
{
	_cleanup_close_ int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void fill(int dir)
{
	put(dir, "tasks", "");
	put(dir, "schemata", PRESENT);
	(void)mkdirat(dir, "mon_groups", 0700);
}

/* Like the kernel: a directory is full from the beginning. */
int __wrap_sys_mkdirat(int dirfd, const char *path, mode_t mode)
{
	int r = __real_sys_mkdirat(dirfd, path, mode);
	_cleanup_close_ int fd = r < 0 ? -1 : openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (r == 0)
		fill(fd);
	return r;
}

static int empty_one(const char *path, const struct stat *st _unused_, int type _unused_, struct FTW *at)
{
	return at->level == 0 ? 0 : remove(path);
}

static void empty(int dirfd, const char *name)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dirfd, name);
	(void)nftw(path, empty_one, 16, FTW_DEPTH | FTW_PHYS);
}

int __wrap_sys_unlinkat(int dirfd, const char *path, int flags)
{
	if (flags & AT_REMOVEDIR)
		empty(dirfd, path);
	return __real_sys_unlinkat(dirfd, path, flags);
}

/* A line with an "x" is one that the kernel does not like. */
int __wrap_sys_write_all(int fd, const void *data, size_t size)
{
	buf_add(&written, data, size);
	buf_addc(&written, '|');
	if (!memchr(data, 'x', size))
		return __real_sys_write_all(fd, data, size);
	put(tree, "info/last_cmd_status", "Unknown or unsupported resource name 'x'\n");
	return -EINVAL;
}

static int setup(void **state _unused_)
{
	(void)snprintf(top, sizeof(top), "/tmp/berth-test-XXXXXX");
	assert_non_null(mkdtemp(top));
	tree = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(tree >= 0);
	fill(tree);
	assert_int_equal(mkdirat(tree, "info", 0700), 0);
	put(tree, "info/last_cmd_status", "ok\n");
	mounted = true;
	return 0;
}

static int teardown(void **state _unused_)
{
	empty(tree, ".");
	fd_close(&tree);
	buf_done(&written);
	return rmdir(top);
}

static char web[] = "web", high[] = "high", info[] = "info", up[] = "..", slash[] = "a/b";
static struct resctrl_group groups[RESCTRL_GROUPS_MAX];

/* The groups that a configuration asks for. */
static struct resctrl container(char *group, char *monitor)
{
	struct resctrl rdt = { .v = groups, .n = monitor ? 2 : 1 };

	groups[0] = (struct resctrl_group){ .mount = top, .group = group };
	groups[1] = (struct resctrl_group){ .mount = top, .group = group, .monitor = monitor };
	return rdt;
}

static bool there(const char *path)
{
	return faccessat(tree, path, F_OK, 0) == 0;
}

static void assert_file(const char *path, const char *text)
{
	char is[256];

	assert_true(sys_read_file(tree, path, is, sizeof(is)) >= 0);
	assert_string_equal(is, text);
}

#define PREPARE(rdt, flags, err, ...)                                                    \
	({                                                                               \
		const char *const lines[] = { __VA_ARGS__ };                             \
		resctrl_prepare(rdt, flags, lines, sizeof(lines) / sizeof(*lines), err); \
	})

static void test_own(void **state _unused_)
{
	struct resctrl rdt = container(web, NULL);
	struct error err = ERROR_INIT;

	assert_int_equal(PREPARE(&rdt, RDT_OWN, &err, "L3:0=f;1=f", "MB:0=20", "L2:0=1"), 0);
	assert_int_equal(groups[0].end, RESCTRL_REMOVE);
	assert_string_equal(written.data, "L3:0=f;1=f\n|MB:0=20\n|L2:0=1\n|");
	assert_int_equal(resctrl_join(&rdt, 4711, &err), 0);
	assert_file("web/tasks", "4711");
	assert_file("tasks", "");
	assert_int_equal(resctrl_remove(&rdt, &err), 0);
	assert_false(there("web"));
	/* Twice is no error. */
	assert_int_equal(resctrl_remove(&rdt, &err), 0);
}

static void test_own_without_lines(void **state _unused_)
{
	struct resctrl rdt = container(web, NULL);
	struct error err = ERROR_INIT;

	assert_int_equal(resctrl_prepare(&rdt, RDT_OWN, NULL, 0, &err), 0);
	assert_null(written.data);
	assert_true(there("web"));
}

/* What is there under the container's name is somebody else's, and stays. */
static void test_own_exists(void **state _unused_)
{
	struct resctrl rdt = container(web, NULL);
	struct error err = ERROR_INIT;

	assert_int_equal(__wrap_sys_mkdirat(tree, "web", 0700), 0);
	resctrl_foresee(&rdt, RDT_OWN);
	assert_int_equal(groups[0].end, RESCTRL_KEEP);
	assert_int_equal(PREPARE(&rdt, RDT_OWN, &err, "L3:0=f"), -EEXIST);
	assert_int_equal(err.code, ERR_RESCTRL);
	assert_int_equal(groups[0].end, RESCTRL_KEEP);
	error_clear(&err);
	assert_int_equal(resctrl_remove(&rdt, &err), 0);
	assert_true(there("web"));
}

static void test_named_is_made(void **state _unused_)
{
	struct resctrl rdt = container(high, NULL);
	struct error err = ERROR_INIT;

	resctrl_foresee(&rdt, 0);
	assert_int_equal(groups[0].end, RESCTRL_UNUSED);
	assert_int_equal(PREPARE(&rdt, 0, &err, "L3:0=f"), 0);
	assert_int_equal(groups[0].end, RESCTRL_UNUSED);
	/* Another container has come into it meanwhile. */
	put(tree, "high/tasks", "1\n");
	assert_int_equal(resctrl_remove(&rdt, &err), 0);
	assert_true(there("high"));
	put(tree, "high/tasks", "");
	assert_int_equal(resctrl_remove(&rdt, &err), 0);
	assert_false(there("high"));
}

struct compare_case {
	const char *lines[3];
	bool same;
};

static const struct compare_case compares[] = {
	{ { "L3:0=ff" }, true },
	{ { "L3:0=FF;1=ffff", "MB:1=100" }, true },
	{ { "L3:0=0" }, false },
	{ { "L3:1=ffff;0=000ff" }, true },
	{ { "L3: 1 = ffff ; 0=ff;" }, true },
	{ { "MB:0=10;1=100" }, false },
	{ { "MB:0=100", "L3:0=fe" }, false },
	{ { "L3:2=ff" }, false },
	{ { "L2:0=ff" }, false },
	{ { "L3:0" }, false },
	{ { "L3:" }, false },
	/* The last word counts. */
	{ { "L3:0=1;1=ffff", "L3:0=ff" }, true },
	{ { "L3:0=ff", "L3:0=1" }, false },
};

static void test_compare(void **state _unused_)
{
	struct resctrl rdt = container(high, NULL);

	assert_int_equal(__wrap_sys_mkdirat(tree, "high", 0700), 0);
	for (size_t i = 0; i < ELEMENTSOF(compares); i++) {
		const struct compare_case *c = &compares[i];
		struct error err = ERROR_INIT;
		size_t n = 0;
		int r;

		while (n < ELEMENTSOF(c->lines) && c->lines[n])
			n++;
		r = resctrl_prepare(&rdt, 0, c->lines, n, &err);
		if ((r == 0) != c->same)
			fail_msg("%s: %d", c->lines[0], r);
		assert_int_equal(groups[0].end, RESCTRL_KEEP);
		assert_null(written.data);
	}
	assert_file("high/schemata", PRESENT);
}

static void test_must_exist(void **state _unused_)
{
	struct resctrl rdt = container(high, NULL);
	struct error err = ERROR_INIT;

	resctrl_foresee(&rdt, RDT_MUST_EXIST);
	assert_int_equal(groups[0].end, RESCTRL_KEEP);
	assert_int_equal(resctrl_prepare(&rdt, RDT_MUST_EXIST, NULL, 0, &err), -ENOENT);
	assert_false(there("high"));
	assert_int_equal(__wrap_sys_mkdirat(tree, "high", 0700), 0);
	error_clear(&err);
	assert_int_equal(resctrl_prepare(&rdt, RDT_MUST_EXIST, NULL, 0, &err), 0);
	assert_int_equal(resctrl_join(&rdt, 12, &err), 0);
	assert_file("high/tasks", "12");
	assert_int_equal(resctrl_remove(&rdt, &err), 0);
	assert_true(there("high"));
	assert_string_equal(written.data, "12|");
}

static void test_root(void **state _unused_)
{
	struct resctrl rdt = container(NULL, web);
	struct error err = ERROR_INIT;

	assert_int_equal(PREPARE(&rdt, 0, &err, "L3:0=1"), -EEXIST);
	assert_false(there("mon_groups/web"));
	error_clear(&err);
	assert_int_equal(resctrl_prepare(&rdt, RDT_MUST_EXIST, NULL, 0, &err), 0);
	assert_int_equal(resctrl_join(&rdt, 7, &err), 0);
	assert_file("tasks", "7");
	assert_file("mon_groups/web/tasks", "7");
	assert_int_equal(resctrl_remove(&rdt, &err), 0);
	assert_false(there("mon_groups/web"));
	assert_true(there("schemata"));
}

static void test_monitor(void **state _unused_)
{
	struct resctrl rdt = container(high, web);
	struct error err = ERROR_INIT;

	assert_int_equal(__wrap_sys_mkdirat(tree, "high", 0700), 0);
	resctrl_foresee(&rdt, RDT_MUST_EXIST);
	assert_int_equal(groups[0].end, RESCTRL_KEEP);
	assert_int_equal(groups[1].end, RESCTRL_REMOVE);
	assert_int_equal(resctrl_prepare(&rdt, RDT_MUST_EXIST, NULL, 0, &err), 0);
	assert_int_equal(resctrl_join(&rdt, 7, &err), 0);
	assert_file("high/mon_groups/web/tasks", "7");
	assert_int_equal(resctrl_remove(&rdt, &err), 0);
	assert_false(there("high/mon_groups/web"));
	assert_true(there("high"));
	/* One that is there counts for somebody else. */
	assert_int_equal(mkdirat(tree, "high/mon_groups/web", 0700), 0);
	assert_int_equal(resctrl_prepare(&rdt, RDT_MUST_EXIST, NULL, 0, &err), -EEXIST);
	assert_int_equal(groups[1].end, RESCTRL_KEEP);
	/* A machine that cannot monitor has no such directory. */
	error_clear(&err);
	assert_int_equal(unlinkat(tree, "mon_groups", AT_REMOVEDIR), 0);
	rdt = container(NULL, web);
	assert_int_equal(resctrl_prepare(&rdt, RDT_MUST_EXIST, NULL, 0, &err), -ENOENT);
	assert_int_equal(err.code, ERR_RESCTRL);
}

static void test_kernel_refuses(void **state _unused_)
{
	struct resctrl rdt = container(web, NULL);
	struct error err = ERROR_INIT;
	char words[ERROR_SENTENCE_SIZE];

	assert_int_equal(PREPARE(&rdt, RDT_OWN, &err, "L3:0=f", "x:0=1", "MB:0=10"), -EINVAL);
	assert_string_equal(written.data, "L3:0=f\n|x:0=1\n|");
	(void)error_format(&err, words, sizeof(words));
	assert_non_null(strstr(words, "resctrl group web: cannot write \"x:0=1\" to schemata"));
	assert_non_null(strstr(words, "Unknown or unsupported resource name 'x'"));
	/* The undo has what it needs. */
	assert_int_equal(groups[0].end, RESCTRL_REMOVE);
	error_clear(&err);
	assert_int_equal(resctrl_remove(&rdt, &err), 0);
	assert_false(there("web"));
}

static void test_not_mounted(void **state _unused_)
{
	struct resctrl rdt = container(web, NULL);
	struct error err = ERROR_INIT;

	mounted = false;
	assert_int_equal(resctrl_prepare(&rdt, RDT_OWN, NULL, 0, &err), -ENODEV);
	assert_int_equal(resctrl_join(&rdt, 1, &err), -ENODEV);
	assert_int_equal(__real_sys_mkdirat(tree, "web", 0700), 0);
	groups[0].end = RESCTRL_REMOVE;
	error_clear(&err);
	assert_int_equal(resctrl_remove(&rdt, &err), 0);
	assert_true(there("web"));
}

/* A link where a group should be leads nowhere. */
static void test_links(void **state _unused_)
{
	struct resctrl rdt = container(web, NULL);
	struct error err = ERROR_INIT;

	assert_int_equal(mkdirat(tree, "elsewhere", 0700), 0);
	assert_int_equal(symlinkat("elsewhere", tree, "web"), 0);
	assert_true(resctrl_prepare(&rdt, RDT_MUST_EXIST, NULL, 0, &err) < 0);
	error_clear(&err);
	assert_true(resctrl_join(&rdt, 1, &err) < 0);
	assert_int_equal(unlinkat(tree, "web", 0), 0);
	assert_int_equal(__wrap_sys_mkdirat(tree, "web", 0700), 0);
	assert_int_equal(unlinkat(tree, "web/tasks", 0), 0);
	assert_int_equal(symlinkat("../tasks", tree, "web/tasks"), 0);
	error_clear(&err);
	assert_int_equal(resctrl_join(&rdt, 1, &err), -ELOOP);
	assert_file("tasks", "");
}

static void test_lock(void **state _unused_)
{
	struct resctrl rdt = container(web, NULL);
	struct error err = ERROR_INIT;
	_cleanup_close_ int other = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(resctrl_prepare(&rdt, RDT_OWN, NULL, 0, &err), 0);
	/* It was let go again. */
	assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
}

/* Files in a directory of their own below dir. */
static void put_all(const char *dir, const char *const files[][2])
{
	_cleanup_close_ int fd = -1;

	assert_int_equal(mkdirat(tree, dir, 0700), 0);
	fd = openat(tree, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (; (*files)[0]; files++)
		put(fd, (*files)[0], (*files)[1]);
}

static const char *const l3_files[][2] = {
	{ "cbm_mask", "fffff\n" }, { "min_cbm_bits", "1\n" }, { "num_closids", "16\n" }, { NULL, NULL },
};
static const char *const mb_files[][2] = {
	{ "bandwidth_gran", "10\n" }, { "min_bandwidth", "20\n" }, { "num_closids", "8\n" }, { NULL, NULL },
};
static const char *const first_domain[][2] = {
	{ "llc_occupancy", "4096\n" }, { "mbm_total_bytes", "20\n" }, { "mbm_local_bytes", "10\n" }, { NULL, NULL },
};
static const char *const second_domain[][2] = {
	{ "llc_occupancy", "8192\n" }, { "mbm_total_bytes", "Unavailable\n" }, { NULL, NULL },
};
static const char *const nothing[][2] = { { NULL, NULL } };

static struct resctrl_stats stats_of(const struct resctrl *rdt, struct arena *arena)
{
	struct resctrl_stats s;

	assert_int_equal(resctrl_stats(rdt, arena, &s), 0);
	return s;
}

static void test_stats(void **state _unused_)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct resctrl rdt = container(web, NULL);
	struct resctrl_stats s;

	assert_int_equal(__wrap_sys_mkdirat(tree, "web", 0700), 0);
	put(tree, "web/schemata", "    L3:0=000f;1=ffff\n");
	put_all("info/L3", l3_files);
	put_all("info/MB", mb_files);
	put_all("web/mon_data", nothing);
	put_all("web/mon_data/mon_L3_01", second_domain);
	put_all("web/mon_data/mon_L3_00", first_domain);
	put_all("web/mon_data/mon_PERF_PKG_00", first_domain);
	s = stats_of(&rdt, &arena);
	assert_string_equal(s.l3_root, "L3:0=00ff;1=ffff");
	assert_string_equal(s.mb_root, "MB:0=100;1=100");
	assert_string_equal(s.l3, "L3:0=000f;1=ffff");
	assert_null(s.mb);
	assert_string_equal(s.l3_info.cbm_mask, "fffff");
	assert_int_equal(s.l3_info.num_closids, 16);
	assert_int_equal(s.mb_info.bandwidth_gran, 10);
	assert_int_equal(s.mb_info.delay_linear, 0);
	assert_int_equal(s.n, 2);
	assert_true(s.has_occupancy && s.has_bandwidth);
	assert_int_equal(s.domains[0].mbm_local_bytes, 10);
	assert_int_equal(s.domains[1].id, 1);
	assert_int_equal(s.domains[1].llc_occupancy, 8192);
	assert_int_equal(s.domains[1].mbm_total_bytes, 0);
}

/* The monitoring group counts for the container alone; the limits are those of the group that it is in. */
static void test_stats_of_monitor(void **state _unused_)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct resctrl rdt = container(NULL, web);
	struct resctrl_stats s;

	assert_int_equal(__wrap_sys_mkdirat(tree, "mon_groups/web", 0700), 0);
	put_all("mon_data", nothing);
	put_all("mon_data/mon_L3_00", second_domain);
	put_all("mon_groups/web/mon_data", nothing);
	put_all("mon_groups/web/mon_data/mon_L3_00", first_domain);
	s = stats_of(&rdt, &arena);
	assert_string_equal(s.l3, "L3:0=00ff;1=ffff");
	assert_false(s.l3_info.set || s.mb_info.set);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.domains[0].llc_occupancy, 4096);
}

static void test_stats_of_nothing(void **state _unused_)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct resctrl rdt = container(web, NULL), none = { 0 };

	assert_null(stats_of(&none, &arena).l3_root);
	/* The group has gone. */
	assert_null(stats_of(&rdt, &arena).l3_root);
	assert_int_equal(__wrap_sys_mkdirat(tree, "web", 0700), 0);
	assert_non_null(stats_of(&rdt, &arena).l3_root);
	assert_false(stats_of(&rdt, &arena).has_occupancy);
	mounted = false;
	assert_null(stats_of(&rdt, &arena).l3_root);
}

static void test_sound(void **state _unused_)
{
	struct resctrl rdt = container(web, web);

	assert_true(resctrl_is_sound(&rdt));
	groups[1].end = RESCTRL_REMOVE + 1;
	assert_false(resctrl_is_sound(&rdt));
	rdt = container(up, NULL);
	assert_false(resctrl_is_sound(&rdt));
	rdt = container(slash, NULL);
	assert_false(resctrl_is_sound(&rdt));
	rdt = container(web, info);
	assert_false(resctrl_is_sound(&rdt));
	rdt = container(NULL, NULL);
	assert_true(resctrl_is_sound(&rdt));
	groups[0].end = RESCTRL_REMOVE;
	assert_false(resctrl_is_sound(&rdt));
	groups[0].mount = NULL;
	assert_false(resctrl_is_sound(&rdt));
}

static const char *detect(struct arena *arena, const char *text, bool check)
{
	_cleanup_close_ int fd = open(top, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	struct error err = ERROR_INIT;
	const char *found;

	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(resctrl_detect_from(arena, fd, check, &found, &err), 0);
	return found;
}

static void test_detect(void **state _unused_)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;

	assert_null(detect(&a, "31 23 0:28 / /proc rw - proc proc rw\n", false));
	assert_null(detect(&a, "31 23 0:28 /web /a rw - resctrl resctrl rw\n", false));
	assert_null(detect(&a, "31 23 0:28 / /a rw - resctrlfs resctrl rw\n", false));
	assert_string_equal(detect(&a, "31 23 0:28 /web /a rw - resctrl resctrl rw\n"
				       "32 23 0:28 / /mnt/some\\040where rw - resctrl resctrl rw\n", false),
			    "/mnt/some where");
	assert_null(detect(&a, "31 23 0:28 / /nonexistent rw - resctrl resctrl rw\n", true));
	assert_string_equal(detect(&a, "31 23 0:28 / /tmp rw - resctrl resctrl rw\n", true), "/tmp");
	mounted = false;
	assert_null(detect(&a, "31 23 0:28 / /tmp rw - resctrl resctrl rw\n", true));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_own), TEST(test_own_without_lines), TEST(test_own_exists), TEST(test_named_is_made),
		TEST(test_compare), TEST(test_must_exist), TEST(test_root), TEST(test_monitor),
		TEST(test_kernel_refuses), TEST(test_not_mounted), TEST(test_links), TEST(test_lock),
		TEST(test_sound), TEST(test_detect), TEST(test_stats), TEST(test_stats_of_monitor),
		TEST(test_stats_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
