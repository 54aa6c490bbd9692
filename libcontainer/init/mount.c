/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/init/init.h"
#include "libcontainer/sys/cgroupfs.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/mount.h"
#include "libcontainer/sys/path.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>

/*
 * Each mount is made detached, gets its attributes and its propagation, and is then attached at a
 * descriptor that the resolver has found: it is never visible without its flags, and nobody can move
 * the place away between looking and mounting.
 */

int mount_fail(const struct init *i, const struct op_mount *op, int r, const char *what, struct error *err)
{
	const char *target = program_str(&i->program, op->target);
	const char *source = program_str(&i->program, op->source);
	const char *fstype = program_str(&i->program, op->fstype);
	bool bind = op->kind == MOUNT_KIND_BIND;
	/* Engines take "no such file or directory" for a missing program. */
	int errnum = r == -ENOENT ? 0 : -r;
	char index[32] = "mount";

	if (op->index != UINT32_MAX)
		(void) snprintf(index, sizeof(index), "mounts[%u]", op->index);
	(void) error_set(err, ERR_MOUNT, errnum, "%s (%s): %s %s%s%s", index, target,
			 bind ? "bind of" : op->kind == MOUNT_KIND_REMOUNT ? "remount" : "mount of",
			 bind ? (source ? source : "") : (fstype ? fstype : ""), what ? ": " : "",
			 what ? what : "");
	if (r == -ENOENT)
		error_add_cause(err, "it does not exist");
	if (r == -EOPNOTSUPP && (op->rattr_set || op->rattr_clear))
		error_add_hint(err, "recursive options need mount_setattr, of Linux 5.12");
	return r;
}

/* The object to mount on. *ret_mode: of a directory that was there before, else -1. */
static int target_open(struct init *i, const struct op_mount *op, bool directory, int *ret_mode,
		       struct error *err)
{
	const char *target = program_str(&i->program, op->target);
	bool created = false;
	unsigned flags = 0;
	struct stat st;
	int fd, r;

	/* Here a symlink is a trap: what berth writes to proc or sys would go where the image wants. */
	if (op->flags & MOUNT_REAL_DIR)
		flags = PATH_NO_SYMLINKS;
	if (op->flags & MOUNT_DEST_NOFOLLOW)
		flags |= PATH_NOFOLLOW;
	/* Mount points are missing in groups: below a tmpfs all of them are. */
	if (i->target_was_new)
		flags |= PATH_LIKELY_NEW;
	fd = path_make_in_root(i->fd_root, target, directory ? S_IFDIR | 0755 : S_IFREG | 0644, flags, &created);
	if (fd == -ELOOP && op->flags & MOUNT_REAL_DIR)
		return error_set(err, ERR_PATH_ESCAPE, 0, "%s: a component of this mount point is a symlink",
				 target);
	if (fd < 0)
		return mount_fail(i, op, fd, "mount point", err);
	i->target_was_new = created;
	*ret_mode = -1;
	if (created || !directory)
		return fd;
	r = sys_fstat(fd, &st);
	if (r == 0 && !S_ISDIR(st.st_mode) && !S_ISLNK(st.st_mode))
		r = -ENOTDIR;
	if (r < 0) {
		fd_close(&fd);
		return mount_fail(i, op, r, "mount point", err);
	}
	*ret_mode = st.st_mode & 07777;
	return fd;
}

/*
 * A mount that names no propagation must at least not send events to the host. It still receives them,
 * so that what the host unmounts does not stay busy here. Those that do name one keep their peer group
 * until then: "shared" and "slave" mean the host's.
 */
static int apply_propagation(struct init *i, const struct op_mount *op, int tree, bool attached)
{
	const uint32_t *list = program_blob(&i->program, op->propagations);
	uint32_t k;
	int r = 0;

	if (op->n_propagation > 1 && list) {
		for (k = 0; k < op->n_propagation && r == 0; k++)
			r = root_propagate(i, tree, attached, list[k]);
		return r;
	}
	if (op->propagation)
		return root_propagate(i, tree, attached, op->propagation);
	return op->kind == MOUNT_KIND_BIND ? root_propagate(i, tree, attached, MS_SLAVE | MS_REC) : 0;
}

