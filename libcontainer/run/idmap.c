/* SPDX-License-Identifier: Apache-2.0 */
/* User and group id maps: of init, and of user namespaces that only carry a map for a mount. */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/run/command.h"
#include "libcontainer/run/execute.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/pidfd.h"
#include "libcontainer/sys/process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <unistd.h>

#define MAP_WORDS_MAX (3 * 340 + 3) /* the kernel takes 340 lines */
#define HELPER_TIMEOUT_MS 10000

extern char **environ;

int proc_open_child(pid_t pid, struct error *err)
{
	_cleanup_close_ int fd = -1;
	struct statfs fs;
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	fd = sys_openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
	if (fd < 0)
		return error_set(err, ERR_SYSTEM, -fd, "%s", path);
	/* A file system that somebody else has put there would swallow or answer what is written. */
	if (fstatfs(fd, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return error_set(err, ERR_SYSTEM, 0, "/proc is not procfs");
	return fd_steal(&fd);
}

/* Splits a map into the words of a command line. The text is changed. */
static int map_words(char *map, char **argv, size_t n, size_t size)
{
	char *save = NULL;

	for (char *w = strtok_r(map, " \n", &save); w; w = strtok_r(NULL, " \n", &save)) {
		if (n + 1 >= size)
			return -E2BIG;
		argv[n++] = w;
	}
	argv[n] = NULL;
	return 0;
}

/*
 * Without privilege in the parent user namespace only one's own id can be mapped directly; for the ranges
 * of /etc/subuid there are set-user-id helpers, which are told the pid.
 */
static int map_by_helper(struct execution *x, const char *name, const char *text, struct error *err)
{
	char *argv[MAP_WORDS_MAX], path[4096], pid[16], map[340 * 36];
	struct command_result result;
	struct command c = {
		.path = path,
		.argv = argv,
		.envp = environ,
		.cwd = "/",
		.timeout_ms = HELPER_TIMEOUT_MS,
		.other_child = x->pid,
	};
	_cleanup_close_ int null = -1;
	int r;

	if (!command_find(name, path, sizeof(path)))
		return error_set(err, ERR_IDMAP, EPERM, "not privileged, and %s is not installed", name);
	snprintf(pid, sizeof(pid), "%d", (int)x->pid);
	argv[0] = path;
	argv[1] = pid;
	if (str_copy(map, sizeof(map), text) != strlen(text) || map_words(map, argv, 2, MAP_WORDS_MAX) < 0)
		return error_set(err, ERR_IDMAP, E2BIG, "too many mappings");
	c.input = null = sys_openat(AT_FDCWD, "/dev/null", O_RDONLY, 0);
	if (null < 0)
		return error_set(err, ERR_IDMAP, -null, "/dev/null");
	r = command_run(&c, &x->watch, &result, err);
	if (r < 0)
		return r;
	if (result.errnum == 0 && !result.timed_out && result.status == 0)
		return 0;
	error_set(err, ERR_IDMAP, result.errnum, "%s failed", path);
	if (result.tail[0])
		error_add_cause(err, "%s", result.tail);
	return -EPERM;
}

static int map_write(struct execution *x, int proc, const char *file, const char *helper, const char *text,
		     struct error *err)
{
	int r = sys_write_file(proc, file, text);

	if (r == -EPERM && x && geteuid() != 0)
		return map_by_helper(x, helper, text, err);
	return r < 0 ? error_set(err, ERR_IDMAP, -r, "%s", file) : 0;
}

/* x: only with an execution can a helper be run. */
static int maps_write(struct execution *x, pid_t pid, const char *uid_map, const char *gid_map,
		      bool deny_setgroups, struct error *err)
{
	_cleanup_close_ int proc = proc_open_child(pid, err);
	int r = 0;

	if (proc < 0)
		return proc;
	if (uid_map)
		r = map_write(x, proc, "uid_map", "newuidmap", uid_map, err);
	if (r == 0 && deny_setgroups) {
		r = sys_write_file(proc, "setgroups", "deny");
		if (r < 0)
			return error_set(err, ERR_IDMAP, -r, "setgroups");
	}
	if (r == 0 && gid_map)
		r = map_write(x, proc, "gid_map", "newgidmap", gid_map, err);
	return r;
}

int op_id_map(struct execution *x, const void *data, struct error *err)
{
	const struct op_id_map *op = data;

	return maps_write(x, x->pid, program_str(&x->program, op->uid_map),
			  program_str(&x->program, op->gid_map), op->deny_setgroups, err);
}

int idmap_namespace(const char *uid_map, const char *gid_map, struct error *err)
{
	struct sys_clone c = { .flags = CLONE_NEWUSER, .cgroup = -1 };
	_cleanup_close_ _unused_ int pidfd = -1; /* held until we return */
	_cleanup_close_ int proc = -1;
	int status, r, fd = -1;
	pid_t pid = sys_clone(&c);

	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	if (pid < 0)
		return error_set(err, ERR_IDMAP, -pid, "cannot make a user namespace");
	pidfd = c.pidfd;
	r = maps_write(NULL, pid, uid_map, gid_map, false, err);
	if (r == 0) {
		proc = proc_open_child(pid, err);
		fd = proc < 0 ? proc : sys_openat(proc, "ns/user", O_RDONLY, 0);
		r = fd < 0 ? error_set(err, ERR_IDMAP, -fd, "user namespace of the mount") : 0;
	}
	(void)kill(pid, SIGKILL); /* unreaped: still our child */
	(void)sys_reap(pid, &status, false);
	return r < 0 ? r : fd;
}
