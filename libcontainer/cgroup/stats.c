/* SPDX-License-Identifier: Apache-2.0 */
/* Which file tells what. */
#define _GNU_SOURCE
#include "libcontainer/cgroup/stats.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/cgroup/internal.h"
#include "libcontainer/cgroup/stats-parse.h"
#include "libcontainer/sys/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (256u << 10)
#define USER_HZ_NS 10000000u /* ticks that the kernel shows are 1/100 s on all that it shows them on */

#define AT(member) offsetof(struct cgroup_stats, member)
#define NUMBER(controller, file, member) { controller, file, stats_parse_number, AT(member), 0, NULL }
#define LIMIT(file, member) { NULL, file, stats_parse_number, AT(member), UINT64_MAX, NULL }
#define PARSE(controller, file, parser, member) { controller, file, stats_parse_##parser, AT(member), 0, NULL }
#define KEYS(controller, file, rows) { controller, file, stats_parse_keys, 0, 0, rows }

#define COUNTER_V1(prefix, member)                                     \
	NUMBER("memory", prefix "limit_in_bytes", member.limit),       \
	NUMBER("memory", prefix "usage_in_bytes", member.usage),       \
	NUMBER("memory", prefix "max_usage_in_bytes", member.max),     \
	NUMBER("memory", prefix "failcnt", member.failcnt)

static const struct stats_key_row cpuacct_keys[] = {
	{ "user", AT(cpu.user), USER_HZ_NS },
	{ "system", AT(cpu.kernel), USER_HZ_NS },
	{ NULL, 0, 0 },
};

static const struct stats_key_row cpu_v1_keys[] = {
	{ "nr_periods", AT(cpu.periods), 1 },
	{ "nr_throttled", AT(cpu.throttled_periods), 1 },
	{ "throttled_time", AT(cpu.throttled_time), 1 },
	{ NULL, 0, 0 },
};

static const struct stats_key_row cpu_v2_keys[] = {
	{ "usage_usec", AT(cpu.total), 1000 },
	{ "user_usec", AT(cpu.user), 1000 },
	{ "system_usec", AT(cpu.kernel), 1000 },
	{ "nr_periods", AT(cpu.periods), 1 },
	{ "nr_throttled", AT(cpu.throttled_periods), 1 },
	{ "throttled_usec", AT(cpu.throttled_time), 1000 },
	{ NULL, 0, 0 },
};

static const struct stats_key_row cache_v1_keys[] = { { "cache", AT(memory.cache), 1 }, { NULL, 0, 0 } };
static const struct stats_key_row cache_v2_keys[] = { { "file", AT(memory.cache), 1 }, { NULL, 0, 0 } };

/*
 * v2 comes first: on a hybrid host its tree has a part of what the v1 controllers tell more exactly. Files
 * of one controller stand together, so that its directory is opened once.
 */
