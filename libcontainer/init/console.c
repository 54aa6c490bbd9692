/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "libcontainer/init/init.h"
#include "libcontainer/sys/child.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/mount.h"
#include "libcontainer/sys/path.h"
#include "libcontainer/sys/pty.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/*
 * The multiplexer of the container's own devpts. Opened only after it has proved to be one: the image
 * may have put anything there (CVE-2025-52565).
 */
static int ptmx_open(struct init *i, struct error *err)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	long type;
	int r = init_root(i, err);

	if (r < 0)
		return r;
	fd = path_open_in_root(i->fd_root, "/dev/pts/ptmx", PATH_NO_SYMLINKS);
	if (fd == -ENOENT)
		return error_set(err, ERR_CONSOLE, 0, "needs a devpts mounted at /dev/pts");
	r = fd < 0 ? fd : sys_fstat(fd, &st);
	if (r == 0)
		r = sys_fs_type(fd, &type);
	if (r < 0)
		return error_set(err, ERR_CONSOLE, -r, "/dev/pts/ptmx");
	if (type != DEVPTS_SUPER_MAGIC || !S_ISCHR(st.st_mode) || st.st_rdev != makedev(5, 2))
		return error_set(err, ERR_CONSOLE, 0, "/dev/pts/ptmx is not the multiplexer of a devpts");
	r = init_proc(i, err);
	if (r < 0)
		return r;
	r = procfs_reopen(&i->proc, fd, O_RDWR | O_NOCTTY);
	return r < 0 ? error_set(err, ERR_CONSOLE, -r, "/dev/pts/ptmx") : r;
}

/*
 * The slave belongs to the user of the process, its group stays what the devpts mount has set (tty),
 * unless that is root, which means that it has set none.
 */
static int slave_chown(int slave, const struct op_console *op)
{
	struct stat st;
	int r = sys_fstat(slave, &st);

	if (r < 0)
		return r;
	r = sys_fchown(slave, op->uid, st.st_gid ? (gid_t) -1 : op->gid);
	return r == -EINVAL || r == -EPERM || r == -EROFS ? 0 : r;
}

/* The program gets the slave alone; the caller's streams are let go of here, so that they can end. */
static int slave_take(int slave)
{
	int r = sys_pty_set_controlling(slave), k;

	for (k = 0; k < 3 && r >= 0; k++)
		r = sys_dup2(slave, k);
	return MIN(r, 0);
}

int op_console(struct init *i, const void *data, struct error *err)
{
	const struct op_console *op = data;
	_cleanup_close_ int master = ptmx_open(i, err), slave = -1;
	unsigned number = 0;
	char name[32];
	int r;

	if (master < 0)
		return master;
	r = sys_pty_unlock(master, &number);
	if (r == 0)
		r = slave = sys_pty_peer(master);
	if (r >= 0 && op->width && op->height)
		r = sys_pty_set_size(slave, op->width, op->height);
	if (r >= 0)
		r = slave_chown(slave, op);
	if (r < 0)
		return error_set(err, ERR_CONSOLE, -r, "cannot be set up");
	if (op->mount) {
		r = device_bind(i, slave, "/dev/console", err);
		if (r < 0)
			return r;
	}
	(void) snprintf(name, sizeof(name), "/dev/pts/%u", number);
	r = sys_send_fd(i->fd_console, master, name);
	if (r < 0)
		return error_set(err, ERR_CONSOLE, -r, "cannot be sent to the console socket");
	fd_close(&i->fd_console);
	r = slave_take(slave);
	if (slave <= 2)
		(void) fd_steal(&slave);
	return r < 0 ? error_set(err, ERR_CONSOLE, -r, "cannot become the controlling terminal") : 0;
}

/*
 * A stream that is the host's /dev/null becomes the container's, if that is one: otherwise the program
 * holds an inode of the host's /dev, which it could reopen with other rights.
 */
static void reopen_null(struct init *i, int stream)
{
	_cleanup_close_ int null = path_open_in_root(i->fd_root, "/dev/null", PATH_NOFOLLOW), fd = -1;
	struct error err = ERROR_INIT;
	struct stat st;

	if (null < 0 || sys_fstat(null, &st) < 0 || !S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3))
		return;
	if (init_proc(i, &err) < 0)
		return;
	fd = procfs_reopen(&i->proc, null, O_RDWR);
	if (fd >= 0)
		(void) sys_dup2(fd, stream);
}

int op_stdio(struct init *i, const void *data, struct error *err)
{
	const struct op_user *op = data;
	struct stat st;
	int k, r = init_root(i, err);

	if (r < 0)
		return r;
	for (k = 0; k < 3; k++) {
		if (sys_fstat(k, &st) < 0)
			continue;
		if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3))
			reopen_null(i, k);
		/* Never a device: that would give the container's user the host's /dev/null or terminal. */
		if (!S_ISFIFO(st.st_mode) && !S_ISSOCK(st.st_mode) && !S_ISREG(st.st_mode))
			continue;
		if (st.st_uid == op->uid)
			continue;
		r = sys_fchown(k, op->uid, (gid_t) -1);
		if (r < 0 && r != -EINVAL && r != -EPERM && r != -EROFS)
			return error_set(err, ERR_CONSOLE, -r, "stream %d cannot be given to user %u", k, op->uid);
	}
	return 0;
}
