/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/net/helper.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define BUFFER_SIZE 65536u /* a link with many virtual functions takes more than the usual 8 KiB */

static _Alignas(struct nlmsghdr) char request_buffer[BUFFER_SIZE];
static _Alignas(struct nlmsghdr) char answer_buffer[BUFFER_SIZE];

struct answer {
	struct talk *t;
	mnl_cb_t cb;
	void *data;
};

int talk_open(struct talk *t)
{
	int on = 1;

	*t = (struct talk){ .nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC) };
	if (!t->nl || mnl_socket_bind(t->nl, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	/* Words to go with an errno, and dumps of one device only: older kernels have neither. */
	(void)mnl_socket_setsockopt(t->nl, NETLINK_EXT_ACK, &on, sizeof(on));
	(void)mnl_socket_setsockopt(t->nl, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	return 0;
}

void talk_close(struct talk *t)
{
	if (t->nl)
		(void)mnl_socket_close(t->nl);
	t->nl = NULL;
}

struct nlmsghdr *talk_request(uint16_t type, uint16_t flags)
{
	struct nlmsghdr *m = mnl_nlmsg_put_header(request_buffer);

	m->nlmsg_type = type;
	m->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	return m;
}

/* The end of an answer: the errno, and perhaps words of the kernel behind the request that it sends back. */
static int on_error(const struct nlmsghdr *m, void *data)
{
	const struct answer *a = data;
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(m);
	const struct nlattr *attr;
	size_t offset = sizeof(*e);

	if (m->nlmsg_len < mnl_nlmsg_size(sizeof(*e))) {
		errno = EBADMSG;
		return MNL_CB_ERROR;
	}
	if (e->error == 0)
		return MNL_CB_STOP;
	if (!(m->nlmsg_flags & NLM_F_CAPPED))
		offset += mnl_nlmsg_get_payload_len(&e->msg);
	if (m->nlmsg_flags & NLM_F_ACK_TLVS && mnl_nlmsg_get_payload_len(m) > offset)
		attr_for_each(attr, m, (unsigned)offset)
			if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
			    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
				(void)snprintf(a->t->text, sizeof(a->t->text), "%s", mnl_attr_get_str(attr));
	errno = -e->error;
	return MNL_CB_ERROR;
}

static int on_message(const struct nlmsghdr *m, void *data)
{
	const struct answer *a = data;

	return a->cb ? a->cb(m, a->data) : MNL_CB_OK;
}

int talk_do(struct talk *t, struct nlmsghdr *request, mnl_cb_t cb, void *data)
{
	mnl_cb_t control[NLMSG_ERROR + 1] = { [NLMSG_ERROR] = on_error };
	struct answer a = { .t = t, .cb = cb, .data = data };
	int r;

	t->text[0] = '\0';
	request->nlmsg_seq = ++t->seq;
	if (mnl_socket_sendto(t->nl, request, request->nlmsg_len) < 0)
		return -errno;
	do {
		ssize_t n = mnl_socket_recvfrom(t->nl, answer_buffer, sizeof(answer_buffer));

		if (n < 0)
			return -errno;
		r = mnl_cb_run2(answer_buffer, (size_t)n, t->seq, mnl_socket_get_portid(t->nl), on_message, &a,
				control, sizeof(control) / sizeof(*control));
	} while (r > 0);
	return r < 0 ? -errno : 0;
}
