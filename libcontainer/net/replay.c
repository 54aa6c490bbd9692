/* SPDX-License-Identifier: Apache-2.0 */
/* Dumped messages become requests: for another index, without what only tells. */
#define _GNU_SOURCE
#include "libcontainer/net/helper.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ADDRESS_FLAGS \
	(IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN)
#define ROUTE_FLAGS (RTNH_F_ONLINK | RTNH_F_PERVASIVE)
#define NEIGHBOUR_FLAGS (NTF_USE | NTF_SELF | NTF_PROXY | NTF_EXT_LEARNED | NTF_ROUTER)

static const struct nlattr *find(const struct nlmsghdr *m, unsigned head, uint16_t type)
{
	const struct nlattr *attr;

	attr_for_each(attr, m, head)
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

/* All but those in the list, which ends in 0. */
static void copy_attributes(struct nlmsghdr *to, const struct nlmsghdr *from, unsigned head, const uint16_t *without)
{
	const struct nlattr *attr;

	attr_for_each(attr, from, head) {
		const uint16_t *w = without;

		while (*w && *w != mnl_attr_get_type(attr))
			w++;
		if (!*w)
			mnl_attr_put(to, attr->nla_type, mnl_attr_get_payload_len(attr), mnl_attr_get_payload(attr));
	}
}

static uint32_t address_flags(const struct nlmsghdr *m)
{
	const struct ifaddrmsg *a = mnl_nlmsg_get_payload(m);
	const struct nlattr *attr = find(m, sizeof(*a), IFA_FLAGS);

	return attr && mnl_attr_validate(attr, MNL_TYPE_U32) == 0 ? mnl_attr_get_u32(attr) : a->ifa_flags;
}

/* "eth0:web" of a device that is now called net1 is "net1:web", as with a renamed device. */
static void put_label(struct nlmsghdr *m, const struct replay_to *to, const struct nlattr *attr)
{
	size_t len = strlen(to->old_name);
	char label[2 * NET_NAME_SIZE];
	const char *old;

	if (!attr || mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
		return;
	old = mnl_attr_get_str(attr);
	/* One that would be too long stays as it is: the kernel does not look at what it says. */
	if (strncmp(old, to->old_name, len) == 0 && (!old[len] || old[len] == ':') &&
	    snprintf(label, sizeof(label), "%s%s", to->name, old + len) < (int)NET_NAME_SIZE)
		old = label;
	mnl_attr_put_strz(m, IFA_LABEL, old);
}

/*
 * A container gets the permanent global ones. An IPv6 address that has been proved to be nobody else's is taken over
 * without asking around again: it could not be used for a second, also not by a route that names it.
 */
static int replay_address(struct replay_to *to, enum replay step, const struct nlmsghdr *m)
{
	static const uint16_t without[] = { IFA_LABEL, IFA_FLAGS, IFA_TARGET_NETNSID, 0 };
	const struct ifaddrmsg *a = mnl_nlmsg_get_payload(m);
	uint32_t flags = address_flags(m), set = flags & ADDRESS_FLAGS;
	bool proved = a->ifa_family == AF_INET6 && !(flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_NODAD));
	struct nlmsghdr *q;
	struct ifaddrmsg *head;
	int r;

	if (!to->everything && (!(flags & IFA_F_PERMANENT) || a->ifa_scope != RT_SCOPE_UNIVERSE))
		return 0;
	if (step == REPLAY_SETTLE && !proved)
		return 0;
	if (step == REPLAY_ADDRESS && proved)
		set |= IFA_F_NODAD;
	q = talk_request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE);
	head = mnl_nlmsg_put_extra_header(q, sizeof(*head));
	*head = *a;
	head->ifa_flags = (uint8_t)set;
	head->ifa_index = to->index;
	copy_attributes(q, m, sizeof(*a), without);
	mnl_attr_put_u32(q, IFA_FLAGS, set);
	put_label(q, to, find(m, sizeof(*a), IFA_LABEL));
	r = talk_do(to->t, q, NULL, NULL);
	return r == -EEXIST ? 0 : r;
}

