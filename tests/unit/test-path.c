/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The in-root resolver: openat2 and the walk by components must give the same object, or the same
 * errno, for every path of a tree full of traps; and nothing may ever appear outside of the root.
 */
#define _GNU_SOURCE
#include "base/macro.h"
#include "libcontainer/sys/path.h"
#include "libcontainer/sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char top[] = "/tmp/berth-path-test-XXXXXX";
static int root = -1;

/* type, name, target of a symlink. "d" directory, "f" file, "l" symlink, "p" FIFO */
static const struct {
	char type;
	const char *name, *target;
} tree[] = {
	{ 'd', "decoy", NULL },
	{ 'f', "decoy/canary", NULL },
	{ 'd', "r", NULL },
	{ 'd', "r/a", NULL },
	{ 'd', "r/a/b", NULL },
	{ 'f', "r/a/b/file", NULL },
	{ 'd', "r/run", NULL },
	{ 'd', "r/var", NULL },
	{ 'l', "r/var/run", "/run" },
	{ 'l', "r/abs", "/a/b" },
	{ 'l', "r/rel", "a/b" },
	{ 'l', "r/a/up", "../../.." },
	{ 'l', "r/out", "../decoy" },
	{ 'l', "r/out-absolute", "/decoy/canary" },
	{ 'l', "r/a/b/deep", "../../../../../decoy/canary" },
	{ 'l', "r/loop", "loop" },
	{ 'l', "r/loop-a", "loop-b" },
	{ 'l', "r/loop-b", "loop-a" },
	{ 'l', "r/dangling", "/missing/tail" },
	{ 'l', "r/to-file", "a/b/file" },
	{ 'l', "r/slash", "a/" },
	{ 'l', "r/root", "/" },
	{ 'l', "r/dot", "." },
	{ 'p', "r/fifo", NULL },
	{ 'd', "r/proc", NULL },
};

static const char *const paths[] = {
	"/", ".", "..", "", "//", "/..", "a", "/a", "a/", "a//b", "a/b/file", "a/b/file/", "a/b/file/.", "a/b/file/..",
	"a/..", "a/../..", "a/../../../a/b", "a/./b", "abs", "abs/file", "abs/", "rel/file", "rel/..", "abs/..",
	"abs/../up", "a/up", "a/up/a", "a/up/a/up/decoy", "out", "out/canary", "out-absolute", "a/b/deep", "loop",
	"loop/x", "loop-a", "dangling", "dangling/x", "to-file", "to-file/", "to-file/x", "slash", "slash/b", "root",
	"root/a", "root/..", "root/root/root/a", "dot", "dot/dot/a", "var/run", "var/run/x", "var/run/..", "fifo",
	"fifo/", "fifo/..", "missing", "missing/", "missing/..", "a/missing", "c0", "c1", "c39", "c40", "c41", "c39/a", "c40/a",
	"../../../../etc/passwd", "a/b/../../../../../decoy/canary", "/proc/self/root", "var/run/../a/b/file",
};

static void at(char *buf, const char *name)
{
	snprintf(buf, PATH_MAX, "%s/%s", top, name);
}

static int setup(void **state)
{
	char path[PATH_MAX], target[32];
	size_t k;

	(void) state;
	assert_non_null(mkdtemp(top));
	for (k = 0; k < sizeof(tree) / sizeof(tree[0]); k++) {
		at(path, tree[k].name);
		if (tree[k].type == 'd')
			assert_int_equal(mkdir(path, 0755), 0);
		else if (tree[k].type == 'l')
			assert_int_equal(symlink(tree[k].target, path), 0);
		else
			assert_int_equal(mknod(path, tree[k].type == 'p' ? S_IFIFO | 0644 : S_IFREG | 0644, 0), 0);
	}
	/* A chain: c0 is a directory, each of the others a link to the one before. */
	at(path, "r/c0");
	assert_int_equal(mkdir(path, 0755), 0);
	for (k = 1; k <= 41; k++) {
		snprintf(target, sizeof(target), "r/c%zu", k);
		at(path, target);
		snprintf(target, sizeof(target), "c%zu", k - 1);
		assert_int_equal(symlink(target, path), 0);
	}
	at(path, "r");
	root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	char command[PATH_MAX + 16];

	(void) state;
	close(root);
	snprintf(command, sizeof(command), "rm -rf %s", top);
	return system(command);
}

/* What a result is, in a form that can be compared: the errno, or device and inode. */
static void describe(int fd, char *buf, size_t size)
{
	struct stat st;

	if (fd < 0) {
		snprintf(buf, size, "%s", strerror(-fd));
		return;
	}
	assert_int_equal(fcntl(fd, F_GETFL) & O_PATH, O_PATH);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(fstat(fd, &st), 0);
	snprintf(buf, size, "%lx:%lu type %o", (unsigned long) st.st_dev, (unsigned long) st.st_ino, st.st_mode & S_IFMT);
	close(fd);
}

