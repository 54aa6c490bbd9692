/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/file.h"

#include "base/fd.h"
#include "libcontainer/sys/call.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* The tail of every wrapper whose call answers 0 or -1. */
#define RESULT(call_) ((call_) < 0 ? -errno : 0)

int sys_openat(int dirfd, const char *path, int flags, mode_t mode)
{
	int r = SYS_FAULT("openat");

	while (r == 0) {
		r = openat(dirfd, path, flags | O_CLOEXEC | O_NOCTTY, mode);
		if (r >= 0)
			return r;
		r = errno == EINTR ? 0 : -errno;
	}
	return SYS_FAILED(r, "openat(%d, \"%s\", 0x%x)", dirfd, path, (unsigned)flags);
}

int sys_mkdirat(int dirfd, const char *path, mode_t mode)
{
	int r = SYS_FAULT("mkdirat");

	if (r == 0)
		r = RESULT(mkdirat(dirfd, path, mode));
	return r < 0 ? SYS_FAILED(r, "mkdirat(%d, \"%s\", 0%o)", dirfd, path, (unsigned)mode) : 0;
}

int sys_unlinkat(int dirfd, const char *path, int flags)
{
	int r = SYS_FAULT("unlinkat");

	if (r == 0)
		r = RESULT(unlinkat(dirfd, path, flags));
	return r < 0 ? SYS_FAILED(r, "unlinkat(%d, \"%s\", 0x%x)", dirfd, path, (unsigned)flags) : 0;
}

int sys_renameat(int olddir, const char *old, int newdir, const char *new)
{
	int r = SYS_FAULT("renameat");

	if (r == 0)
		r = RESULT(renameat(olddir, old, newdir, new));
	return r < 0 ? SYS_FAILED(r, "renameat(%d, \"%s\", %d, \"%s\")", olddir, old, newdir, new) : 0;
}

int sys_symlinkat(const char *target, int dirfd, const char *path)
{
	int r = SYS_FAULT("symlinkat");

	if (r == 0)
		r = RESULT(symlinkat(target, dirfd, path));
	return r < 0 ? SYS_FAILED(r, "symlinkat(\"%s\", %d, \"%s\")", target, dirfd, path) : 0;
}

int sys_mknodat(int dirfd, const char *path, mode_t mode, unsigned major, unsigned minor)
{
	int r = SYS_FAULT("mknodat");

	if (r == 0)
		r = RESULT(mknodat(dirfd, path, mode, makedev(major, minor)));
	return r < 0 ? SYS_FAILED(r, "mknodat(%d, \"%s\", 0%o, %u:%u)", dirfd, path, (unsigned)mode,
				  major, minor)
		     : 0;
}

int sys_linkat(int olddir, const char *old, int newdir, const char *new, int flags)
{
	int r = SYS_FAULT("linkat");

	if (r == 0)
		r = RESULT(linkat(olddir, old, newdir, new, flags));
	return r < 0 ? SYS_FAILED(r, "linkat(%d, \"%s\", %d, \"%s\")", olddir, old, newdir, new) : 0;
}

int sys_fstat(int fd, struct stat *ret)
{
	int r = SYS_FAULT("fstat");

	if (r == 0)
		r = RESULT(fstat(fd, ret));
	return r < 0 ? SYS_FAILED(r, "fstat(%d)", fd) : 0;
}

int sys_fstatat(int dirfd, const char *path, struct stat *ret, int flags)
{
	int r = SYS_FAULT("fstatat");

	if (r == 0)
		r = RESULT(fstatat(dirfd, path, ret, flags));
	return r < 0 ? SYS_FAILED(r, "fstatat(%d, \"%s\", 0x%x)", dirfd, path, (unsigned)flags) : 0;
}

int sys_fchown(int fd, uid_t uid, gid_t gid)
{
	int r = SYS_FAULT("fchown");

	if (r == 0)
		r = RESULT(fchown(fd, uid, gid));
	return r < 0 ? SYS_FAILED(r, "fchown(%d, %u, %u)", fd, uid, gid) : 0;
}

