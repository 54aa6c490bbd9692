/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linux.resources for cgroup v1, and what is the same for both versions: which file gets which text, in an
 * order that works for a new cgroup. What v2 does differently is cgroup-v2.c's.
 *
 * As engines send 0 for "not set", 0 is no request for memory limits, CPU shares, quotas and periods, and
 * block I/O weights, none of which has 0 as a value. It is one for pids (no further process), swappiness,
 * burst, idle and throttling rates.
 */
#include "libcontainer/compile/cgroup-values.h"

#include "base/str.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct value_row memory_rows[] = {
	VALUE_ROW(memory, use_hierarchy, BOOL, true, 0, 1, "memory", "memory.use_hierarchy", 1, NULL),
	VALUE_ROW(memory, reservation, I64, false, -1, INT64_MAX,
		  "memory", "memory.soft_limit_in_bytes", VALUE_NONE, NULL),
	VALUE_ROW(memory, kernel, I64, false, -1, INT64_MAX,
		  "memory", "memory.kmem.limit_in_bytes", -1, NULL),
	VALUE_ROW(memory, kernel_tcp, I64, false, -1, INT64_MAX,
		  "memory", "memory.kmem.tcp.limit_in_bytes", -1, NULL),
	VALUE_ROW(memory, swappiness, U64, true, 0, 100, "memory", "memory.swappiness", VALUE_NONE, NULL),
	VALUE_ROW(memory, disable_oom_killer, BOOL, false, 0, 1,
		  "memory", "memory.oom_control", VALUE_NONE, NULL),
};

/* A period before its quota, a quota before its burst; shares before idle, which locks them. */
static const struct value_row cpu_rows[] = {
	VALUE_ROW(cpu, period, U64, false, 0, INT64_MAX, "cpu", "cpu.cfs_period_us", VALUE_NONE, NULL),
	VALUE_ROW(cpu, quota, I64, false, INT64_MIN, INT64_MAX, "cpu", "cpu.cfs_quota_us", VALUE_NONE, NULL),
	VALUE_ROW(cpu, burst, U64, true, 0, INT64_MAX, "cpu", "cpu.cfs_burst_us", 0, NULL),
	VALUE_ROW(cpu, shares, U64, false, 0, INT64_MAX, "cpu", "cpu.shares", VALUE_NONE, NULL),
	VALUE_ROW(cpu, idle, I64, true, 0, 1, "cpu", "cpu.idle", 0, NULL),
	VALUE_ROW(cpu, realtime_period, U64, false, 0, INT64_MAX,
		  "cpu", "cpu.rt_period_us", VALUE_NONE, NULL),
	VALUE_ROW(cpu, realtime_runtime, I64, false, -1, INT64_MAX,
		  "cpu", "cpu.rt_runtime_us", VALUE_NONE, NULL),
};

/* The files of BFQ, the only scheduler with weights since the kernel lost CFQ in 5.0. */
static const struct value_row block_io_rows[] = {
	VALUE_ROW(block_io, weight, U16, false, 10, 1000, "blkio", "blkio.bfq.weight", VALUE_NONE, NULL),
	VALUE_ROW(block_io, leaf_weight, U16, false, 10, 1000,
		  "blkio", "blkio.leaf_weight", VALUE_NONE, NULL),
};

/* Whether a controller, known by one name on v1 and by another on v2, is to be had on v2 only. */
static bool is_on_v2(const struct compiler *c, const char *v1, const char *v2)
{
	const struct host_hierarchy *h = hierarchy_find_v2(c);

	return !hierarchy_find(c, v1) && (c->host->unified || (h && list_has(h->available, v2)));
}

/* Reads one property into *ret; false when it is absent or asks for nothing. */
static bool row_get(const struct value_row *row, const void *object, bool *ret_range, int64_t *ret)
{
	const void *p = (const char *)object + row->offset;
	bool set = false, range = true;
	int64_t v = 0;

	switch (row->type) {
	case VALUE_I64:
		set = ((const struct opt_i64 *)p)->set;
		v = ((const struct opt_i64 *)p)->v;
		break;
	case VALUE_U64:
		set = ((const struct opt_u64 *)p)->set;
		range = ((const struct opt_u64 *)p)->v <= INT64_MAX;
		v = range ? (int64_t)((const struct opt_u64 *)p)->v : 0;
		break;
	case VALUE_U16:
		set = ((const struct opt_u16 *)p)->set;
		v = ((const struct opt_u16 *)p)->v;
		break;
	case VALUE_BOOL:
		set = ((const struct opt_bool *)p)->set;
		v = ((const struct opt_bool *)p)->v;
		break;
	}
	*ret = v;
	*ret_range = range && v >= row->min && v <= row->max;
	return set && (!range || v || row->zero_is_value);
}

