/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_FOLLOW_H
#define BERTH_RUN_FOLLOW_H

/*
 * From the order to start until the end of the program, as far as run and exec have it in common: the
 * terminal, signals, the exit status.
 */

#include "libcontainer/run/execute.h"
#include "libcontainer/run/relay.h"

struct follow {
	struct relay relay;
	int notify;          /* socket of sd_notify, -1: none */
};

/* Before anything else. Not by an initial value, which would put empty buffers into the program's file. */
void follow_init(struct follow *f);

/*
 * Executes the program up to where init waits for the order to start, and takes over the terminal that it has sent,
 * if there is one. subreaper: we are to get the orphans of what we run, and reap them.
 */
int follow_walk(struct follow *f, struct execution *x, bool subreaper, struct error *err);

/* Gives the order to start over the wire, and waits until the program was executed or could not be. */
int follow_start(struct execution *x, struct error *err);

/* Until the program has ended: forwards signals and the terminal. *ret_status: its code, or 128 + signal. */
int follow_end(struct follow *f, struct execution *x, int *ret_status, struct error *err);

void follow_done(struct follow *f);

#endif