int sys_fchownat(int dirfd, const char *path, uid_t uid, gid_t gid, int flags)
{
	int r = SYS_FAULT("fchownat");

	if (r == 0)
		r = RESULT(fchownat(dirfd, path, uid, gid, flags));
	return r < 0 ? SYS_FAILED(r, "fchownat(%d, \"%s\", %u, %u, 0x%x)", dirfd, path, uid, gid,
				  (unsigned)flags)
		     : 0;
}

int sys_fchmod(int fd, mode_t mode)
{
	int r = SYS_FAULT("fchmod");

	if (r == 0)
		r = RESULT(fchmod(fd, mode));
	return r < 0 ? SYS_FAILED(r, "fchmod(%d, 0%o)", fd, (unsigned)mode) : 0;
}

int sys_fchmodat(int dirfd, const char *path, mode_t mode)
{
	int r = SYS_FAULT("fchmodat");

	if (r == 0)
		r = RESULT(fchmodat(dirfd, path, mode, 0));
	return r < 0 ? SYS_FAILED(r, "fchmodat(%d, \"%s\", 0%o)", dirfd, path, (unsigned)mode) : 0;
}

int sys_readlinkat(int dirfd, const char *path, char *buf, size_t size)
{
	int r = SYS_FAULT("readlinkat");
	ssize_t n;

	if (r == 0) {
		n = readlinkat(dirfd, path, buf, size);
		r = n < 0 ? -errno : (size_t)n >= size ? -ENAMETOOLONG : (int)n;
	}
	if (r < 0)
		return SYS_FAILED(r, "readlinkat(%d, \"%s\")", dirfd, path);
	buf[r] = '\0';
	return r;
}

int sys_ftruncate(int fd, off_t length)
{
	int r = SYS_FAULT("ftruncate");

	if (r == 0)
		r = RESULT(ftruncate(fd, length));
	return r < 0 ? SYS_FAILED(r, "ftruncate(%d, %lld)", fd, (long long)length) : 0;
}

int sys_fsync(int fd)
{
	int r = SYS_FAULT("fsync");

	if (r == 0)
		r = RESULT(fsync(fd));
	return r < 0 ? SYS_FAILED(r, "fsync(%d)", fd) : 0;
}

int sys_flock(int fd, int operation)
{
	int r = SYS_FAULT("flock");

	while (r == 0) {
		if (flock(fd, operation) == 0)
			return 0;
		r = errno == EINTR ? 0 : -errno;
	}
	return SYS_FAILED(r, "flock(%d, 0x%x)", fd, (unsigned)operation);
}

int sys_dup_above(int fd, int lowest)
{
	int r = SYS_FAULT("fcntl");

	if (r == 0) {
		r = fcntl(fd, F_DUPFD_CLOEXEC, lowest);
		if (r < 0)
			r = -errno;
	}
	return r < 0 ? SYS_FAILED(r, "fcntl(%d, F_DUPFD_CLOEXEC, %d)", fd, lowest) : r;
}

int sys_set_cloexec(int fd, bool on)
{
	int r = SYS_FAULT("fcntl");

	if (r == 0)
		r = RESULT(fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0));
	return r < 0 ? SYS_FAILED(r, "fcntl(%d, F_SETFD, %d)", fd, on) : 0;
}

int sys_set_nonblock(int fd, bool on)
{
	int r = SYS_FAULT("fcntl");
	int flags = 0;

	if (r == 0) {
		flags = fcntl(fd, F_GETFL);
		flags = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
		r = RESULT(fcntl(fd, F_SETFL, flags));
	}
	return r < 0 ? SYS_FAILED(r, "fcntl(%d, F_SETFL, 0x%x)", fd, (unsigned)flags) : 0;
}

int sys_pipe(int ret_fds[2])
{
	int r = SYS_FAULT("pipe2");

	if (r == 0)
		r = RESULT(pipe2(ret_fds, O_CLOEXEC));
	return r < 0 ? SYS_FAILED(r, "pipe2(O_CLOEXEC)") : 0;
}

