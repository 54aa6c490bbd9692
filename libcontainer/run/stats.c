/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/run/stats.h"

#include "spec/json-write.h"

#include <errno.h>
#include <stddef.h>

enum kind { OPEN, CLOSE, U64, I64, NUMBERS, COUNTER, KEYS, DEVICES, PRESSURE };

struct row {
	enum kind kind;
	const char *name;
	size_t offset;
};

#define ROW(kind, name, member) { kind, name, offsetof(struct cgroup_stats, member) }

/* The document from its beginning to its end, but for huge pages, whose names are data. */
static const struct row rows[] = {
	{ OPEN, "cpu", 0 },
	{ OPEN, "usage", 0 },
	ROW(U64, "total", cpu.total),
	ROW(NUMBERS, "percpu", cpu.percpu),
	ROW(NUMBERS, "percpu_kernel", cpu.percpu_kernel),
	ROW(NUMBERS, "percpu_user", cpu.percpu_user),
	ROW(U64, "kernel", cpu.kernel),
	ROW(U64, "user", cpu.user),
	{ CLOSE, NULL, 0 },
	{ OPEN, "throttling", 0 },
	ROW(U64, "periods", cpu.periods),
	ROW(U64, "throttledPeriods", cpu.throttled_periods),
	ROW(U64, "throttledTime", cpu.throttled_time),
	{ CLOSE, NULL, 0 },
	ROW(PRESSURE, "psi", cpu.pressure),
	{ CLOSE, NULL, 0 },
	{ OPEN, "cpuset", 0 },
	ROW(NUMBERS, "cpus", cpuset.cpus),
	ROW(U64, "cpu_exclusive", cpuset.cpu_exclusive),
	ROW(NUMBERS, "mems", cpuset.mems),
	ROW(U64, "mem_hardwall", cpuset.mem_hardwall),
	ROW(U64, "mem_exclusive", cpuset.mem_exclusive),
	ROW(U64, "memory_migrate", cpuset.memory_migrate),
	ROW(U64, "memory_spread_page", cpuset.memory_spread_page),
	ROW(U64, "memory_spread_slab", cpuset.memory_spread_slab),
	ROW(U64, "memory_pressure", cpuset.memory_pressure),
	ROW(U64, "sched_load_balance", cpuset.sched_load_balance),
	ROW(I64, "sched_relax_domain_level", cpuset.sched_relax_domain_level),
	{ CLOSE, NULL, 0 },
	{ OPEN, "memory", 0 },
	ROW(U64, "cache", memory.cache),
	ROW(COUNTER, "usage", memory.usage),
	ROW(COUNTER, "swap", memory.swap),
	ROW(COUNTER, "kernel", memory.kernel),
	ROW(COUNTER, "kernelTCP", memory.kernel_tcp),
	ROW(KEYS, "raw", memory.raw),
	ROW(PRESSURE, "psi", memory.pressure),
	{ CLOSE, NULL, 0 },
	{ OPEN, "pids", 0 },
	ROW(U64, "current", pids.current),
	ROW(U64, "limit", pids.limit),
	{ CLOSE, NULL, 0 },
	{ OPEN, "blkio", 0 },
	ROW(DEVICES, "ioServiceBytesRecursive", blkio.bytes),
	ROW(DEVICES, "ioServicedRecursive", blkio.serviced),
	ROW(DEVICES, "ioQueueRecursive", blkio.queued),
	ROW(DEVICES, "ioServiceTimeRecursive", blkio.service_time),
	ROW(DEVICES, "ioWaitTimeRecursive", blkio.wait_time),
	ROW(DEVICES, "ioMergedRecursive", blkio.merged),
	ROW(DEVICES, "ioTimeRecursive", blkio.time),
	ROW(DEVICES, "sectorsRecursive", blkio.sectors),
	ROW(PRESSURE, "psi", blkio.pressure),
	{ CLOSE, NULL, 0 },
};

static void write_numbers(struct json_writer *w, const char *name, const struct stats_numbers *list)
{
	if (list->n == 0)
		return;
	json_member_open(w, name, '[');
	for (size_t i = 0; i < list->n; i++)
		json_u64(w, list->v[i]);
	json_close(w);
}

static void write_counter(struct json_writer *w, const char *name, const struct stats_counter *c)
{
	json_member_open(w, name, '{');
	json_member_u64(w, "limit", c->limit);
	json_member_u64(w, "usage", c->usage);
	json_member_u64(w, "max", c->max);
	json_member_u64(w, "failcnt", c->failcnt);
	json_close(w);
}

static void write_keys(struct json_writer *w, const char *name, const struct stats_keys *list)
{
	json_member_open(w, name, '{');
	for (size_t i = 0; i < list->n; i++)
		json_member_u64(w, list->v[i].name, list->v[i].value);
	json_close(w);
}

static void write_devices(struct json_writer *w, const char *name, const struct stats_devices *list)
{
	if (list->n == 0)
		return;
	json_member_open(w, name, '[');
	for (size_t i = 0; i < list->n; i++) {
		json_open(w, '{');
		json_member_u64(w, "major", list->v[i].major);
		json_member_u64(w, "minor", list->v[i].minor);
		json_member_string(w, "op", list->v[i].op);
		json_member_u64(w, "value", list->v[i].value);
		json_close(w);
	}
	json_close(w);
}

