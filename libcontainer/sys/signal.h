/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_SIGNAL_H
#define BERTH_SYS_SIGNAL_H

/* Signals as descriptors. Conventions: see libcontainer/sys/call.h. */

#include <signal.h>

/*
 * Blocks set and returns a non-blocking descriptor that delivers it. *ret_old: the mask before.
 */
int sys_signalfd(const sigset_t *set, sigset_t *ret_old);

/* The next pending signal, 0 when there is none, or a negative errno. */
int sys_signal_read(int fd);

int sys_sigmask(const sigset_t *set);

/* For a new process: every disposition is the default, nothing is blocked. Cannot fail. */
void sys_signal_reset(void);

/* An ignored SIGCHLD, inherited from the caller, would take away the status of children. */
void sys_signal_default(int signum);

#endif
