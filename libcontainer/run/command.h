/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_COMMAND_H
#define BERTH_RUN_COMMAND_H

/*
 * Runs a program of the host: a hook, newuidmap. The program has an own session, default signals, and
 * of berth's descriptors only what is given here as 0, 1 and 2; what it writes is read, and all but the
 * end is thrown away, so that neither a flood nor a process that keeps the pipe open can hold berth up.
 */

#include "base/buf.h"
#include "base/error.h"
#include "libcontainer/run/hook-output.h"
#include "libcontainer/run/watch.h"

#include <stdbool.h>
#include <sys/types.h>

#define COMMAND_TAIL_SIZE 400
#define COMMAND_OUTPUT_MAX (64u << 20)

struct command {
	const char *path;
	char *const *argv;
	char *const *envp;
	const char *cwd;       /* "/" is taken when it cannot be entered any more */
	int input;             /* descriptor for 0 */
	unsigned timeout_ms;   /* 0: none */
	struct buf *output;    /* gets all that the program writes, or NULL */
	struct hook_output *copy; /* of what it writes, or NULL */
	pid_t other_child;     /* a child of ours that is none of the program's, or 0 */
};

struct command_result {
	int errnum;            /* the program could not be executed */
	bool too_long;         /* more than COMMAND_OUTPUT_MAX: the rest of the output is not there */
	bool timed_out;        /* and was killed, with everything that it had started */
	int status;            /* as from waitpid(2) */
	char tail[COMMAND_TAIL_SIZE + 1]; /* end of its output, in one line */
};

/*
 * The program in the folders of the caller's PATH (many callers leave us without any: then in the usual ones). An
 * empty or relative folder counts for nothing. False: there is none.
 */
bool command_find(const char *name, char *buf, size_t size);

/*
 * 0 when it was tried, whatever came of it (see *ret); a negative errno with *err set when berth could
 * not even try, or was interrupted (the program is killed then). watch may be NULL.
 */
int command_run(const struct command *c, struct watch *watch, struct command_result *ret,
		struct error *err);

/* A program that runs beside us. The members are command.c's. */
struct command_process {
	pid_t pid;                      /* 0: none */
	int pidfd;
	int output[HOOK_STREAMS];       /* -1: closed; without a copy the first one is for both */
	volatile int *errnum;           /* of an execve that failed: a page that the child has, too */
	struct hook_output *copy;
	bool adopting;                  /* orphans of the program become ours */
	struct buf *all;
	bool too_long;
	size_t tail_len;
	char raw[COMMAND_TAIL_SIZE];
};

#define COMMAND_PROCESS_INIT ((struct command_process){ .pidfd = -1, .output = { -1, -1 } })

/*
 * The same in steps, for a program that answers before it ends. command_start() does not wait for anything;
 * command_end() follows in any case.
 */
int command_start(const struct command *c, struct command_process *ret, struct error *err);

/*
 * Waits, no longer than c->timeout_ms from now, until the descriptor `answer` can be read (-1: there is none), or the
 * program has ended. Killed is what is late or interrupted; errors as those of command_run().
 */
int command_wait(const struct command *c, struct command_process *p, int answer, struct watch *watch,
		 struct command_result *ret, struct error *err);

/* Kills the program if it still runs, and gives everything back. *ret is what it was before, and how it ended. */
int command_end(struct command_process *p, struct command_result *ret, struct error *err);

#endif