static const struct stats_file files[] = {
	KEYS(NULL, "cpu.stat", cpu_v2_keys),
	PARSE(NULL, "cpu.pressure", pressure, cpu.pressure),
	PARSE(NULL, "cpuset.cpus", list, cpuset.cpus),
	PARSE(NULL, "cpuset.mems", list, cpuset.mems),
	NUMBER(NULL, "memory.current", memory.usage.usage),
	LIMIT("memory.max", memory.usage.limit),
	NUMBER(NULL, "memory.peak", memory.usage.max),
	NUMBER(NULL, "memory.swap.current", memory.swap.usage),
	LIMIT("memory.swap.max", memory.swap.limit),
	PARSE(NULL, "memory.stat", raw, memory.raw),
	KEYS(NULL, "memory.stat", cache_v2_keys),
	PARSE(NULL, "memory.pressure", pressure, memory.pressure),
	NUMBER(NULL, "pids.current", pids.current),
	NUMBER(NULL, "pids.max", pids.limit),
	PARSE(NULL, "io.stat", io, blkio),
	PARSE(NULL, "io.pressure", pressure, blkio.pressure),

	NUMBER("cpuacct", "cpuacct.usage", cpu.total),
	PARSE("cpuacct", "cpuacct.usage_percpu", numbers, cpu.percpu),
	PARSE("cpuacct", "cpuacct.usage_all", percpu, cpu),
	KEYS("cpuacct", "cpuacct.stat", cpuacct_keys),
	KEYS("cpu", "cpu.stat", cpu_v1_keys),
	PARSE("cpuset", "cpuset.cpus", list, cpuset.cpus),
	PARSE("cpuset", "cpuset.mems", list, cpuset.mems),
	NUMBER("cpuset", "cpuset.cpu_exclusive", cpuset.cpu_exclusive),
	NUMBER("cpuset", "cpuset.mem_hardwall", cpuset.mem_hardwall),
	NUMBER("cpuset", "cpuset.mem_exclusive", cpuset.mem_exclusive),
	NUMBER("cpuset", "cpuset.memory_migrate", cpuset.memory_migrate),
	NUMBER("cpuset", "cpuset.memory_spread_page", cpuset.memory_spread_page),
	NUMBER("cpuset", "cpuset.memory_spread_slab", cpuset.memory_spread_slab),
	NUMBER("cpuset", "cpuset.memory_pressure", cpuset.memory_pressure),
	NUMBER("cpuset", "cpuset.sched_load_balance", cpuset.sched_load_balance),
	NUMBER("cpuset", "cpuset.sched_relax_domain_level", cpuset.sched_relax_domain_level),
	COUNTER_V1("memory.", memory.usage),
	COUNTER_V1("memory.memsw.", memory.swap),
	COUNTER_V1("memory.kmem.", memory.kernel),
	COUNTER_V1("memory.kmem.tcp.", memory.kernel_tcp),
	PARSE("memory", "memory.stat", raw, memory.raw),
	KEYS("memory", "memory.stat", cache_v1_keys),
	NUMBER("pids", "pids.current", pids.current),
	NUMBER("pids", "pids.max", pids.limit),
	/* With the scheduler BFQ its own files count, else those of throttling. */
	PARSE("blkio", "blkio.bfq.io_service_bytes_recursive", devices, blkio.bytes),
	PARSE("blkio", "blkio.throttle.io_service_bytes_recursive", devices, blkio.bytes),
	PARSE("blkio", "blkio.throttle.io_service_bytes", devices, blkio.bytes),
	PARSE("blkio", "blkio.bfq.io_serviced_recursive", devices, blkio.serviced),
	PARSE("blkio", "blkio.throttle.io_serviced_recursive", devices, blkio.serviced),
	PARSE("blkio", "blkio.throttle.io_serviced", devices, blkio.serviced),
	PARSE("blkio", "blkio.bfq.io_queued_recursive", devices, blkio.queued),
	PARSE("blkio", "blkio.bfq.io_service_time_recursive", devices, blkio.service_time),
	PARSE("blkio", "blkio.bfq.io_wait_time_recursive", devices, blkio.wait_time),
	PARSE("blkio", "blkio.bfq.io_merged_recursive", devices, blkio.merged),
	PARSE("blkio", "blkio.bfq.time_recursive", devices, blkio.time),
	PARSE("blkio", "blkio.bfq.sectors_recursive", devices, blkio.sectors),
};

/* Reading: one buffer for all files, one open directory at a time. */
struct reading {
	const struct cgroup *cg;
	struct arena *arena;
	struct cgroup_stats *stats;
	const struct cgroup_dir *dir; /* whose descriptor fd is */
	int fd;
	char *text;
	bool any;                     /* one of the directories was there */
};

/* The directory for a row, or -1: no such controller, or gone. */
static int open_for(struct reading *r, const char *controller)
{
	const struct cgroup_dir *d = cgroup_find(r->cg, controller);
	struct error ignored = ERROR_INIT;

	if (d && d == r->dir)
		return r->fd;
	fd_close(&r->fd);
	r->dir = d;
	if (d)
		r->fd = cgroup_open(d->dir, d->version, O_RDONLY, &ignored);
	r->any |= r->fd >= 0;
	return r->fd;
}

static int read_files(struct reading *r)
{
	int result = 0;

	for (size_t i = 0; result == 0 && i < ELEMENTSOF(files); i++) {
		int fd = open_for(r, files[i].controller);

		/* What cannot be read, for whatever reason, cannot be told. */
		if (fd >= 0 && cgroup_read(fd, files[i].file, r->text, FILE_MAX) >= 0)
			result = files[i].parse(&files[i], r->text, r->arena, r->stats);
	}
	return result;
}

/* ---- huge pages: the sizes are in the names of the files ---- */

struct hugetlb_names {
	const char *usage, *max, *failcnt; /* what follows the size */
};

/* Reservations are what fails in mmap(); kernels before 5.7 do not count them. */
static const struct hugetlb_names hugetlb_v1[] = {
	{ ".rsvd.usage_in_bytes", ".rsvd.max_usage_in_bytes", ".rsvd.failcnt" },
	{ ".usage_in_bytes", ".max_usage_in_bytes", ".failcnt" },
};
static const struct hugetlb_names hugetlb_v2[] = {
	{ ".rsvd.current", NULL, ".rsvd.events" },
	{ ".current", NULL, ".events" },
};

