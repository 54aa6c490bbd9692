/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/dialogue.h"

#include "base/fd.h"
#include "libcontainer/sys/call.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Room for more than the one descriptor that a message may carry, to see when there are more. */
#define FDS_MAX 4

union control {
	struct cmsghdr align;
	char data[CMSG_SPACE(FDS_MAX * sizeof(int))];
};

_Static_assert(offsetof(struct message, data) == MESSAGE_HEAD_SIZE, "the head is part of the protocol");

int message_send(int sock, uint32_t type, uint32_t op, const void *data, uint32_t len, int fd)
{
	uint32_t head[4] = { MESSAGE_MAGIC, type, op, len };
	struct iovec iov[2] = { { head, sizeof(head) }, { (void *) (uintptr_t) data, len } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = len ? 2 : 1 };
	union control control = { 0 };
	int r = SYS_FAULT("sendmsg");

	if (len > MESSAGE_DATA_MAX)
		return -EMSGSIZE;
	if (fd >= 0) {
		control.align.cmsg_level = SOL_SOCKET;
		control.align.cmsg_type = SCM_RIGHTS;
		control.align.cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(&control.align), &fd, sizeof(fd));
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(sizeof(fd));
	}
	while (r == 0) {
		if (sendmsg(sock, &msg, MSG_NOSIGNAL) >= 0)
			return 0;
		r = errno == EINTR ? 0 : -errno;
	}
	return SYS_FAILED(r, "sendmsg(%d, type %u)", sock, type);
}

/* Takes the descriptors out of a message; all but a single one are closed again. */
static int message_take_fd(struct msghdr *msg, bool wanted, int *ret)
{
	/* The kernel puts all descriptors of a packet into one header, and nothing else was asked for. */
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);
	int fds[FDS_MAX];
	size_t n = 0, i;

	if (cmsg && cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_RIGHTS)
		n = MIN((cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int), (size_t) FDS_MAX);
	for (i = 0; i < n; i++)
		memcpy(&fds[i], CMSG_DATA(cmsg) + i * sizeof(int), sizeof(int));
	*ret = -1;
	if (n == 1 && wanted && !(msg->msg_flags & MSG_CTRUNC)) {
		*ret = fds[0];
		return 0;
	}
	for (i = 0; i < n; i++)
		fd_close(&fds[i]);
	return n ? -EBADMSG : 0;
}

int message_receive(int sock, struct message *m, int *ret_fd)
{
	struct iovec iov = { m, sizeof(*m) };
	union control control;
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = 0;
	int fd = -1, r = SYS_FAULT("recvmsg");

	if (ret_fd)
		*ret_fd = -1;
	while (r == 0) {
		n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
		if (n >= 0)
			break;
		r = errno == EINTR ? 0 : -errno;
	}
	if (r < 0)
		return SYS_FAILED(r, "recvmsg(%d)", sock);
	r = message_take_fd(&msg, ret_fd != NULL, &fd);
	if (r < 0)
		return r;
	if (n == 0 && fd < 0)
		return 0;
	if (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || (size_t) n < MESSAGE_HEAD_SIZE ||
	    m->magic != MESSAGE_MAGIC || m->type == 0 || m->type >= MESSAGE_TYPE_MAX ||
	    m->len != (size_t) n - MESSAGE_HEAD_SIZE) {
		fd_close(&fd);
		return -EBADMSG;
	}
	if (ret_fd)
		*ret_fd = fd;
	return 1;
}
