/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cgroups in the real hierarchies of this machine, below directories with names of our own. Needs root;
 * without it, or without v1 hierarchies, everything is skipped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/cgroup/internal.h"
#include "libcontainer/program.h"
#include "libcontainer/sys/bpf.h"
#include "libcontainer/sys/clock.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define HIERARCHIES 16

static struct arena arena;
static struct host host;
static char name[64];

/* A container's cgroups for one test: PREFIX/c in each hierarchy. */
struct fixture {
	struct cgroup cg;
	struct cgroup_dir v[HIERARCHIES];
	pid_t children[32];
	size_t n;
};

static const struct host_hierarchy *hierarchy(const char *controller)
{
	for (size_t i = 0; i < host.n_hierarchies; i++)
		if (controller ? host.hierarchies[i].version == 1 &&
					 cgroup_has_controller(host.hierarchies[i].controllers, controller)
			       : host.hierarchies[i].version == 2)
			return &host.hierarchies[i];
	skip();
	return NULL;
}

static int set(const char *dir, const char *file, const char *value, uint32_t flags, struct error *err)
{
	const struct cgroup_setting setting = { .file = file, .value = value, .flags = flags };

	return cgroup_set(dir, &setting, err);
}

static const char *path(const struct host_hierarchy *h, const char *rest)
{
	char *s = arena_printf(&arena, "%s/%s%s", h->mount, name, rest);

	assert_non_null(s);
	return s;
}

static bool is_there(const char *dir)
{
	struct stat st;

	return stat(dir, &st) == 0;
}

static void make_all(struct fixture *f)
{
	struct error err = ERROR_INIT;

	if (host.n_hierarchies == 0)
		skip();
	f->cg.v = f->v;
	for (size_t i = 0; i < host.n_hierarchies && i < HIERARCHIES; i++) {
		const struct host_hierarchy *h = &host.hierarchies[i];
		struct cgroup_dir *d = &f->v[f->cg.n++];

		d->dir = (char *)path(h, "/c");
		d->controllers = (char *)h->controllers;
		d->version = h->version;
		assert_int_equal(cgroup_make(h->mount, d->dir, h->controllers, h->version, &d->made, &err),
				 0);
		assert_int_equal(d->made, 2);
	}
}

/* Starts a process that enters `sub` of all cgroups and sleeps. */
static pid_t enter(struct fixture *f, const char *sub, void (*work)(void))
{
	pid_t pid = fork();
	char file[512];

	assert_true(pid >= 0);
	if (pid > 0) {
		f->children[f->n++] = pid;
		/* The child stops itself when it is there. */
		assert_int_equal(waitpid(pid, NULL, WUNTRACED), pid);
		assert_int_equal(kill(pid, SIGCONT), 0);
		return pid;
	}
	for (size_t i = 0; i < f->cg.n; i++) {
		(void)snprintf(file, sizeof(file), "%s%s/cgroup.procs", f->v[i].dir, sub);
		(void)sys_write_file(AT_FDCWD, file, "0");
	}
	(void)raise(SIGSTOP);
	if (work)
		work();
	for (;;)
		pause();
}

static int exit_signal(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : -1;
}

/* Whatever a test has left: kills its own processes, removes its own directories. */
static void remove_all(const char *rest, uint32_t made)
{
	struct cgroup_dir v[HIERARCHIES];
	struct cgroup cg = { .v = v };
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < host.n_hierarchies && i < HIERARCHIES; i++) {
		const struct host_hierarchy *h = &host.hierarchies[i];

		v[cg.n++] = (struct cgroup_dir){ (char *)path(h, rest), (char *)h->controllers,
						 h->version, made };
	}
	(void)cgroup_signal(&cg, SIGKILL, &err);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	(void)cgroup_remove(&cg, 3000, &err);
}

static int teardown(void **state)
{
	(void)state;
	if (host.n_hierarchies)
		remove_all("", 1);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	for (size_t i = 0; i < host.n_hierarchies; i++)
		if (is_there(path(&host.hierarchies[i], "")))
			return -1;
	return 0;
}

