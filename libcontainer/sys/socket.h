/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_SOCKET_H
#define BERTH_SYS_SOCKET_H

/* Local sockets and waiting for descriptors. Conventions: see libcontainer/sys/call.h. */

#include <poll.h>
#include <stddef.h>
#include <sys/types.h>

int sys_socketpair(int type, int ret[2]); /* AF_UNIX */

/*
 * Makes a listening socket in an open directory, mode 0600. The name is reached through
 * /proc/self/fd/DIR, so that no length of the directory's path is too long for sun_path.
 */
int sys_socket_listen(int type, int dirfd, const char *name);

/* Connects to name in an open directory, in the same way; non-blocking: -EAGAIN for a full backlog. */
int sys_socket_connect(int type, int dirfd, const char *name);

/* Connects to a path of len bytes, which begins with a NUL for an abstract one; non-blocking as well. */
int sys_socket_connect_path(int type, const char *path, size_t len);

/* Send and receive bytes; no SIGPIPE, no waiting: -EAGAIN. */
ssize_t sys_send(int sock, const void *data, size_t size);
ssize_t sys_recv(int sock, void *buf, size_t size);

/* From now on sending waits, but never longer than that. */
int sys_socket_send_timeout(int sock, int timeout_ms);

/* Sends data with one descriptor in one message; no SIGPIPE, no waiting. */
int sys_pass_fd(int sock, const void *data, size_t size, int fd);

/*
 * Receives one message with exactly one descriptor. The bytes are thrown away. Returns the descriptor,
 * -EBADMSG for anything else, -ENODATA at end-of-file.
 */
int sys_receive_fd(int sock);

/* poll(2); 0 after timeout_ms or a signal, -1 for no timeout. */
int sys_poll(struct pollfd *fds, unsigned n, int timeout_ms);

#endif
