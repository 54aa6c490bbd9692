/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/net/helper.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* One packet with one descriptor, which is returned. */
static int receive(void *data, size_t size, size_t *ret_len)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { .iov_base = data, .iov_len = size };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c;
	ssize_t n;
	int fd;

	do
		n = recvmsg(STDIN_FILENO, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	c = CMSG_FIRSTHDR(&msg);
	if (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || !c || c->cmsg_level != SOL_SOCKET ||
	    c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(sizeof(int)))
		return -EBADMSG;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	*ret_len = (size_t)n;
	return fd;
}

static bool name_is_sound(const char name[NET_NAME_SIZE])
{
	return name[0] && memchr(name, '\0', NET_NAME_SIZE);
}

/* Nothing in a request is believed before it has been looked at. */
static bool request_is_sound(const struct net_request *q, size_t len)
{
	if (len != sizeof(*q) || q->magic != NET_MAGIC || q->type == 0 || q->type >= NET_TYPE_MAX ||
	    q->n > NET_DEVICES_MAX)
		return false;
	for (uint32_t i = 0; i < q->n; i++)
		if (!name_is_sound(q->devices[i].host_name) || !name_is_sound(q->devices[i].name))
			return false;
	return true;
}

static int map_file(int fd, struct saved **ret)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size != NET_FILE_SIZE)
		return -EBADMSG;
	*ret = mmap(NULL, NET_FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (*ret == MAP_FAILED)
		return -errno;
	return (*ret)->n > NET_DEVICES_MAX || (*ret)->used > SAVED_DATA_SIZE ? -EBADMSG : 0;
}

static int serve(struct net_reply *reply)
{
	static struct net_request request;
	struct saved *saved;
	size_t len;
	char byte;
	int ns, file, r;

	ns = receive(&request, sizeof(request), &len);
	if (ns < 0)
		return ns;
	if (!request_is_sound(&request, len))
		return -EBADMSG;
	file = receive(&byte, sizeof(byte), &len);
	if (file < 0)
		return file;
	r = map_file(file, &saved);
	if (r < 0)
		return r;
	return request.type == NET_MOVE ? devices_move(saved, &request, ns, reply)
					: devices_restore(saved, ns, reply);
}

int main(void)
{
	static struct net_reply reply = { .magic = NET_MAGIC, .device = NET_NO_DEVICE };
	int r = serve(&reply);

	reply.errnum = r < 0 ? -r : 0;
	return send(STDIN_FILENO, &reply, sizeof(reply), MSG_NOSIGNAL) == (ssize_t)sizeof(reply) ? 0 : 1;
}