static void make_and_remove(void **state)
{
	const struct host_hierarchy *h = hierarchy("freezer");
	struct fixture f = { 0 };
	struct error err = ERROR_INIT;
	uint32_t made = 99;

	(void)state;
	make_all(&f);
	/* It is there and empty: it can be used, but is not ours. */
	assert_int_equal(cgroup_make(h->mount, path(h, "/c"), h->controllers, 1, &made, &err), 0);
	assert_int_equal(made, 0);
	assert_int_equal(cgroup_make(h->mount, path(h, "//c/d"), h->controllers, 1, &made, &err), 0);
	assert_int_equal(made, 1);
	assert_int_equal(cgroup_remove(&f.cg, 1000, &err), 0);
	for (size_t i = 0; i < f.cg.n; i++)
		assert_false(is_there(f.v[i].dir));
	assert_false(is_there(path(h, "")));
	/* A second time is no error. */
	assert_int_equal(cgroup_remove(&f.cg, 0, &err), 0);
	assert_false(error_is_set(&err));
}

static void what_others_made_stays(void **state)
{
	const struct host_hierarchy *h = hierarchy("pids");
	struct error err = ERROR_INIT;
	struct cgroup_dir d = { (char *)path(h, "/c"), (char *)h->controllers, 1, 0 };
	const struct cgroup cg = { &d, 1 };

	(void)state;
	assert_int_equal(mkdir(path(h, ""), 0755), 0);
	assert_int_equal(mkdir(d.dir, 0755), 0);
	assert_int_equal(cgroup_remove(&cg, 0, &err), 0);
	assert_true(is_there(d.dir));
	d.made = 1;
	assert_int_equal(cgroup_remove(&cg, 0, &err), 0);
	assert_false(is_there(d.dir));
	assert_true(is_there(path(h, "")));
}

static void bad_paths(void **state)
{
	const struct host_hierarchy *h = hierarchy("pids");
	struct error err = ERROR_INIT;
	uint32_t made;

	(void)state;
	assert_int_equal(cgroup_make(h->mount, path(h, "/../../x"), "", 1, &made, &err), -EINVAL);
	error_clear(&err);
	assert_int_equal(cgroup_make(h->mount, path(h, "/./x"), "", 1, &made, &err), -EINVAL);
	error_clear(&err);
	assert_int_equal(cgroup_make(h->mount, "/tmp/x", "", 1, &made, &err), -EINVAL);
	error_clear(&err);
	assert_int_equal(cgroup_make("/tmp", "/tmp/x", "", 1, &made, &err), -EINVAL);
	assert_non_null(strstr(err.subject, "/tmp is not in a cgroup file system"));
	error_clear(&err);
	assert_int_equal(cgroup_make("/nowhere", "/nowhere/x", "", 1, &made, &err), -ENOENT);
	error_clear(&err);
	/* Fails half-way: what was made before goes again. */
	assert_int_equal(cgroup_make(h->mount, path(h, "/a/b/new\nline"), "", 1, &made, &err), -EINVAL);
	assert_false(is_there(path(h, "")));
	assert_int_equal(err.code, ERR_CGROUP);
}

