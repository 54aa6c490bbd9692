/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_CGROUP_STATS_H
#define BERTH_CGROUP_STATS_H

/*
 * What a container has used. Members that this host cannot tell are 0, lists are empty. Times are
 * nanoseconds, sizes bytes. 2^64 - 1 is "no limit" of v2; v1 has a number just below 2^63.
 */

#include "base/arena.h"
#include "libcontainer/cgroup/cgroup.h"

struct stats_numbers { uint64_t *v; size_t n; };

struct stats_counter { uint64_t limit, usage, max, failcnt; };

struct stats_key { const char *name; uint64_t value; };
struct stats_keys { struct stats_key *v; size_t n; };

/* One device; op is "Read", "Write", ... or NULL. */
struct stats_device { uint64_t major, minor; const char *op; uint64_t value; };
struct stats_devices { struct stats_device *v; size_t n; };

/* Averages are hundredths of a per cent. */
struct stats_pressure_line { uint64_t avg10, avg60, avg300, total; };
struct stats_pressure { bool set; struct stats_pressure_line some, full; };

struct stats_hugetlb { const char *size; /* "2MB" */ uint64_t usage, max, failcnt; };

struct cgroup_stats {
	struct {
		uint64_t total, kernel, user;
		struct stats_numbers percpu, percpu_kernel, percpu_user;
		uint64_t periods, throttled_periods, throttled_time;
		struct stats_pressure pressure;
	} cpu;
	struct {
		struct stats_numbers cpus, mems;
		uint64_t cpu_exclusive, mem_hardwall, mem_exclusive, memory_migrate, memory_spread_page;
		uint64_t memory_spread_slab, memory_pressure, sched_load_balance;
		uint64_t sched_relax_domain_level; /* to be taken as int64_t */
	} cpuset;
	struct {
		uint64_t cache;
		struct stats_counter usage, swap, kernel, kernel_tcp; /* swap: memory and swap together */
		struct stats_keys raw;
		struct stats_pressure pressure;
	} memory;
	struct {
		uint64_t current, limit; /* limit 0: none */
	} pids;
	struct {
		struct stats_devices bytes, serviced, queued, service_time, wait_time, merged, time, sectors;
		struct stats_pressure pressure;
	} blkio;
	struct {
		struct stats_hugetlb *v;
		size_t n;
	} hugetlb;
};

/*
 * Reads everything that there is; lists and names live in the arena. -ENOENT without *err when the
 * cgroups are gone.
 */
int cgroup_stats(const struct cgroup *cg, struct arena *arena, struct cgroup_stats *ret, struct error *err);

#endif
