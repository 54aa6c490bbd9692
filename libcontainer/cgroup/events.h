/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_CGROUP_EVENTS_H
#define BERTH_CGROUP_EVENTS_H

/* Being told when a container runs out of memory. */

#include "libcontainer/cgroup/cgroup.h"

struct cgroup_watch {
	int fd;                        /* readable when something has happened; -1: nothing can be told */
	int dir;                       /* v2: where the counter is */
	const struct cgroup_dir *from; /* which directory tells it */
	uint64_t kills;                /* v2: how many there have been */
};

#define CGROUP_WATCH_INIT ((struct cgroup_watch){ .fd = -1, .dir = -1 })

/*
 * v1: an eventfd on memory.oom_control; v2: inotify on memory.events (and on cgroup.events, so that it also
 * wakes when the last process has gone). Without a memory controller fd stays -1, which is no error.
 */
int cgroup_watch_open(const struct cgroup *cg, struct cgroup_watch *ret, struct error *err);
void cgroup_watch_close(struct cgroup_watch *w);

/* Call when fd is readable. 1: memory ran out since the last look; 0: it was something else. */
int cgroup_watch_read(struct cgroup_watch *w);

/* Whether there are processes; false also when the directories are gone. */
bool cgroup_is_populated(const struct cgroup *cg);

#endif
