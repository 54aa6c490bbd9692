/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_PROCFS_H
#define BERTH_SYS_PROCFS_H

/*
 * A private handle on procfs.
 *
 * What is mounted at /proc may be a fake: a tmpfs that swallows the label we write, or another file of
 * the real procfs under the name of the one we mean. So nothing is read or written through a path that
 * begins with "/proc": the handle is a procfs of our own, mounted nowhere, and lookups in it cross no
 * mount and follow no symlink. An instance made for it shows processes only (subset=pid), so that it
 * gives away nothing even if it leaked; the container's own has nothing to give away to it.
 */

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct procfs {
	int fd;        /* its root; -1 when closed */
	char self[16]; /* our pid as this instance knows it */
};

#define PROCFS_INIT ((struct procfs){ .fd = -1 })

/*
 * Opens the handle, unless it is open. full: with everything, /proc/sys above all. Falls back to a
 * detached clone of /proc and to /proc itself, both proved to be procfs by its magic and root inode.
 */
int procfs_open(struct procfs *p, bool full);
void procfs_close(struct procfs *p);
/*
 * Takes a private clone of a procfs that the caller has just mounted itself (fd: its root, attached, with nothing
 * mounted on it yet) for the handle, unless that is open or anything is in the way: a new instance costs ten times as
 * much, and procfs_open() makes one then.
 */
void procfs_take(struct procfs *p, int fd);

/* Opens a file below the handle; path has no leading slash, no symlink and no "..". */
int procfs_openat(const struct procfs *p, const char *path, int flags);
/* The same below the directory of our own process, e.g. "attr/exec". */
int procfs_open_self(const struct procfs *p, const char *path, int flags);
/* Follows one magic link of our own process: directory "ns", "fd" ..., name "net", "7" ... */
int procfs_open_magic(const struct procfs *p, const char *directory, const char *name, int flags);
/* Opens the object behind an O_PATH descriptor for reading or writing. */
int procfs_reopen(const struct procfs *p, int fd, int flags);
/* Changes the mode of the object behind an O_PATH descriptor, which fchmod(2) refuses. */
int procfs_chmod(const struct procfs *p, int fd, mode_t mode);
/* The path that leads to our descriptor fd, relative to the handle's root. Needs fchdir to p->fd. */
void procfs_fd_path(const struct procfs *p, int fd, char *buf, size_t size);

#endif
