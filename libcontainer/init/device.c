/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/init/init.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/mount.h"
#include "libcontainer/sys/path.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static bool device_is(const struct stat *st, uint32_t type, uint32_t major, uint32_t minor)
{
	if ((st->st_mode & S_IFMT) != type)
		return false;
	return type == S_IFIFO || st->st_rdev == makedev(major, minor);
}

int device_open_host(const char *path, uint32_t type, uint32_t major, uint32_t minor, struct error *err)
{
	_cleanup_close_ int fd = sys_openat(AT_FDCWD, path, O_PATH, 0);
	struct stat st;
	int r = fd < 0 ? fd : sys_fstat(fd, &st);

	if (r < 0)
		return error_set(err, ERR_DEVICE, r == -ENOENT ? 0 : -r, "%s of the host%s", path,
				 r == -ENOENT ? " does not exist" : "");
	if (!device_is(&st, type, major, minor))
		return error_set(err, ERR_DEVICE, 0, "%s of the host is not %u:%u", path, major, minor);
	return fd_steal(&fd);
}

int device_bind(struct init *i, int source, const char *path, struct error *err)
{
	_cleanup_close_ int target = -1, tree = -1;
	int r;

	/* Whoever made this name a symlink wants the device to appear elsewhere. */
	target = path_make_in_root(i->fd_root, path, S_IFREG | 0644, PATH_NO_SYMLINKS, NULL);
	if (target == -ELOOP)
		return error_set(err, ERR_PATH_ESCAPE, 0, "%s: a component of this path is a symlink", path);
	if (target < 0)
		return error_set(err, ERR_DEVICE, -target, "%s", path);
	tree = sys_open_tree_clone(source, "", false, false);
	if (tree == -ENOSYS || tree == -EPERM) {
		r = mount_legacy(i, NULL, source, target, NULL, MS_BIND, NULL);
	} else {
		r = tree < 0 ? tree : root_propagate(i, tree, false, MS_PRIVATE);
		/* A slave of the host's then, as "/" has been made: it sends nothing either. */
		if (r == 0 || r == -ENOSYS)
			r = sys_move_mount(tree, target);
	}
	return r < 0 ? error_set(err, ERR_DEVICE, -r, "%s cannot be bound", path) : 0;
}

static int device_bind_host(struct init *i, const struct op_device *op, struct error *err)
{
	const char *path = program_str(&i->program, op->path);
	_cleanup_close_ int host = device_open_host(path, op->type, op->major, op->minor, err);

	return host < 0 ? host : device_bind(i, host, path, err);
}

/* Exactly the mode and owner that were asked for: a default ACL or a set-gid directory may interfere. */
static int device_adjust(struct init *i, const struct op_device *op, int fd, const struct stat *st,
			 struct error *err)
{
	int r = 0;

	if (st->st_uid != op->uid || st->st_gid != op->gid)
		r = sys_fchownat(fd, "", op->uid, op->gid, AT_EMPTY_PATH);
	if (r < 0 || (st->st_mode & 07777) == op->mode)
		return r;
	r = init_proc(i, err);
	if (r < 0)
		return r;
	return procfs_chmod(&i->proc, fd, op->mode);
}

/* Whether the operation before this one was for a node of the same directory, which is open since then. */
static bool parent_is_open(const struct init *i, const char *path)
{
	const char *before = i->node_path, *slash = strrchr(path, '/');
	size_t len = slash ? (size_t) (slash - path) + 1 : 0;

	return i->fd_node_dir >= 0 && i->at == i->node_at + 1 && len > 0 && strncmp(path, before, len) == 0 &&
	       !strchr(before + len, '/');
}

/*
 * The directory of a node, i->fd_node_dir. /dev and what is in it are real directories: an image whose /dev is a
 * symlink gets an error, not device nodes somewhere else (CVE-2026-41579, CVE-2026-47766).
 */
