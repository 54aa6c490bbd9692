/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_CGROUP_PRESSURE_H
#define BERTH_CGROUP_PRESSURE_H

/* Being told when a container has to wait for memory. */

#include "libcontainer/cgroup/cgroup.h"

struct cgroup_pressure {
	int fd;                        /* -1: nothing is told (any more) */
	short events;                  /* what poll(2) has to look for */
	const struct cgroup_dir *from; /* which directory tells it */
};

#define CGROUP_PRESSURE_INIT ((struct cgroup_pressure){ .fd = -1 })

/*
 * level is a word of pressure-levels.h. v1: an eventfd on memory.pressure_level, which also tells
 * what is above the level; v2: a trigger in memory.pressure, at most once a second. Where the kernel has neither it
 * is an error.
 */
int cgroup_pressure_open(const struct cgroup *cg, const char *level, struct cgroup_pressure *ret, struct error *err);
void cgroup_pressure_close(struct cgroup_pressure *p);

/* Call with what poll(2) has found. 1: there was pressure; 0: it was something else. */
int cgroup_pressure_read(struct cgroup_pressure *p, short revents);

#endif