/* A damaged record cannot make berth remove or read anything else. */
static void other_directories_are_safe(void **state)
{
	char dir[] = "/tmp/berth-test-XXXXXX";
	struct error err = ERROR_INIT;
	struct cgroup_dir d = { NULL, (char *)"memory", 1, 1 };
	const struct cgroup cg = { &d, 1 };
	char sub[64];
	pid_t *pids;
	size_t n;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(sub, sizeof(sub), "%s/sub", dir);
	assert_int_equal(mkdir(sub, 0755), 0);
	d.dir = sub;
	assert_true(cgroup_remove(&cg, 0, &err) < 0);
	assert_true(is_there(sub));
	error_clear(&err);
	assert_true(cgroup_pids(&cg, &pids, &n, &err) < 0);
	assert_int_equal(rmdir(sub), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void cpuset_is_filled(void **state)
{
	const struct host_hierarchy *h = hierarchy("cpuset");
	struct error err = ERROR_INIT;
	char value[1024];
	uint32_t made;

	(void)state;
	/* A parent that another program made and left empty. */
	assert_int_equal(mkdir(path(h, ""), 0755), 0);
	assert_int_equal(cgroup_make(h->mount, path(h, "/a/b"), h->controllers, 1, &made, &err), 0);
	assert_int_equal(made, 2);
	for (int i = 0; i < 2; i++) {
		const char *file = i ? "/a/b/cpuset.mems" : "/a/b/cpuset.cpus";

		assert_true(cgroup_read(AT_FDCWD, path(h, file), value, sizeof(value)) > 0);
	}
}

/* One writer for several files and directories: each value is where it belongs, and an error is said anew. */
static void set_many_values(void **state)
{
	static const struct {
		const char *dir, *file, *value;
	} rows[] = {
		{ "/a", "cpuset.cpus", "0" }, { "/a", "cpuset.mems", "0" }, { "/a", "cpuset.mems", "0" },
		{ "/b", "cpuset.mems", "0" }, { "/b", "cpuset.cpus", "0" }, { "/a", "cpuset.cpus", "0" },
	};
	const struct host_hierarchy *h = hierarchy("cpuset");
	struct cgroup_writer w = CGROUP_WRITER_INIT;
	struct error err = ERROR_INIT;
	char value[1024];
	uint32_t made;

	(void)state;
	assert_int_equal(cgroup_make(h->mount, path(h, "/a"), h->controllers, 1, &made, &err), 0);
	assert_int_equal(cgroup_make(h->mount, path(h, "/b"), h->controllers, 1, &made, &err), 0);
	for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
		const struct cgroup_setting setting = { .file = rows[i].file, .value = rows[i].value };
		const struct cgroup_setting wrong = { .file = rows[i].file, .value = "x" };
		const char *dir = path(h, rows[i].dir);

		assert_true(cgroup_writer_set(&w, dir, &wrong, &err) < 0);
		error_clear(&err);
		assert_int_equal(cgroup_writer_set(&w, dir, &setting, &err), 0);
		assert_true(cgroup_read(w.fd, rows[i].file, value, sizeof(value)) > 0);
		assert_string_equal(value, rows[i].value);
	}
	cgroup_writer_close(&w);
	assert_int_equal(rmdir(path(h, "/a")), 0);
	assert_int_equal(rmdir(path(h, "/b")), 0);
}

static void found_populated_or_frozen(void **state)
{
	const struct host_hierarchy *h = hierarchy("freezer");
	struct fixture f = { 0 };
	struct error err = ERROR_INIT;
	uint32_t made;

	(void)state;
	make_all(&f);
	(void)enter(&f, "", NULL);
	assert_int_equal(cgroup_make(h->mount, path(h, "/c"), h->controllers, 1, &made, &err), -EBUSY);
	assert_int_equal(err.code, ERR_CGROUP_BUSY);
	error_clear(&err);
	assert_int_equal(cgroup_make(h->mount, path(h, ""), h->controllers, 1, &made, &err), -EBUSY);
	error_clear(&err);
	assert_int_equal(cgroup_signal(&f.cg, SIGKILL, &err), 1);
	assert_int_equal(exit_signal(f.children[0]), SIGKILL);
	assert_int_equal(cgroup_freeze(&f.cg, 1000, &err), 0);
	assert_true(cgroup_make(h->mount, path(h, "/c"), h->controllers, 1, &made, &err) < 0);
	assert_int_equal(err.code, ERR_CGROUP_FROZEN);
	error_clear(&err);
	/* Born below a frozen one: create would never end. */
	assert_true(cgroup_make(h->mount, path(h, "/c/d"), h->controllers, 1, &made, &err) < 0);
	assert_int_equal(err.code, ERR_CGROUP_FROZEN);
	assert_false(is_there(path(h, "/c/d")));
}

static void set_values(void **state)
{
	const struct host_hierarchy *h = hierarchy("memory");
	struct fixture f = { 0 };
	struct error err = ERROR_INIT;
	const char *dir = path(h, "/c");
	char text[256];

	(void)state;
	make_all(&f);
	assert_int_equal(set(dir, "memory.limit_in_bytes", "8388608", CGROUP_SET_CHECK_USAGE, &err),
			 0);
	assert_true(cgroup_memory_story(&f.cg, text, sizeof(text)) > 0);
	assert_non_null(strstr(text, "limit 8388608"));
	assert_int_equal(set(dir, "memory.limit_in_bytes", "x", 0, &err), -EINVAL);
	assert_non_null(strstr(err.subject, "/c/memory.limit_in_bytes: cannot set \"x\""));
	assert_true(err.cause[0]);
	error_clear(&err);
	assert_int_equal(set(dir, "memory.not.there", "1", CGROUP_SET_OPTIONAL, &err), 0);
	assert_int_equal(set(dir, "memory.not.there", "1", 0, &err), -ENOENT);
	error_clear(&err);
	if (set(dir, "memory.memsw.limit_in_bytes", "9388608", 0, &err) == -ENOENT)
		assert_string_equal(err.cause, "the kernel has no swap accounting");
	error_clear(&err);
	assert_int_equal(set(dir, "../memory.limit_in_bytes", "1", 0, &err), -EINVAL);
	assert_int_equal(set(dir, "..", "1", 0, &err), -EINVAL);
	assert_int_equal(set(dir, "", "1", 0, &err), -EINVAL);
	error_clear(&err);
	assert_int_equal(set(path(h, "/missing"), "memory.limit_in_bytes", "1", CGROUP_SET_OPTIONAL, &err), -ENOENT);
}

static void use_memory(void)
{
	for (size_t size = 1 << 20;; size += 1 << 20) {
		char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED || size > 64 << 20)
			return;
		memset(p, 1, 1 << 20);
	}
}

