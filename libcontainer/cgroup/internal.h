/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_CGROUP_INTERNAL_H
#define BERTH_CGROUP_INTERNAL_H

/* What the files of this room share. */

#include "base/buf.h"
#include "libcontainer/cgroup/cgroup.h"

#include <sys/stat.h>

#define CGROUP_PATH_MAX 4096
#define CGROUP_NAME_MAX 255

/*
 * cgroup_detect() on given files, for tests. check: a mount point counts only if a cgroup file system is
 * really to be seen there (not covered by another mount).
 */
int cgroup_detect_from(struct arena *arena, int mountinfo, int own, bool check, struct host *ret,
		       struct error *err);

/*
 * Opens a cgroup directory, never through a link at its end, and makes sure that it lies on a cgroup
 * file system of that version: a damaged record must not lead berth to other files. flags: O_PATH or
 * O_RDONLY. Returns the descriptor; -ENOENT without *err when it is missing.
 */
int cgroup_open(const char *dir, uint32_t version, int flags, struct error *err);

/* The same in two steps, without and with words. -EXDEV: it lies on something else. */
int cgroup_try_open(const char *dir, uint32_t version, int flags);
int cgroup_open_failed(const char *dir, uint32_t version, int r, struct error *err);

/*
 * The mount point of a hierarchy of that version, as an O_PATH descriptor that stays open and belongs to
 * roots.c; a negative errno, -EXDEV when something else is to be seen there. cgroup_root_known(): only if it
 * is open already, else -1.
 */
int cgroup_root(const char *mount, uint32_t version);
int cgroup_root_known(const char *mount, uint32_t version);

/* True when the comma-separated list has that name. */
bool cgroup_has_controller(const char *controllers, const char *name);

/*
 * Visits a directory and all below it, parents first, holding two descriptors however deep the tree is.
 * enter may be NULL. A negative answer of enter ends the walk and becomes the result. remove: children
 * (not the directory itself) are removed on the way back. Directories that vanish meanwhile are skipped.
 */
struct cgroup_walk {
	int (*enter)(int fd, void *arg);
	void *arg;
	bool remove;
};
int cgroup_walk(int dir, const struct cgroup_walk *walk);

/* A growing list of process ids. */
struct pid_list {
	pid_t *v;
	size_t n, size;
};
void pid_list_done(struct pid_list *list);
#define _cleanup_pid_list_ _cleanup_(pid_list_done)
int pid_list_add(struct pid_list *list, pid_t pid);
void pid_list_sort(struct pid_list *list); /* ascending, each once */
bool pid_list_has(const struct pid_list *list, pid_t pid); /* the list must be sorted */

/* Adds the processes of one directory and of all below it. A missing directory counts as empty. */
int cgroup_dir_pids(const struct cgroup_dir *dir, struct pid_list *list);

/* The same, for all directories; those that also hold the caller are left out with not_ours. */
int cgroup_all_pids(const struct cgroup *cg, bool not_ours, struct pid_list *ret_list);

/* The directory whose controllers have that name, or NULL; name NULL: the one of version 2. */
const struct cgroup_dir *cgroup_find(const struct cgroup *cg, const char *name);

/* Reads a small file; the newline at its end is cut. The length, or a negative errno. */
ssize_t cgroup_read(int dir, const char *file, char *buf, size_t size);

/* The number behind "oom_kill " at the beginning of a line; false when there is none. */
bool cgroup_read_kills(int dir, const char *file, uint64_t *ret);

/* Whether what a file shows is what was written to it; true for files about which nothing is known. */
bool cgroup_value_is(const char *file, const char *want, const char *got);

/* 1: frozen or on the way, also by a parent; 0: no, or no such file; for an open directory. */
int cgroup_dir_frozen(int dir, uint32_t version);

#endif
