/* SPDX-License-Identifier: Apache-2.0 */
/* What a device loses when it changes its network namespace, as the kernel's own messages. */
#define _GNU_SOURCE
#include "libcontainer/net/helper.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#define ATTEMPTS 10 /* at a dump that other changes disturb */

struct saving {
	struct saved *s;
	struct saved_device *d;
	unsigned char family;
};

/* Temporary addresses are made by the kernel, which has other ones soon. */
static bool want_address(const struct nlmsghdr *m, const struct saving *v)
{
	const struct ifaddrmsg *a = mnl_nlmsg_get_payload(m);

	return a->ifa_index == v->d->index && !(a->ifa_family == AF_INET6 && a->ifa_flags & IFA_F_TEMPORARY);
}

/* Not what the kernel makes itself from addresses and what routers tell, nor routes over several devices. */
static bool want_route(const struct nlmsghdr *m, const struct saving *v)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(m);
	const struct nlattr *attr;

	if (route->rtm_family != v->family || route->rtm_flags & RTM_F_CLONED ||
	    route->rtm_protocol == RTPROT_KERNEL || route->rtm_protocol == RTPROT_REDIRECT ||
	    route->rtm_protocol == RTPROT_RA)
		return false;
	attr_for_each(attr, m, sizeof(*route))
		if (mnl_attr_get_type(attr) == RTA_OIF && mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
			return mnl_attr_get_u32(attr) == v->d->index;
	return false;
}

static bool want_neighbour(const struct nlmsghdr *m, const struct saving *v)
{
	const struct ndmsg *n = mnl_nlmsg_get_payload(m);

	return n->ndm_family == v->family && (uint32_t)n->ndm_ifindex == v->d->index &&
	       n->ndm_state & NUD_PERMANENT;
}

static const struct dump {
	uint16_t get, message;
	uint16_t head;
	unsigned char family;
	uint16_t filter; /* attribute by which the kernel leaves other devices out, 0: in the head */
	bool (*want)(const struct nlmsghdr *m, const struct saving *v);
} dumps[] = {
	{ RTM_GETADDR, RTM_NEWADDR, sizeof(struct ifaddrmsg), AF_UNSPEC, 0, want_address },
	{ RTM_GETROUTE, RTM_NEWROUTE, sizeof(struct rtmsg), AF_INET, RTA_OIF, want_route },
	{ RTM_GETROUTE, RTM_NEWROUTE, sizeof(struct rtmsg), AF_INET6, RTA_OIF, want_route },
	{ RTM_GETNEIGH, RTM_NEWNEIGH, sizeof(struct ndmsg), AF_INET, NDA_IFINDEX, want_neighbour },
	{ RTM_GETNEIGH, RTM_NEWNEIGH, sizeof(struct ndmsg), AF_INET6, NDA_IFINDEX, want_neighbour },
};

struct dumping {
	struct saving v;
	const struct dump *dump;
};

static int on_message(const struct nlmsghdr *m, void *data)
{
	const struct dumping *g = data;
	struct saved *s = g->v.s;
	uint32_t len = (m->nlmsg_len + MNL_ALIGNTO - 1u) & ~(MNL_ALIGNTO - 1u);

	if (m->nlmsg_type != g->dump->message || m->nlmsg_len < mnl_nlmsg_size(g->dump->head) ||
	    !g->dump->want(m, &g->v))
		return MNL_CB_OK;
	if (len > SAVED_DATA_SIZE - s->used) {
		errno = E2BIG;
		return MNL_CB_ERROR;
	}
	memcpy(s->data + s->used, m, m->nlmsg_len);
	s->used += len;
	return MNL_CB_OK;
}

static int dump_once(struct dumping *g)
{
	_cleanup_talk_ struct talk t;
	struct nlmsghdr *m;
	void *head;
	int r = talk_open(&t);

	if (r < 0)
		return r;
	m = talk_request(g->dump->get, NLM_F_DUMP);
	head = mnl_nlmsg_put_extra_header(m, g->dump->head);
	/* The family is the first byte of all of them. */
	*(unsigned char *)head = g->dump->family;
	if (g->dump->filter)
		mnl_attr_put_u32(m, g->dump->filter, g->v.d->index);
	else
		((struct ifaddrmsg *)head)->ifa_index = g->v.d->index;
	return talk_do(&t, m, on_message, g);
}

int save_device(struct saved *s, struct saved_device *d)
{
	d->at = s->used;
	for (size_t i = 0; i < sizeof(dumps) / sizeof(*dumps); i++) {
		struct dumping g = { .v = { .s = s, .d = d, .family = dumps[i].family }, .dump = &dumps[i] };
		uint32_t used = s->used;
		int r = -EINTR;

		/* A table that has changed meanwhile may have been told wrongly. */
		for (unsigned n = 0; r == -EINTR && n < ATTEMPTS; n++) {
			s->used = used;
			r = dump_once(&g);
		}
		if (r < 0 && r != -EOPNOTSUPP && r != -EAFNOSUPPORT) /* a kernel without that family */
			return r;
	}
	d->len = s->used - d->at;
	return 0;
}
