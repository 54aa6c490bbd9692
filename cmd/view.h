/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_CMD_VIEW_H
#define BERTH_CMD_VIEW_H

/* A container as `state` and `list` show it. */

#include "libcontainer/state/state.h"
#include "spec/state.h"

struct view {
	struct document doc;
	struct record record;
	struct oci_state state; /* borrows from the two above */
	char owner[64];
};

#define VIEW_INIT ((struct view){ .owner = "" })

void view_done(struct view *view);

/*
 * Reads one container; never waits for a lock. A container whose create is still running, or was killed, has
 * no complete record: it is shown as creating or stopped with what is known.
 */
int view_open(const struct state_root *root, const char *id, struct view *ret, struct error *err);

/* The same for a name of state_list(), cheaply. whole: with rootfs and annotations. */
int view_glance(const struct state_root *root, const char *id, bool whole, struct view *ret,
		struct error *err);

/* Fills view->owner: "root" or "#uid". The user database would bring foreign code into the program. */
void view_find_owner(struct view *view);

#endif
