/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_CGROUP_RESCTRL_STATS_H
#define BERTH_CGROUP_RESCTRL_STATS_H

/* What the machine offers of caches and memory bandwidth, what a container may use of it, and what it does. */

#include "libcontainer/cgroup/resctrl.h"

/* What the kernel has counted in one domain: the processors that share a cache. 0 where it cannot tell at present. */
struct resctrl_domain {
	uint32_t id;
	uint64_t llc_occupancy, mbm_total_bytes, mbm_local_bytes;
};

struct resctrl_stats {
	/* Lines of schemata, of the root group and of the container's; NULL if there are no such limits. */
	const char *l3_root, *l3, *mb_root, *mb;
	struct {
		bool set;
		const char *cbm_mask;
		uint64_t min_cbm_bits, num_closids;
	} l3_info;
	struct {
		bool set;
		uint64_t bandwidth_gran, delay_linear, min_bandwidth, num_closids;
	} mb_info;
	/* Of the monitoring group, or without one of the control group with all that is in it; ascending. */
	struct resctrl_domain *domains;
	size_t n;
	bool has_occupancy, has_bandwidth; /* whether the machine counts it */
};

/* The numbers of l3_info and of mb_info, as the kernel's files and those who read statistics call them. */
struct resctrl_number {
	const char *name; /* NULL: the end */
	size_t offset;    /* of the uint64_t in struct resctrl_stats, which is 0 if the machine does not tell */
};
extern const struct resctrl_number resctrl_l3_numbers[], resctrl_mb_numbers[];

/*
 * Reads what there is; strings and domains live in the arena. All is empty without groups, or when they are gone. 0 or
 * -ENOMEM.
 */
int resctrl_stats(const struct resctrl *rdt, struct arena *arena, struct resctrl_stats *ret);

#endif
