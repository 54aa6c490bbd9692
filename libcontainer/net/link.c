/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/net/helper.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#ifndef IFLA_NEW_IFINDEX
#define IFLA_NEW_IFINDEX 49 /* Linux 5.13; ignored before */
#endif

static struct nlmsghdr *link_request(uint16_t type, uint32_t index, uint32_t set_flags)
{
	struct nlmsghdr *m = talk_request(type, 0);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(m, sizeof(*info));

	info->ifi_family = AF_UNSPEC;
	info->ifi_index = (int)index;
	info->ifi_flags = set_flags;
	info->ifi_change = set_flags;
	return m;
}

static int on_link(const struct nlmsghdr *m, void *data)
{
	struct link *ret = data;
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(m);
	const struct nlattr *attr;

	if (m->nlmsg_type != RTM_NEWLINK || m->nlmsg_len < mnl_nlmsg_size(sizeof(*info)))
		return MNL_CB_OK;
	ret->index = (uint32_t)info->ifi_index;
	ret->flags = info->ifi_flags;
	attr_for_each(attr, m, sizeof(*info)) {
		if (mnl_attr_get_type(attr) == IFLA_MASTER && mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
			ret->master = mnl_attr_get_u32(attr);
		if (mnl_attr_get_type(attr) == IFLA_IFNAME && mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0 &&
		    mnl_attr_get_payload_len(attr) <= sizeof(ret->name))
			strcpy(ret->name, mnl_attr_get_str(attr));
	}
	return MNL_CB_OK;
}

static int get(struct talk *t, struct nlmsghdr *request, struct link *ret)
{
	int r;

	*ret = (struct link){ 0 };
	r = talk_do(t, request, on_link, ret);
	return r == 0 && (ret->index == 0 || !ret->name[0]) ? -EBADMSG : r;
}

int link_by_name(struct talk *t, const char *name, struct link *ret)
{
	struct nlmsghdr *m = link_request(RTM_GETLINK, 0, 0);

	mnl_attr_put_strz(m, IFLA_IFNAME, name);
	return get(t, m, ret);
}

int link_by_index(struct talk *t, uint32_t index, struct link *ret)
{
	return get(t, link_request(RTM_GETLINK, index, 0), ret);
}

int link_up(struct talk *t, uint32_t index)
{
	return talk_do(t, link_request(RTM_NEWLINK, index, IFF_UP), NULL, NULL);
}

int link_set_master(struct talk *t, uint32_t index, uint32_t master)
{
	struct nlmsghdr *m = link_request(RTM_NEWLINK, index, 0);

	mnl_attr_put_u32(m, IFLA_MASTER, master);
	return talk_do(t, m, NULL, NULL);
}

int link_move(struct talk *t, uint32_t index, int ns, const char *name, uint32_t new_index)
{
	struct nlmsghdr *m = link_request(RTM_NEWLINK, index, 0);

	mnl_attr_put_u32(m, IFLA_NET_NS_FD, (uint32_t)ns);
	mnl_attr_put_strz(m, IFLA_IFNAME, name);
	if (new_index)
		mnl_attr_put_u32(m, IFLA_NEW_IFINDEX, new_index);
	return talk_do(t, m, NULL, NULL);
}
