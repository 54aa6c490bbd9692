/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/socket.h"

#include "base/fd.h"
#include "libcontainer/sys/call.h"
#include "libcontainer/sys/file.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

int sys_socketpair(int type, int ret[2])
{
	int r = SYS_FAULT("socketpair");

	if (r == 0)
		r = socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ret) < 0 ? -errno : 0;
	return r < 0 ? SYS_FAILED(r, "socketpair(AF_UNIX, %d)", type) : 0;
}

static int address_in_dir(struct sockaddr_un *ret, int dirfd, const char *name)
{
	int n;

	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	n = snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/%s", dirfd, name);
	return n > 0 && (size_t)n < sizeof(ret->sun_path) ? 0 : -ENAMETOOLONG;
}

int sys_socket_listen(int type, int dirfd, const char *name)
{
	struct sockaddr_un address;
	int r = SYS_FAULT("bind");

	_cleanup_close_ int fd = -1;

	if (r == 0)
		r = address_in_dir(&address, dirfd, name);
	if (r == 0) {
		fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
		/* bind(2) takes the mode of the new file from the socket. */
		if (fd < 0 || fchmod(fd, 0600) < 0 ||
		    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 8) < 0)
			r = -errno;
	}
	return r < 0 ? SYS_FAILED(r, "bind(\"%s\")", name) : fd_steal(&fd);
}

static int connect_to(int type, const struct sockaddr_un *address, size_t size)
{
	_cleanup_close_ int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)address, (socklen_t)size) < 0)
		return -errno;
	return fd_steal(&fd);
}

int sys_socket_connect(int type, int dirfd, const char *name)
{
	struct sockaddr_un address;
	int r = SYS_FAULT("connect");

	if (r == 0)
		r = address_in_dir(&address, dirfd, name);
	if (r == 0)
		r = connect_to(type, &address, sizeof(address));
	return r < 0 ? SYS_FAILED(r, "connect(\"%s\")", name) : r;
}

int sys_socket_connect_path(int type, const char *path, size_t len)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int r = SYS_FAULT("connect");

	/* A name in the file system is ended by a NUL. */
	if (r == 0 && len >= sizeof(address.sun_path))
		r = -ENAMETOOLONG;
	if (r == 0) {
		memcpy(address.sun_path, path, len);
		r = connect_to(type, &address, offsetof(struct sockaddr_un, sun_path) + len);
	}
	return r < 0 ? SYS_FAILED(r, "connect(\"%.*s\")", (int)len, path) : r;
}

ssize_t sys_send(int sock, const void *data, size_t size)
{
	int r = SYS_FAULT("send");

	while (r == 0) {
		ssize_t n = send(sock, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n >= 0)
			return n;
		r = errno == EINTR ? 0 : -errno;
	}
	return SYS_FAILED(r, "send(%d, %zu)", sock, size);
}

ssize_t sys_recv(int sock, void *buf, size_t size)
{
	int r = SYS_FAULT("recv");

	while (r == 0) {
		ssize_t n = recv(sock, buf, size, MSG_DONTWAIT);

		if (n >= 0)
			return n;
		r = errno == EINTR ? 0 : -errno;
	}
	return SYS_FAILED(r, "recv(%d, %zu)", sock, size);
}

int sys_socket_send_timeout(int sock, int timeout_ms)
{
	const struct timeval t = { .tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000 };
	int r = SYS_FAULT("setsockopt");

	if (r == 0)
		r = setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t)) < 0 ? -errno : 0;
	if (r == 0)
		r = sys_set_nonblock(sock, false);
	return r < 0 ? SYS_FAILED(r, "setsockopt(%d, SO_SNDTIMEO)", sock) : 0;
}

int sys_pass_fd(int sock, const void *data, size_t size, int fd)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { .iov_base = (void *)(size_t)data, .iov_len = size };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.space),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	int r = SYS_FAULT("sendmsg");

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	while (r == 0) {
		if (sendmsg(sock, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
			return 0;
		r = errno == EINTR ? 0 : -errno;
	}
	return SYS_FAILED(r, "sendmsg(%d, fd %d)", sock, fd);
}

/* CMSG_NXTHDR with the arithmetic of musl's headers, which mixes signs, kept out of the warnings. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"
static struct cmsghdr *next_header(struct msghdr *msg, struct cmsghdr *c)
{
	return CMSG_NXTHDR(msg, c);
}
#pragma GCC diagnostic pop

/* Closes every descriptor of a control message but returns the only one of a proper one. */
static int take_fd(struct msghdr *msg)
{
	int result = -1, n = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = next_header(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < (c->cmsg_len - CMSG_LEN(0)) / sizeof(int); i++) {
			if (n++ > 0)
				fd_close(&result);
			memcpy(&result, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
		}
	}
	if (n == 1 && !(msg->msg_flags & (MSG_CTRUNC | MSG_TRUNC)))
		return result;
	fd_close(&result);
	return -EBADMSG;
}

int sys_receive_fd(int sock)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(4 * sizeof(int))];
	} control;
	char data[4096];
	struct iovec iov = { .iov_base = data, .iov_len = sizeof(data) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.space),
	};
	int r = SYS_FAULT("recvmsg");

	while (r == 0) {
		ssize_t n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);

		if (n > 0) {
			r = take_fd(&msg);
			return r < 0 ? SYS_FAILED(r, "recvmsg(%d)", sock) : r;
		}
		r = n == 0 ? -ENODATA : errno == EINTR ? 0 : -errno;
	}
	return SYS_FAILED(r, "recvmsg(%d)", sock);
}

int sys_poll(struct pollfd *fds, unsigned n, int timeout_ms)
{
	int r = SYS_FAULT("poll");

	if (r == 0) {
		r = poll(fds, n, timeout_ms);
		if (r < 0)
			r = errno == EINTR ? 0 : -errno;
		if (r == 0)
			for (unsigned i = 0; i < n; i++)
				fds[i].revents = 0;
	}
	return r < 0 ? SYS_FAILED(r, "poll(%u, %d)", n, timeout_ms) : r;
}