static int emit_row(struct compiler *c, const struct value_row *row, const void *slot, int64_t v)
{
	uint32_t flags = row->without == v ? CGROUP_SET_OPTIONAL : 0;

	if (!row->file && row->without == v)
		return 0;
	if (!row->file)
		return compiler_error(c, slot, CONFIG_UNSUPPORTED, "%s", row->why);
	if (row->negative && v < 0)
		return cgroup_set_value(c, slot, row->controller, row->file, flags, "%s", row->negative);
	return cgroup_set_value(c, slot, row->controller, row->file, flags, "%" PRId64, v);
}

int cgroup_emit_rows(struct compiler *c, const struct value_row *rows, size_t n, const void *object)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		const void *slot = (const char *)object + rows[i].offset;
		bool in_range;
		int64_t v;

		if (!row_get(&rows[i], object, &in_range, &v))
			continue;
		if (!in_range)
			return compiler_error(c, slot, CONFIG_RANGE, "%" PRId64 " for %s", v,
					      rows[i].file ? rows[i].file : rows[i].controller);
		r = emit_row(c, &rows[i], slot, v);
	}
	return r;
}

int cgroup_check_memory(struct compiler *c, const struct config_memory *m)
{
	bool have_limit = m->limit.set && m->limit.v, have_swap = m->swap.set && m->swap.v;

	if (have_limit && m->limit.v < -1)
		return compiler_error(c, &m->limit, CONFIG_RANGE, "memory limit %" PRId64, m->limit.v);
	if (have_swap && m->swap.v < -1)
		return compiler_error(c, &m->swap, CONFIG_RANGE, "swap limit %" PRId64, m->swap.v);
	if (have_swap && m->swap.v > 0 && (!have_limit || m->limit.v < 0))
		return compiler_error(c, &m->swap, CONFIG_CONFLICT, "a swap limit needs a memory limit");
	if (have_swap && m->swap.v > 0 && m->swap.v < m->limit.v)
		return compiler_error(c, &m->swap, CONFIG_CONFLICT,
				      "swap limit %" PRId64 " is below the memory limit %" PRId64
				      ", which it includes", m->swap.v, m->limit.v);
	return 0;
}

/*
 * Memory and memory plus swap: the kernel keeps limit <= memsw at every moment, so a finite pair is
 * written limit first, and an unlimited memsw before whatever the limit is.
 */
static int emit_memory_limit(struct compiler *c, const struct config_memory *m)
{
	bool have_limit = m->limit.set && m->limit.v, have_swap = m->swap.set && m->swap.v;
	uint32_t check = m->check_before_update.v ? CGROUP_SET_CHECK_USAGE : 0;
	static const char swap_file[] = "memory.memsw.limit_in_bytes";
	int r = cgroup_check_memory(c, m);

	if (r < 0)
		return r;
	if (have_swap && m->swap.v < 0)
		r = cgroup_set_value(c, &m->swap, "memory", swap_file, 0, "-1");
	else if (!have_swap && have_limit && m->limit.v < 0)
		r = cgroup_set_value(c, &m->limit, "memory", swap_file, CGROUP_SET_OPTIONAL, "-1");
	if (r == 0 && have_limit)
		r = cgroup_set_value(c, &m->limit, "memory", "memory.limit_in_bytes", check, "%" PRId64,
				     m->limit.v);
	if (r == 0 && have_swap && m->swap.v > 0)
		r = cgroup_set_value(c, &m->swap, "memory", swap_file, check, "%" PRId64, m->swap.v);
	return r;
}

static int emit_memory(struct compiler *c, const struct config_memory *m)
{
	int r = emit_memory_limit(c, m);

	return r < 0 ? r : cgroup_emit_rows(c, memory_rows, ELEMENTSOF(memory_rows), m);
}

bool is_cpu_list(const char *s)
{
	uint32_t first, last;

	for (;;) {
		if (!compiler_number(&s, &first))
			return false;
		last = first;
		if (*s == '-') {
			s++;
			if (!compiler_number(&s, &last))
				return false;
		}
		if (last < first || last > UINT16_MAX)
			return false;
		if (!*s)
			return true;
		if (*s++ != ',')
			return false;
	}
}

static int emit_cpuset(struct compiler *c, char *const *list, const char *file)
{
	if (str_is_empty(*list))
		return 0;
	if (!is_cpu_list(*list))
		return compiler_error(c, list, CONFIG_VALUE, "\"%s\" is not a list such as \"0-3,7\"", *list);
	return cgroup_set_value(c, list, "cpuset", file, 0, "%s", *list);
}

