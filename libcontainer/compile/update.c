/* SPDX-License-Identifier: Apache-2.0 */
/*
 * New limits for a container that exists. Engines send complete resource objects in which most is 0: what
 * is absent or 0 stays as it is.
 */
#include "libcontainer/compile/compiler.h"

#include <string.h>

/* Numbers of which 0 is no request. */
struct zero_row {
	size_t object; /* in struct config_resources: the pointer to what holds it */
	size_t offset, width;
};

#define ZERO(pointer, type, member) \
	{ offsetof(struct config_resources, pointer), offsetof(type, member), sizeof(((type *)0)->member.v) }

static const struct zero_row zero_rows[] = {
	ZERO(memory, struct config_memory, limit),
	ZERO(memory, struct config_memory, reservation),
	ZERO(memory, struct config_memory, swap),
	ZERO(cpu, struct config_cpu, shares),
	ZERO(cpu, struct config_cpu, quota),
	ZERO(cpu, struct config_cpu, period),
	ZERO(cpu, struct config_cpu, realtime_runtime),
	ZERO(cpu, struct config_cpu, realtime_period),
	ZERO(pids, struct config_pids, limit),
	ZERO(block_io, struct config_block_io, weight),
	ZERO(block_io, struct config_block_io, leaf_weight),
	ZERO(network, struct config_net_cgroup, class_id),
};

/* An optional number is a bool and, behind it at its own alignment, the value. */
static void drop_zero(char *opt, size_t width)
{
	static const char zeros[sizeof(uint64_t)];

	if (memcmp(opt + width, zeros, width) == 0)
		*(bool *)opt = false;
}

void update_normalise(struct config_resources *asked)
{
	asked->devices = NULL;
	asked->n_devices = 0;
	if (asked->memory) {
		/* Obsolete; what the kernel still has of it fails, and engines go on sending it. */
		asked->memory->kernel.set = false;
		asked->memory->kernel_tcp.set = false;
	}
	for (size_t i = 0; i < ELEMENTSOF(zero_rows); i++) {
		const struct zero_row *row = &zero_rows[i];
		char *object;

		memcpy(&object, (char *)asked + row->object, sizeof(object));
		if (object)
			drop_zero(object + row->offset, row->width);
	}
}

static void complete_memory(struct config_memory *asked, const struct config_memory *recorded)
{
	if (!asked->check_before_update.set)
		asked->check_before_update = recorded->check_before_update;
	if (asked->swap.set && !asked->limit.set)
		asked->limit = recorded->limit;
	else if (asked->limit.set && !asked->swap.set && recorded->swap.set) {
		asked->swap = recorded->swap;
		/* Without a limit of memory there is none of memory and swap together. */
		if (asked->limit.v < 0)
			asked->swap.v = -1;
	}
}

static void complete_cpu(struct config_cpu *asked, const struct config_cpu *recorded)
{
	bool any = asked->quota.set || asked->period.set || asked->burst.set;

	if (any && !asked->period.set)
		asked->period = recorded->period;
	if (any && !asked->quota.set)
		asked->quota = recorded->quota;
	if (any && !asked->burst.set)
		asked->burst = recorded->burst;
}

void update_complete(struct config_resources *asked, const struct config_resources *recorded)
{
	if (!recorded)
		return;
	if (asked->memory && recorded->memory)
		complete_memory(asked->memory, recorded->memory);
	if (asked->cpu && recorded->cpu)
		complete_cpu(asked->cpu, recorded->cpu);
}

int compile_update(const struct document *doc, struct config_resources *resources, const struct host *host,
		   struct arena *arena, struct compiled *ret, struct error *err)
{
	static const struct compile_options no_options;
	static const struct config no_config;
	const struct config_linux linux_ = { .resources = resources };
	struct compiled compiled = { 0 };
	struct compiler c = { .doc = doc, .config = &no_config, .linux_ = &linux_, .host = host,
			      .options = &no_options, .arena = arena, .err = err, .compiled = &compiled,
			      .cgroup_path = "/" };
	int r;

	emit_init(&c.emit, arena);
	r = cgroup_emit_values(&c);
	if (r == 0)
		r = emit_finish(&c.emit, 0, 0, 0, &compiled.program, &compiled.program_size, err);
	if (r == 0)
		*ret = compiled;
	return r;
}
