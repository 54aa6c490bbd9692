/* SPDX-License-Identifier: Apache-2.0 */
/* The state directory: roots, ids, locks, leftovers, listing. In private directories only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/cgroup/internal.h"
#include "libcontainer/state/internal.h"
#include "libcontainer/sys/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OLD_BOOT "00000000-0000-0000-0000-000000000000"

static char top[] = "/tmp/berth-test-XXXXXX";
static char root_path[128];
static struct state_root root = { .fd = -1 };
static struct arena arena;

static const char *below(const char *rest)
{
	char *s = arena_printf(&arena, "%s/%s", top, rest);

	assert_non_null(s);
	return s;
}

static const char *below_root(const char *id, const char *name)
{
	char *s = arena_printf(&arena, "%s/%s", id, name);

	assert_non_null(s);
	return s;
}

static struct record record_of(const char *id, pid_t pid)
{
	struct record r = {
		.complete = true, .id = (char *)id, .bundle = (char *)"/b", .rootfs = (char *)"/b/r",
		.created = (char *)"2026-01-01T00:00:00Z", .oci_version = (char *)"1.3.0",
		.cgroup_manager = (char *)"cgroupfs",
	};
	struct error err = ERROR_INIT;

	if (pid > 0)
		assert_int_equal(process_identify(pid, &arena, &r.init, &err), 0);
	return r;
}

static pid_t sleeper(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	while (pid == 0)
		pause();
	return pid;
}

static void end(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* Makes a container with that record; its directory is unlocked again. */
static void make(const char *id, const struct record *r)
{
	_cleanup_close_ int dir = -1;
	struct error err = ERROR_INIT;

	assert_int_equal(state_reserve(&root, id, &dir, &err), 0);
	if (r)
		assert_int_equal(record_write(dir, r, &err), 0);
}

static int reserve(const char *id)
{
	_cleanup_close_ int dir = -1;
	struct error err = ERROR_INIT;
	int r = state_reserve(&root, id, &dir, &err);

	return r < 0 ? -err.code : 0;
}

static int open_code(const char *id, enum state_lock lock)
{
	_cleanup_close_ int dir = -1;
	struct error err = ERROR_INIT;
	int r = state_open(&root, id, lock, &dir, &err);

	return r < 0 ? -err.code : 0;
}

static void discard(const char *id)
{
	_cleanup_close_ int dir = -1;
	struct error err = ERROR_INIT;

	assert_int_equal(state_open(&root, id, STATE_LOCK_EXCLUSIVE, &dir, &err), 0);
	assert_int_equal(state_remove(&root, id, dir, &err), 0);
}

/* What list would show, from the summary or from the whole record. */
static enum container_status glance(const char *id, bool whole)
{
	_cleanup_document_ struct document doc = DOCUMENT_INIT;
	struct error err = ERROR_INIT;
	enum container_status status;
	struct record r;

	assert_int_equal(state_glance(&root, id, whole, &doc, &r, &status, &err), 0);
	if (r.complete) {
		assert_string_equal(r.id, id);
		assert_string_equal(r.bundle, "/b");
		assert_string_equal(r.created, "2026-01-01T00:00:00Z");
		assert_int_equal(r.annotations.n, 0);
	}
	return status;
}

