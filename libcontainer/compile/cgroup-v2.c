/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linux.resources for cgroup v2. The specification words most properties as v1 has them; what v2 has in
 * another form is converted here (docs/cgroups.md has the table), and what it has not at all is an error:
 * a limit that is silently dropped is worse than a container that does not start.
 */
#include "libcontainer/compile/cgroup-values.h"
#include "libcontainer/compile/systemd.h"

#include "base/str.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#define SHARES_MIN 2u
#define SHARES_MAX 262144u

static const char no_kernel_memory[] =
	"kernel memory has no limit of its own on cgroup v2, it counts against the memory limit";

static const struct value_row memory_rows[] = {
	VALUE_ROW(memory, reservation, I64, false, -1, INT64_MAX, "memory", "memory.low", VALUE_NONE, "max"),
	VALUE_REFUSED(memory, use_hierarchy, BOOL, true, 0, 1, "useHierarchy", 1,
		      "cgroup v2 always counts what is used further down, useHierarchy cannot be false"),
	VALUE_REFUSED(memory, kernel, I64, false, -1, INT64_MAX, "kernel", -1,
		      no_kernel_memory),
	VALUE_REFUSED(memory, kernel_tcp, I64, false, -1, INT64_MAX, "kernelTCP", -1,
		      no_kernel_memory),
	VALUE_REFUSED(memory, swappiness, U64, true, 0, 100, "swappiness", VALUE_NONE,
		      "cgroup v2 has no swappiness of a single cgroup"),
	VALUE_REFUSED(memory, disable_oom_killer, BOOL, false, 0, 1, "disableOOMKiller", VALUE_NONE,
		      "cgroup v2 cannot disable the out-of-memory killer"),
};

/* Weight comes before idle, which locks it; quota before burst, which it bounds. */
static const struct value_row cpu_rows[] = {
	VALUE_ROW(cpu, idle, I64, true, 0, 1, "cpu", "cpu.idle", 0, NULL),
	VALUE_ROW(cpu, burst, U64, true, 0, INT64_MAX, "cpu", "cpu.max.burst", 0, NULL),
	VALUE_REFUSED(cpu, realtime_period, U64, false, 0, INT64_MAX, "realtimePeriod", VALUE_NONE,
		      "cgroup v2 has no limits for real-time processes"),
	VALUE_REFUSED(cpu, realtime_runtime, I64, false, -1, INT64_MAX, "realtimeRuntime", VALUE_NONE,
		      "cgroup v2 has no limits for real-time processes"),
};

static const char no_leaf_weight[] = "cgroup v2 has no weight of a cgroup against its own children";

static const struct value_row block_io_rows[] = {
	VALUE_REFUSED(block_io, leaf_weight, U16, false, 10, 1000, "leafWeight", VALUE_NONE,
		      no_leaf_weight),
};

/* Files that say what berth itself decides, or that would keep init from ever running. */
static const char *const managed_files[] = {
	"cgroup.procs", "cgroup.threads", "cgroup.type", "cgroup.subtree_control", "cgroup.freeze", "cgroup.kill",
};

/*
 * Both scales are logarithmic in effect, with their defaults, 1024 and 100, in different places. A quadratic
 * function of the logarithm meets the minimum, the default and the maximum of both; a straight line, as all
 * runtimes had until 2025, made 39 of the default. The small number taken off keeps what should be 100
 * exactly from becoming 101 by the rounding of a C library.
 */
uint64_t cgroup_v2_cpu_weight(uint64_t shares)
{
	double l, exponent;

	if (shares <= SHARES_MIN)
		return 1;
	if (shares >= SHARES_MAX)
		return 10000;
	l = log2((double)shares);
	exponent = (l * l + 125 * l) / 612.0 - 7.0 / 34.0;
	return (uint64_t)ceil(pow(10, exponent) - 1e-6);
}