static int replay_route(struct replay_to *to, enum replay step, const struct nlmsghdr *m)
{
	static const uint16_t without[] = { RTA_OIF, RTA_CACHEINFO, RTA_NH_ID, RTA_MULTIPATH, 0 };
	const struct rtmsg *route = mnl_nlmsg_get_payload(m);
	bool gateway = find(m, sizeof(*route), RTA_GATEWAY) || find(m, sizeof(*route), RTA_VIA);
	struct nlmsghdr *q;
	struct rtmsg *head;

	/* What DHCP has set goes with the address that is not kept. */
	if (gateway != (step == REPLAY_GATEWAY) || (!to->everything && route->rtm_protocol == RTPROT_DHCP))
		return 0;
	q = talk_request(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_APPEND);
	head = mnl_nlmsg_put_extra_header(q, sizeof(*head));
	*head = *route;
	head->rtm_flags = route->rtm_flags & ROUTE_FLAGS;
	copy_attributes(q, m, sizeof(*route), without);
	mnl_attr_put_u32(q, RTA_OIF, to->index);
	return talk_do(to->t, q, NULL, NULL);
}

static int replay_neighbour(struct replay_to *to, enum replay step, const struct nlmsghdr *m)
{
	static const uint16_t without[] = { NDA_CACHEINFO, NDA_PROBES, NDA_IFINDEX, 0 };
	const struct ndmsg *n = mnl_nlmsg_get_payload(m);
	struct nlmsghdr *q;
	struct ndmsg *head;

	if (step != REPLAY_DIRECT)
		return 0;
	q = talk_request(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE);
	head = mnl_nlmsg_put_extra_header(q, sizeof(*head));
	*head = *n;
	head->ndm_ifindex = (int)to->index;
	head->ndm_flags = (uint8_t)(n->ndm_flags & NEIGHBOUR_FLAGS);
	head->ndm_state = NUD_PERMANENT;
	copy_attributes(q, m, sizeof(*n), without);
	return talk_do(to->t, q, NULL, NULL);
}

/* An address must be kept; the rest is more than is asked for and may depend on what a container does not get. */
static int replay_one(struct replay_to *to, enum replay step, const struct nlmsghdr *m)
{
	int r = 0;

	if (step == REPLAY_ADDRESS || step == REPLAY_SETTLE)
		return m->nlmsg_type == RTM_NEWADDR ? replay_address(to, step, m) : 0;
	if (m->nlmsg_type == RTM_NEWROUTE)
		r = replay_route(to, step, m);
	else if (m->nlmsg_type == RTM_NEWNEIGH)
		r = replay_neighbour(to, step, m);
	if (r < 0 && r != -EEXIST)
		to->lost++;
	return 0;
}

/* All messages of a device, in the order of the dumps; NULL when memory is short. */
static const struct nlmsghdr **list(const struct saved *s, const struct saved_device *d, size_t *ret_n)
{
	int left = (int)d->len;
	size_t n = 0;
	const struct nlmsghdr *m, **v = malloc((d->len / sizeof(*m) + 1) * sizeof(*v));

	if (!v)
		return NULL;
	for (m = (const void *)(s->data + d->at); mnl_nlmsg_ok(m, left); m = mnl_nlmsg_next(m, &left))
		v[n++] = m;
	*ret_n = n;
	return v;
}

/* The kernel puts a new address of IPv6 in front of the others, which decides which one is taken for a connection. */
static bool is_listed_backwards(const struct nlmsghdr *m)
{
	return m->nlmsg_type == RTM_NEWADDR && *(const unsigned char *)mnl_nlmsg_get_payload(m) == AF_INET6;
}

int replay(struct replay_to *to, enum replay step, const struct saved *s, const struct saved_device *d)
{
	const struct nlmsghdr **v;
	size_t n;
	int result = 0;

	if (d->at > SAVED_DATA_SIZE || d->len > SAVED_DATA_SIZE - d->at)
		return -EBADMSG;
	v = list(s, d, &n);
	if (!v)
		return -ENOMEM;
	/* What must be complete ends at the first failure; what is as good as can be goes on. */
	for (size_t i = 0; i < 2 * n && (result == 0 || to->everything); i++) {
		const struct nlmsghdr *m = i < n ? v[i] : v[2 * n - 1 - i];
		int r = is_listed_backwards(m) == (i >= n) ? replay_one(to, step, m) : 0;

		result = result < 0 ? result : r;
	}
	free(v);
	return result;
}