static void test_agree(void **state)
{
	char kernel[128], own[128];
	unsigned flags;
	size_t k;

	(void) state;
	for (k = 0; k < sizeof(paths) / sizeof(paths[0]); k++) {
		for (flags = 0; flags < 8; flags++) {
			path_force_fallback(false);
			describe(path_open_in_root(root, paths[k], flags), kernel, sizeof(kernel));
			path_force_fallback(true);
			describe(path_open_in_root(root, paths[k], flags), own, sizeof(own));
			path_force_fallback(false);
			if (strcmp(kernel, own) != 0)
				fail_msg("\"%s\" flags %u: openat2 %s, walk %s", paths[k], flags, kernel, own);
		}
	}
}

/* Random paths over the names of the tree; the seed is fixed, so that a failure can be repeated. */
static void test_random(void **state)
{
	static const char *const words[] = { "a", "b", "..", ".", "abs", "rel", "up", "out", "root", "dot", "var", "run",
					     "file", "loop", "dangling", "slash", "", "c20", "decoy", "canary" };
	char path[256], kernel[128], own[128];
	unsigned n, k;

	(void) state;
	srand(42);
	for (n = 0; n < 20000; n++) {
		unsigned flags = (unsigned) rand() % 8, parts = 1 + (unsigned) rand() % 7;
		size_t len = 0;

		for (k = 0; k < parts; k++)
			len += (size_t) snprintf(path + len, sizeof(path) - len, "%s%s", k || rand() % 2 ? "/" : "",
						 words[(size_t) rand() % (sizeof(words) / sizeof(words[0]))]);
		path_force_fallback(false);
		describe(path_open_in_root(root, path, flags), kernel, sizeof(kernel));
		path_force_fallback(true);
		describe(path_open_in_root(root, path, flags), own, sizeof(own));
		if (strcmp(kernel, own) != 0)
			fail_msg("\"%s\" flags %u: openat2 %s, walk %s", path, flags, kernel, own);
	}
	path_force_fallback(false);
}

static void is(const char *name, mode_t type)
{
	char path[PATH_MAX];
	struct stat st;

	at(path, name);
	if (lstat(path, &st) < 0 || (st.st_mode & S_IFMT) != type)
		fail_msg("%s is missing or of another type", path);
}

static void make_hinted(const char *path, mode_t mode, unsigned hint, bool created)
{
	bool was_created = !created;
	int fd = path_make_in_root(root, path, mode, hint, &was_created);

	if (fd < 0)
		fail_msg("%s: %s", path, strerror(-fd));
	assert_int_equal(was_created, created);
	close(fd);
}

static void make(const char *path, mode_t mode, bool created)
{
	make_hinted(path, mode, 0, created);
}

static void test_make(void **state)
{
	struct stat st;
	char path[PATH_MAX];
	bool created;

	(void) state;
	umask(0);
	make("/new/dir/here", S_IFDIR | 0700, true);
	is("r/new/dir/here", S_IFDIR);
	at(path, "r/new/dir/here");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	make("/new/dir/here", S_IFDIR | 0755, false);
	make("/new/dir/file", S_IFREG | 0640, true);
	is("r/new/dir/file", S_IFREG);
	/* Through links: always inside. */
	make("/var/run/x/y", S_IFDIR | 0755, true);
	is("r/run/x/y", S_IFDIR);
	make("/dangling", S_IFREG | 0644, true);
	is("r/missing/tail", S_IFREG);
	is("r/dangling", S_IFLNK);
	make("/out/inside/file", S_IFREG | 0644, true);
	is("r/decoy/inside/file", S_IFREG);
	make("/a/up/a/b/deep/", S_IFDIR | 0755, true);
	is("r/decoy/canary", S_IFDIR);
	/* An existing object is returned as it is; nothing is opened, so a FIFO does not block. */
	make("/fifo", S_IFREG | 0644, false);
	assert_int_equal(path_make_in_root(root, "/loop/x", S_IFDIR | 0755, 0, &created), -ELOOP);
	assert_int_equal(path_make_in_root(root, "/to-file/x", S_IFDIR | 0755, 0, &created), -ENOTDIR);
	assert_int_equal(path_make_in_root(root, "/var/run/z", S_IFDIR | 0755, PATH_NO_SYMLINKS, &created), -ELOOP);
	at(path, "r/run/z");
	assert_int_equal(access(path, F_OK), -1);
}

/* A hint changes the order of the calls and nothing else. */
static void test_likely_new(void **state)
{
	bool created;

	(void) state;
	make_hinted("/hinted", S_IFDIR | 0700, PATH_LIKELY_NEW, true);
	is("r/hinted", S_IFDIR);
	make_hinted("/hinted", S_IFDIR | 0700, PATH_LIKELY_NEW, false);
	make_hinted("/hinted/no/parent", S_IFDIR | 0700, PATH_LIKELY_NEW, true);
	is("r/hinted/no/parent", S_IFDIR);
	make_hinted("/hinted/file", S_IFREG | 0600, PATH_LIKELY_NEW, true);
	is("r/hinted/file", S_IFREG);
	make_hinted("/abs", S_IFDIR | 0700, PATH_LIKELY_NEW, false);
	make_hinted("/", S_IFDIR | 0700, PATH_LIKELY_NEW, false);
	make_hinted("/out/hinted", S_IFDIR | 0700, PATH_LIKELY_NEW, true);
	is("r/decoy/hinted", S_IFDIR);
	make_hinted("/fifo", S_IFDIR | 0700, PATH_LIKELY_NEW, false);
	assert_int_equal(path_make_in_root(root, "/loop", S_IFDIR | 0755, PATH_LIKELY_NEW, &created), -ELOOP);
	assert_false(created);
	assert_int_equal(path_make_in_root(root, "/var/run/hinted", S_IFDIR | 0755, PATH_LIKELY_NEW | PATH_NO_SYMLINKS,
					   &created),
			 -ELOOP);
}

