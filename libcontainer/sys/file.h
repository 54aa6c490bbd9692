/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_FILE_H
#define BERTH_SYS_FILE_H

/* Files and directories. Conventions: see libcontainer/sys/call.h. */

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/* O_CLOEXEC and O_NOCTTY are always added. Returns the descriptor. */
int sys_openat(int dirfd, const char *path, int flags, mode_t mode);
int sys_mkdirat(int dirfd, const char *path, mode_t mode);
int sys_unlinkat(int dirfd, const char *path, int flags);
int sys_renameat(int olddir, const char *old, int newdir, const char *new);
int sys_symlinkat(const char *target, int dirfd, const char *path);
int sys_mknodat(int dirfd, const char *path, mode_t mode, unsigned major, unsigned minor);
int sys_linkat(int olddir, const char *old, int newdir, const char *new, int flags);
int sys_fstat(int fd, struct stat *ret);
int sys_fstatat(int dirfd, const char *path, struct stat *ret, int flags);
int sys_fchown(int fd, uid_t uid, gid_t gid);
int sys_fchownat(int dirfd, const char *path, uid_t uid, gid_t gid, int flags);
int sys_fchmod(int fd, mode_t mode);
int sys_fchmodat(int dirfd, const char *path, mode_t mode); /* follows links */
int sys_readlinkat(int dirfd, const char *path, char *buf, size_t size); /* NUL-terminates; length */
int sys_ftruncate(int fd, off_t length);
int sys_fsync(int fd);
int sys_flock(int fd, int operation);
int sys_dup_above(int fd, int lowest); /* F_DUPFD_CLOEXEC */
int sys_set_cloexec(int fd, bool on);
int sys_set_nonblock(int fd, bool on);
int sys_pipe(int ret_fds[2]);
/* A pipe for what a child says: reading from *ret_ours does not block. On failure neither is touched. */
int sys_pipe_from_child(int *ret_ours, int *ret_its);
ssize_t sys_read(int fd, void *buf, size_t size);   /* retries EINTR */
ssize_t sys_pread(int fd, void *buf, size_t size, off_t offset);
ssize_t sys_read_to_end(int fd, char *buf, size_t size); /* until end of file, or until buf is full */
ssize_t sys_write(int fd, const void *buf, size_t size);
ssize_t sys_getdents(int fd, void *buf, size_t size); /* struct linux_dirent64 */

/* Whether both are about one file. */
bool sys_same_file(const struct stat *a, const struct stat *b);

/* True when nobody but the caller's user may write there: what is found in it can be believed. */
bool sys_is_private(const struct stat *st);

/* Whether a host path is there, or is a program that we may run. */
bool sys_exists(int dirfd, const char *path);
bool sys_can_run(const char *path);

/* Writes all of data; short writes are continued. 0 or a negative errno. */
int sys_write_all(int fd, const void *data, size_t size);

/*
 * Reads a whole file of at most size - 1 bytes into buf and terminates it. Returns the length, -EFBIG
 * when the file is longer, or a negative errno.
 */
ssize_t sys_read_file(int dirfd, const char *path, char *buf, size_t size);

/* The same for any length, in the arena; -EFBIG above limit. */
ssize_t sys_read_file_arena(int dirfd, const char *path, size_t limit, struct arena *arena, char **ret);

/* The same for an open file, from where it stands. */
ssize_t sys_read_arena(int fd, size_t limit, struct arena *arena, char **ret);

/* Opens (O_WRONLY, no creation), writes text in one write(2), closes: for procfs, sysfs, cgroupfs. */
int sys_write_file(int dirfd, const char *path, const char *text);

#endif
