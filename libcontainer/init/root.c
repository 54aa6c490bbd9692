/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/init/init.h"
#include "libcontainer/sys/cred.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/mount.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>

int init_root(struct init *i, struct error *err)
{
	if (i->fd_root >= 0)
		return 0;
	i->fd_root = sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0);
	return i->fd_root < 0 ? error_set(err, ERR_ROOTFS, -i->fd_root, "/") : 0;
}

int init_proc(struct init *i, struct error *err)
{
	int r = procfs_open(&i->proc, false);

	return r < 0 ? error_set(err, ERR_SYSTEM, -r, "open a private procfs") : 0;
}

int root_propagate(struct init *i, int fd, bool attached, uint32_t flags)
{
	int r = sys_mount_setattr(fd, flags & MS_REC, 0, 0, flags & ~(uint32_t) MS_REC);

	if (r != -ENOSYS && r != -EPERM)
		return r;
	return attached ? mount_legacy(i, NULL, -1, fd, NULL, flags, NULL) : -ENOSYS;
}

/*
 * The mount that holds the rootfs must not be shared: our mounts would appear on the host, and
 * pivot_root refuses. A slave still sees the host's; a rootfs that is to be shared gets a peer group of
 * its own and so must leave the host's entirely. Only the root of a mount can be asked, so go up to it.
 */
static int parent_unshare(struct init *i, int fd, bool shared)
{
	_cleanup_close_ int at = sys_dup_above(fd, 0);
	int up, r = at;
	unsigned depth;

	for (depth = 0; r >= 0 && depth < PATH_MAX / 2; depth++) {
		r = root_propagate(i, at, true, shared ? MS_PRIVATE : MS_SLAVE);
		if (r != -EINVAL)
			return r;
		up = sys_openat(at, "..", O_PATH | O_DIRECTORY, 0);
		if (up < 0)
			return up;
		fd_close(&at);
		at = up;
		r = 0;
	}
	return r < 0 ? r : -ELOOP;
}

/* Makes the rootfs the root of a mount, as pivot_root wants, and opens it. */
static int root_bind(struct init *i, const char *path, int fd, struct error *err)
{
	_cleanup_close_ int tree = sys_open_tree_clone(fd, "", true, false);
	int r;

	if (tree == -ENOSYS || tree == -EPERM) {
		r = mount_legacy(i, NULL, fd, fd, NULL, MS_BIND | MS_REC, NULL);
		if (r == 0)
			tree = sys_openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
	} else if (tree >= 0) {
		r = sys_move_mount(tree, fd);
	} else {
		r = tree;
	}
	if (r == 0 && tree < 0)
		r = tree;
	if (r < 0)
		return error_set(err, ERR_ROOTFS, -r, "%s cannot be made a mount", path);
	i->fd_root = fd_steal(&tree);
	return 0;
}

int op_root_open(struct init *i, const void *data, struct error *err)
{
	const struct op_root_open *op = data;
	const char *path = program_str(&i->program, op->path);
	_cleanup_close_ int fd = -1;
	int r;

	i->own_root = true;
	if (!(op->flags & ROOT_NO_MOUNT_NS) && op->propagation) {
		r = sys_mount(NULL, "/", NULL, op->propagation, NULL);
		if (r < 0)
			return error_set(err, ERR_ROOTFS, -r, "cannot set the propagation of the host's mounts");
	}
	/* The runtime has resolved it: a symlink here now was put there to deceive us. */
	fd = sys_openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
	if (fd == -ENOENT)
		return error_set(err, ERR_ROOTFS, 0, "%s does not exist", path);
	if (fd < 0)
		return error_set(err, ERR_ROOTFS, -fd, "%s", path);
	if (op->flags & ROOT_NO_MOUNT_NS) {
		i->fd_root = fd_steal(&fd);
		return 0;
	}
	/* After a recursive change to anything but shared, nothing is shared any more. */
	if (!(op->propagation & MS_REC) || op->propagation & MS_SHARED) {
		r = parent_unshare(i, fd, op->propagation & MS_SHARED);
		if (r < 0)
			return error_set(err, ERR_ROOTFS, -r, "%s is on a mount that stays shared", path);
	}
	return root_bind(i, path, fd, err);
}

/*
 * pivot_root(".", "."): the old root ends up mounted on top of the new one and is taken away at once. It
 * is a slave first, or unmounting it would unmount the host's.
 */
static int enter_pivot(struct init *i)
{
	_cleanup_close_ int old = sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0);
	int r;

	if (old < 0)
		return old;
	r = sys_fchdir(i->fd_root);
	if (r == 0)
		r = sys_pivot_root(".", ".");
	if (r == 0)
		r = sys_fchdir(old);
	if (r == 0)
		r = root_propagate(i, old, true, MS_SLAVE | MS_REC);
	if (r == 0)
		r = sys_umount(".", MNT_DETACH);
	return r < 0 ? r : sys_fchdir(i->fd_root);
}

static int enter_chroot(struct init *i)
{
	int r = sys_fchdir(i->fd_root);

	if (r == 0)
		r = sys_chroot(".");
	return r == 0 ? sys_chdir("/") : r;
}

/* For a root of the host that cannot be pivoted away, such as an initramfs. */
static int enter_move(struct init *i)
{
	_cleanup_close_ int old = -1;
	int r = root_hide_kernel_mounts(i);

	if (r < 0)
		return r;
	old = sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0);
	if (old < 0)
		return old;
	r = sys_move_mount(i->fd_root, old);
	if (r == -ENOSYS)
		r = mount_legacy(i, NULL, i->fd_root, old, NULL, MS_MOVE, NULL);
	return r < 0 ? r : enter_chroot(i);
}

int op_root_enter(struct init *i, const void *data, struct error *err)
{
	const struct op_root_enter *op = data;
	int r = mask_prepare(i, err);

	if (r < 0)
		return r;
	switch (op->method) {
	case ROOT_ENTER_PIVOT:
		r = enter_pivot(i);
		break;
	case ROOT_ENTER_MOVE:
		r = enter_move(i);
		break;
	default:
		r = enter_chroot(i);
		break;
	}
	if (r < 0) {
		(void) error_set(err, ERR_ROOTFS, -r, "cannot be entered");
		if (r == -EINVAL && op->method == ROOT_ENTER_PIVOT)
			error_add_hint(err, "a root file system on an initramfs needs --no-pivot");
		return r;
	}
	i->entered = true;
	return 0;
}

int op_root_propagation(struct init *i, const void *data, struct error *err)
{
	const struct op_root_propagation *op = data;
	int r = root_propagate(i, i->fd_root, true, op->flags);

	return r < 0 ? error_set(err, ERR_ROOTFS, -r, "cannot get its propagation") : 0;
}

int op_root_readonly(struct init *i, const void *data, struct error *err)
{
	int r = mount_attributes(i, i->fd_root, true, false, MOUNT_ATTR_RDONLY, 0);

	(void) data;
	return r < 0 ? error_set(err, ERR_ROOTFS, -r, "cannot be made read-only") : 0;
}
