/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Properties of the container's unit. The limits are those that are written to the cgroup as well: systemd
 * has to know them, or it would write its own defaults over them at its next reload.
 */
#include "libcontainer/compile/systemd.h"

#include "base/str.h"
#include "libcontainer/compile/devices-bpf.h"
#include "libcontainer/systemd-words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CPU_QUOTA_STEP 10000u /* microseconds per second: systemd rounds up to it */
#define CPUS_MAX 8192

struct limit {
	const char *file;
	const char *property;
	void (*add)(struct word_list *list, const char *property, const char *value);
};

static void add_u64(struct word_list *list, const char *property, uint64_t v)
{
	word_list_add(list, property);
	word_list_add(list, "t");
	word_list_addf(list, "%" PRIu64, v);
}

/* "max" is systemd's infinity. */
static bool read_limit(const char *text, uint64_t *ret)
{
	if (streq(text, "max")) {
		*ret = UINT64_MAX;
		return true;
	}
	return str_to_u64(text, ret) == 0;
}

static void add_number(struct word_list *list, const char *property, const char *value)
{
	const char *number = str_after(value, "default ");
	uint64_t v;

	if (read_limit(number ? number : value, &v))
		add_u64(list, property, v);
}

/* Systemd does not take a limit of 0 here: it stays with what is written to the cgroup. */
static void add_positive(struct word_list *list, const char *property, const char *value)
{
	const char *number = str_after(value, "default ");

	if (!streq(number ? number : value, "0"))
		add_number(list, property, value);
}

/* An idle cgroup is one of weight 0 for systemd. */
static void add_idle(struct word_list *list, const char *property, const char *value)
{
	if (streq(value, "1"))
		add_u64(list, property, 0);
}

/* "QUOTA PERIOD", "QUOTA", either "max" */
static void add_cpu_max(struct word_list *list, const char *property, const char *value)
{
	uint64_t quota, period = 100000, per_second;
	const char *space = strchr(value, ' ');
	char text[32];

	if (space && str_to_u64(space + 1, &period) < 0)
		return;
	(void)snprintf(text, sizeof(text), "%.*s", (int)(space ? space - value : (int)strlen(value)), value);
	if (!read_limit(text, &quota) || quota == 0 || period == 0)
		return;
	per_second = UINT64_MAX;
	if (quota != UINT64_MAX) {
		if (quota > UINT64_MAX / 1000000)
			return;
		per_second = (quota * 1000000 + period - 1) / period;
		per_second = (per_second + CPU_QUOTA_STEP - 1) / CPU_QUOTA_STEP * CPU_QUOTA_STEP;
	}
	add_u64(list, property, per_second);
	if (space)
		add_u64(list, "CPUQuotaPeriodUSec", period);
}

/* "0-3,7" as a bit mask, its lowest byte first. */
static void add_cpus(struct word_list *list, const char *property, const char *value)
{
	uint8_t mask[CPUS_MAX / 8] = { 0 };
	size_t bytes = 0;

	if (!is_cpu_list(value))
		return;
	for (const char *p = value; *p; p += *p == ',') {
		uint32_t first, last;

		(void)compiler_number(&p, &first);
		last = first;
		if (*p == '-') {
			p++;
			(void)compiler_number(&p, &last);
		}
		if (last >= CPUS_MAX)
			return;
		for (uint32_t i = first; i <= last; i++)
			mask[i / 8] |= (uint8_t)(1u << (i % 8));
		bytes = MAX(bytes, last / 8 + 1);
	}
	word_list_add(list, property);
	word_list_add(list, "ay");
	word_list_addf(list, "%zu", bytes);
	for (size_t i = 0; i < bytes; i++)
		word_list_addf(list, "%u", mask[i]);
}

/* "MAJOR:MINOR KEY=VALUE": a device each, which adds up in systemd. */
static void add_io_max(struct word_list *list, const char *property _unused_, const char *value)
{
	static const struct {
		const char *key, *property;
	} keys[] = {
		{ "rbps=", "IOReadBandwidthMax" },
		{ "wbps=", "IOWriteBandwidthMax" },
		{ "riops=", "IOReadIOPSMax" },
		{ "wiops=", "IOWriteIOPSMax" },
	};
	const char *space = strchr(value, ' ');
	uint64_t v;

	for (size_t i = 0; space && i < ELEMENTSOF(keys); i++) {
		const char *number = str_after(space + 1, keys[i].key);

		if (!number || !read_limit(number, &v) || v == 0)
			continue;
		word_list_add(list, keys[i].property);
		word_list_add(list, "a(st)");
		word_list_add(list, "1");
		word_list_addf(list, "/dev/block/%.*s", (int)(space - value), value);
		word_list_addf(list, "%" PRIu64, v);
	}
}

static const struct limit limits[] = {
	{ "cpu.idle", "CPUWeight", add_idle },
	{ "cpu.max", "CPUQuotaPerSecUSec", add_cpu_max },
	{ "cpu.weight", "CPUWeight", add_positive },
	{ "cpuset.cpus", "AllowedCPUs", add_cpus },
	{ "cpuset.mems", "AllowedMemoryNodes", add_cpus },
	{ "io.max", NULL, add_io_max },
	{ "io.weight", "IOWeight", add_positive },
	{ "memory.high", "MemoryHigh", add_positive },
	{ "memory.low", "MemoryLow", add_number },
	{ "memory.max", "MemoryMax", add_positive },
	{ "memory.min", "MemoryMin", add_number },
	{ "memory.swap.max", "MemorySwapMax", add_number },
	{ "pids.max", "TasksMax", add_positive },
};

