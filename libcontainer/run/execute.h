/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_EXECUTE_H
#define BERTH_RUN_EXECUTE_H

/*
 * The executor: walks the runtime's side of a launch program, keeps the undo stack, speaks with init.
 *
 * struct execution is everything that a create, run or exec holds. execution_open(), execution_walk(), then
 * either success, or execution_undo() which takes back all that the walk has done; execution_done() in
 * any case.
 */

#include "base/arena.h"
#include "libcontainer/dialogue.h"
#include "libcontainer/program.h"
#include "libcontainer/run/hook-output.h"
#include "libcontainer/run/run.h"
#include "libcontainer/run/trace.h"
#include "libcontainer/run/watch.h"

#define JOINS_MAX 8 /* kinds of namespaces */
#define CGROUP_FILES_MAX 64

struct join {
	uint32_t type;      /* CLONE_NEW* */
	int fd;
	const char *path;
	uint32_t op;
};

/* A v1 cgroup that the new process enters first of all: opened by us, since it may not see the file. */
struct cgroup_file {
	int fd;
	const char *path;
};

struct execution {
	const struct launch_request *request;
	struct program program;
	bool run;                    /* init waits for its start on the wire, not on the start socket */
	struct arena arena;
	struct record record;
	int state_dir;
	struct watch watch;
	struct trace trace;

	uint32_t at;                 /* operation being done */
	uint32_t *undo;              /* indices of the operations that were begun, oldest first */
	uint32_t n_undo;
	uint32_t arrived;            /* index + 1 of the OP_SYNC or OP_WAIT_START at which init waits */
	bool cgroup_optional;        /* this user's container can do without one */
	bool *cgroup_absent;         /* of each in the record: it does */
	struct cgroup_writer cgroup_writer;
	bool hooks_begun;            /* hooks have run: poststop hooks have to follow */

	struct join joins[JOINS_MAX];
	unsigned n_joins;

	/* exec: the container's init and what the new process takes from it */
	int target;                  /* pidfd, the caller's; -1: this is no exec */
	uint32_t target_namespaces;  /* CLONE_NEW* */
	struct cgroup_file cgroup_files[CGROUP_FILES_MAX];
	unsigned n_cgroup_files;
	const struct op_affinity *affinity;

	struct hook_output hook_output;
	struct net_devices *net_devices; /* NULL: none */

	int32_t oom_score_before;    /* our own; with oom_score_changed */
	bool oom_score_changed;

	pid_t pid;                   /* of init, or of the new process; 0: none */
	int pidfd;
	bool reaped;
	int status;                  /* of a reaped init, as from waitpid(2) */
	int wire;
	int console;                 /* our end, in a foreground run with a terminal */
	struct page *page;

	int userns;                  /* for idmapped mounts: the one made last, and its maps */
	const char *userns_uid_map, *userns_gid_map;
	struct message message;      /* last one received */
};

int execution_open(struct execution *x, const struct launch_request *request, bool run, struct error *err);
int execution_walk(struct execution *x, struct error *err);
/* What an exec has behind the commit; the program runs already. */
int execution_finish(struct execution *x, struct error *err);
void execution_undo(struct execution *x);
void execution_done(struct execution *x);

/* An operation of the runtime. The operand of x->at is given. */
typedef int op_do(struct execution *x, const void *data, struct error *err);

/* launch.c: memfds, page, sockets, clone */
op_do op_clone;
void undo_clone(struct execution *x, const void *data);

/* join.c */
op_do op_namespace_join, op_init_join, op_cgroup_join, op_affinity_first;
/* Whether there is something to join before the new process is made, and whether a user namespace is. */
bool joins_any(const struct execution *x);
bool joins_userns(const struct execution *x);
void joins_close(struct execution *x);
/*
 * Like sys_clone, through a child that joins x->joins, or the namespaces of x->target, first. The new process is a
 * child of ours.
 */
pid_t join_and_clone(struct execution *x, uint64_t flags, int cgroup, bool *ret_into_cgroup,
		     void (*child)(void *arg, bool into_cgroup), void *arg, struct error *err);

/* Words for a process that could not be made. */
int clone_failed(int r, struct error *err);
/* Which namespaces of the process, given by its directory in procfs, are not ours: CLONE_NEW*. */
int namespaces_differ(int proc, uint32_t *ret, struct error *err);

/* idmap.c */
op_do op_id_map;
/* Opens /proc/PID, proved to be procfs, of a child of ours or a process that we have a pidfd of. */
int proc_open_child(pid_t pid, struct error *err);
/* A user namespace with these maps, made by a child that lives no longer than this call. */
int idmap_namespace(const char *uid_map, const char *gid_map, struct error *err);

/* limits.c */
op_do op_oom_score, op_rlimit_raise, op_io_priority, op_scheduler;
/* The value of the process, given by its directory in procfs. */
int oom_score_read(int proc, int32_t *ret);
/* Back to what ours was before op_oom_score. */
void oom_score_restore(struct execution *x);

/* hooks.c: the strings of the list, in the arena, and NULL behind them; NULL when there is no memory. */
char **execution_strings(struct execution *x, struct pstrv v);

/* output.c */
op_do op_pid_file, op_pidfd_socket;
void undo_pid_file(struct execution *x, const void *data);
/* Connects to the stream socket at path, however long that is. */
int output_connect(const char *path, const char *what, struct error *err);

/* await.c: what init is told, and what it says */
/* Waits until init has arrived at operation `op`, serving what it asks for. */
int init_await(struct execution *x, uint32_t op, struct error *err);
/* Lets init go on behind the operation at which it waits, if it does. */
int init_release(struct execution *x, struct error *err);
/* Behind the commit of create: the wire ends, or behind a run's order to start: the program runs. */
int init_await_end(struct execution *x, struct error *err);
/* Reaps init; bounded. True when it has ended. */
bool init_reap(struct execution *x, int timeout_ms);

/* source.c: serves MESSAGE_WANT_SOURCE. */
int source_serve(struct execution *x, uint32_t op, struct error *err);

#endif
