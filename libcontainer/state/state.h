/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_STATE_H
#define BERTH_STATE_H

/*
 * What outlives a command: <root>/<id>/ with
 *
 *	record   what later commands need, one JSON document, replaced by rename only
 *	summary  a link whose target is the part of the record that `list` needs
 *	exec     what exec needs beyond the record: see exec_file_write()
 *	start    the socket on which a created container's init waits; its absence means "was started"
 *	notify   a directory that is bound into the container for sd_notify, if that was asked for
 *
 * The directory's own descriptor carries the lock (flock): exclusive while a command changes the
 * container, none for reading. Reserving an id is mkdir(2), which is atomic. Directories without a record
 * belong to a create that is running (locked) or was killed (not locked). Directories that do not look
 * like ours are never touched.
 */

#include "base/error.h"
#include "libcontainer/cgroup/cgroup.h"
#include "libcontainer/cgroup/resctrl.h"
#include "spec/config.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define STATE_RECORD_VERSION 1
#define STATE_RECORD_MAX (1u << 20)
#define STATE_ID_MAX 255

enum container_status { STATUS_CREATING, STATUS_CREATED, STATUS_RUNNING, STATUS_PAUSED, STATUS_STOPPED };
const char *container_status_name(enum container_status status); /* "creating", ... */

/* Identity of a process across pid reuse and reboots. */
struct process_id {
	pid_t pid;            /* 0: none */
	uint64_t start_time;  /* field 22 of /proc/PID/stat */
	char *boot_id;        /* 36 characters */
};

struct record {
	uint32_t version;
	bool complete;          /* false between reservation and the end of create */
	char *id;
	char *bundle;           /* absolute */
	char *rootfs;           /* absolute */
	char *created;          /* RFC 3339, UTC, nanoseconds */
	char *oci_version;
	uint32_t owner;         /* uid that ran create */
	struct process_id init;
	bool private_pidns;     /* init is pid 1 of a new pid namespace */
	bool no_process;        /* config had no process object */
	bool terminal;
	char *cgroup_manager;   /* "cgroupfs", "systemd", "disabled" */
	struct cgroup cgroup;
	struct resctrl resctrl; /* linux.intelRdt */
	char *systemd_unit;     /* the unit that the cgroup belongs to, or NULL */
	bool systemd_user;      /* of the user's manager */
	char *resources;        /* linux.resources without devices, as JSON, with all updates; or NULL */
	struct string_map annotations;
	struct config_hook_list poststart, poststop;
	char *seccomp_listener_path, *seccomp_listener_metadata;
	bool started;           /* of the summary only; the record is not written again by start */
	bool freezer_v1;        /* of the summary only, whose cgroup has the freezer of v2 or none */
};

struct state_root {
	int fd;
	char path[4096]; /* absolute */
};

/*
 * Opens the root. path NULL: the default, /run/berth for root in the initial user namespace, else
 * $XDG_RUNTIME_DIR/berth when that is set and not empty, else an error. create: makes it (0700) when
 * missing. Refuses a symlink, a foreign owner, and group- or world-writable directories (ERR_STATE_ROOT).
 * -ENOENT without setting err when it is missing and create is false.
 */
int state_root_open(const char *path, bool create, struct state_root *ret, struct error *err);
void state_root_close(struct state_root *root);

/* [A-Za-z0-9_+.-]+, not starting with '.' or '-', at most STATE_ID_MAX; ERR_CONTAINER_ID_INVALID. */
int state_check_id(const char *id, struct error *err);

/*
 * Makes and locks the directory of a new container; *ret_dir is its descriptor. ERR_CONTAINER_EXISTS when
 * the id is taken. What a killed create or an earlier boot left under the id is cleaned up first
 * (processes proven to be its own, cgroups, directory) and then does not count as taken.
 */
int state_reserve(const struct state_root *root, const char *id, int *ret_dir, struct error *err);

enum state_lock { STATE_LOCK_NONE, STATE_LOCK_EXCLUSIVE };

/*
 * Opens the directory of an existing container. ERR_CONTAINER_UNKNOWN when there is none. Waiting for
 * the lock is bounded (10 s, then ERR_CONTAINER_BUSY).
 */
int state_open(const struct state_root *root, const char *id, enum state_lock lock, int *ret_dir,
	       struct error *err);

/*
 * Removes the directory and what berth put into it, the record last. No free disk space is needed. A
 * directory that another command has removed already is no error.
 */
int state_remove(const struct state_root *root, const char *id, int dir, struct error *err);

/*
 * Writes by temporary file and rename in dir; never leaves a partial record under the name. The caller
 * holds the lock. Fills in the version, and the boot id when init.boot_id is NULL. A create writes its
 * first record (complete false; only id is needed, and the cgroups with `made` as far as known) before
 * it makes anything, so that what a SIGKILL leaves can be cleaned up: only cgroups with made > 0 and a
 * process with pid and start time are.
 */
int record_write(int dir, const struct record *record, struct error *err);

/*
 * Reads the record; strings live in doc. -ENOENT without err when there is none (creating or killed
 * create); ERR_STATE_READ for damage, ERR_STATE_VERSION for a newer version.
 */
int record_read(int dir, struct document *doc, struct record *ret, struct error *err);

/*
 * Record and status of one container that state_list() has named, in few system calls; never waits. For
 * showing only: commands that act open and lock the directory. Unless the whole record is asked for, only
 * id, bundle, created, owner and init are sure to be filled in. A container without a record has an empty
 * one. ERR_CONTAINER_UNKNOWN when it has gone or is not ours after all.
 */
int state_glance(const struct state_root *root, const char *id, bool whole, struct document *doc,
		 struct record *ret, enum container_status *ret_status, struct error *err);

/*
 * The file for exec, written by create before the record is complete: a block for keep_read(), and the
 * process object of the configuration as JSON text (len 0: there is none).
 */
struct exec_file {
	struct arena arena;
	void *block;          /* in it, 8-byte aligned, unchecked */
	size_t block_size;
	const char *process;  /* in it, not terminated */
	size_t process_len;
};
int exec_file_write(int dir, const void *block, size_t block_size, const char *process, size_t len,
		    struct error *err);
int exec_file_read(int dir, struct exec_file *ret, struct error *err);
void exec_file_done(struct exec_file *file);

/*
 * The present status; also tells whether init is alive: a zombie or a recycled pid counts as gone. An
 * incomplete record is "creating" as long as anybody holds the lock (the caller, too) and "stopped" after
 * that: what a killed create left.
 */
enum container_status record_status(int dir, const struct record *record);

/*
 * What start leaves for record_status() before its order and after the order was carried out; the lock is
 * held. Killed at any moment between, the status is still told right. 0 or a negative errno.
 */
int state_start_ordered(int dir);
int state_start_done(int dir, const struct record *record);

/* Fills start time and boot id of a living process. */
int process_identify(pid_t pid, struct arena *arena, struct process_id *ret, struct error *err);

/* True when the recorded process belongs to this boot, so that its number may mean something. */
bool process_is_of_this_boot(const struct process_id *id);

/*
 * A pidfd of exactly that process, verified by start time and boot id after opening; -ESRCH when it is
 * gone, a zombie, or another process has its number.
 */
int process_open(const struct process_id *id);

/*
 * Ids of all containers below the root (directories that look like ours), sorted, and a NULL behind them.
 * Array and strings are one malloc'ed block: free(*ret) frees all. look false: the directories are not
 * looked into, for who calls state_glance() for each.
 */
int state_list(const struct state_root *root, bool look, char ***ret, size_t *ret_n, struct error *err);

#endif
