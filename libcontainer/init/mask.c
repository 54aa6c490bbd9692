/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "libcontainer/init/init.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/mount.h"
#include "libcontainer/sys/path.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/*
 * Masks. A file is covered by the host's /dev/null, a directory by one empty tmpfs that all share. The
 * sources never come from the rootfs: with the container's own /dev/null as a source, an image that
 * makes it a symlink chooses what is mounted instead (CVE-2025-31133).
 *
 * A descriptor in fd_mask_ is a detached mount at first. The first use attaches it and the descriptor
 * then names the attached mount, of which the next use takes a copy: kernels before 6.15 do not copy a
 * detached one.
 */

static int attach(int source, bool first, int target)
{
	_cleanup_close_ int tree = -1;

	if (first)
		return sys_move_mount(source, target);
	tree = sys_open_tree_clone(source, "", false, false);
	return tree < 0 ? tree : sys_move_mount(tree, target);
}

/*
 * mount(2) binds from what is attached in our namespace, which the host's /dev/null no longer is once the
 * root has changed: all files are covered before that. op_masked_path() finds them so.
 */
static int mask_files_early(struct init *i, int null, struct error *err)
{
	uint32_t k;
	int r = 0;

	i->mask_old_way = true;
	for (k = i->at + 1; k < i->program.header->n_ops && r == 0; k++) {
		const struct program_op *row = &i->program.ops[k];
		const struct op_path *op = program_data(&i->program, row);
		_cleanup_close_ int target = -1;
		struct stat st;

		if (row->type != OP_MASKED_PATH)
			continue;
		target = path_open_in_root(i->fd_root, program_str(&i->program, op->path), 0);
		if (target < 0 || sys_fstat(target, &st) < 0 || S_ISDIR(st.st_mode))
			continue;
		r = mount_legacy(i, NULL, null, target, NULL, MS_BIND, NULL);
		if (r < 0)
			return error_set(err, ERR_MASK, -r, "%s", program_str(&i->program, op->path));
	}
	return 0;
}

int mask_prepare(struct init *i, struct error *err)
{
	_cleanup_close_ int null = -1;
	int r;

	if (!walk_later(i, OP_MASKED_PATH) || i->fd_mask_file >= 0)
		return 0;
	null = device_open_host("/dev/null", S_IFCHR, 1, 3, err);
	if (null < 0)
		return null;
	r = sys_open_tree_clone(null, "", false, false);
	if (r == -ENOSYS || r == -EPERM)
		return mask_files_early(i, null, err);
	if (r < 0)
		return error_set(err, ERR_MASK, -r, "files");
	i->fd_mask_file = r;
	r = root_propagate(i, i->fd_mask_file, false, MS_PRIVATE);
	return r < 0 && r != -ENOSYS ? error_set(err, ERR_MASK, -r, "files") : 0;
}

void mask_close(struct init *i)
{
	fd_close(&i->fd_mask_file);
	fd_close(&i->fd_mask_dir);
}

/* Empty, read-only, and unable to hold anything even if it were not. */
static int mask_dir_new(void)
{
	_cleanup_close_ int fs = sys_fsopen("tmpfs");
	int r;

	if (fs < 0)
		return fs;
	r = sys_fsconfig_set(fs, "source", "tmpfs");
	if (r == 0)
		r = sys_fsconfig_set(fs, "size", "4k");
	if (r == 0)
		r = sys_fsconfig_set(fs, "nr_inodes", "1");
	if (r == 0)
		r = sys_fsconfig_set(fs, "mode", "755");
	if (r == 0)
		r = sys_fsconfig_set(fs, "ro", NULL);
	if (r == 0)
		r = sys_fsconfig_command(fs, FSCONFIG_CMD_CREATE);
	return r < 0 ? r : sys_fsmount(fs, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
						   MOUNT_ATTR_NOEXEC);
}