int sys_pipe_from_child(int *ret_ours, int *ret_its)
{
	int fds[2], r = sys_pipe(fds);

	if (r < 0)
		return r;
	r = sys_set_nonblock(fds[0], true);
	if (r < 0) {
		fd_close(&fds[0]);
		fd_close(&fds[1]);
		return r;
	}
	*ret_ours = fds[0];
	*ret_its = fds[1];
	return 0;
}

ssize_t sys_read(int fd, void *buf, size_t size)
{
	int r = SYS_FAULT("read");

	while (r == 0) {
		ssize_t n = read(fd, buf, size);

		if (n >= 0)
			return n;
		r = errno == EINTR ? 0 : -errno;
	}
	return SYS_FAILED(r, "read(%d, %zu)", fd, size);
}

ssize_t sys_pread(int fd, void *buf, size_t size, off_t offset)
{
	int r = SYS_FAULT("pread64");

	while (r == 0) {
		ssize_t n = pread(fd, buf, size, offset);

		if (n >= 0)
			return n;
		r = errno == EINTR ? 0 : -errno;
	}
	return SYS_FAILED(r, "pread64(%d, %zu)", fd, size);
}

ssize_t sys_write(int fd, const void *buf, size_t size)
{
	int r = SYS_FAULT("write");

	while (r == 0) {
		ssize_t n = write(fd, buf, size);

		if (n >= 0)
			return n;
		r = errno == EINTR ? 0 : -errno;
	}
	return SYS_FAILED(r, "write(%d, %zu)", fd, size);
}

ssize_t sys_getdents(int fd, void *buf, size_t size)
{
	int r = SYS_FAULT("getdents64");

	if (r == 0) {
		long n = syscall(SYS_getdents64, fd, buf, size);

		if (n >= 0)
			return n;
		r = -errno;
	}
	return SYS_FAILED(r, "getdents64(%d)", fd);
}

bool sys_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool sys_is_private(const struct stat *st)
{
	static uid_t self = (uid_t)-1; /* asked for once: `list` comes by for each container */

	if (self == (uid_t)-1)
		self = geteuid();
	return st->st_uid == self && !(st->st_mode & (S_IWGRP | S_IWOTH));
}

bool sys_exists(int dirfd, const char *path)
{
	return SYS_FAULT("access") == 0 && faccessat(dirfd, path, F_OK, 0) == 0;
}

bool sys_can_run(const char *path)
{
	return SYS_FAULT("access") == 0 && faccessat(AT_FDCWD, path, X_OK, 0) == 0;
}

int sys_write_all(int fd, const void *data, size_t size)
{
	const char *p = data;

	while (size > 0) {
		ssize_t n = sys_write(fd, p, size);

		if (n < 0)
			return (int)n;
		p += n;
		size -= (size_t)n;
	}
	return 0;
}

ssize_t sys_read_to_end(int fd, char *buf, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = sys_read(fd, buf + len, size - len);

		if (n < 0)
			return n;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

ssize_t sys_read_file(int dirfd, const char *path, char *buf, size_t size)
{
	_cleanup_close_ int fd = sys_openat(dirfd, path, O_RDONLY, 0);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = sys_read_to_end(fd, buf, size);
	if (n < 0)
		return n;
	if ((size_t)n == size)
		return SYS_FAILED(-EFBIG, "read(\"%s\")", path);
	buf[n] = '\0';
	return n;
}

int sys_write_file(int dirfd, const char *path, const char *text)
{
	_cleanup_close_ int fd = sys_openat(dirfd, path, O_WRONLY, 0);
	size_t len = strlen(text);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = sys_write(fd, text, len);
	if (n < 0)
		return SYS_FAILED((int)n, "write(\"%s\", \"%.64s\")", path, text);
	return (size_t)n == len ? 0 : SYS_FAILED(-EIO, "write(\"%s\")", path);
}
