/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/init/init.h"
#include "libcontainer/init/lines.h"
#include "libcontainer/sys/cred.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/mount.h"
#include "libcontainer/sys/path.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>

#define PASSWD_MAX_SIZE (1u << 20)

static int cwd_open(struct init *i, const char *path)
{
	mode_t mask;
	int fd;

	if (!i->own_root)
		return path_open_in_root(i->fd_root, path, PATH_DIRECTORY);
	mask = umask(0);
	fd = path_make_in_root(i->fd_root, path, S_IFDIR | 0755, PATH_DIRECTORY, NULL);
	umask(mask);
	return fd;
}

int cwd_enter(struct init *i, const char *path, struct error *err)
{
	_cleanup_close_ int fd = -1;
	int r = init_root(i, err);

	if (r < 0)
		return r;
	fd = cwd_open(i, path);
	r = fd < 0 ? fd : sys_fchdir(fd);
	/*
	 * A directory that the kernel cannot reach from our root is one of the host, come by through a
	 * leaked descriptor (CVE-2024-21626).
	 */
	if (r == 0)
		r = MIN(sys_check_cwd(), 0);
	return r < 0 ? error_set(err, ERR_CWD, -r, "%s", path) : 0;
}

int op_cwd(struct init *i, const void *data, struct error *err)
{
	const struct op_path *op = data;
	const char *path = program_str(&i->program, op->path);
	int r = cwd_enter(i, path, err);

	/* Root of a user namespace, or of an NFS server's client, may be allowed less than the user. */
	if (r == -EACCES && walk_later(i, OP_USER)) {
		error_clear(err);
		i->cwd = path;
		return 0;
	}
	return r;
}

/* The home directory in a line of passwd(5) when its third field is exactly uid; else NULL. */
static const char *passwd_match(char *line, uint32_t uid)
{
	char *fields[7] = { NULL };
	uint32_t number;
	size_t n = 0;

	while (line && n < ELEMENTSOF(fields)) {
		fields[n++] = line;
		line = strchr(line, ':');
		if (line)
			*line++ = '\0';
	}
	if (n < 6 || str_to_u32(fields[2], &number) < 0 || number != uid)
		return NULL;
	return fields[5];
}

/*
 * The only file of the rootfs that berth reads on its own account. Opened for reading only once it has
 * proved to be a regular file: a FIFO would block us, a device could do anything.
 */
static int passwd_open(struct init *i)
{
	_cleanup_close_ int fd = path_open_in_root(i->fd_root, "/etc/passwd", 0);
	struct stat st;
	int r = fd < 0 ? fd : sys_fstat(fd, &st);

	if (r == 0 && !S_ISREG(st.st_mode))
		r = -EINVAL;
	if (r == 0)
		r = procfs_open(&i->proc, false);
	return r < 0 ? r : procfs_reopen(&i->proc, fd, O_RDONLY | O_NONBLOCK);
}

int op_home(struct init *i, const void *data, struct error *err)
{
	const struct op_home *op = data;
	struct lines l = { .fd = -1, .limit = PASSWD_MAX_SIZE };
	_cleanup_close_ int fd = -1;
	const char *home = NULL;
	char *line;
	int r = init_root(i, err);

	if (r < 0)
		return r;
	fd = passwd_open(i);
	l.fd = fd;
	while (fd >= 0 && !home && lines_next(&l, &line) > 0)
		home = passwd_match(line, op->uid);
	(void) snprintf(i->text, PATH_MAX, "HOME=%s", home && home[0] == '/' ? home : "/");
	i->home = i->text;
	i->path = i->text + strlen(i->text) + 1;
	return 0;
}