/* 10 to 1000 onto 1 to 10000, in a straight line. */
unsigned cgroup_v2_io_weight(unsigned weight)
{
	return 1 + (weight - 10) * 9999 / 990;
}

/* ---- keeping values back ---- */

int cgroup_v2_add(struct compiler *c, const struct cgroup_value *value)
{
	size_t max = c->max_values ? c->max_values * 2 : 16;

	if (c->n_values == c->max_values) {
		struct cgroup_value *v = arena_regrow(c->arena, c->values, c->max_values, max, sizeof(*v));

		if (!v)
			return compiler_no_memory(c);
		c->values = v;
		c->max_values = max;
	}
	c->values[c->n_values++] = *value;
	return 0;
}

int cgroup_v2_otherwise(struct compiler *c, const char *file, const char *fmt, ...)
{
	struct op_cgroup_set *op = &c->values[c->n_values - 1].op;
	va_list ap;

	op->other_file = emit_str(&c->emit, file);
	va_start(ap, fmt);
	op->other_value = emit_vstrf(&c->emit, fmt, ap);
	va_end(ap);
	return 0;
}

/* The controllers that the values need, each once: "memory,cpu". */
static const char *needed_controllers(struct compiler *c)
{
	const char *list = "";

	for (size_t i = 0; list && i < c->n_values; i++) {
		const char *name = c->values[i].controller;

		if (name && !list_has(list, name))
			list = arena_printf(c->arena, "%s%s%s", list, *list ? "," : "", name);
	}
	return list;
}

/*
 * On a host with v2 only, all that the host has is enabled, not only what a limit needs: engines read the
 * usage of every container. On a hybrid host the v2 tree belongs to somebody else as far as possible.
 */
int cgroup_v2_flush(struct compiler *c)
{
	const struct host_hierarchy *h = hierarchy_find_v2(c);
	const char *needed = needed_controllers(c);
	struct op_cgroup_controllers op = { .flags = c->host->unified ? CGROUP_CONTROLLERS_ALL : 0 };

	int r = c->systemd ? systemd_emit_unit(c) : 0;

	if (r < 0)
		return r;
	if (!needed)
		return compiler_no_memory(c);
	if (!h || (!*needed && !op.flags))
		return 0;
	op.dir = emit_str(&c->emit, cgroup_dir(c, h));
	op.mount = emit_str(&c->emit, h->mount);
	op.needed = emit_str(&c->emit, needed);
	if (*needed)
		compiler_emit(c, OP_CGROUP_CONTROLLERS, &op, &c->linux_->resources);
	else
		compiler_emit_own(c, OP_CGROUP_CONTROLLERS, &op);
	for (size_t i = 0; i < c->n_values; i++)
		compiler_emit_sized(c, OP_CGROUP_SET, &c->values[i].op, c->values[i].slot,
				    c->values[i].slot_size);
	c->n_values = 0;
	return 0;
}

/* ---- the objects ---- */

/* v2 limits swap alone. A kernel without swap has no such file, and nothing to limit. */
static int emit_swap(struct compiler *c, const struct config_memory *m)
{
	static const char file[] = "memory.swap.max";
	bool have_limit = m->limit.set && m->limit.v, have_swap = m->swap.set && m->swap.v;
	int64_t swap;

	if (!have_swap && have_limit && m->limit.v < 0)
		return cgroup_set_value(c, &m->limit, "memory", file, CGROUP_SET_OPTIONAL, "max");
	if (!have_swap)
		return 0;
	if (m->swap.v < 0)
		return cgroup_set_value(c, &m->swap, "memory", file, CGROUP_SET_OPTIONAL, "max");
	swap = m->swap.v - m->limit.v;
	return cgroup_set_value(c, &m->swap, "memory", file, swap ? 0 : CGROUP_SET_OPTIONAL, "%" PRId64, swap);
}

