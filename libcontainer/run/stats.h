/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_STATS_H
#define BERTH_RUN_STATS_H

/* The records of `events`: lines of JSON in the form that consumers know from runc. */

#include "base/buf.h"
#include "base/error.h"
#include "libcontainer/cgroup/stats.h"

/* {"type":"stats","id":...,"data":{...}} or, with stats NULL, {"type":"oom","id":...}, and a newline. */
int event_write(const char *id, const struct cgroup_stats *stats, struct buf *out, struct error *err);

#endif
