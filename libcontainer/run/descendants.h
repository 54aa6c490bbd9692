/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_DESCENDANTS_H
#define BERTH_RUN_DESCENDANTS_H

/*
 * The processes that a hook has left behind when its time is over, wherever they have gone: other
 * sessions and process groups, or, having lost their parent, to berth itself.
 */

#include <stdbool.h>
#include <sys/types.h>

/*
 * Makes berth the parent of orphans among its descendants, or ends that. 1 when this changed something
 * (and has to be taken back), 0 when it already was so (a foreground run), or a negative errno.
 */
int descendants_adopt(bool on);

/*
 * Kills with SIGKILL everything below `root`, with `orphans` also everything that berth has adopted.
 * `root` itself is left to its owner. other: a child of berth that is left alone with all below it, or 0.
 */
void descendants_kill(pid_t root, pid_t other, bool orphans);

/* Reaps what has become berth's child since its parent, `root` or one below it, has ended, and is dead. */
void descendants_reap(pid_t root, pid_t other);

#endif
