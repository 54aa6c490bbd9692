/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_PIDFD_H
#define BERTH_SYS_PIDFD_H

/* Processes by descriptor. Conventions: see libcontainer/sys/call.h. */

#include <sys/types.h>

int sys_pidfd_open(pid_t pid);

/*
 * 0 where the two calls work without which nothing can be done to a process safely, else the errno of the one that
 * does not: Linux 5.3 brought them, and filters of outer containers may not let them through.
 */
int sys_pidfd_usable(void);
int sys_pidfd_send_signal(int pidfd, int signum);
int sys_pidfd_getfd(int pidfd, int fd);

/* 1: the process has ended, 0: not within timeout_ms, or a negative errno. */
int sys_pidfd_wait(int pidfd, int timeout_ms);

#endif