static void use_some_memory(void)
{
	char *p = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p != MAP_FAILED)
		memset(p, 1, 4 << 20);
	(void)raise(SIGSTOP);
}

static void memory_story(void **state)
{
	const struct host_hierarchy *h = hierarchy("memory");
	struct fixture f = { 0 };
	struct error err = ERROR_INIT;
	char text[256];
	pid_t pid;

	(void)state;
	make_all(&f);
	pid = enter(&f, "", use_some_memory);
	assert_int_equal(waitpid(pid, NULL, WUNTRACED), pid);
	assert_int_equal(set(path(h, "/c"), "memory.limit_in_bytes", "4096", CGROUP_SET_CHECK_USAGE, &err), -EBUSY);
	assert_non_null(strstr(err.cause, "bytes are in use"));
	error_clear(&err);
	assert_int_equal(cgroup_signal(&f.cg, SIGKILL, &err), 1);
	assert_int_equal(exit_signal(pid), SIGKILL);
	assert_int_equal(set(path(h, "/c"), "memory.limit_in_bytes", "8388608", 0, &err), 0);
	(void)set(path(h, "/c"), "memory.memsw.limit_in_bytes", "8388608", CGROUP_SET_OPTIONAL, &err);
	assert_int_equal(exit_signal(enter(&f, "", use_memory)), SIGKILL);
	assert_true(cgroup_memory_story(&f.cg, text, sizeof(text)) > 0);
	assert_non_null(strstr(text, "limit 8388608, peak 8"));
	assert_non_null(strstr(text, " OOM kill"));
}

static void pids_and_signals(void **state)
{
	const struct host_hierarchy *h = hierarchy("freezer");
	struct fixture f = { 0 };
	struct error err = ERROR_INIT;
	pid_t *pids;
	size_t n;

	(void)state;
	make_all(&f);
	assert_int_equal(cgroup_signal(&f.cg, SIGTERM, &err), 0);
	assert_int_equal(mkdir(path(h, "/c/sub"), 0755), 0);
	for (int i = 0; i < 6; i++)
		(void)enter(&f, i % 2 ? "" : "/sub", NULL);
	assert_int_equal(cgroup_pids(&f.cg, &pids, &n, &err), 0);
	assert_int_equal(n, 6);
	for (size_t i = 1; i < n; i++)
		assert_true(pids[i - 1] < pids[i]);
	free(pids);
	assert_int_equal(cgroup_signal(&f.cg, SIGTERM, &err), 6);
	for (int i = 0; i < 6; i++)
		assert_int_equal(exit_signal(f.children[i]), SIGTERM);
	assert_int_equal(cgroup_remove(&f.cg, 2000, &err), 0);
	/* All is gone: counts as empty. */
	assert_int_equal(cgroup_signal(&f.cg, SIGKILL, &err), 0);
	assert_int_equal(cgroup_pids(&f.cg, &pids, &n, &err), 0);
	assert_int_equal(n, 0);
	free(pids);
	assert_int_equal(cgroup_frozen(&f.cg), 0);
	assert_int_equal(cgroup_thaw(&f.cg, &err), 0);
}