int cgroup_v2_emit_memory(struct compiler *c, const struct config_memory *m)
{
	uint32_t check = m->check_before_update.v ? CGROUP_SET_CHECK_USAGE : 0;
	int r = cgroup_check_memory(c, m);

	if (r == 0)
		r = emit_swap(c, m);
	if (r == 0 && m->limit.set && m->limit.v < 0)
		r = cgroup_set_value(c, &m->limit, "memory", "memory.max", 0, "max");
	if (r == 0 && m->limit.set && m->limit.v > 0)
		r = cgroup_set_value(c, &m->limit, "memory", "memory.max", check, "%" PRId64, m->limit.v);
	return r < 0 ? r : cgroup_emit_rows(c, memory_rows, ELEMENTSOF(memory_rows), m);
}

/* Quota and period are one line of one file. Each may come alone: the other one stays as it is. */
static int emit_cpu_max(struct compiler *c, const struct config_cpu *cpu)
{
	bool quota = cpu->quota.set && cpu->quota.v, period = cpu->period.set && cpu->period.v;
	static const char file[] = "cpu.max";
	const char *text;

	if (period && cpu->period.v > INT64_MAX)
		return compiler_error(c, &cpu->period, CONFIG_RANGE, "period %" PRIu64, cpu->period.v);
	if (period && !quota)
		return cgroup_set_value(c, &cpu->period, "cpu", file, CGROUP_SET_SECOND, "%" PRIu64,
					cpu->period.v);
	if (!quota)
		return 0;
	text = cpu->quota.v < 0 ? "max" : arena_printf(c->arena, "%" PRId64, cpu->quota.v);
	if (!text)
		return compiler_no_memory(c);
	if (!period)
		return cgroup_set_value(c, &cpu->quota, "cpu", file, 0, "%s", text);
	return cgroup_set_value(c, &cpu->quota, "cpu", file, 0, "%s %" PRIu64, text, cpu->period.v);
}

int cgroup_v2_emit_cpu(struct compiler *c, const struct config_cpu *cpu)
{
	int r = 0;

	if (cpu->shares.set && cpu->shares.v)
		r = cgroup_set_value(c, &cpu->shares, "cpu", "cpu.weight", 0, "%" PRIu64,
				     cgroup_v2_cpu_weight(cpu->shares.v));
	if (r == 0)
		r = emit_cpu_max(c, cpu);
	return r < 0 ? r : cgroup_emit_rows(c, cpu_rows, ELEMENTSOF(cpu_rows), cpu);
}

/* BFQ has the scale of the specification; where it is not there, the cost model of the kernel has its own. */
static int emit_weights(struct compiler *c, const struct config_block_io *b)
{
	int r = 0;

	if (b->weight.set && b->weight.v) {
		if (b->weight.v < 10 || b->weight.v > 1000)
			return compiler_error(c, &b->weight, CONFIG_RANGE, "weight %u", b->weight.v);
		r = cgroup_set_value(c, &b->weight, "io", "io.bfq.weight", 0, "default %u", b->weight.v);
		if (r == 0)
			r = cgroup_v2_otherwise(c, "io.weight", "default %u", cgroup_v2_io_weight(b->weight.v));
	}
	for (size_t i = 0; r == 0 && i < b->n_weight_device; i++) {
		const struct config_weight_device *d = &b->weight_device[i];
		const char *dev = cgroup_device_text(c, d, &d->major, &d->minor);

		r = dev ? cgroup_check_weight_device(c, d) : -EINVAL;
		if (r == 0 && d->leaf_weight.set)
			return compiler_error(c, &d->leaf_weight, CONFIG_UNSUPPORTED, "%s", no_leaf_weight);
		if (r == 0)
			r = cgroup_set_value(c, d, "io", "io.bfq.weight", 0, "%s %u", dev, d->weight.v);
		if (r == 0)
			r = cgroup_v2_otherwise(c, "io.weight", "%s %u", dev, cgroup_v2_io_weight(d->weight.v));
	}
	return r;
}

