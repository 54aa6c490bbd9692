/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_DESTROY_H
#define BERTH_RUN_DESTROY_H

/* The end of a container, as delete, a failed start and a foreground run need it. */

#include "libcontainer/state/state.h"

/*
 * Kills what is left, waits for its end, removes the cgroups, removes the state directory (dir, which
 * must be locked), and runs the poststop hooks. Everything is tried; the first failure is the error. When
 * processes do not end in time, the state stays, so that a later delete can go on.
 */
int container_destroy(const struct state_root *root, const char *id, int dir, const struct record *record,
		      struct error *err);

/* Kills init if it lives and waits for its end; 0 when there is no such process any more. */
int container_kill_init(const struct record *record, struct error *err);

#endif
