/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_NET_HELPER_H
#define BERTH_NET_HELPER_H

/*
 * berth-net: the part of berth that needs libmnl. A program of its own, since berth itself is one static program
 * with a cheap start, and only a container with linux.netDevices needs it.
 */

#include "libcontainer/net-dialogue.h"

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* talk.c: a netlink socket, in the network namespace in which it was opened. */
struct talk {
	struct mnl_socket *nl;
	uint32_t seq;
	char text[256]; /* what the kernel said to the last failure, or empty */
};

int talk_open(struct talk *t);
void talk_close(struct talk *t);
#define _cleanup_talk_ __attribute__((cleanup(talk_close)))

/* mnl_attr_for_each() with the conversion of its difference said aloud. */
#define attr_for_each(attr, m, offset)                                                                 \
	for ((attr) = mnl_nlmsg_get_payload_offset((m), (offset));                                     \
	     mnl_attr_ok((attr), (int)((const char *)mnl_nlmsg_get_payload_tail(m) - (const char *)(attr))); \
	     (attr) = mnl_attr_next(attr))

/* The beginning of a request, in one buffer that all requests share. */
struct nlmsghdr *talk_request(uint16_t type, uint16_t flags);
/* Sends it, calls cb (or NULL) for every message of the answer. 0 or a negative errno. */
int talk_do(struct talk *t, struct nlmsghdr *request, mnl_cb_t cb, void *data);

/* link.c */
struct link {
	uint32_t index, flags, master;
	char name[NET_NAME_SIZE];
};

int link_by_name(struct talk *t, const char *name, struct link *ret); /* -ENODEV: there is none */
int link_by_index(struct talk *t, uint32_t index, struct link *ret);
int link_up(struct talk *t, uint32_t index);
int link_set_master(struct talk *t, uint32_t index, uint32_t master);
/* Into another namespace, with that name; new_index 0: whatever the kernel gives it. */
int link_move(struct talk *t, uint32_t index, int ns, const char *name, uint32_t new_index);

/* The file in which a move is remembered; mapped. */
struct saved_device {
	struct net_device asked;
	char name[NET_NAME_SIZE];  /* that it gets in the container */
	uint32_t index, flags, master; /* on the host */
	uint32_t inner_index;      /* in the container; 0: not known to have arrived there */
	uint32_t begun;            /* to be moved */
	uint32_t at, len;          /* netlink messages in data */
};

struct saved {
	uint32_t n;
	uint32_t used;             /* of data */
	struct saved_device devices[NET_DEVICES_MAX];
	char data[];
};

#define SAVED_DATA_SIZE (NET_FILE_SIZE - (uint32_t)sizeof(struct saved))

/* save.c: keeps all addresses, routes and permanent neighbours of a device. */
int save_device(struct saved *s, struct saved_device *d);

/* replay.c: sets again what was kept, step by step. */
enum replay {
	REPLAY_ADDRESS,  /* usable at once */
	REPLAY_DIRECT,   /* neighbours, and routes without a gateway; the link is up */
	REPLAY_GATEWAY,
	REPLAY_SETTLE,   /* addresses as they were, when nothing depends on them any more */
};

struct replay_to {
	struct talk *t;
	uint32_t index;
	const char *old_name, *name; /* of the device, for labels */
	bool everything;             /* not only what a container gets */
	uint32_t lost;               /* counted: routes and neighbours that could not be set */
};

int replay(struct replay_to *to, enum replay step, const struct saved *s, const struct saved_device *d);

/* device.c */
int devices_move(struct saved *s, const struct net_request *q, int ns, struct net_reply *reply);
int devices_restore(struct saved *s, int ns, struct net_reply *reply);

#endif