static void write_pressure_line(struct json_writer *w, const char *name, const struct stats_pressure_line *l)
{
	json_member_open(w, name, '{');
	json_key(w, "avg10");
	json_hundredths(w, l->avg10);
	json_key(w, "avg60");
	json_hundredths(w, l->avg60);
	json_key(w, "avg300");
	json_hundredths(w, l->avg300);
	json_member_u64(w, "total", l->total);
	json_close(w);
}

static void write_pressure(struct json_writer *w, const char *name, const struct stats_pressure *p)
{
	if (!p->set)
		return;
	json_member_open(w, name, '{');
	write_pressure_line(w, "some", &p->some);
	write_pressure_line(w, "full", &p->full);
	json_close(w);
}

static void write_row(struct json_writer *w, const struct row *row, const struct cgroup_stats *stats)
{
	const void *slot = (const char *)stats + row->offset;

	switch (row->kind) {
	case OPEN:
		json_member_open(w, row->name, '{');
		break;
	case CLOSE:
		json_close(w);
		break;
	case U64:
		json_member_u64(w, row->name, *(const uint64_t *)slot);
		break;
	case I64:
		json_member_i64(w, row->name, (int64_t)*(const uint64_t *)slot);
		break;
	case NUMBERS:
		write_numbers(w, row->name, slot);
		break;
	case COUNTER:
		write_counter(w, row->name, slot);
		break;
	case KEYS:
		write_keys(w, row->name, slot);
		break;
	case DEVICES:
		write_devices(w, row->name, slot);
		break;
	case PRESSURE:
		write_pressure(w, row->name, slot);
		break;
	}
}

static void write_hugetlb(struct json_writer *w, const struct cgroup_stats *stats)
{
	json_member_open(w, "hugetlb", '{');
	for (size_t i = 0; i < stats->hugetlb.n; i++) {
		const struct stats_hugetlb *h = &stats->hugetlb.v[i];

		json_member_open(w, h->size, '{');
		json_member_u64(w, "usage", h->usage);
		json_member_u64(w, "max", h->max);
		json_member_u64(w, "failcnt", h->failcnt);
		json_close(w);
	}
	json_close(w);
}

static void write_rdt_numbers(struct json_writer *w, const struct resctrl_number *row, const struct resctrl_stats *s)
{
	for (; row->name; row++) {
		uint64_t value = *(const uint64_t *)(const void *)((const char *)s + row->offset);

		if (value)
			json_member_u64(w, row->name, value);
	}
}

static void write_rdt_info(struct json_writer *w, const struct resctrl_stats *s)
{
	if (s->l3_info.set) {
		json_member_open(w, "l3_cache_info", '{');
		json_member_string(w, "cbm_mask", s->l3_info.cbm_mask);
		write_rdt_numbers(w, resctrl_l3_numbers, s);
		json_close(w);
	}
	json_member_string(w, "l3_cache_schema_root", s->l3_root);
	json_member_string(w, "l3_cache_schema", s->l3);
	if (s->mb_info.set) {
		json_member_open(w, "mem_bw_info", '{');
		write_rdt_numbers(w, resctrl_mb_numbers, s);
		json_close(w);
	}
	json_member_string(w, "mem_bw_schema_root", s->mb_root);
	json_member_string(w, "mem_bw_schema", s->mb);
}

/* An element for each domain; consumers take the place in the list for its number. */
static void write_rdt_domains(struct json_writer *w, const struct resctrl_stats *s)
{
	if (s->has_bandwidth) {
		json_member_open(w, "mbm_stats", '[');
		for (size_t i = 0; i < s->n; i++) {
			json_open(w, '{');
			json_member_u64(w, "mbm_total_bytes", s->domains[i].mbm_total_bytes);
			json_member_u64(w, "mbm_local_bytes", s->domains[i].mbm_local_bytes);
			json_close(w);
		}
		json_close(w);
	}
	if (s->has_occupancy) {
		json_member_open(w, "cmt_stats", '[');
		for (size_t i = 0; i < s->n; i++) {
			json_open(w, '{');
			json_member_u64(w, "llc_occupancy", s->domains[i].llc_occupancy);
			json_close(w);
		}
		json_close(w);
	}
}

static void write_data(struct json_writer *w, const struct container_stats *stats)
{
	json_member_open(w, "data", '{');
	for (size_t i = 0; i < ELEMENTSOF(rows); i++)
		write_row(w, &rows[i], &stats->cgroup);
	write_hugetlb(w, &stats->cgroup);
	json_member_open(w, "intel_rdt", '{');
	write_rdt_info(w, &stats->rdt);
	write_rdt_domains(w, &stats->rdt);
	json_close(w);
	/* Consumers know this one, which other parts of a host would have to fill. */
	json_key(w, "network_interfaces");
	json_null(w);
	json_close(w);
}

int event_write(const char *id, const struct event *event, struct buf *out, struct error *err)
{
	struct json_writer w;
	int r;

	json_start(&w, out, NULL);
	json_open(&w, '{');
	json_member_string(&w, "type", event->stats ? "stats" : event->pressure ? "pressure" : "oom");
	json_member_string(&w, "id", id);
	if (event->stats) {
		write_data(&w, event->stats);
	} else if (event->pressure) {
		json_member_open(&w, "data", '{');
		json_member_string(&w, "level", event->pressure);
		json_close(&w);
	}
	json_close(&w);
	r = json_finish(&w, err);
	buf_addc(out, '\n');
	return r < 0 ? r : out->failed ? error_set(err, ERR_NO_MEMORY, ENOMEM, "event") : 0;
}