static int parent_open(struct init *i, const char *path, const char **ret_name, struct error *err)
{
	unsigned flags = str_after(path, "/dev/") ? PATH_NO_SYMLINKS : 0;

	if (parent_is_open(i, path)) {
		*ret_name = strrchr(path, '/') + 1;
	} else {
		fd_close(&i->fd_node_dir);
		i->fd_node_dir = path_make_parent_in_root(i->fd_root, path, flags, ret_name);
	}
	i->node_at = i->at;
	i->node_path = path;
	if (i->fd_node_dir == -ELOOP)
		return error_set(err, ERR_PATH_ESCAPE, 0, "%s: a component of this path is a symlink", path);
	return i->fd_node_dir < 0 ? error_set(err, ERR_DEVICE, -i->fd_node_dir, "%s", path) : i->fd_node_dir;
}

/* As it should be already, which a new node nearly always is: nothing needs to be opened. */
static bool device_is_right(const struct op_device *op, int dir, const char *name)
{
	struct stat st;

	return sys_fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       device_is(&st, op->type, op->major, op->minor) && st.st_uid == op->uid && st.st_gid == op->gid &&
	       (st.st_mode & 07777) == op->mode;
}

int op_device(struct init *i, const void *data, struct error *err)
{
	const struct op_device *op = data;
	const char *path = program_str(&i->program, op->path), *name;
	_cleanup_close_ int fd = -1;
	struct stat st;
	int dir, r;

	if (op->flags & DEVICE_BIND)
		return device_bind_host(i, op, err);
	dir = parent_open(i, path, &name, err);
	if (dir < 0)
		return dir;
	r = sys_mknodat(dir, name, op->type | op->mode, op->major, op->minor);
	/* In a user namespace that nobody told us of. */
	if (r == -EPERM && op->type != S_IFIFO)
		return device_bind_host(i, op, err);
	if (r < 0 && r != -EEXIST)
		return error_set(err, ERR_DEVICE, -r, "%s", path);
	if (device_is_right(op, dir, name))
		return 0;
	fd = sys_openat(dir, name, O_PATH | O_NOFOLLOW, 0);
	r = fd < 0 ? fd : sys_fstat(fd, &st);
	if (r < 0)
		return error_set(err, ERR_DEVICE, -r, "%s", path);
	if (!device_is(&st, op->type, op->major, op->minor))
		return error_set(err, ERR_DEVICE, EEXIST, "%s is already there and something else", path);
	r = device_adjust(i, op, fd, &st, err);
	return r < 0 ? error_set(err, ERR_DEVICE, -r, "%s: owner and mode", path) : 0;
}

/* The target of a link may be relative to the directory of the link. */
static bool target_exists(const struct init *i, const char *target, int dir)
{
	_cleanup_close_ int fd = -1;

	if (target[0] == '/')
		/* Not followed at its end: /proc/self/fd/0 exists, but resolves to a magic link. */
		fd = path_open_in_root(i->fd_root, target, PATH_NOFOLLOW);
	else
		fd = path_open_in_root(dir, target, PATH_NOFOLLOW);
	return fd >= 0;
}

int op_symlink(struct init *i, const void *data, struct error *err)
{
	const struct op_symlink *op = data;
	const char *path = program_str(&i->program, op->path), *name;
	const char *target = program_str(&i->program, op->target);
	int dir = parent_open(i, path, &name, err), r;
	char existing[PATH_MAX];

	if (dir < 0)
		return dir;
	if (op->flags & SYMLINK_IF_TARGET && !target_exists(i, target, dir))
		return 0;
	r = sys_symlinkat(target, dir, name);
	if (r == -EEXIST && op->flags & SYMLINK_REPLACE &&
	    !(sys_readlinkat(dir, name, existing, sizeof(existing)) >= 0 && streq(existing, target))) {
		/* One component below a descriptor: cannot remove anything outside of the rootfs. */
		r = sys_unlinkat(dir, name, 0);
		if (r == 0)
			r = sys_symlinkat(target, dir, name);
	}
	return r == -EEXIST || r == 0 ? 0 : error_set(err, ERR_DEVICE, -r, "%s: symlink to %s", path, target);
}
