/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_LISTENER_H
#define BERTH_RUN_LISTENER_H

/* The seccomp notification descriptor on its way to the agent. */

#include "libcontainer/dialogue.h"
#include "libcontainer/state/state.h"

/*
 * Copies the descriptor that page->listener_fd names out of the process and sends it with the container process
 * state to the record's listener path. Sets page->listener_taken, for which init waits, only afterwards.
 */
int listener_deliver(const struct record *record, pid_t pid, int pidfd, struct page *page, struct error *err);

#endif