/* A read-only mount of procfs, in this process's mount namespace alone. Its root, or -1: we may not. */
static int mount_own_procfs(const char *mountpoint)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("proc", mountpoint, "proc", 0, NULL) < 0 ||
	    mount(NULL, mountpoint, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) < 0)
		return -1;
	return open(mountpoint, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Exits 0 when the handle that was taken is not deceived by what is mounted over its origin. */
static void _noreturn_ use_taken_procfs(const char *mountpoint)
{
	struct procfs p = PROCFS_INIT;
	int fd = mount_own_procfs(mountpoint), null = open("/dev/null", O_PATH | O_CLOEXEC);
	char path[PATH_MAX + 16], text[4] = "";
	struct stat st;

	if (fd < 0)
		_exit(77);
	procfs_take(&p, fd);
	(void) snprintf(path, sizeof(path), "%s/%d", mountpoint, (int) getpid());
	if (p.fd < 0 || p.fd == fd || mount("fake", path, "tmpfs", 0, NULL) < 0)
		_exit(1);
	fd = procfs_open_self(&p, "comm", O_RDWR | O_CLOEXEC);
	if (fd < 0 || write(fd, "own", 3) != 3 || pread(fd, text, 3, 0) != 3 || strcmp(text, "own") != 0)
		_exit(2);
	fd = procfs_reopen(&p, null, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISCHR(st.st_mode))
		_exit(3);
	_exit(0);
}

static void test_taken_procfs(void **state)
{
	char mountpoint[PATH_MAX];
	int status;
	pid_t pid;

	(void) state;
	at(mountpoint, "r/proc");
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		use_taken_procfs(mountpoint);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Something else than a procfs is no handle; an open one stays. */
static void test_untaken_procfs(void **state)
{
	struct procfs p = PROCFS_INIT;
	int before;

	(void) state;
	procfs_take(&p, root);
	assert_int_equal(p.fd, -1);
	assert_int_equal(procfs_open(&p, false), 0);
	before = p.fd;
	procfs_take(&p, root);
	assert_int_equal(p.fd, before);
	procfs_close(&p);
}

static void test_parent(void **state)
{
	const char *name;
	int fd;

	(void) state;
	fd = path_make_parent_in_root(root, "/var/run/lock/node", 0, &name);
	assert_true(fd >= 0);
	close(fd);
	assert_string_equal(name, "node");
	is("r/run/lock", S_IFDIR);
	assert_int_equal(path_make_parent_in_root(root, "/a/..", 0, &name), -EINVAL);
	assert_int_equal(path_make_parent_in_root(root, "/a/", 0, &name), -EINVAL);
}

/* Magic links lead out of any root: both resolvers refuse them, and take ordinary links of procfs. */
static void test_magic(void **state)
{
	static const char *const magic[] = { "/proc/self/root", "/proc/self/cwd/x", "/proc/self/exe", "/proc/self/ns/net",
					     "/proc/self/fd/0" };
	int host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), fd;
	size_t k;
	int fallback;

	(void) state;
	for (fallback = 0; fallback < 2; fallback++) {
		path_force_fallback(fallback);
		for (k = 0; k < sizeof(magic) / sizeof(magic[0]); k++)
			assert_int_equal(path_open_in_root(host, magic[k], 0), -ELOOP);
		fd = path_open_in_root(host, "/proc/self/status", 0);
		assert_true(fd >= 0);
		close(fd);
		fd = path_open_in_root(host, "/proc/mounts", 0);
		assert_true(fd >= 0);
		close(fd);
		fd = path_open_in_root(host, "/proc/self/fd/0", PATH_NOFOLLOW);
		assert_true(fd >= 0);
		close(fd);
	}
	path_force_fallback(false);
	close(host);
}

/* The decoy beside the root is as it was. */
static void test_decoy(void **state)
{
	char path[PATH_MAX];
	struct stat st;

	(void) state;
	at(path, "decoy");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_nlink, 2);
	at(path, "decoy/inside");
	assert_int_equal(access(path, F_OK), -1);
	at(path, "decoy/canary");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agree), cmocka_unit_test(test_random), cmocka_unit_test(test_make),
		cmocka_unit_test(test_likely_new), cmocka_unit_test(test_taken_procfs), cmocka_unit_test(test_untaken_procfs),
		cmocka_unit_test(test_parent), cmocka_unit_test(test_magic), cmocka_unit_test(test_decoy),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