static int mask_dir(struct init *i, int target)
{
	bool first = i->fd_mask_dir < 0;
	_cleanup_close_ int another = -1;
	int r;

	if (first) {
		r = mask_dir_new();
		if (r == -ENOSYS || r == -EPERM)
			return mount_legacy(i, "tmpfs", -1, target, "tmpfs",
					    MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
					    "size=4k,nr_inodes=1,mode=755");
		if (r < 0)
			return r;
		i->fd_mask_dir = r;
	}
	r = attach(i->fd_mask_dir, first, target);
	if (first || (r != -ENOSYS && r != -EPERM))
		return r;
	another = mask_dir_new();
	return another < 0 ? another : sys_move_mount(another, target);
}

static int mask_file(struct init *i, int target, const struct stat *st)
{
	int r;

	if (i->mask_old_way)
		return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3) ? 0 : -EXDEV;
	r = attach(i->fd_mask_file, !i->mask_attached, target);
	if (r == 0)
		i->mask_attached = true;
	return r;
}

/* What is mounted on the root would be seen by no one: paths begin below it. */
static bool is_root(const struct init *i, const struct stat *st)
{
	struct stat root;

	return sys_fstat(i->fd_root, &root) == 0 && sys_same_file(&root, st);
}

int op_masked_path(struct init *i, const void *data, struct error *err)
{
	const struct op_path *op = data;
	const char *path = program_str(&i->program, op->path);
	_cleanup_close_ int target = -1;
	struct stat st;
	int r;

	r = init_root(i, err);
	if (r < 0)
		return r;
	target = path_open_in_root(i->fd_root, path, 0);
	/* Only what is not there needs no mask; any other failure would leave it readable. */
	if (target == -ENOENT || target == -ENOTDIR)
		return 0;
	r = target < 0 ? target : sys_fstat(target, &st);
	if (r == 0 && is_root(i, &st))
		return error_set(err, ERR_MASK, 0, "%s: the root itself cannot be masked", path);
	if (r == 0 && S_ISDIR(st.st_mode))
		r = mask_dir(i, target);
	else if (r == 0 && i->fd_mask_file < 0 && !i->mask_old_way)
		return error_set(err, ERR_MASK, 0, "%s: the root file system was not entered", path);
	else if (r == 0)
		r = mask_file(i, target, &st);
	return r < 0 ? error_set(err, ERR_MASK, -r, "%s", path) : 0;
}

/* As mount(2) does it: a bind mount first, which is then found at the path and made read-only. */
static int readonly_old_way(struct init *i, const char *path, int target)
{
	_cleanup_close_ int mounted = -1;
	int r = mount_legacy(i, NULL, target, target, NULL, MS_BIND | MS_REC, NULL);

	if (r < 0)
		return r;
	mounted = path_open_in_root(i->fd_root, path, 0);
	return mounted < 0 ? mounted : mount_attributes(i, mounted, true, false, MOUNT_ATTR_RDONLY, 0);
}

/* A copy is made read-only before it covers the original: there is no moment between. */
static int readonly_cover(struct init *i, const char *path, int target)
{
	_cleanup_close_ int tree = sys_open_tree_clone(target, "", true, false);
	int r = tree < 0 ? tree : mount_attributes(i, tree, false, true, MOUNT_ATTR_RDONLY, 0);

	if (r == -ENOSYS || r == -EPERM)
		return readonly_old_way(i, path, target);
	return r < 0 ? r : sys_move_mount(tree, target);
}

int op_readonly_path(struct init *i, const void *data, struct error *err)
{
	const struct op_path *op = data;
	const char *path = program_str(&i->program, op->path);
	_cleanup_close_ int target = -1;
	struct stat st;
	int r;

	r = init_root(i, err);
	if (r < 0)
		return r;
	target = path_open_in_root(i->fd_root, path, 0);
	if (target == -ENOENT || target == -ENOTDIR)
		return 0;
	if (target < 0)
		return error_set(err, ERR_READONLY, -target, "%s", path);
	/* The root becomes so by its own mount, as with root.readonly; what is mounted below has its own options. */
	r = sys_fstat(target, &st);
	if (r == 0)
		r = is_root(i, &st) ? mount_attributes(i, target, true, false, MOUNT_ATTR_RDONLY, 0)
				    : readonly_cover(i, path, target);
	return r < 0 ? error_set(err, ERR_READONLY, -r, "%s", path) : 0;
}
