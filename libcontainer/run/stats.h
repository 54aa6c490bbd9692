/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_STATS_H
#define BERTH_RUN_STATS_H

/* The records of `events`: lines of JSON in the form that consumers know from runc. */

#include "base/buf.h"
#include "base/error.h"
#include "libcontainer/cgroup/resctrl-stats.h"
#include "libcontainer/cgroup/stats.h"

struct container_stats {
	struct cgroup_stats cgroup;
	struct resctrl_stats rdt;
};

/* What has happened; with neither member a lack of memory. */
struct event {
	const struct container_stats *stats;
	const char *pressure; /* the level that was asked for */
};

/*
 * {"type":"stats","id":...,"data":{...}}, {"type":"pressure","id":...,"data":{"level":...}} or
 * {"type":"oom","id":...}, and a newline.
 */
int event_write(const char *id, const struct event *event, struct buf *out, struct error *err);

#endif