/*
 * attached: mount(2) can take the place of mount_setattr(2), if need be. made: the mount was created
 * with its attributes.
 */
static int apply_attributes(struct init *i, const struct op_mount *op, int fd, bool attached, bool made)
{
	int r = 0;

	if (!made && (op->attr_set || op->attr_clear))
		r = mount_attributes(i, fd, attached, false, op->attr_set, op->attr_clear);
	if (r == 0 && (op->rattr_set || op->rattr_clear))
		r = mount_attributes(i, fd, attached, true, op->rattr_set, op->rattr_clear);
	return r;
}

/* A single mount takes both in one call. -ENOSYS: it is not single, or this needs the ways around of the two above. */
static int apply_at_once(const struct op_mount *op, int tree)
{
	uint32_t propagation = op->propagation ? op->propagation & ~(uint32_t) MS_REC : MS_SLAVE;
	int r;

	if (op->kind != MOUNT_KIND_BIND || op->flags & MOUNT_RECURSIVE || op->n_propagation > 1 ||
	    op->rattr_set || op->rattr_clear)
		return -ENOSYS;
	r = sys_mount_setattr(tree, false, op->attr_set, op->attr_clear, propagation);
	return r == -EPERM ? -ENOSYS : r;
}

static int apply_detached(struct init *i, const struct op_mount *op, int tree, bool made)
{
	int r = apply_at_once(op, tree);

	if (r != -ENOSYS)
		return r;
	r = apply_attributes(i, op, tree, false, made);
	return r < 0 ? r : apply_propagation(i, op, tree, false);
}

/* Attributes, propagation and content of a detached mount; then attaches it. */
static int tree_attach(struct init *i, const struct op_mount *op, int tree, int target, bool made,
		       struct error *err)
{
	bool late = false;
	int r;

	if (op->flags & MOUNT_TMPCOPYUP && tmpcopyup(target, tree, err) < 0)
		return mount_fail(i, op, -EIO, "copy the directory's content", err);
	r = apply_detached(i, op, tree, made);
	if (r == -ENOSYS) {
		/* mount(2) changes attached mounts only. */
		late = true;
		r = 0;
	}
	if (r < 0)
		return mount_fail(i, op, r, "attributes", err);
	r = sys_move_mount(tree, target);
	if (r == 0 && late)
		r = apply_attributes(i, op, tree, true, made);
	if (r == 0 && late)
		r = apply_propagation(i, op, tree, true);
	return r < 0 ? mount_fail(i, op, r, NULL, err) : 0;
}

/* On the rootfs itself: from now on the root is what was mounted. */
static int adopt_root(struct init *i, const struct op_mount *op, int *tree)
{
	const char *target = program_str(&i->program, op->target);

	if (target[strspn(target, "/.")] != '\0')
		return 0;
	fd_close(&i->fd_root);
	i->fd_root = fd_steal(tree);
	return 0;
}

/* mount(2): the mount appears at once, so flags follow as fast as can be. */
static int mount_old_way(struct init *i, const struct op_mount *op, int target, int target_mode,
			 struct error *err)
{
	const char *name = program_str(&i->program, op->target);
	_cleanup_close_ int mounted = -1;
	char data[4096];
	int r;

