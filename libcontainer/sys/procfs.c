/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/procfs.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/call.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/mount.h"
#include "libcontainer/sys/path.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PROC_ROOT_INODE 1u

/* Whether fd is the root of a procfs and nothing else. */
static int procfs_verify(int fd)
{
	struct stat st;
	long type;
	int r;

	r = sys_fs_type(fd, &type);
	if (r == 0)
		r = sys_fstat(fd, &st);
	if (r < 0)
		return r;
	return type == PROC_SUPER_MAGIC && st.st_ino == PROC_ROOT_INODE ? 0 : -EXDEV;
}

static int procfs_new(bool full)
{
	_cleanup_close_ int fs = sys_fsopen("proc");
	int r;

	if (fs < 0)
		return fs;
	/* Kernels before 5.8 do not know the option; the whole procfs then does as well. */
	if (!full)
		(void) sys_fsconfig_set(fs, "subset", "pid");
	r = sys_fsconfig_command(fs, FSCONFIG_CMD_CREATE);
	if (r < 0)
		return r;
	return sys_fsmount(fs, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

/* The ways to get one, best first. */
static int procfs_try(unsigned way, bool full)
{
	switch (way) {
	case 0:
		return procfs_new(full);
	case 1:
		return sys_open_tree_clone(AT_FDCWD, "/proc", false, true);
	case 2:
		/* In a user namespace mounts below /proc may be locked, and only copied together. */
		return sys_open_tree_clone(AT_FDCWD, "/proc", true, true);
	default:
		return sys_openat(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
	}
}

/* Makes *fd, if it is what it should be, the handle. */
static int procfs_use(struct procfs *p, int *fd)
{
	int r = *fd < 0 ? *fd : procfs_verify(*fd);

	if (r == 0)
		r = sys_readlinkat(*fd, "self", p->self, sizeof(p->self));
	if (r < 0)
		return r;
	p->fd = fd_steal(fd);
	return 0;
}

int procfs_open(struct procfs *p, bool full)
{
	unsigned way;
	int r = -ENOENT;

	if (p->fd >= 0)
		return 0;
	for (way = 0; way < 4; way++) {
		_cleanup_close_ int fd = procfs_try(way, full);

		r = procfs_use(p, &fd);
		if (r == 0)
			return 0;
	}
	return r;
}

void procfs_take(struct procfs *p, int fd)
{
	_cleanup_close_ int own = p->fd < 0 ? sys_open_tree_clone(fd, "", false, false) : -1;

	/* What is mounted on the other one from now on must not come here, nor its "ro" forbid us to write. */
	if (own >= 0 && sys_mount_setattr(own, false, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
					  MOUNT_ATTR_RDONLY, MS_PRIVATE) == 0)
		(void) procfs_use(p, &own);
}

void procfs_close(struct procfs *p)
{
	fd_close(&p->fd);
}

/* Without openat2: component by component, each one still on this instance and no symlink. */
static int procfs_walk(const struct procfs *p, const char *path, int flags)
{
	_cleanup_close_ int at = -1;
	char name[NAME_MAX + 1];
	struct stat top, st;
	bool last = false;
	int fd, r;

	r = sys_fstat(p->fd, &top);
	while (r == 0 && !last) {
		size_t len = strcspn(path, "/");

		if (len == 0 || len >= sizeof(name))
			return -EINVAL;
		memcpy(name, path, len);
		name[len] = '\0';
		last = !path[len];
		path += len + !last;
		if (streq(name, ".."))
			return -EINVAL;
		fd = sys_openat(at < 0 ? p->fd : at, name, (last ? flags : O_PATH) | O_NOFOLLOW, 0);
		if (fd < 0)
			return fd;
		fd_close(&at);
		at = fd;
		r = sys_fstat(at, &st);
		if (r == 0 && st.st_dev != top.st_dev)
			r = -EXDEV;
	}
	return r < 0 ? r : fd_steal(&at);
}

int procfs_openat(const struct procfs *p, const char *path, int flags)
{
	int r = sys_openat2(p->fd, path, flags, RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS |
							RESOLVE_NO_MAGICLINKS);

	return r == -ENOSYS || r == -EPERM ? procfs_walk(p, path, flags) : r;
}

int procfs_open_self(const struct procfs *p, const char *path, int flags)
{
	char full[64];
	int n = snprintf(full, sizeof(full), "%s/%s", p->self, path);

	if (n < 0 || (size_t) n >= sizeof(full))
		return -ENAMETOOLONG;
	return procfs_openat(p, full, flags);
}

int procfs_open_magic(const struct procfs *p, const char *directory, const char *name, int flags)
{
	_cleanup_close_ int dir = procfs_open_self(p, directory, O_PATH | O_DIRECTORY);

	return dir < 0 ? dir : sys_openat(dir, name, flags, 0);
}

int procfs_reopen(const struct procfs *p, int fd, int flags)
{
	char name[16];

	(void) snprintf(name, sizeof(name), "%d", fd);
	return procfs_open_magic(p, "fd", name, flags);
}

int procfs_chmod(const struct procfs *p, int fd, mode_t mode)
{
	_cleanup_close_ int dir = procfs_open_self(p, "fd", O_PATH | O_DIRECTORY);
	char name[16];
	int r = SYS_FAULT("fchmodat");

	if (dir < 0)
		return dir;
	(void) snprintf(name, sizeof(name), "%d", fd);
	if (r == 0)
		r = fchmodat(dir, name, mode, 0) < 0 ? -errno : 0;
	return r < 0 ? SYS_FAILED(r, "fchmodat(%d, 0%o)", fd, (unsigned) mode) : 0;
}

void procfs_fd_path(const struct procfs *p, int fd, char *buf, size_t size)
{
	(void) snprintf(buf, size, "%s/fd/%d", p->self, fd);
}
