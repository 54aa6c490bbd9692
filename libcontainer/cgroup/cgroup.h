/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_CGROUP_H
#define BERTH_CGROUP_H

/*
 * The cgroups of one container: one directory in each mounted hierarchy (v1, and the v2 tree of a
 * hybrid host). Directories are full host paths. Parents belong to the engines: their limits are never
 * touched; a directory is removed only if berth made it.
 */

#include "base/error.h"
#include "libcontainer/compile/compile.h" /* struct host */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct cgroup_dir {
	char *dir;          /* full host path */
	char *controllers;  /* "memory", "name=systemd", "" for v2 */
	uint32_t version;
	uint32_t made;      /* how many trailing components of dir berth made; 0: it was there */
};

struct cgroup {
	struct cgroup_dir *v;
	size_t n;
};

/* Fills host->hierarchies (in the arena) from mountinfo and /proc/self/cgroup. */
int cgroup_detect(struct arena *arena, struct host *ret, struct error *err);

/* v2: the controllers that dir has, "cpu,memory"; none where it cannot be read. -ENOMEM. */
int cgroup_available(const char *dir, struct arena *arena, const char **ret);

/* The directory of the v2 cgroup in which a process, given by its directory in procfs, is now. */
int cgroup_open_present(int proc, struct error *err);

/*
 * Makes dir and its missing parents below mount; *ret_made: how many components were made. cpuset of v1
 * is filled from the parent for every directory made. A directory that exists must be empty of processes
 * (ERR_CGROUP_BUSY) and not frozen (ERR_CGROUP_FROZEN). Removes what it made when it fails.
 */
int cgroup_make(const char *mount, const char *dir, const char *controllers, uint32_t version,
		uint32_t *ret_made, struct error *err);

/*
 * How many trailing components of dir, which lies below mount, are missing now, and so will be ours: what a
 * delete after a killed create may remove.
 */
uint32_t cgroup_missing(const char *mount, const char *dir, uint32_t version);

/* One value. flags are CGROUP_SET_ flags of program.h (IF_NEW is the caller's to decide). */
struct cgroup_setting {
	const char *file, *value;
	uint32_t flags;
	const char *other_file, *other_value; /* where there is no such file, or NULL */
};
int cgroup_set(const char *dir, const struct cgroup_setting *setting, struct error *err);

/*
 * The same for many values, which mostly follow one another by directory and by file: what was opened last
 * stays open, until cgroup_writer_close(). The writer keeps the pointers to dir and the names of files.
 */
struct cgroup_writer {
	const char *dir, *file;
	int fd, file_fd;
};
#define CGROUP_WRITER_INIT ((struct cgroup_writer){ .fd = -1, .file_fd = -1 })
int cgroup_writer_set(struct cgroup_writer *w, const char *dir, const struct cgroup_setting *setting,
		      struct error *err);
void cgroup_writer_close(struct cgroup_writer *w);

/*
 * v2: enables controllers for dir in the parents of it, from mount down. needed: those ("cpu,memory") without
 * which it is an error; all: also every other one, as far as the parents let us.
 */
int cgroup_enable(const char *mount, const char *dir, const char *needed, bool all, struct error *err);

/*
 * v2: makes the program the device list of dir: the one that berth attached before is replaced at once,
 * so that there is never none and never two. Needs CAP_BPF or CAP_SYS_ADMIN.
 */
struct bpf_insn;
int cgroup_devices_set(const char *dir, const struct bpf_insn *code, size_t n, struct error *err);

/* Takes the device list of berth away from a cgroup that stays. */
void cgroup_devices_unset(const char *dir);

/*
 * v2: gives the directory, and the files in it that the kernel says may be delegated, to a user. Their
 * group stays.
 */
int cgroup_give(const char *dir, uid_t uid, struct error *err);

/*
 * For a change that can be taken back. cgroup_saved_value(): what to write to that file to get back to the
 * present value, or in a file with a line per device the present line of the one that `value` is about; in
 * the arena. -ENOENT without *err when there is no such file. cgroup_check_value(): whether the kernel now
 * shows what was written, as far as that can be told for this file.
 */
int cgroup_saved_value(const char *dir, const char *file, const char *value, struct arena *arena, char **ret,
		       struct error *err);
int cgroup_check_value(const char *dir, const char *file, const char *value, struct error *err);

/*
 * Removes the container's directories and everything below them, bottom-up without following links, as
 * far as berth made them; parents that it made only if empty. EBUSY is retried until the deadline
 * (milliseconds), then the error names the processes that are left. A missing directory is no error.
 */
int cgroup_remove(const struct cgroup *cg, unsigned deadline_ms, struct error *err);

/*
 * Sends a signal to every process of the container's cgroups and their children, once each. SIGKILL uses
 * cgroup.kill where there is one, else freezes, kills and always thaws again. Returns how many processes
 * were signalled, or a negative errno. A missing cgroup counts as empty. A cgroup that holds the caller
 * is not the container's own and is left alone.
 */
int cgroup_signal(const struct cgroup *cg, int signum, struct error *err);

/* All process ids below the container's cgroups, sorted, each once; *ret is malloc'ed. */
int cgroup_pids(const struct cgroup *cg, pid_t **ret, size_t *ret_n, struct error *err);

/* The directory that can freeze the container, or NULL. */
const struct cgroup_dir *cgroup_freezer(const struct cgroup *cg);

/* 1: frozen (or on the way), also by a parent; 0: not, or there is no freezer; negative errno. */
int cgroup_frozen(const struct cgroup *cg);

/*
 * Freezes everything in the container's cgroups (pause) within deadline_ms; what could not be frozen
 * completely is thawed again and is an error (-ETIMEDOUT).
 */
int cgroup_freeze(const struct cgroup *cg, unsigned deadline_ms, struct error *err);

/*
 * Thaws what cgroup_freeze() froze (resume). What the container has frozen itself further down stays as it
 * is. Still frozen after deadline_ms, as below a frozen parent: -ETIMEDOUT.
 */
int cgroup_resume(const struct cgroup *cg, unsigned deadline_ms, struct error *err);

/* Thaws everything, also further down, as kill and delete need it on v1. A missing cgroup is no error. */
int cgroup_thaw(const struct cgroup *cg, struct error *err);

/* For messages: "limit 524288, peak 524288, 3 OOM kills" from the memory controller, or empty. */
size_t cgroup_memory_story(const struct cgroup *cg, char *buf, size_t size);

#endif