static void kill_frozen(void **state)
{
	const struct host_hierarchy *h = hierarchy("freezer");
	struct fixture f = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	make_all(&f);
	assert_int_equal(mkdir(path(h, "/c/sub"), 0755), 0);
	(void)enter(&f, "", NULL);
	(void)enter(&f, "/sub", NULL);
	/* The container froze a part of itself, then it was paused. */
	assert_int_equal(sys_write_file(AT_FDCWD, path(h, "/c/sub/freezer.state"), "FROZEN"), 0);
	assert_int_equal(cgroup_frozen(&f.cg), 0);
	assert_int_equal(cgroup_freeze(&f.cg, 1000, &err), 0);
	assert_int_equal(cgroup_frozen(&f.cg), 1);
	assert_int_equal(cgroup_signal(&f.cg, SIGKILL, &err), 2);
	assert_int_equal(exit_signal(f.children[0]), SIGKILL);
	assert_int_equal(exit_signal(f.children[1]), SIGKILL);
	assert_int_equal(cgroup_frozen(&f.cg), 0);
	assert_int_equal(cgroup_remove(&f.cg, 2000, &err), 0);
}

static void bomb(void)
{
	for (;;)
		if (fork() < 0)
			usleep(100);
}

static void kill_fork_bomb(void **state)
{
	const struct host_hierarchy *h = hierarchy("pids");
	struct fixture f = { 0 };
	struct error err = ERROR_INIT;
	uint64_t begin;

	(void)state;
	make_all(&f);
	assert_int_equal(set(path(h, "/c"), "pids.max", "200", 0, &err), 0);
	(void)enter(&f, "", bomb);
	usleep(100000);
	begin = sys_now_ms();
	assert_true(cgroup_signal(&f.cg, SIGKILL, &err) > 1);
	assert_int_equal(exit_signal(f.children[0]), SIGKILL);
	assert_int_equal(cgroup_remove(&f.cg, 5000, &err), 0);
	assert_true(sys_now_ms() - begin < 5000);
}

/* A cgroup that the caller shares is not the container's own. */
static void caller_is_spared(void **state)
{
	struct fixture f = { 0 };
	struct error err = ERROR_INIT;
	int status;
	pid_t pid;

	(void)state;
	make_all(&f);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		for (size_t i = 0; i < f.cg.n; i++)
			(void)set(f.v[i].dir, "cgroup.procs", "0", 0, &err);
		_exit(cgroup_signal(&f.cg, SIGKILL, &err) == 0 ? 7 : 8);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}

static void removal_names_processes(void **state)
{
	struct fixture f = { 0 };
	struct error err = ERROR_INIT;
	char number[32];
	pid_t pid;

	(void)state;
	make_all(&f);
	pid = enter(&f, "", NULL);
	assert_int_equal(cgroup_remove(&f.cg, 50, &err), -EBUSY);
	(void)snprintf(number, sizeof(number), "still alive: %d", (int)pid);
	assert_non_null(strstr(err.cause, number));
	error_clear(&err);
	/* A slow end is waited for. */
	if (fork() == 0) {
		usleep(300000);
		(void)kill(pid, SIGKILL);
		_exit(0);
	}
	assert_int_equal(cgroup_remove(&f.cg, 5000, &err), 0);
}

static void deep_and_wide(void **state)
{
	const struct host_hierarchy *h = hierarchy("freezer");
	struct rlimit old, few = { 24, 24 };
	struct fixture f = { 0 };
	struct error err = ERROR_INIT;
	char sub[32];
	int fd, next;

	(void)state;
	make_all(&f);
	for (int i = 0; i < 500; i++) {
		(void)snprintf(sub, sizeof(sub), "/c/%d", i);
		assert_int_equal(mkdir(path(h, sub), 0755), 0);
		(void)snprintf(sub, sizeof(sub), "/c/%d/x", i);
		assert_int_equal(mkdir(path(h, sub), 0755), 0);
	}
	fd = open(path(h, "/c/7/x"), O_PATH);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(mkdirat(fd, "a-rather-long-name", 0755), 0);
		next = openat(fd, "a-rather-long-name", O_PATH);
		assert_int_equal(close(fd), 0);
		fd = next;
	}
	assert_int_equal(close(fd), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	next = cgroup_remove(&f.cg, 5000, &err);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(next, 0);
	assert_false(is_there(path(h, "")));
}