static int has(const char *id, const char *name)
{
	return faccessat(root.fd, below_root(id, name), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static enum container_status status_of(const char *id)
{
	_cleanup_document_ struct document doc = DOCUMENT_INIT;
	_cleanup_close_ int dir = -1;
	struct error err = ERROR_INIT;
	struct record r;

	assert_int_equal(state_open(&root, id, STATE_LOCK_NONE, &dir, &err), 0);
	assert_int_equal(record_read(dir, &doc, &r, &err), 0);
	assert_int_equal(glance(id, true), record_status(dir, &r));
	assert_int_equal(glance(id, false), record_status(dir, &r));
	return record_status(dir, &r);
}

static void ids(void **state)
{
	static const char *const good[] = { "a", "0", "_x", "+", "a.b-c_d+e", "A..b" };
	static const char *const bad[] = { "",	  ".",	 "..",	     ".a",  "-a", "a/b",
					   "a b", "a\n", "\xc3\xa4", "a:b", "a%" };
	struct error err = ERROR_INIT;
	char text[STATE_ID_MAX + 2];

	(void)state;
	for (size_t i = 0; i < ELEMENTSOF(good); i++)
		assert_int_equal(state_check_id(good[i], &err), 0);
	for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
		error_clear(&err);
		assert_true(state_check_id(bad[i], &err) < 0);
		assert_int_equal(err.code, ERR_CONTAINER_ID_INVALID);
	}
	memset(text, 'x', sizeof(text));
	text[STATE_ID_MAX + 1] = '\0';
	error_clear(&err);
	assert_true(state_check_id(text, &err) < 0);
	text[STATE_ID_MAX] = '\0';
	error_clear(&err);
	assert_int_equal(state_check_id(text, &err), 0);
}

static int root_code(const char *path, bool create)
{
	struct state_root r;
	struct error err = ERROR_INIT;
	int result = state_root_open(path, create, &r, &err);

	state_root_close(&r);
	return result == -ENOENT && !error_is_set(&err) ? -ENOENT : result < 0 ? -err.code : 0;
}

static void roots(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(root_code(below("none"), false), -ENOENT);
	assert_int_equal(root_code(below("a/b/c/"), true), 0);
	assert_int_equal(stat(below("a/b/c"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(root_code(below("a//b/./c/."), false), 0);
	/* A link, also one hidden behind a slash. */
	assert_int_equal(symlink("a", below("link")), 0);
	assert_int_equal(root_code(below("link"), true), -ERR_STATE_ROOT);
	assert_int_equal(root_code(below("link/"), true), -ERR_STATE_ROOT);
	assert_int_equal(root_code(below("link/."), true), -ERR_STATE_ROOT);
	/* Links further up are the administrator's business: /var/run is one. */
	assert_int_equal(root_code(below("link/b/c"), true), 0);
	assert_int_equal(chmod(below("a/b/c"), 0770), 0);
	assert_int_equal(root_code(below("a/b/c"), true), -ERR_STATE_ROOT);
	assert_int_equal(chmod(below("a/b/c"), 01777), 0);
	assert_int_equal(root_code(below("a/b/c"), true), -ERR_STATE_ROOT);
	assert_int_equal(chmod(below("a/b/c"), 0711), 0);
	assert_int_equal(root_code(below("a/b/c"), true), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(below("a/b/c"), 12345, 0), 0);
		assert_int_equal(root_code(below("a/b/c"), true), -ERR_STATE_ROOT);
	}
	close(open(below("file"), O_CREAT | O_WRONLY, 0600));
	assert_int_equal(root_code(below("file"), true), -ERR_STATE_ROOT);
	assert_int_equal(root_code("", true), -ERR_STATE_ROOT);
}

static void relative_root(void **state)
{
	struct state_root r;
	struct error err = ERROR_INIT;
	char cwd[4096];

	(void)state;
	assert_non_null(getcwd(cwd, sizeof(cwd)));
	assert_int_equal(chdir(top), 0);
	assert_int_equal(state_root_open("relative/x", true, &r, &err), 0);
	assert_string_equal(r.path, below("relative/x"));
	state_root_close(&r);
	assert_int_equal(chdir(cwd), 0);
}

static void reserve_and_remove(void **state)
{
	_cleanup_close_ int dir = -1;
	struct error err = ERROR_INIT;
	struct record r = record_of("one", getpid());
	struct stat st;

	(void)state;
	assert_int_equal(open_code("one", STATE_LOCK_NONE), -ERR_CONTAINER_UNKNOWN);
	assert_int_equal(state_reserve(&root, "one", &dir, &err), 0);
	assert_int_equal(fstat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	/* Taken while create runs, and visible. */
	assert_int_equal(reserve("one"), -ERR_CONTAINER_EXISTS);
	assert_int_equal(open_code("one", STATE_LOCK_NONE), 0);
	assert_int_equal(record_write(dir, &r, &err), 0);
	fd_close(&dir);
	assert_int_equal(reserve("one"), -ERR_CONTAINER_EXISTS);
	/* All that may lie in there goes, also what a killed command left. */
	assert_int_equal(state_open(&root, "one", STATE_LOCK_EXCLUSIVE, &dir, &err), 0);
	close(openat(dir, STATE_RECORD_NEW, O_CREAT | O_WRONLY, 0600));
	close(openat(dir, STATE_START, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(mkdirat(dir, STATE_NOTIFY, 0700), 0);
	close(openat(dir, STATE_NOTIFY "/socket", O_CREAT | O_WRONLY, 0600));
	assert_int_equal(state_remove(&root, "one", dir, &err), 0);
	assert_int_equal(faccessat(root.fd, "one", F_OK, 0), -1);
	/* Again: another delete was faster. */
	assert_int_equal(state_remove(&root, "one", dir, &err), 0);
	fd_close(&dir);
	assert_int_equal(reserve("one"), 0);
	discard("one");
}

static void statuses(void **state)
{
	pid_t pid = sleeper();
	struct record r = record_of("s", pid);
	_cleanup_close_ int dir = -1;
	struct error err = ERROR_INIT;

	(void)state;
	make("s", &r);
	assert_int_equal(status_of("s"), STATUS_RUNNING);
	assert_int_equal(state_open(&root, "s", STATE_LOCK_EXCLUSIVE, &dir, &err), 0);
	/* Init listens before its record is complete: the record says so, also to who reads the summary. */
	close(openat(dir, STATE_START, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(record_write(dir, &r, &err), 0);
	assert_int_equal(status_of("s"), STATUS_CREATED);
	/* Another process has the number. */
	r.init.start_time++;
	assert_int_equal(record_write(dir, &r, &err), 0);
	assert_int_equal(status_of("s"), STATUS_STOPPED);
	assert_int_equal(process_open(&r.init), -ESRCH);
	r.init.start_time--;
	/* The same number in an earlier boot. */
	r.init.boot_id = (char *)OLD_BOOT;
	assert_int_equal(record_write(dir, &r, &err), 0);
	assert_int_equal(status_of("s"), STATUS_STOPPED);
	assert_int_equal(process_open(&r.init), -ESRCH);
	r = record_of("s", pid);
	assert_int_equal(record_write(dir, &r, &err), 0);
	close(process_open(&r.init));
	/* A zombie is gone. */
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT), 0);
	assert_int_equal(status_of("s"), STATUS_STOPPED);
	assert_int_equal(process_open(&r.init), -ESRCH);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(status_of("s"), STATUS_STOPPED);
	/* An incomplete one is being created as long as it is locked. */
	r.complete = false;
	assert_int_equal(record_write(dir, &r, &err), 0);
	assert_int_equal(status_of("s"), STATUS_CREATING);
	fd_close(&dir);
	assert_int_equal(status_of("s"), STATUS_STOPPED);
	discard("s");
	assert_string_equal(container_status_name(STATUS_PAUSED), "paused");
}

static void stat_text(void **state)
{
	char letter;
	uint64_t start;

	(void)state;
	assert_int_equal(process_parse_stat("1 (a) S 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 "
					    "777 23\n", &letter, &start), 0);
	assert_int_equal(letter, 'S');
	assert_int_equal(start, 777);
	assert_int_equal(process_parse_stat("1 (a) R 0 (b) Z 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 "
					    "888 9", &letter, &start), 0);
	assert_int_equal(letter, 'Z');
	assert_true(process_parse_stat("1 (a) S 2 3", &letter, &start) < 0);
	assert_true(process_parse_stat("1 (a)", &letter, &start) < 0);
	assert_true(process_parse_stat("", &letter, &start) < 0);
	assert_int_equal(process_stat(4194304, &letter, &start), -ESRCH);
}

/* Many creates of one id at a time: exactly one may have it. */
static void parallel_reserve(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	for (int round = 0; round < 5; round++) {
		int winners = 0, losers = 0, status, go[2], hold[2];
		char c;

		assert_int_equal(pipe(go), 0);
		assert_int_equal(pipe(hold), 0);
		for (int i = 0; i < 200; i++) {
			int dir, r;

			if (fork() > 0)
				continue;
			/* An own root, as every command has: locks belong to open descriptions. */
			close(go[1]);
			close(hold[1]);
			(void)!read(go[0], &c, 1);
			r = state_reserve(&root, "race", &dir, &err);
			if (r == 0)
				(void)!read(hold[0], &c, 1);
			_exit(r == 0 ? 1 : err.code == ERR_CONTAINER_EXISTS ? 2 : 3);
		}
		close(go[0]);
		close(hold[0]);
		close(go[1]);
		/* All losers end before the winner lets go. */
		for (; losers < 199; losers++) {
			assert_true(wait(&status) > 0);
			assert_int_equal(WEXITSTATUS(status), 2);
		}
		close(hold[1]);
		while (wait(&status) > 0)
			winners += WEXITSTATUS(status) == 1;
		assert_int_equal(winners, 1);
		/* The winner died without a record: the id is free for the next round, by taking over. */
		assert_int_equal(round % 2 ? reserve("race") : 0, 0);
	}
	discard("race");
}

/* Creates and deletes of one id: in the end there is nothing, and nobody ever had what another had. */
static void create_against_delete(void **state)
{
	int status;

	(void)state;
	for (int p = 0; p < 4; p++) {
		if (fork() > 0)
			continue;
		for (int i = 0; i < 100; i++) {
			struct error err = ERROR_INIT;
			struct record r = record_of("duel", getpid());
			int dir = -1;

			if (state_reserve(&root, "duel", &dir, &err) == 0) {
				if (openat(dir, STATE_START, O_CREAT | O_EXCL | O_WRONLY, 0600) < 0)
					_exit(1); /* another one is here, too */
				if (record_write(dir, &r, &err) < 0)
					_exit(2);
				fd_close(&dir);
			} else if (err.code != ERR_CONTAINER_EXISTS) {
				_exit(3);
			}
			error_clear(&err);
			if (state_open(&root, "duel", STATE_LOCK_EXCLUSIVE, &dir, &err) == 0) {
				if (state_remove(&root, "duel", dir, &err) < 0)
					_exit(4);
				fd_close(&dir);
			} else if (err.code != ERR_CONTAINER_UNKNOWN) {
				_exit(5);
			}
		}
		_exit(0);
	}
	while (wait(&status) > 0)
		assert_int_equal(status, 0);
	assert_int_equal(open_code("duel", STATE_LOCK_NONE), -ERR_CONTAINER_UNKNOWN);
}

static void lock_is_waited_for(void **state)
{
	struct record r = record_of("w", getpid());
	int status, go[2];
	char c;
	pid_t pid;

	(void)state;
	make("w", &r);
	assert_int_equal(pipe(go), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct error err = ERROR_INIT;
		int dir;

		if (state_open(&root, "w", STATE_LOCK_EXCLUSIVE, &dir, &err) < 0)
			_exit(1);
		(void)!write(go[1], "x", 1);
		usleep(200000);
		_exit(state_remove(&root, "w", dir, &err) < 0);
	}
	assert_int_equal(read(go[0], &c, 1), 1);
	/* Reading is not held up by the lock. */
	assert_int_equal(open_code("w", STATE_LOCK_NONE), 0);
	assert_int_equal(open_code("w", STATE_LOCK_EXCLUSIVE), -ERR_CONTAINER_UNKNOWN);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(go[0]);
	close(go[1]);
}

/* A create that was killed at its worst moment: init and its cgroup are there. */
static void killed_create(void **state)
{
	struct error err = ERROR_INIT;
	struct host host = { 0 };
	struct cgroup_setting setting = { .file = "cgroup.procs" };
	struct cgroup_dir d = { NULL, NULL, 1, 0 };
	struct record r;
	char file[512];
	pid_t pid;

	(void)state;
	if (geteuid() != 0 || cgroup_detect(&arena, &host, &err) < 0 || host.n_hierarchies == 0)
		skip();
	d.dir = arena_printf(&arena, "%s/berth-test-state-%d", host.hierarchies[0].mount, (int)getpid());
	d.controllers = (char *)host.hierarchies[0].controllers;
	d.version = host.hierarchies[0].version;
	assert_int_equal(cgroup_make(host.hierarchies[0].mount, d.dir, d.controllers, d.version, &d.made,
				     &err), 0);
	pid = sleeper();
	(void)snprintf(file, sizeof(file), "%d", (int)pid);
	setting.value = file;
	assert_int_equal(cgroup_set(d.dir, &setting, &err), 0);
	r = record_of("k", sleeper());
	r.complete = false;
	r.cgroup = (struct cgroup){ &d, 1 };
	make("k", &r);
	assert_int_equal(status_of("k"), STATUS_STOPPED);
	assert_int_equal(reserve("k"), 0);
	/* Both are dead, the one by its pid, the other by its cgroup. */
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(waitpid(r.init.pid, NULL, 0), r.init.pid);
	assert_int_equal(access(d.dir, F_OK), -1);
	discard("k");
}

/* After a reboot nothing in the record means anything: the id is free and nobody is signalled. */
static void earlier_boot(void **state)
{
	struct record r = record_of("b", getpid());
	pid_t pid = sleeper();

	(void)state;
	r = record_of("b", pid);
	r.init.boot_id = (char *)OLD_BOOT;
	make("b", &r);
	assert_int_equal(status_of("b"), STATUS_STOPPED);
	assert_int_equal(reserve("b"), 0);
	r.complete = false;
	make("b", &r);
	assert_int_equal(reserve("b"), 0);
	assert_int_equal(kill(pid, 0), 0);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
	end(pid);
	discard("b");
}

static void foreign_things_are_left_alone(void **state)
{
	struct error err = ERROR_INIT;
	char **v;
	size_t n;

	(void)state;
	assert_int_equal(mkdirat(root.fd, "foreign", 0700), 0);
	close(openat(root.fd, "foreign/state.json", O_CREAT | O_WRONLY, 0600));
	assert_int_equal(mkdirat(root.fd, "open", 0700), 0);
	assert_int_equal(fchmodat(root.fd, "open", 0777, 0), 0);
	assert_int_equal(symlinkat("foreign", root.fd, "link"), 0);
	close(openat(root.fd, "file", O_CREAT | O_WRONLY, 0600));
	for (size_t i = 0; i < 4; i++) {
		static const char *const names[] = { "foreign", "open", "link", "file" };

		assert_int_equal(reserve(names[i]), -ERR_CONTAINER_EXISTS);
		assert_int_equal(open_code(names[i], STATE_LOCK_EXCLUSIVE), -ERR_CONTAINER_UNKNOWN);
	}
	/* A damaged record is a container; only a person can say what becomes of it. */
	make("damaged", NULL);
	close(openat(root.fd, "damaged/record", O_CREAT | O_WRONLY, 0600));
	assert_int_equal(reserve("damaged"), -ERR_CONTAINER_EXISTS);
	make("fresh", NULL);
	assert_int_equal(state_list(&root, true, &v, &n, &err), 0);
	assert_int_equal(n, 2);
	assert_string_equal(v[0], "damaged");
	assert_string_equal(v[1], "fresh");
	assert_null(v[2]);
	/* Without a look they are only names, and who reads one of them is told. */
	free(v);
	assert_int_equal(state_list(&root, false, &v, &n, &err), 0);
	assert_int_equal(n, 4);
	for (size_t i = 0; i < n; i++) {
		_cleanup_document_ struct document doc = DOCUMENT_INIT;
		enum container_status status;
		struct record r;
		int code;

		error_clear(&err);
		code = state_glance(&root, v[i], false, &doc, &r, &status, &err) < 0 ? err.code : 0;
		assert_int_equal(code, streq(v[i], "fresh")     ? 0
				       : streq(v[i], "damaged") ? ERR_STATE_READ
								: ERR_CONTAINER_UNKNOWN);
	}
	free(v);
	discard("damaged");
	discard("fresh");
	assert_int_equal(state_list(&root, true, &v, &n, &err), 0);
	assert_int_equal(n, 0);
	free(v);
	assert_int_equal(faccessat(root.fd, "foreign/state.json", F_OK, 0), 0);
	assert_int_equal(unlinkat(root.fd, "foreign/state.json", 0), 0);
	assert_int_equal(unlinkat(root.fd, "foreign", AT_REMOVEDIR), 0);
	assert_int_equal(unlinkat(root.fd, "open", AT_REMOVEDIR), 0);
	assert_int_equal(unlinkat(root.fd, "link", 0), 0);
	assert_int_equal(unlinkat(root.fd, "file", 0), 0);
}

/* A listening socket, as init has it while it waits. */
static int listen_in(const char *id)
{
	_cleanup_close_ int dir = openat(root.fd, id, O_PATH | O_DIRECTORY);
	int sock = sys_socket_listen(SOCK_SEQPACKET, dir, STATE_START);

	assert_true(dir >= 0 && sock >= 0);
	return sock;
}

/* A start that is killed at any of its steps leaves a status that is true. */
static void killed_start(void **state)
{
	_cleanup_close_ int dir = -1, sock = -1;
	struct record r = record_of("s", getpid());
	struct error err = ERROR_INIT;

	(void)state;
	make("s", NULL);
	sock = listen_in("s");
	assert_int_equal(state_open(&root, "s", STATE_LOCK_EXCLUSIVE, &dir, &err), 0);
	assert_int_equal(record_write(dir, &r, &err), 0);
	assert_true(has("s", STATE_SUMMARY));
	assert_int_equal(status_of("s"), STATUS_CREATED);
	assert_int_equal(state_start_ordered(dir), 0);
	assert_false(has("s", STATE_SUMMARY));
	assert_int_equal(status_of("s"), STATUS_CREATED);
	/* A record that is written meanwhile does not bring the summary back. */
	assert_int_equal(record_write(dir, &r, &err), 0);
	assert_false(has("s", STATE_SUMMARY));
	fd_close(&sock);
	assert_int_equal(status_of("s"), STATUS_RUNNING);
	assert_int_equal(state_start_done(dir, &r), 0);
	assert_true(has("s", STATE_SUMMARY) && !has("s", STATE_START));
	assert_int_equal(status_of("s"), STATUS_RUNNING);
	fd_close(&dir);
	discard("s");
}

/* Whatever is wrong with a summary, the record says what is shown. */
static void damaged_summary(void **state)
{
	struct record r = record_of("d", getpid());
	char *longest = arena_alloc(&arena, PATH_MAX), text[PATH_MAX];
	struct error err = ERROR_INIT;
	ssize_t n;

	(void)state;
	make("d", &r);
	n = readlinkat(root.fd, "d/" STATE_SUMMARY, text, sizeof(text) - 1);
	assert_true(n > 0);
	for (ssize_t i = 0; i < n; i++) {
		text[n] = '\0';
		text[i] ^= 1;
		assert_int_equal(unlinkat(root.fd, "d/" STATE_SUMMARY, 0), 0);
		if (text[i])
			assert_int_equal(symlinkat(text, root.fd, "d/" STATE_SUMMARY), 0);
		assert_int_equal(glance("d", false), STATUS_RUNNING);
		if (!text[i])
			assert_int_equal(symlinkat("x", root.fd, "d/" STATE_SUMMARY), 0);
		text[i] ^= 1;
	}
	discard("d");
	/* A path that makes it too long for a link. */
	memset(longest, 'x', PATH_MAX - 1);
	longest[0] = '/';
	make("d", NULL);
	r.bundle = longest;
	{
		_cleanup_close_ int dir = openat(root.fd, "d", O_RDONLY | O_DIRECTORY);

		assert_int_equal(record_write(dir, &r, &err), 0);
	}
	assert_false(has("d", STATE_SUMMARY));
	discard("d");
}

/* What a process shows by itself need not be in every summary: the record has it. */
static void freezer_in_summary(void **state)
{
	struct cgroup_dir v1 = { .dir = (char *)"/none/a", .controllers = (char *)"freezer", .version = 1 };
	struct cgroup_dir v2 = { .dir = (char *)"/none/b", .controllers = (char *)"", .version = 2 };
	struct record r = record_of("f", getpid());
	struct record summary;

	(void)state;
	r.cgroup = (struct cgroup){ .v = &v1, .n = 1 };
	make("f", &r);
	assert_true(record_read_summary(root.fd, "f", &arena, &summary));
	assert_true(summary.freezer_v1);
	assert_int_equal(summary.cgroup.n, 0);
	assert_int_equal(glance("f", false), STATUS_RUNNING);
	discard("f");

	r.cgroup = (struct cgroup){ .v = &v2, .n = 1 };
	make("f", &r);
	assert_true(record_read_summary(root.fd, "f", &arena, &summary));
	assert_false(summary.freezer_v1);
	assert_int_equal(summary.cgroup.n, 1);
	assert_string_equal(summary.cgroup.v[0].dir, "/none/b");
	assert_int_equal(glance("f", false), STATUS_RUNNING);
	discard("f");
}

static void list_many(void **state)
{
	struct error err = ERROR_INIT;
	struct record r = record_of("x", getpid());
	char id[32], **v;
	size_t n;

	(void)state;
	for (int i = 0; i < 300; i++) {
		(void)snprintf(id, sizeof(id), "c%03d", 299 - i);
		r.id = id;
		make(id, &r);
	}
	assert_int_equal(state_list(&root, true, &v, &n, &err), 0);
	assert_int_equal(n, 300);
	for (int i = 0; i < 300; i++) {
		(void)snprintf(id, sizeof(id), "c%03d", i);
		assert_string_equal(v[i], id);
		discard(id);
	}
	free(v);
}

/* On a full file system the old record stays, everything can be read, and removing needs no space. */
static int full_disk_child(void)
{
	struct error err = ERROR_INIT;
	struct record r = record_of("full", getpid());
	struct string_pair pair = { (char *)"big", NULL };
	char *big = arena_alloc(&arena, 200000);
	int dir = -1, fd;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", root.path, "tmpfs", 0, "size=64k,mode=0700") < 0)
		return 77;
	state_root_close(&root);
	if (!big || state_root_open(root_path, true, &root, &err) < 0)
		return 1;
	if (state_reserve(&root, "full", &dir, &err) < 0 || record_write(dir, &r, &err) < 0)
		return 2;
	memset(big, 'x', 199999);
	pair.value = big;
	r.annotations = (struct string_map){ &pair, 1 };
	if (record_write(dir, &r, &err) != -ENOSPC || err.code != ERR_STATE_WRITE ||
	    faccessat(dir, STATE_RECORD_NEW, F_OK, 0) == 0)
		return 3;
	fd = openat(root.fd, "filler", O_CREAT | O_WRONLY, 0600);
	while (write(fd, big, 4096) > 0)
		;
	if (status_of("full") != STATUS_RUNNING)
		return 4;
	error_clear(&err);
	return state_remove(&root, "full", dir, &err) < 0 ? 5 : 0;
}

static void full_disk(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	if (geteuid() != 0)
		skip();
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(full_disk_child());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
}

static int setup(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	if (!mkdtemp(top))
		return -1;
	(void)snprintf(root_path, sizeof(root_path), "%s/root", top);
	return state_root_open(root_path, true, &root, &err);
}

static int teardown(void **state)
{
	static const char *const dirs[] = { "a/b/c", "a/b", "a", "relative/x", "relative", "root" };

	(void)state;
	state_root_close(&root);
	(void)unlink(below("link"));
	(void)unlink(below("file"));
	for (size_t i = 0; i < ELEMENTSOF(dirs); i++)
		(void)rmdir(below(dirs[i]));
	arena_done(&arena);
	return rmdir(top);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids),		      cmocka_unit_test(roots),
		cmocka_unit_test(relative_root),      cmocka_unit_test(reserve_and_remove),
		cmocka_unit_test(statuses),	      cmocka_unit_test(stat_text),
		cmocka_unit_test(parallel_reserve),   cmocka_unit_test(create_against_delete),
		cmocka_unit_test(lock_is_waited_for), cmocka_unit_test(killed_create),
		cmocka_unit_test(earlier_boot),	      cmocka_unit_test(foreign_things_are_left_alone),
		cmocka_unit_test(killed_start),	      cmocka_unit_test(damaged_summary),
		cmocka_unit_test(freezer_in_summary),
		cmocka_unit_test(list_many),	      cmocka_unit_test(full_disk),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
