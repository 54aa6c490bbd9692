/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_CHILD_H
#define BERTH_SYS_CHILD_H

/* Child processes and what is needed to talk to them. Conventions: see libcontainer/sys/call.h. */

#include <stddef.h>
#include <sys/types.h>

int sys_fork(void);
int sys_execve(const char *path, char *const argv[], char *const envp[]);
/* Whether path may be executed (a directory: searched) by us: 0, -EACCES ... */
int sys_can_execute(const char *path);
/* 1 and *ret_status when the child has ended, 0 when it has not. */
int sys_wait_nohang(pid_t pid, int *ret_status);
int sys_wait(pid_t pid, int *ret_status);
/* exit_group(2); returns only where a filter denies it. */
void sys_exit_group(int status);
int sys_kill(pid_t pid, int signum);
int sys_pidfd_open(pid_t pid);
int sys_memfd(const char *name);
int sys_dup2(int from, int to); /* the copy is not close-on-exec */
/* Waits until one of three descriptors (-1: none) is readable. A bit for each; 0: the time is over. */
int sys_poll3(const int fds[3], int timeout_ms);
int sys_accept(int sock);
/* The user id of the process that connected (or made) the socket. */
int sys_peer_uid(int sock, uid_t *ret);
/* Anonymous zeroed memory, and pages of a descriptor. NULL and errno. */
void *sys_map_memory(size_t size);
void *sys_map_fd(int fd, size_t size, int protection, int flags);
/* Sends one descriptor with the text as payload. */
int sys_send_fd(int sock, int fd, const char *text);

#endif