/* Two commands make and remove children of one parent that both may make. */
static void parents_come_and_go(void **state)
{
	const struct host_hierarchy *h = hierarchy("freezer");
	int status, failed = 0;

	(void)state;
	for (int p = 0; p < 2; p++) {
		char sub[32];

		(void)snprintf(sub, sizeof(sub), "/p/q/%d", p);
		if (fork() > 0)
			continue;
		for (int i = 0; i < 300; i++) {
			struct cgroup_dir d = { (char *)path(h, sub), (char *)h->controllers, 1, 0 };
			const struct cgroup cg = { &d, 1 };
			struct error err = ERROR_INIT;

			if (cgroup_make(h->mount, d.dir, h->controllers, 1, &d.made, &err) < 0 ||
			    !is_there(d.dir))
				_exit(1);
			if (cgroup_remove(&cg, 1000, &err) < 0 || is_there(d.dir))
				_exit(2);
		}
		_exit(0);
	}
	for (int p = 0; p < 2; p++) {
		assert_true(wait(&status) > 0);
		failed |= status;
	}
	assert_int_equal(failed, 0);
}

static void version_2(void **state)
{
	const struct host_hierarchy *h = hierarchy(NULL);
	struct error err = ERROR_INIT;
	struct cgroup_dir d = { (char *)path(h, "/c"), (char *)"", 2, 0 };
	struct fixture f = { .cg = { f.v, 1 } };

	(void)state;
	assert_int_equal(cgroup_make(h->mount, d.dir, "", 2, &d.made, &err), 0);
	f.v[0] = d;
	assert_int_equal(mkdir(path(h, "/c/sub"), 0755), 0);
	(void)enter(&f, "", NULL);
	(void)enter(&f, "/sub", NULL);
	assert_int_equal(cgroup_frozen(&f.cg), 0);
	assert_int_equal(cgroup_freeze(&f.cg, 1000, &err), 0);
	assert_int_equal(cgroup_frozen(&f.cg), 1);
	assert_int_equal(cgroup_signal(&f.cg, SIGKILL, &err), 2);
	assert_int_equal(exit_signal(f.children[0]), SIGKILL);
	assert_int_equal(exit_signal(f.children[1]), SIGKILL);
	assert_int_equal(cgroup_frozen(&f.cg), 0);
	assert_int_equal(cgroup_remove(&f.cg, 2000, &err), 0);
}

static int setup(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	(void)snprintf(name, sizeof(name), "berth-test-%d", (int)getpid());
	/* What the fork bomb leaves is reaped here, not by an init that may be slow about it. */
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (geteuid() == 0)
		(void)cgroup_detect(&arena, &host, &err);
	return error_is_set(&err) ? -1 : 0;
}

static int finish(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

#define TEST(f) cmocka_unit_test_teardown(f, teardown)

/* The smallest device program: everything, or nothing. */
static void make_answer(struct bpf_insn code[2], bool allow)
{
	code[0] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = allow };
	code[1] = (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT };
}

static int count_programs(const char *dir, uint32_t *ret_id)
{
	_cleanup_close_ int fd = sys_openat(AT_FDCWD, dir, O_RDONLY | O_DIRECTORY, 0);
	uint32_t ids[8];
	int n = sys_bpf_query_device(fd, ids, ELEMENTSOF(ids));

	*ret_id = n > 0 ? ids[0] : 0;
	return n;
}