	r = mount_legacy_data(i, op, target_mode, data, sizeof(data));
	if (r == 0 && op->kind == MOUNT_KIND_BIND)
		r = mount_legacy(i, program_str(&i->program, op->source), -1, target, NULL,
				 MS_BIND | (op->flags & MOUNT_RECURSIVE ? MS_REC : 0), NULL);
	else if (r == 0)
		r = mount_legacy(i, program_str(&i->program, op->source), -1, target,
				 program_str(&i->program, op->fstype), op->sb_set, data);
	if ((r == -EPERM || r == -EBUSY) && op->fallback)
		r = mount_legacy(i, program_str(&i->program, op->fallback), -1, target, NULL, MS_BIND | MS_REC, NULL);
	if (r < 0)
		return mount_fail(i, op, r, NULL, err);
	/* The descriptor still names what lies below. */
	mounted = path_open_in_root(i->fd_root, name, op->flags & MOUNT_REAL_DIR ? PATH_NO_SYMLINKS : 0);
	if (mounted < 0)
		return mount_fail(i, op, mounted, "mount point", err);
	if (op->flags & MOUNT_TMPCOPYUP && tmpcopyup(target, mounted, err) < 0)
		return mount_fail(i, op, -EIO, "copy the directory's content", err);
	r = apply_attributes(i, op, mounted, true, false);
	if (r == 0)
		r = apply_propagation(i, op, mounted, true);
	return r < 0 ? mount_fail(i, op, r, "attributes", err) : adopt_root(i, op, &mounted);
}

static int copy_symlink(struct init *i, const struct op_mount *op, const char *text, struct error *err)
{
	const char *path = program_str(&i->program, op->target), *name;
	char existing[PATH_MAX];
	_cleanup_close_ int dir = path_make_parent_in_root(i->fd_root, path, 0, &name);
	int r;

	r = dir < 0 ? dir : sys_symlinkat(text, dir, name);
	if (r == -EEXIST && sys_readlinkat(dir, name, existing, sizeof(existing)) >= 0 && streq(existing, text))
		r = 0;
	return r < 0 ? mount_fail(i, op, r, "copy the symlink", err) : 0;
}

/*
 * The source of a bind mount, as a detached mount. 1 when there is nothing left to do: the source may
 * be missing, or it was a symlink to copy.
 */
static int source_clone(struct init *i, const struct op_mount *op, int *ret, struct error *err)
{
	const char *source = program_str(&i->program, op->source);
	bool nofollow = op->flags & (MOUNT_SRC_NOFOLLOW | MOUNT_COPY_SYMLINK);
	char link[PATH_MAX];
	int r;

	if (op->flags & MOUNT_COPY_SYMLINK && sys_readlinkat(AT_FDCWD, source, link, sizeof(link)) >= 0) {
		r = copy_symlink(i, op, link, err);
		return r < 0 ? r : 1;
	}
	r = sys_open_tree_clone(AT_FDCWD, source, op->flags & MOUNT_RECURSIVE, nofollow);
	if (r == -ENOENT && op->flags & MOUNT_OPTIONAL)
		return 1;
	if (r >= 0) {
		*ret = r;
		return 0;
	}
	return r == -ENOSYS || r == -EPERM ? -ENOSYS : mount_fail(i, op, r, NULL, err);
}

static bool source_is_directory(struct init *i, const struct op_mount *op, int tree)
{
	const char *source = program_str(&i->program, op->source);
	struct stat st;
	int r;

	if (tree >= 0)
		r = sys_fstat(tree, &st);
	else
		r = sys_fstatat(AT_FDCWD, source, &st, 0);
	return r < 0 || S_ISDIR(st.st_mode);
}

static int mount_bind(struct init *i, const struct op_mount *op, struct error *err)
{
	_cleanup_close_ int tree = -1, target = -1;
	int r, mode;

	if (op->flags & MOUNT_FROM_RUNTIME) {
		tree = wait_source(i, err);
		r = MIN(tree, 0);
		if (r == -ENOSYS && op->flags & MOUNT_OPTIONAL)
			r = source_clone(i, op, &tree, err);
	} else if (op->flags & MOUNT_IDMAP) {
		return mount_fail(i, op, -EINVAL, "only the runtime can map ids", err);
	} else {
		r = source_clone(i, op, &tree, err);
	}
	if (r > 0)
		return 0;
	if (r < 0 && r != -ENOSYS)
		return r;
	target = target_open(i, op, source_is_directory(i, op, tree), &mode, err);
	if (target < 0)
		return target;
	if (tree < 0)
		return mount_old_way(i, op, target, mode, err);
	r = tree_attach(i, op, tree, target, false, err);
	return r < 0 ? r : adopt_root(i, op, &tree);
}

