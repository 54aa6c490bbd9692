/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_NOTIFY_H
#define BERTH_RUN_NOTIFY_H

/*
 * sd_notify: the container reports to a socket of ours, in the directory that create bound at /run/notify;
 * READY, and what else it says about itself, is passed on to the socket that NOTIFY_SOCKET of our caller names.
 * Without the variable nothing happens, and all functions take a descriptor of -1.
 */

#include "base/error.h"
#include "libcontainer/run/watch.h"

#include <stdbool.h>
#include <sys/types.h>

/* For create: the directory, in the container's state directory. */
int notify_make_dir(int state_dir, struct error *err);

/*
 * Binds the socket; before the order to start, while nothing in the container can put a link in its place.
 * *ret is -1 if create was not asked for it, or we are not.
 */
int notify_open(int state_dir, int *ret, struct error *err);

/*
 * Reads what has come and passes it on, READY with pid as MAINPID. True behind a READY: there may be more to read.
 * Failures are warnings.
 */
bool notify_read(int fd, pid_t pid);

/*
 * For who ends then: until READY was passed on, and the caller's manager has seen it (BARRIER), or the container has
 * ended. watch may be NULL. Closes *fd.
 */
int notify_wait(int *fd, int pidfd, pid_t pid, struct watch *watch, struct error *err);

#endif
