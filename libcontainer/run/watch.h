/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_WATCH_H
#define BERTH_RUN_WATCH_H

/*
 * Signals to a command that changes a container. They are blocked from the beginning and looked at
 * only where the command waits, so that none of them can end it half-way: SIGTERM to a create means a
 * failure with rollback, not a leak.
 */

#include "base/error.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct watch {
	int fd;             /* signalfd, -1: nothing is watched */
	sigset_t old_mask;
	bool forward;       /* a foreground run that has started: no signal interrupts */
	int interrupted;    /* signal that asks for a rollback, 0: none */
	uint64_t pending;   /* other signals seen so far, bit signum - 1; for forwarding */
};

#define WATCH_INIT ((struct watch){ .fd = -1 })

/* all: everything that a foreground run forwards, and SIGCHLD; else only what interrupts. */
int watch_open(struct watch *w, bool all, struct error *err);
void watch_close(struct watch *w);

/* Reads what has come; -EINTR with ERR_INTERRUPTED when a rollback is asked for. w may be NULL. */
int watch_check(struct watch *w, struct error *err);

#endif
