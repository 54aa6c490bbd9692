/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_H
#define BERTH_RUN_H

/*
 * The executor and the commands of the life cycle. Nothing here prints; cmd/ words the results.
 */

#include "base/error.h"
#include "libcontainer/compile/compile.h"
#include "libcontainer/state/state.h"
#include "spec/config.h"

#include <stdbool.h>
#include <stdint.h>

struct bus;

struct launch_request {
	const struct state_root *root;
	const struct config *config;         /* for the record: annotations, poststart and poststop hooks */
	const struct compile_options *options;
	const void *program;                 /* compiled block */
	size_t program_size;
	const void *keep;                    /* of it, for exec */
	size_t keep_size;
	const char *rootfs;                  /* absolute, for the record */
	bool fixed_cgroup;                   /* exec: no other cgroup than the program's will do */
	const char *console_socket;          /* or NULL */
	const char *pidfd_socket;            /* or NULL */
	const char *trace;                   /* file for the trace, or NULL */
	struct bus *systemd;                 /* see systemd_prepare(), or NULL */
};

/*
 * Connects with systemd early, so that it need not be waited for: to be called as soon as a create or run is known to
 * need it. NULL when that fails, for reasons that show when it is needed. The connection lives in the arena, and ends
 * with the release, which may come again.
 */
struct bus *systemd_prepare(struct arena *arena);
void systemd_release(struct bus *bus);

/* Facts about this host for compile(), as far as the configuration is about them. Strings live in the arena. */
int host_detect(struct arena *arena, const struct config *config, struct host *ret, struct error *err);

/* create: everything up to the waiting init. Undoes all of it when it fails, poststop hooks included. */
int container_create(const struct launch_request *request, struct error *err);

/*
 * run: create, start, and in the foreground (options->detached false) relay the terminal, forward
 * signals, wait, delete (unless keep). *ret_status: exit code of the program, 128 + n for a signal; 0
 * when detached.
 */
int container_run(const struct launch_request *request, bool keep, bool no_subreaper, int *ret_status,
		  struct error *err);

/*
 * start: sends the order, waits until the program was executed or failed, delivers a seccomp listener,
 * runs poststart hooks. On failure the container is stopped and destroyed and poststop hooks are run
 * (runtime-spec, Lifecycle steps 7 and 9).
 */
int container_start(const struct state_root *root, const char *id, const char *trace, struct error *err);

/* The container that exec enters, as it was found. */
struct exec_target {
	struct document doc;           /* the record's strings */
	struct record record;
	int pidfd;                     /* of init, proved to be it */
	struct exec_file file;
	struct program keep;
	struct exec_cgroup *cgroups;   /* in the arena of doc */
	struct exec_base base;         /* for compile_exec(); borrows from the above */
};

#define EXEC_TARGET_INIT ((struct exec_target){ .pidfd = -1 })

/* ERR_EXEC_STOPPED, ERR_EXEC_PAUSED (unless ignore_paused). A container that waits for start is fine. */
int exec_target_open(const struct state_root *root, const char *id, bool ignore_paused,
		     struct exec_target *ret, struct error *err);
void exec_target_done(struct exec_target *target);

/* Facts about this host for compile_exec(): what host_detect() finds out, without the cgroups. */
void host_detect_process(struct host *ret);

/*
 * exec: makes the process, waits until its program was executed, and in the foreground (options->detached false)
 * does as run does. request->config is not used.
 */
int container_exec(const struct exec_target *target, const struct launch_request *request, bool no_subreaper,
		   int *ret_status, struct error *err);

/* Removes what an earlier process has left under the name of a pid file that will be written. */
void pid_file_forget(const char *path);

/* kill: to init, or with all to every process. A stopped container: ERR_CONTAINER_NOT_RUNNING, or success with all. */
int container_kill(const struct state_root *root, const char *id, int signum, bool all, struct error *err);

/*
 * pause, resume: freeze and thaw all processes of a created or running container, within a deadline.
 * ERR_CONTAINER_NOT_RUNNING when it has stopped; ERR_CONTAINER_PAUSED, ERR_CONTAINER_NOT_PAUSED.
 */
int container_pause(const struct state_root *root, const char *id, struct error *err);
int container_resume(const struct state_root *root, const char *id, struct error *err);

/* Limits of Intel RDT, lines for the schemata of the container's group. */
#define UPDATE_RDT_MAX 2
struct update_rdt {
	const char *lines[UPDATE_RDT_MAX];
	size_t n;
};

/*
 * update: writes new limits, all of them or none: what one failing write leaves is taken back. asked is what
 * was read or made for this and is changed (update_normalise()); doc is where it was read from, for messages.
 * The new values are recorded. A stopped container can be updated as long as its cgroup is there.
 */
int container_update(const struct state_root *root, const char *id, const struct document *doc,
		     struct config_resources *asked, const struct update_rdt *rdt, struct error *err);

/*
 * events: writes lines of JSON to the descriptor out. interval_ns 0: the statistics once. Otherwise the
 * statistics again and again, and each lack of memory when it happens, until the container has ended or
 * nobody reads any more. pressure: the level (see cgroup/pressure-levels.h) from which waiting for memory is told as
 * well, or NULL.
 */
int container_events(const struct state_root *root, const char *id, uint64_t interval_ns, const char *pressure, int out,
		     struct error *err);

/*
 * ps: the ids of all processes in the container's cgroups and those below, sorted. A container without a
 * cgroup of its own has its init. *ret is malloc'ed; an ended container may have none.
 */
int container_pids(const struct state_root *root, const char *id, pid_t **ret, size_t *ret_n,
		   struct error *err);

/*
 * The same as a table: the lines about these processes of what ps(1) prints for the options (none: -ef), or
 * without such a program on this host a table of the columns of "ps -ef".
 */
struct buf;
int container_ps(const struct state_root *root, const char *id, char *const *options, size_t n_options,
		 struct buf *out, struct error *err);

/*
 * delete: removes what create made, then runs poststop hooks (their failures are warnings). force kills
 * first, takes any damaged or half-made container, and accepts an unknown id.
 */
int container_delete(const struct state_root *root, const char *id, bool force, struct error *err);

#endif