int cgroup_emit_cpusets(struct compiler *c, const struct config_cpu *cpu)
{
	int r = emit_cpuset(c, &cpu->cpus, "cpuset.cpus");

	return r < 0 ? r : emit_cpuset(c, &cpu->mems, "cpuset.mems");
}

static int emit_cpu(struct compiler *c, const struct config_cpu *cpu)
{
	bool v2 = is_on_v2(c, "cpu", "cpu");
	int r;

	if (cpu->burst.set && cpu->quota.set && cpu->quota.v > 0 && cpu->burst.v > (uint64_t)cpu->quota.v)
		return compiler_error(c, &cpu->burst, CONFIG_CONFLICT,
				      "burst %" PRIu64 " is larger than the quota %" PRId64, cpu->burst.v,
				      cpu->quota.v);
	r = v2 ? cgroup_v2_emit_cpu(c, cpu) : cgroup_emit_rows(c, cpu_rows, ELEMENTSOF(cpu_rows), cpu);
	return r < 0 ? r : cgroup_emit_cpusets(c, cpu);
}

static int emit_pids(struct compiler *c, const struct config_pids *p)
{
	if (!p->limit.set)
		return 0;
	if (p->limit.v < 0)
		return cgroup_set_value(c, &p->limit, "pids", "pids.max", 0, "max");
	return cgroup_set_value(c, &p->limit, "pids", "pids.max", 0, "%" PRId64, p->limit.v);
}

const char *cgroup_device_text(struct compiler *c, const void *slot, const struct opt_i64 *major,
			       const struct opt_i64 *minor)
{
	const char *text;

	if (!major->set || !minor->set || major->v < 0 || minor->v < 0 || major->v > 4095
	    || minor->v > 1048575) {
		compiler_error(c, slot, CONFIG_RANGE, "device numbers");
		return NULL;
	}
	text = arena_printf(c->arena, "%" PRId64 ":%" PRId64, major->v, minor->v);
	if (!text)
		compiler_no_memory(c);
	return text;
}

int cgroup_check_weight_device(struct compiler *c, const struct config_weight_device *d)
{
	if (!d->weight.set && !d->leaf_weight.set)
		return compiler_error(c, d, CONFIG_MISSING, "weight or leafWeight");
	if (d->weight.set && (d->weight.v < 10 || d->weight.v > 1000))
		return compiler_error(c, &d->weight, CONFIG_RANGE, "weight %u", d->weight.v);
	if (d->leaf_weight.set && (d->leaf_weight.v < 10 || d->leaf_weight.v > 1000))
		return compiler_error(c, &d->leaf_weight, CONFIG_RANGE, "leafWeight %u", d->leaf_weight.v);
	return 0;
}

static int emit_weight_device(struct compiler *c, const struct config_weight_device *d)
{
	const char *dev = cgroup_device_text(c, d, &d->major, &d->minor);
	int r = dev ? cgroup_check_weight_device(c, d) : -EINVAL;

	if (r == 0 && d->weight.set)
		r = cgroup_set_value(c, d, "blkio", "blkio.bfq.weight_device", 0, "%s %u", dev, d->weight.v);
	if (r == 0 && d->leaf_weight.set)
		r = cgroup_set_value(c, d, "blkio", "blkio.leaf_weight_device", 0, "%s %u", dev,
				     d->leaf_weight.v);
	return r;
}

static int emit_block_io(struct compiler *c, const struct config_block_io *b)
{
	const struct { const struct config_throttle_list *list; const char *file; } throttles[] = {
		{ &b->read_bps, "blkio.throttle.read_bps_device" },
		{ &b->write_bps, "blkio.throttle.write_bps_device" },
		{ &b->read_iops, "blkio.throttle.read_iops_device" },
		{ &b->write_iops, "blkio.throttle.write_iops_device" },
	};
	int r = cgroup_emit_rows(c, block_io_rows, ELEMENTSOF(block_io_rows), b);

	for (size_t i = 0; r == 0 && i < b->n_weight_device; i++)
		r = emit_weight_device(c, &b->weight_device[i]);
	for (size_t i = 0; r == 0 && i < ELEMENTSOF(throttles); i++)
		for (size_t j = 0; r == 0 && j < throttles[i].list->n; j++) {
			const struct config_throttle_device *d = &throttles[i].list->v[j];
			const char *dev = cgroup_device_text(c, d, &d->major, &d->minor);

			if (!dev)
				return -EINVAL;
			r = cgroup_set_value(c, d, "blkio", throttles[i].file, 0, "%s %" PRIu64, dev,
					     d->rate.v);
		}
	return r;
}

