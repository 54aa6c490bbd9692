/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_NET_DIALOGUE_H
#define BERTH_NET_DIALOGUE_H

/*
 * What berth and its helper berth-net say to each other, over a SOCK_SEQPACKET pair whose other end is the helper's
 * standard input: one request, with the container's network namespace as a descriptor; one byte, with a file for what
 * the helper wants to remember; one reply. Then the helper ends. It is started in the host's network namespace.
 *
 * The file is made by berth, NET_FILE_SIZE bytes of zeros, and is none of berth's business: the helper writes into it
 * all that is needed to take a move back, before it changes anything. So also a move whose helper was killed can be
 * taken back, by another helper that gets the same file.
 */

#include <stdint.h>

#define NET_MAGIC 0x74656e62u
#define NET_NAME_SIZE 16u      /* IFNAMSIZ */
#define NET_DEVICES_MAX 64u
#define NET_FILE_SIZE (4u << 20) /* sparse */

enum net_request_type {
	NET_MOVE = 1, /* all devices, or an error; what was begun then is for NET_RESTORE */
	NET_RESTORE,  /* to the host, as far as the file says that they were moved */
	NET_TYPE_MAX,
};

/* Names end in a NUL. */
struct net_device {
	char host_name[NET_NAME_SIZE];
	char name[NET_NAME_SIZE]; /* in the container; may have a "%d" for the lowest free number */
};

struct net_request {
	uint32_t magic;
	uint32_t type;
	uint32_t n;
	struct net_device devices[NET_DEVICES_MAX];
};

/* What was being done. */
enum net_step {
	NET_STEP_REQUEST, /* understanding it */
	NET_STEP_ENTER,   /* the container's network namespace */
	NET_STEP_FIND,    /* the device on the host */
	NET_STEP_SAVE,    /* reading its addresses, routes and neighbours */
	NET_STEP_NAME,    /* finding its name free in the container */
	NET_STEP_MOVE,
	NET_STEP_ADDRESS, /* setting its addresses again */
	NET_STEP_UP,
	NET_STEP_BACK,    /* moving it to the host again */
	NET_STEP_MAX,
};

#define NET_NO_DEVICE UINT32_MAX

/* All texts end in a NUL. errnum 0: done. */
struct net_reply {
	uint32_t magic;
	int32_t errnum;
	uint32_t step;      /* that failed */
	uint32_t device;    /* index of the one it is about, or NET_NO_DEVICE */
	uint32_t lost;      /* routes and neighbours that could not be set again */
	char name[NET_NAME_SIZE]; /* NET_STEP_NAME: the one that is taken; NET_STEP_FIND: that it really has */
	char text[256];     /* of the kernel */
};

#endif