int cgroup_v2_emit_block_io(struct compiler *c, const struct config_block_io *b)
{
	const struct { const struct config_throttle_list *list; const char *key; } throttles[] = {
		{ &b->read_bps, "rbps" },
		{ &b->write_bps, "wbps" },
		{ &b->read_iops, "riops" },
		{ &b->write_iops, "wiops" },
	};
	int r = cgroup_emit_rows(c, block_io_rows, ELEMENTSOF(block_io_rows), b);

	if (r == 0)
		r = emit_weights(c, b);
	for (size_t i = 0; r == 0 && i < ELEMENTSOF(throttles); i++)
		for (size_t j = 0; r == 0 && j < throttles[i].list->n; j++) {
			const struct config_throttle_device *d = &throttles[i].list->v[j];
			const char *dev = cgroup_device_text(c, d, &d->major, &d->minor);

			if (!dev)
				return -EINVAL;
			/* As on v1, 0 takes a limit away. */
			r = d->rate.v ? cgroup_set_value(c, d, "io", "io.max", 0, "%s %s=%" PRIu64, dev,
							 throttles[i].key, d->rate.v)
				      : cgroup_set_value(c, d, "io", "io.max", 0, "%s %s=max", dev,
							 throttles[i].key);
		}
	return r;
}

int cgroup_v2_refuse_network(struct compiler *c, const struct config_net_cgroup *n)
{
	if (n->class_id.set && n->class_id.v)
		return compiler_error(c, &n->class_id, CONFIG_UNSUPPORTED,
				      "cgroup v2 has no network classes (net_cls); filter by cgroup path instead");
	if (n->n_priorities)
		return compiler_error(c, &n->priorities, CONFIG_UNSUPPORTED,
				      "cgroup v2 has no network priorities (net_prio)");
	return 0;
}

/* The controller of a file is what stands before the first dot; "cgroup." are files without one. */
static int check_unified_key(struct compiler *c, const struct string_pair *pair, const char **ret_controller)
{
	size_t n = strcspn(pair->name, ".");
	char *controller;

	/* "../x/memory.max" would reach another container's cgroup. */
	if (n == 0 || pair->name[n] != '.' || strchr(pair->name, '/'))
		return compiler_error(c, pair, CONFIG_VALUE, "\"%s\" is not a file name such as \"memory.high\"",
				      pair->name);
	for (size_t i = 0; i < ELEMENTSOF(managed_files); i++)
		if (streq(pair->name, managed_files[i]))
			return compiler_error(c, pair, CONFIG_CONFLICT, "%s is berth's own to write", pair->name);
	*ret_controller = NULL;
	if (n == 6 && str_after(pair->name, "cgroup."))
		return 0;
	controller = arena_strdup(c->arena, pair->name);
	if (!controller)
		return compiler_no_memory(c);
	controller[n] = '\0';
	*ret_controller = controller;
	return 0;
}

/* One write for each line: files with a line per device take one device at a time. */
static int emit_unified_lines(struct compiler *c, const struct string_pair *pair, const char *controller)
{
	const char *s = pair->value;
	int r = 0;

	if (!*s)
		return cgroup_set_value(c, pair, controller, pair->name, 0, "\n");
	while (r == 0 && *s) {
		size_t n = strcspn(s, "\n");

		if (n)
			r = cgroup_set_value(c, pair, controller, pair->name, 0, "%.*s", (int)n, s);
		s += n + (s[n] == '\n');
	}
	return r;
}

/* Behind the converted values, so that it wins where both name the same file. */
int cgroup_v2_emit_unified(struct compiler *c, const struct string_map *unified)
{
	int r = 0;

	if (unified->n && !c->host->unified)
		return compiler_error(c, unified, CONFIG_UNSUPPORTED,
				      "resources.unified: this host uses cgroup v1");
	for (size_t i = 0; r == 0 && i < unified->n; i++) {
		const char *controller;

		r = check_unified_key(c, &unified->v[i], &controller);
		if (r == 0)
			r = emit_unified_lines(c, &unified->v[i], controller);
	}
	return r;
}
