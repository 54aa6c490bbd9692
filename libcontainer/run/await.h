/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_AWAIT_H
#define BERTH_RUN_AWAIT_H

/* What runtime and `start` share in listening to init. */

#include "libcontainer/cgroup/cgroup.h"
#include "libcontainer/dialogue.h"
#include "libcontainer/program.h"
#include "libcontainer/run/hook-output.h"

#include <stdbool.h>

/* Takes over the error that init reported; what does not look like one is an error of its own. */
int init_reported(const struct message *m, struct error *err);

/*
 * Words for the death of init. page may be NULL; status: as from waitpid(2), or -1 when it is not known;
 * cg: for what the memory controller has to say.
 */
int init_died(const struct page *page, int status, const struct cgroup *cg, struct error *err);

/* Keeps what a hook of init's has written: true when the message was that. */
bool init_hook_wrote(const struct message *m, struct hook_output *output);

/* Whether init was executing the user's program when it was last seen: its execve was the last step. */
bool init_had_executed(const struct page *page);

/* The wait for the program, common to run and start. */
struct start_wait {
	pid_t pid;                 /* of the process */
	int sock;                  /* wire or connection of the start socket */
	int pidfd;
	struct page *page;
	const struct record *record;
	struct watch *watch;       /* or NULL */
	struct message *message;
	struct hook_output *output; /* of startContainer hooks */
};

/*
 * Waits until the program was executed (0), or init has reported an error or died; hands a seccomp
 * listener over on the way.
 */
int start_await(const struct start_wait *w, struct error *err);

#endif
