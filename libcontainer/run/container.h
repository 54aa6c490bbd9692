/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_CONTAINER_H
#define BERTH_RUN_CONTAINER_H

/* An existing container, opened by a command that looks at it or changes it. */

#include "libcontainer/state/state.h"

struct container {
	const char *id;
	int dir;                        /* of its state; holds the lock, if one was taken */
	struct document doc;            /* the memory of the record */
	struct record record;
	enum container_status status;   /* when it was opened */
};

#define CONTAINER_INIT ((struct container){ .dir = -1 })

/*
 * Opens the container, reads its record and looks at its status. One that was never completely created
 * is stopped (or, without our lock, being created) and has an empty record.
 */
int container_open(const struct state_root *root, const char *id, enum state_lock lock, struct container *ret,
		   struct error *err);
void container_close(struct container *c);
#define _cleanup_container_ _cleanup_(container_close)

/* 0 for created, running and paused containers, else ERR_CONTAINER_NOT_RUNNING. */
int container_check_alive(const struct container *c, struct error *err);

#endif
