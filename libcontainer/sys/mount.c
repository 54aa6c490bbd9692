/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/mount.h"

#include "base/macro.h"
#include "base/str.h"
#include "libcontainer/sys/call.h"

#include <fcntl.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of linux/fcntl.h, which cannot be included together with fcntl.h. */
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

/* The C libraries know these calls late or not at all: by number, with the result as everywhere. */
#define CALL(name, ...)                                         \
	({                                                      \
		int _r = SYS_FAULT(#name);                      \
		if (_r == 0)                                    \
			_r = (int) syscall(SYS_##name, __VA_ARGS__) < 0 ? -errno : 0; \
		_r;                                             \
	})

#define CALL_FD(name, ...)                                      \
	({                                                      \
		int _r = SYS_FAULT(#name);                      \
		if (_r == 0)                                    \
			_r = mount_calls_missing() ? -ENOSYS : 0; \
		if (_r == 0) {                                  \
			_r = (int) syscall(SYS_##name, __VA_ARGS__); \
			_r = _r < 0 ? -errno : _r;              \
		}                                               \
		_r;                                             \
	})

/*
 * Linux 5.2 brought these calls together, and a mount made with one of them is of use only with the others. A
 * filter of an outer container may know some of them alone: then none is used, so that there are two ways to mount
 * and not thirty-two. Asked with arguments that no kernel takes; each answer but these two means that it is there.
 */
static bool mount_calls_missing(void)
{
	static const long numbers[] = { SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_open_tree, SYS_move_mount };
	static bool asked, missing;
	size_t k;

	for (k = 0; k < ELEMENTSOF(numbers) && !asked && !missing; k++)
		missing = syscall(numbers[k], -1L, -1L, -1L, -1L, -1L) < 0 && (errno == ENOSYS || errno == EPERM);
	asked = true;
	return missing;
}

int sys_fsopen(const char *fstype)
{
	int r = CALL_FD(fsopen, fstype, FSOPEN_CLOEXEC);

	return r < 0 ? SYS_FAILED(r, "fsopen(\"%s\")", fstype) : r;
}

int sys_fspick(int fd)
{
	int r = CALL_FD(fspick, fd, "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH);

	return r < 0 ? SYS_FAILED(r, "fspick(%d)", fd) : r;
}

int sys_fsconfig_set(int fs, const char *key, const char *value)
{
	unsigned command = value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG;
	int r = CALL(fsconfig, fs, command, key, value, 0);

	return r < 0 ? SYS_FAILED(r, "fsconfig(%d, \"%s\", \"%s\")", fs, key, value ? value : "") : 0;
}

int sys_fsconfig_command(int fs, unsigned command)
{
	int r = CALL(fsconfig, fs, command, NULL, NULL, 0);

	return r < 0 ? SYS_FAILED(r, "fsconfig(%d, command %u)", fs, command) : 0;
}

int sys_fsmount(int fs, unsigned attr)
{
	int r = CALL_FD(fsmount, fs, FSMOUNT_CLOEXEC, attr);

	return r < 0 ? SYS_FAILED(r, "fsmount(%d, 0x%x)", fs, attr) : r;
}

int sys_open_tree_clone(int dirfd, const char *path, bool recursive, bool nofollow)
{
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
	int r;

	if (!*path)
		flags |= AT_EMPTY_PATH;
	if (recursive)
		flags |= AT_RECURSIVE;
	if (nofollow)
		flags |= AT_SYMLINK_NOFOLLOW;
	r = CALL_FD(open_tree, dirfd, path, flags);
	return r < 0 ? SYS_FAILED(r, "open_tree(%d, \"%s\", 0x%x)", dirfd, path, flags) : r;
}

int sys_mount_idmap(int fd, bool recursive, int userns)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (unsigned) userns };
	unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0u);
	int r = SYS_FAULT("mount_setattr");

	if (r == 0 && syscall(SYS_mount_setattr, fd, "", flags, &attr, sizeof(attr)) < 0)
		r = -errno;
	return r < 0 ? SYS_FAILED(r, "mount_setattr(%d, idmap %d)", fd, userns) : 0;
}

int sys_mount_setattr(int fd, bool recursive, uint64_t set, uint64_t clear, uint64_t propagation)
{
	struct mount_attr attr = { .attr_set = set, .attr_clr = clear, .propagation = propagation };
	unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
	int r = CALL(mount_setattr, fd, "", flags, &attr, sizeof(attr));

	return r < 0 ? SYS_FAILED(r, "mount_setattr(%d, 0x%x, set 0x%llx, clear 0x%llx, propagation 0x%llx)",
				  fd, flags, (unsigned long long) set, (unsigned long long) clear,
				  (unsigned long long) propagation)
		     : 0;
}

int sys_move_mount(int tree, int target)
{
	int r = mount_calls_missing() ? -ENOSYS : 0;

	if (r == 0)
		r = CALL(move_mount, tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
	return r < 0 ? SYS_FAILED(r, "move_mount(%d, %d)", tree, target) : 0;
}

int sys_mount(const char *source, const char *target, const char *fstype, unsigned long flags,
	      const char *data)
{
	int r = CALL(mount, source, target, fstype, flags, data);

	return r < 0 ? SYS_FAILED(r, "mount(\"%s\", \"%s\", \"%s\", 0x%lx, \"%.64s\")", source ? source : "",
				  target, fstype ? fstype : "", flags, data ? data : "")
		     : 0;
}

int sys_umount(const char *target, int flags)
{
	int r = CALL(umount2, target, flags);

	return r < 0 ? SYS_FAILED(r, "umount2(\"%s\", 0x%x)", target, (unsigned) flags) : 0;
}

int sys_pivot_root(const char *new_root, const char *put_old)
{
	int r = CALL(pivot_root, new_root, put_old);

	return r < 0 ? SYS_FAILED(r, "pivot_root(\"%s\", \"%s\")", new_root, put_old) : 0;
}

int sys_chroot(const char *path)
{
	int r = CALL(chroot, path);

	return r < 0 ? SYS_FAILED(r, "chroot(\"%s\")", path) : 0;
}

int sys_chdir(const char *path)
{
	int r = CALL(chdir, path);

	return r < 0 ? SYS_FAILED(r, "chdir(\"%s\")", path) : 0;
}

int sys_fchdir(int fd)
{
	int r = CALL(fchdir, fd);

	return r < 0 ? SYS_FAILED(r, "fchdir(%d)", fd) : 0;
}

static int fs_stat(int fd, struct statfs *ret)
{
	int r = SYS_FAULT("fstatfs");

	if (r == 0)
		r = fstatfs(fd, ret) < 0 ? -errno : 0;
	return r < 0 ? SYS_FAILED(r, "fstatfs(%d)", fd) : 0;
}

int sys_fs_type(int fd, long *ret)
{
	struct statfs fs;
	int r = fs_stat(fd, &fs);

	if (r == 0)
		*ret = (long) fs.f_type;
	return r;
}

int sys_fs_flags(int fd, unsigned long *ret)
{
	struct statfs fs;
	int r = fs_stat(fd, &fs);

	if (r == 0)
		*ret = (unsigned long) fs.f_flags;
	return r;
}

void sys_fs_message(int fs, char *buf, unsigned size)
{
	ssize_t n;

	/* A record is "e text\n"; e, w or i stand for its severity. */
	do {
		n = read(fs, buf, size - 1);
	} while (n > 2 && buf[0] != 'e');
	if (n <= 2) {
		buf[0] = '\0';
		return;
	}
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	memmove(buf, buf + 2, strlen(buf + 2) + 1);
}