static int emit_hugepages(struct compiler *c, const struct config_resources *res)
{
	const char *file = is_on_v2(c, "hugetlb", "hugetlb") ? "max" : "limit_in_bytes";
	int r = 0;

	for (size_t i = 0; r == 0 && i < res->n_hugepage_limits; i++) {
		const struct config_hugepage_limit *h = &res->hugepage_limits[i];
		size_t digits = strspn(h->page_size, "0123456789");
		const char *unit = h->page_size + digits;
		char name[64];

		if (!digits || digits > 10 || h->page_size[0] == '0'
		    || !(streq(unit, "KB") || streq(unit, "MB") || streq(unit, "GB")))
			return compiler_error(c, &h->page_size, CONFIG_VALUE,
					      "\"%s\" is not a page size such as \"2MB\"", h->page_size);
		snprintf(name, sizeof(name), "hugetlb.%s.%s", h->page_size, file);
		r = cgroup_set_value(c, h, "hugetlb", name, 0, "%" PRIu64, h->limit);
		if (r < 0)
			return r;
		/* Reservations have a limit of their own since 5.7; it is the one that fails in mmap(). */
		snprintf(name, sizeof(name), "hugetlb.%s.rsvd.%s", h->page_size, file);
		r = cgroup_set_value(c, h, "hugetlb", name, CGROUP_SET_OPTIONAL, "%" PRIu64, h->limit);
	}
	return r;
}

static int emit_network(struct compiler *c, const struct config_net_cgroup *n)
{
	int r = 0;

	if (n->class_id.set)
		r = cgroup_set_value(c, &n->class_id, "net_cls", "net_cls.classid", 0, "%u", n->class_id.v);
	for (size_t i = 0; r == 0 && i < n->n_priorities; i++) {
		const struct config_net_priority *p = &n->priorities[i];

		if (!*p->name || strpbrk(p->name, " \t\n/"))
			return compiler_error(c, &p->name, CONFIG_VALUE, "interface name \"%s\"", p->name);
		r = cgroup_set_value(c, p, "net_prio", "net_prio.ifpriomap", 0, "%s %u", p->name, p->priority);
	}
	return r;
}

static int emit_rdma(struct compiler *c, const struct config_resources *res)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < res->n_rdma; i++) {
		const struct config_rdma *d = &res->rdma[i];
		char handles[32] = "", objects[32] = "";

		if (!d->hca_handles.set && !d->hca_objects.set)
			return compiler_error(c, d, CONFIG_MISSING, "hcaHandles or hcaObjects");
		if (!*d->device || strpbrk(d->device, " \t\n/"))
			return compiler_error(c, d, CONFIG_VALUE, "RDMA device \"%s\"", d->device);
		if (d->hca_handles.set)
			snprintf(handles, sizeof(handles), " hca_handle=%u", d->hca_handles.v);
		if (d->hca_objects.set)
			snprintf(objects, sizeof(objects), " hca_object=%u", d->hca_objects.v);
		r = cgroup_set_value(c, d, "rdma", "rdma.max", 0, "%s%s%s", d->device, handles, objects);
	}
	return r;
}

/* Anything but device rules; those are cgroup-devices.c's. */
static int emit_resources(struct compiler *c, const struct config_resources *res)
{
	int r = 0;

	if (res->memory)
		r = is_on_v2(c, "memory", "memory") ? cgroup_v2_emit_memory(c, res->memory)
						    : emit_memory(c, res->memory);
	if (r == 0 && res->cpu)
		r = emit_cpu(c, res->cpu);
	if (r == 0 && res->pids)
		r = emit_pids(c, res->pids);
	if (r == 0 && res->block_io)
		r = is_on_v2(c, "blkio", "io") ? cgroup_v2_emit_block_io(c, res->block_io)
					       : emit_block_io(c, res->block_io);
	if (r == 0)
		r = emit_hugepages(c, res);
	if (r == 0 && res->network)
		r = c->host->unified ? cgroup_v2_refuse_network(c, res->network)
				     : emit_network(c, res->network);
	if (r == 0)
		r = emit_rdma(c, res);
	return r < 0 ? r : cgroup_v2_emit_unified(c, &res->unified);
}

int cgroup_emit_values(struct compiler *c)
{
	int r = c->linux_->resources ? emit_resources(c, c->linux_->resources) : 0;

	return r < 0 ? r : cgroup_v2_flush(c);
}