void systemd_add_limit(struct word_list *list, const char *file, const char *value, uint32_t flags)
{
	/* Only cpu.max has a second word that is set alone. */
	if (flags & CGROUP_SET_SECOND) {
		add_number(list, "CPUQuotaPeriodUSec", value);
		return;
	}
	for (size_t i = 0; i < ELEMENTSOF(limits); i++)
		if (streq(limits[i].file, file))
			limits[i].add(list, limits[i].property, value);
}

static void add_property(struct compiler *c, struct word_list *list, const char *name, const char *type,
			 const char *value)
{
	if (systemd_is_annotated(c, name))
		return;
	word_list_add(list, name);
	word_list_add(list, type);
	word_list_add(list, value);
}

static void add_own(struct compiler *c, struct word_list *list)
{
	const struct systemd_unit *u = c->systemd;

	add_property(c, list, "Description", "s", arena_printf(c->arena, "container %s", c->options->id));
	/* A failed unit would keep its name, and the next container of that name could not be made. */
	add_property(c, list, "CollectMode", "s", "inactive-or-failed");
	add_property(c, list, "DefaultDependencies", "b", "false");
	if (u->is_slice)
		return;
	word_list_add(list, "Slice");
	word_list_add(list, "s");
	word_list_add(list, u->slice);
	/* Systemd leaves what is below alone, and enables every controller. */
	word_list_add(list, "Delegate");
	word_list_add(list, "b");
	word_list_add(list, "true");
}

static size_t total_size(const struct word_list *list)
{
	size_t size = 0;

	for (size_t i = 0; i < list->n; i++)
		size += strlen(list->v[i]) + 1;
	return size;
}

/* What is written when the kernel lacks the usual file is the form that systemd knows. */
static void add_limits(struct compiler *c, struct word_list *list)
{
	for (size_t i = 0; !c->emit.failed && i < c->n_values; i++) {
		const struct op_cgroup_set *op = &c->values[i].op;
		const char *strings = (const char *)c->emit.data;
		bool other = op->other_file != 0;

		systemd_add_limit(list, strings + (other ? op->other_file : op->file),
				  strings + (other ? op->other_value : op->value), op->flags);
	}
}

static void add_device(struct word_list *list, const struct device_rule *rule, char type)
{
	const char *name = type == 'c' ? "char" : "block";

	if (rule->major == DEVICE_ANY)
		word_list_addf(list, "%s-*", name);
	else if (rule->minor == DEVICE_ANY)
		word_list_addf(list, "%s-%lld", name, (long long)rule->major);
	else
		word_list_addf(list, "/dev/%s/%lld:%lld", name, (long long)rule->major, (long long)rule->minor);
	word_list_addf(list, "%s%s%s", rule->access & ACCESS_READ ? "r" : "",
		       rule->access & ACCESS_WRITE ? "w" : "", rule->access & ACCESS_MKNOD ? "m" : "");
}

/*
 * The list is enforced by berth's own program, which systemd leaves alone, and by systemd's as well: an access
 * has to be allowed by both. So systemd's is never narrower; it knows no exceptions to what it allows, and
 * no minor number of any major. An ordinary user's manager cannot enforce any.
 */
static int add_devices(struct compiler *c, struct word_list *list)
{
	struct device_rule *rules;
	size_t n, entries = 0;
	int r = cgroup_device_rules(c, &rules, &n);

	if (r < 0 || c->systemd->user || !c->linux_->resources)
		return r;
	n = device_rules_prune(rules, n);
	for (size_t i = 0; i < n; i++) {
		if (rules[i].allow && device_rule_is_total(&rules[i]))
			return 0;
		entries += rules[i].allow ? 1u + (rules[i].type == 'a') : 0;
	}
	word_list_add(list, "DevicePolicy");
	word_list_add(list, "s");
	word_list_add(list, "strict");
	word_list_add(list, "DeviceAllow");
	word_list_add(list, "a(ss)");
	word_list_addf(list, "%zu", entries);
	for (size_t i = 0; i < n; i++) {
		if (rules[i].allow && rules[i].type != 'b')
			add_device(list, &rules[i], 'c');
		if (rules[i].allow && rules[i].type != 'c')
			add_device(list, &rules[i], 'b');
	}
	return 0;
}

/* All properties in one call, each container being one more customer of systemd. */
int systemd_emit_unit(struct compiler *c)
{
	const struct systemd_unit *u = c->systemd;
	struct word_list list = { .arena = c->arena };
	char *const *slot = &c->linux_->cgroups_path;
	struct op_systemd_unit op = {
		.unit = emit_str(&c->emit, u->unit),
		.group = emit_str(&c->emit, u->group),
		.dir = emit_str(&c->emit, cgroup_dir(c, hierarchy_find_v2(c))),
		.flags = (u->user ? SYSTEMD_UNIT_USER : 0) | (u->is_slice ? SYSTEMD_UNIT_SLICE : 0),
	};
	int r;

	add_own(c, &list);
	r = systemd_add_annotations(c, &list);
	if (r == 0)
		r = add_devices(c, &list);
	if (r < 0)
		return r;
	add_limits(c, &list);
	if (list.failed)
		return compiler_no_memory(c);
	if (total_size(&list) > SYSTEMD_WORDS_MAX)
		return compiler_error(c, slot, CONFIG_LIMIT, "more than %u bytes of properties for systemd",
				      SYSTEMD_WORDS_MAX);
	op.properties = emit_strv(&c->emit, list.v, list.n);
	compiler_emit(c, OP_SYSTEMD_UNIT, &op, slot);
	return 0;
}