static void one_device_program(void **state)
{
	const struct host_hierarchy *h = hierarchy(NULL);
	struct error err = ERROR_INIT;
	struct bpf_insn code[2];
	uint32_t made, first, second;
	int r;

	(void)state;
	assert_int_equal(cgroup_make(h->mount, path(h, "/bpf"), "", 2, &made, &err), 0);
	make_answer(code, false);
	r = cgroup_devices_set(path(h, "/bpf"), code, 2, &err);
	if (r < 0) {
		(void)rmdir(path(h, "/bpf"));
		(void)rmdir(path(h, ""));
		print_message("no device programs here: %s\n", strerror(-r));
		skip();
	}
	assert_int_equal(count_programs(path(h, "/bpf"), &first), 1);
	make_answer(code, true);
	assert_int_equal(cgroup_devices_set(path(h, "/bpf"), code, 2, &err), 0);
	assert_int_equal(count_programs(path(h, "/bpf"), &second), 1);
	assert_int_not_equal(first, second);
	cgroup_devices_unset(path(h, "/bpf"));
	assert_int_equal(count_programs(path(h, "/bpf"), &second), 0);
	assert_int_equal(rmdir(path(h, "/bpf")), 0);
	assert_int_equal(rmdir(path(h, "")), 0);
}

static void controllers_are_enabled(void **state)
{
	const struct host_hierarchy *h = hierarchy(NULL);
	struct error err = ERROR_INIT;
	char text[256], has[256];
	uint32_t made;
	int fd;

	(void)state;
	assert_int_equal(cgroup_make(h->mount, path(h, "/a/b"), "", 2, &made, &err), 0);
	/* Our own directory stands in for the mount point: the host's settings are left alone. */
	assert_int_equal(cgroup_enable(path(h, ""), path(h, "/a/b"), "", false, &err), 0);
	assert_true(cgroup_enable(path(h, ""), path(h, "/a/b"), "nosuch", false, &err) < 0);
	assert_non_null(strstr(err.cause, "does not have the controller"));
	error_clear(&err);
	fd = open(path(h, ""), O_PATH | O_DIRECTORY);
	assert_true(cgroup_read(fd, "cgroup.controllers", has, sizeof(has)) >= 0);
	close(fd);
	assert_int_equal(cgroup_enable(path(h, ""), path(h, "/a/b"), "", true, &err), 0);
	fd = open(path(h, "/a/b"), O_PATH | O_DIRECTORY);
	assert_true(cgroup_read(fd, "cgroup.controllers", text, sizeof(text)) >= 0);
	close(fd);
	assert_string_equal(text, has);
	assert_int_equal(rmdir(path(h, "/a/b")), 0);
	assert_int_equal(rmdir(path(h, "/a")), 0);
	assert_int_equal(rmdir(path(h, "")), 0);
}

static void a_cgroup_is_given(void **state)
{
	const struct host_hierarchy *h = hierarchy(NULL);
	struct error err = ERROR_INIT;
	struct stat st;
	uint32_t made;

	(void)state;
	assert_int_equal(cgroup_make(h->mount, path(h, "/own"), "", 2, &made, &err), 0);
	assert_int_equal(cgroup_give(path(h, "/own"), 12345, &err), 0);
	assert_int_equal(stat(path(h, "/own"), &st), 0);
	assert_int_equal(st.st_uid, 12345);
	assert_int_equal(st.st_gid, 0);
	assert_int_equal(stat(path(h, "/own/cgroup.procs"), &st), 0);
	assert_int_equal(st.st_uid, 12345);
	assert_int_equal(stat(path(h, "/own/cgroup.freeze"), &st), 0);
	assert_int_equal(st.st_uid, 0);
	assert_int_equal(rmdir(path(h, "/own")), 0);
	assert_int_equal(rmdir(path(h, "")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(make_and_remove),	   TEST(what_others_made_stays),    TEST(bad_paths),
		TEST(other_directories_are_safe), TEST(cpuset_is_filled),  TEST(found_populated_or_frozen),
		TEST(set_values),	   TEST(set_many_values),	    TEST(memory_story),	    TEST(pids_and_signals),
		TEST(kill_frozen),	   TEST(kill_fork_bomb),	    TEST(caller_is_spared),
		TEST(removal_names_processes), TEST(deep_and_wide),    TEST(parents_come_and_go),
		TEST(version_2),	   TEST(one_device_program),	    TEST(controllers_are_enabled),
		TEST(a_cgroup_is_given),
	};

	return cmocka_run_group_tests(tests, setup, finish);
}
