/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_PIDFD_H
#define BERTH_SYS_PIDFD_H

/* Processes by descriptor. Conventions: see libcontainer/sys/call.h. */

#include <sys/types.h>

int sys_pidfd_open(pid_t pid);
int sys_pidfd_send_signal(int pidfd, int signum);
int sys_pidfd_getfd(int pidfd, int fd);

/* 1: the process has ended, 0: not within timeout_ms, or a negative errno. */
int sys_pidfd_wait(int pidfd, int timeout_ms);

#endif