static int mount_create(struct init *i, const struct op_mount *op, struct error *err)
{
	bool made = !(op->flags & (MOUNT_FROM_RUNTIME | MOUNT_TMPCOPYUP));
	_cleanup_close_ int tree = -1, target = -1;
	int r, mode;

	target = target_open(i, op, true, &mode, err);
	if (target < 0)
		return target;
	if (op->flags & MOUNT_FROM_RUNTIME)
		tree = wait_source(i, err);
	else
		tree = mount_new(i, op, mode, err);
	if (tree == -ENOSYS)
		return mount_old_way(i, op, target, mode, err);
	if ((tree == -EPERM || tree == -EBUSY) && op->fallback) {
		error_clear(err);
		made = false;
		tree = sys_open_tree_clone(AT_FDCWD, program_str(&i->program, op->fallback), true, false);
		if (tree < 0)
			return mount_fail(i, op, tree, program_str(&i->program, op->fallback), err);
	}
	if (tree < 0)
		return tree;
	r = tree_attach(i, op, tree, target, made, err);
	if (r == 0 && made && streq(program_str(&i->program, op->fstype), "proc") && !(op->sb_set & MS_RDONLY))
		procfs_take(&i->proc, tree);
	return r < 0 ? r : adopt_root(i, op, &tree);
}

static int mount_change(struct init *i, const struct op_mount *op, struct error *err)
{
	const char *target = program_str(&i->program, op->target);
	_cleanup_close_ int fd = path_open_in_root(i->fd_root, target, 0);
	int r;

	if (fd < 0)
		return mount_fail(i, op, fd, "mount point", err);
	r = mount_reconfigure(i, op, fd, err);
	if (r < 0)
		return r;
	r = apply_attributes(i, op, fd, true, false);
	if (r == 0 && (op->propagation || op->n_propagation))
		r = apply_propagation(i, op, fd, true);
	return r < 0 ? mount_fail(i, op, r, NULL, err) : 0;
}

/*
 * A new cgroup2 mount shows what is below the root of our cgroup namespace. In that of the host, which a configuration
 * can have us join, it would be everything, and the kernel would take its options, none, for the whole tree: nsdelegate
 * and memory_recursiveprot would be gone for all.
 */
static bool shows_host_cgroups(struct init *i, const struct op_mount *op)
{
	_cleanup_close_ int fd = -1;
	struct error ignored = ERROR_INIT;
	struct stat st;

	if (op->kind != MOUNT_KIND_NEW || !op->fallback || !streq(program_str(&i->program, op->fstype), "cgroup2") ||
	    init_proc(i, &ignored) < 0)
		return false;
	fd = procfs_open_magic(&i->proc, "ns", "cgroup", O_RDONLY);
	return fd >= 0 && sys_fstat(fd, &st) == 0 && st.st_ino == CGROUP_NS_INITIAL;
}

static int mount_own_cgroup(struct init *i, const struct op_mount *op, struct error *err)
{
	struct op_mount bind = *op;

	bind.kind = MOUNT_KIND_BIND;
	bind.source = op->fallback;
	bind.fstype = bind.data = bind.fallback = 0;
	bind.sb_set = bind.sb_clear = 0;
	return mount_bind(i, &bind, err);
}

int op_mount(struct init *i, const void *data, struct error *err)
{
	static int (*const functions[MOUNT_KIND_MAX])(struct init *, const struct op_mount *, struct error *) = {
		[MOUNT_KIND_NEW] = mount_create,
		[MOUNT_KIND_BIND] = mount_bind,
		[MOUNT_KIND_REMOUNT] = mount_change,
	};
	const struct op_mount *op = data;

	return shows_host_cgroups(i, op) ? mount_own_cgroup(i, op, err) : functions[op->kind](i, op, err);
}
