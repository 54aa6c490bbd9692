/* SPDX-License-Identifier: Apache-2.0 */
/* What others read: pid file, pidfd socket, and the connection to the console socket. */
#define _GNU_SOURCE
#include "base/fd.h"
#include "libcontainer/run/execute.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Opens the directory of path; *ret_name is what remains. */
static int open_parent(const char *path, const char **ret_name)
{
	char dir[4096];
	const char *slash = strrchr(path, '/');
	size_t n;

	*ret_name = slash ? slash + 1 : path;
	if (!**ret_name)
		return -EISDIR;
	if (!slash)
		return sys_openat(AT_FDCWD, ".", O_PATH | O_DIRECTORY, 0);
	n = slash == path ? 1 : (size_t)(slash - path);
	if (n >= sizeof(dir))
		return -ENAMETOOLONG;
	memcpy(dir, path, n);
	dir[n] = '\0';
	return sys_openat(AT_FDCWD, dir, O_PATH | O_DIRECTORY, 0);
}

int output_connect(const char *path, const char *what, struct error *err)
{
	const char *name;
	_cleanup_close_ int dir = open_parent(path, &name);
	int r = dir < 0 ? dir : sys_socket_connect(SOCK_STREAM, dir, name);

	return r < 0 ? error_set(err, ERR_SOCKET, -r, "%s %s", what, path) : r;
}

void pid_file_forget(const char *path)
{
	const char *name;
	_cleanup_close_ int dir = open_parent(path, &name);

	if (dir >= 0)
		(void)sys_unlinkat(dir, name, 0);
}

/*
 * Decimal digits and nothing else, complete from the first moment on: readers poll for the name and
 * convert the bytes as they are.
 */
int op_pid_file(struct execution *x, const void *data, struct error *err)
{
	const struct op_output *op = data;
	const char *path = program_str(&x->program, op->path), *name;
	_cleanup_close_ int dir = open_parent(path, &name), fd = -1;
	char text[16], temporary[64];
	int r = dir;

	if (dir >= 0) {
		snprintf(text, sizeof(text), "%d", (int)x->pid);
		snprintf(temporary, sizeof(temporary), ".berth-pid-%d", (int)getpid());
		(void)sys_unlinkat(dir, temporary, 0); /* of a killed command whose pid we have now */
		r = fd = sys_openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644);
	}
	if (r >= 0)
		r = sys_fchmod(fd, 0644);
	if (r >= 0)
		r = sys_write_all(fd, text, strlen(text));
	if (r >= 0)
		r = sys_renameat(dir, temporary, dir, name);
	if (r >= 0)
		return 0;
	if (fd >= 0)
		(void)sys_unlinkat(dir, temporary, 0);
	return error_set(err, ERR_FILE_OUTPUT, -r, "pid file %s", path);
}

/* Removes it only if it is the one that was written: a file that failed to be replaced is not ours. */
void undo_pid_file(struct execution *x, const void *data)
{
	const struct op_output *op = data;
	const char *path = program_str(&x->program, op->path), *name;
	_cleanup_close_ int dir = open_parent(path, &name);
	char text[16], mine[16];

	snprintf(mine, sizeof(mine), "%d", (int)x->pid);
	if (dir >= 0 && sys_read_file(dir, name, text, sizeof(text)) > 0 && strcmp(text, mine) == 0)
		(void)sys_unlinkat(dir, name, 0);
}

int op_pidfd_socket(struct execution *x, const void *data, struct error *err)
{
	static const char payload[] = "pidfd";
	const struct op_output *op = data;
	const char *path = program_str(&x->program, op->path);
	_cleanup_close_ int sock = output_connect(path, "pidfd socket", err);
	int r;

	if (sock < 0)
		return sock;
	r = sys_pass_fd(sock, payload, sizeof(payload) - 1, x->pidfd);
	return r < 0 ? error_set(err, ERR_SOCKET, -r, "pidfd socket %s", path) : 0;
}
