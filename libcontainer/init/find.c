/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/init/init.h"
#include "libcontainer/sys/child.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/mount.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Where the program is, and in whose words it cannot be executed. Engines read the sentences: 126 for
 * "permission denied" and "is a directory", 127 for "not found in $PATH" and "no such file or directory";
 * one sentence must never hold both kinds.
 */

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* 0 when path is a file that we may execute; -EISDIR for a directory. */
static int candidate_check(const char *path)
{
	struct stat st;
	int r = sys_fstatat(AT_FDCWD, path, &st, 0);

	if (r < 0)
		return r;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	return sys_can_execute(path);
}

static int find_fail(const char *file, int r, struct error *err)
{
	if (r == -EISDIR) {
		/* Podman's tests want exactly this end; Docker wants the middle. */
		(void) error_set(err, ERR_EXEC, 0,
				 "\"%s\": is a directory: the path `%s` is not a regular file: "
				 "Operation not permitted",
				 file, file);
		return r;
	}
	if (r == -EACCES)
		return find_explain(file, file, r, err);
	return error_set(err, ERR_EXEC, -r, "\"%s\": stat %s", file, file);
}

/* As execvp(3): the first that can be executed; one that may not is remembered. */
static int find_in_path(struct init *i, const char *file, const char *path, struct error *err)
{
	const char *dir = path ? path : DEFAULT_PATH;
	char denied[PATH_MAX] = "";
	int r = -ENOENT;

	while (*file) {
		size_t len = strcspn(dir, ":");
		int n = snprintf(i->path, PATH_MAX, "%.*s%s%s", (int) len, dir, len ? "/" : "./", file);

		r = n < 0 || (size_t) n >= PATH_MAX ? -ENAMETOOLONG : candidate_check(i->path);
		if (r == 0)
			return 0;
		if (r == -EACCES && !denied[0])
			(void) str_copy(denied, sizeof(denied), i->path);
		if (!dir[len])
			break;
		dir += len + 1;
	}
	i->path[0] = '\0';
	if (denied[0])
		return find_explain(file, denied, -EACCES, err);
	return error_set(err, ERR_EXEC, ENOENT, "\"%s\": executable file not found in $PATH", file);
}

int find_program(struct init *i, const char *file, const char *path, struct error *err)
{
	int r;

	if (!strchr(file, '/'))
		return find_in_path(i, file, path, err);
	if (strlen(file) >= PATH_MAX)
		return error_set(err, ERR_EXEC, ENAMETOOLONG, "\"%.64s...\"", file);
	r = candidate_check(file);
	if (r < 0)
		return find_fail(file, r, err);
	(void) str_copy(i->path, PATH_MAX, file);
	return 0;
}

int op_find_program(struct init *i, const void *data, struct error *err)
{
	const struct op_find_program *op = data;
	int r = find_program(i, program_str(&i->program, op->file), program_str(&i->program, op->path), err);

	/* A startContainer hook may still bring it. */
	if (r < 0 && walk_later(i, OP_HOOK_INIT)) {
		error_clear(err);
		i->path[0] = '\0';
		return 0;
	}
	return r;
}
