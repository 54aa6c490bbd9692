/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/init/init.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/mount.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>

/*
 * mount(2), for kernels and filters without the calls that take descriptors. It gets its objects as
 * magic links of the private procfs, which is mounted nowhere: by a path relative to it.
 */

static const struct {
	uint64_t attr;
	unsigned long flag; /* MS_* */
	unsigned long st;   /* the bit of statfs(2) */
} attributes[] = {
	{ MOUNT_ATTR_RDONLY, MS_RDONLY, 1 },
	{ MOUNT_ATTR_NOSUID, MS_NOSUID, 2 },
	{ MOUNT_ATTR_NODEV, MS_NODEV, 4 },
	{ MOUNT_ATTR_NOEXEC, MS_NOEXEC, 8 },
	{ MOUNT_ATTR_NOATIME, MS_NOATIME, 1024 },
	{ MOUNT_ATTR_NODIRATIME, MS_NODIRATIME, 2048 },
	{ MOUNT_ATTR_STRICTATIME, MS_STRICTATIME, 0 },
	{ MOUNT_ATTR_NOSYMFOLLOW, MS_NOSYMFOLLOW, 8192 },
};

#define ST_RELATIME_BIT 4096ul

int mount_legacy(struct init *i, const char *source, int source_fd, int target, const char *fstype,
		 unsigned long flags, const char *data)
{
	_cleanup_close_ int cwd = -1;
	char from[40], to[40];
	int r;

	r = procfs_open(&i->proc, false);
	if (r < 0)
		return r;
	cwd = sys_openat(AT_FDCWD, ".", O_PATH | O_DIRECTORY, 0);
	if (cwd < 0)
		return cwd;
	procfs_fd_path(&i->proc, target, to, sizeof(to));
	if (source_fd >= 0)
		procfs_fd_path(&i->proc, source_fd, from, sizeof(from));
	r = sys_fchdir(i->proc.fd);
	if (r < 0)
		return r;
	r = sys_mount(source_fd >= 0 ? from : source, to, fstype, flags, data);
	(void) sys_fchdir(cwd);
	return r;
}

/* Changes attributes by a remount, which has to name all that shall stay. */
static int remount(struct init *i, int fd, uint64_t set, uint64_t clear)
{
	unsigned long flags = MS_REMOUNT | MS_BIND, now;
	bool strict = set & MOUNT_ATTR_STRICTATIME, none = set & MOUNT_ATTR_NOATIME;
	size_t k;
	int r = sys_fs_flags(fd, &now);

	if (r < 0)
		return r;
	for (k = 0; k < ELEMENTSOF(attributes); k++)
		if (set & attributes[k].attr || (now & attributes[k].st && !(clear & attributes[k].attr)))
			flags |= attributes[k].flag;
	if (strict)
		flags &= ~(unsigned long) MS_NOATIME;
	else if (!none && (clear & MOUNT_ATTR__ATIME || now & ST_RELATIME_BIT))
		flags |= MS_RELATIME;
	return mount_legacy(i, NULL, -1, fd, NULL, flags, NULL);
}

int mount_attributes(struct init *i, int fd, bool attached, bool recursive, uint64_t set, uint64_t clear)
{
	int r;

	/* The access time settings are one value of several bits, which is changed as a whole. */
	if ((set | clear) & MOUNT_ATTR__ATIME)
		clear |= MOUNT_ATTR__ATIME;
	r = sys_mount_setattr(fd, recursive, set, clear, 0);
	/*
	 * Flags that a mount brought into this user namespace are locked. What shall be cleared stays set
	 * then: less is allowed than was asked for, never more.
	 */
	if (r == -EPERM && clear)
		r = sys_mount_setattr(fd, recursive, set, set & MOUNT_ATTR__ATIME ? MOUNT_ATTR__ATIME : 0, 0);
	/* EPERM may also be a filter's word for a call that it does not know. */
	if (r != -ENOSYS && r != -EPERM)
		return r;
	if (!attached)
		return -ENOSYS;
	/* To drop a recursive "read-only" silently would be to hand out what was to be protected. */
	if (recursive)
		return -EOPNOTSUPP;
	return remount(i, fd, set, clear);
}

static bool add(char *buf, size_t size, const char *option, const char *value)
{
	size_t len = strlen(buf);
	int n = snprintf(buf + len, size - len, "%s%s%s", len ? "," : "", option, value);

	return n >= 0 && (size_t) n < size - len;
}

int mount_legacy_data(const struct init *i, const struct op_mount *op, int target_mode, char *buf,
		      size_t size)
{
	const char *data = program_str(&i->program, op->data);
	const char *label = program_str(&i->program, op->label);
	bool fits = true;
	char mode[8];

	buf[0] = '\0';
	if (op->kind != MOUNT_KIND_NEW)
		return 0;
	if (!str_is_empty(data))
		fits = add(buf, size, data, "");
	if (fits && mount_default_mode(i, op, target_mode, mode))
		fits = add(buf, size, "mode=", mode);
	if (fits && label)
		fits = add(buf, size, label, "");
	return fits ? 0 : -E2BIG;
}