static bool read_hugetlb(struct reading *r, const char *size, const char *what, uint64_t *ret)
{
	char name[CGROUP_NAME_MAX + 1];
	const char *text = r->text;

	if (!what || (size_t)snprintf(name, sizeof(name), "hugetlb.%s%s", size, what) >= sizeof(name) ||
	    cgroup_read(r->fd, name, r->text, FILE_MAX) < 0)
		return false;
	if (str_after(text, "max "))
		text = str_after(text, "max ");
	return str_to_u64(text, ret) == 0;
}

static int add_hugetlb(struct reading *r, const char *size)
{
	const struct hugetlb_names *names = r->dir->version == 1 ? hugetlb_v1 : hugetlb_v2;
	struct stats_hugetlb h = { .size = arena_strdup(r->arena, size) };
	struct stats_hugetlb *v = arena_regrow(r->arena, r->stats->hugetlb.v, r->stats->hugetlb.n,
					       r->stats->hugetlb.n + 1, sizeof(*v));

	if (!v || !h.size)
		return -ENOMEM;
	if (!read_hugetlb(r, size, names->usage, &h.usage) &&
	    !read_hugetlb(r, size, (++names)->usage, &h.usage))
		return 0;
	(void)read_hugetlb(r, size, names->max, &h.max);
	(void)read_hugetlb(r, size, names->failcnt, &h.failcnt);
	v[r->stats->hugetlb.n++] = h;
	r->stats->hugetlb.v = v;
	return 0;
}

/* "hugetlb.2MB.usage_in_bytes" or "hugetlb.2MB.current": one of these for each size. */
static int visit_hugetlb(int dir _unused_, const struct sys_entry *e, void *arg)
{
	const char *size = str_after(e->name, "hugetlb."), *rest = size ? strchr(size, '.') : NULL;
	char copy[32];

	if (!rest || (!streq(rest, ".usage_in_bytes") && !streq(rest, ".current")) ||
	    (size_t)(rest - size) >= sizeof(copy))
		return 0;
	memcpy(copy, size, (size_t)(rest - size));
	copy[rest - size] = '\0';
	return add_hugetlb(arg, copy);
}

static int read_all_hugetlb(struct reading *r)
{
	int fd = open_for(r, cgroup_find(r->cg, "hugetlb") ? "hugetlb" : NULL), q;

	q = fd < 0 ? 0 : sys_each_entry(fd, visit_hugetlb, r);
	return q == -ENOMEM ? q : 0;
}

/* ---- what does not stand in any file ---- */

/* v2 counts swap alone; the form that everybody reads is that of v1, memory and swap together. */
static void join_swap(const struct cgroup *cg, struct cgroup_stats *s)
{
	if (cgroup_find(cg, "memory") || s->memory.swap.limit == 0)
		return;
	s->memory.swap.usage += s->memory.usage.usage;
	if (s->memory.swap.limit == UINT64_MAX || s->memory.usage.limit == UINT64_MAX)
		s->memory.swap.limit = UINT64_MAX;
	else
		s->memory.swap.limit += s->memory.usage.limit;
}

/* Without the pids controller the processes can still be counted. */
static int count_pids(const struct cgroup *cg, struct cgroup_stats *s)
{
	_cleanup_pid_list_ struct pid_list list = { 0 };
	int r = s->pids.current ? 0 : cgroup_all_pids(cg, false, &list);

	if (r == 0 && list.n > 0)
		s->pids.current = list.n;
	return r == -ENOMEM ? r : 0;
}

int cgroup_stats(const struct cgroup *cg, struct arena *arena, struct cgroup_stats *ret, struct error *err)
{
	struct reading reading = { .cg = cg, .arena = arena, .stats = ret, .fd = -1 };
	int r;

	*ret = (struct cgroup_stats){ 0 };
	reading.text = malloc(FILE_MAX);
	r = reading.text ? read_files(&reading) : -ENOMEM;
	if (r == 0)
		r = read_all_hugetlb(&reading);
	fd_close(&reading.fd);
	free(reading.text);
	if (r == 0 && !reading.any)
		return -ENOENT;
	if (r == 0) {
		join_swap(cg, ret);
		r = count_pids(cg, ret);
	}
	return r < 0 ? error_set(err, ERR_NO_MEMORY, ENOMEM, "statistics") : 0;
}
