/* SPDX-License-Identifier: Apache-2.0 */
/* New limits from a JSON document, from options, or from both: the options lie over the document. */
#include "base/fd.h"
#include "base/str.h"
#include "base/units.h"
#include "cmd/launch.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define RESOURCES_MAX (16u << 20)

/* Objects that options fill when the document does not have them. */
struct asked {
	struct config_resources resources;
	struct config_memory memory;
	struct config_cpu cpu;
	struct config_pids pids;
	struct config_block_io block_io;
};

enum kind { KIND_I64, KIND_U64, KIND_U16, KIND_SIZE, KIND_STRING };

struct update_option {
	enum option_id id;
	const char *name;
	enum kind kind;
	size_t pointer; /* in struct config_resources, to the object ... */
	size_t object;  /* ... which is this one of struct asked, if nobody else has made one ... */
	size_t offset;  /* ... and in there the value */
};

#define OPTION(id, name, kind, object_, type, member)                                              \
	{ OPT_##id, name, KIND_##kind, offsetof(struct config_resources, object_),                 \
	  offsetof(struct asked, object_), offsetof(struct config_##type, member) }

static const struct update_option update_options[] = {
	OPTION(BLKIO_WEIGHT, "blkio-weight", U16, block_io, block_io, weight),
	OPTION(CPU_PERIOD, "cpu-period", U64, cpu, cpu, period),
	OPTION(CPU_QUOTA, "cpu-quota", I64, cpu, cpu, quota),
	OPTION(CPU_BURST, "cpu-burst", U64, cpu, cpu, burst),
	OPTION(CPU_SHARE, "cpu-share", U64, cpu, cpu, shares),
	OPTION(CPU_RT_PERIOD, "cpu-rt-period", U64, cpu, cpu, realtime_period),
	OPTION(CPU_RT_RUNTIME, "cpu-rt-runtime", I64, cpu, cpu, realtime_runtime),
	OPTION(CPUSET_CPUS, "cpuset-cpus", STRING, cpu, cpu, cpus),
	OPTION(CPUSET_MEMS, "cpuset-mems", STRING, cpu, cpu, mems),
	OPTION(CPU_IDLE, "cpu-idle", I64, cpu, cpu, idle),
	OPTION(KERNEL_MEMORY, "kernel-memory", SIZE, memory, memory, kernel),
	OPTION(KERNEL_MEMORY_TCP, "kernel-memory-tcp", SIZE, memory, memory, kernel_tcp),
	OPTION(MEMORY, "memory", SIZE, memory, memory, limit),
	OPTION(MEMORY_RESERVATION, "memory-reservation", SIZE, memory, memory, reservation),
	OPTION(MEMORY_SWAP, "memory-swap", SIZE, memory, memory, swap),
	OPTION(PIDS_LIMIT, "pids-limit", I64, pids, pids, limit),
};

/* Reads the option's value into its place; false when it is none. */
static bool read_value(const struct update_option *o, const char *text, void *slot)
{
	struct opt_i64 *i64 = slot;
	struct opt_u64 *u64 = slot;
	struct opt_u16 *u16 = slot;
	uint32_t small;

	switch (o->kind) {
	case KIND_I64:
		i64->set = str_to_i64(text, &i64->v) == 0;
		return i64->set;
	case KIND_SIZE:
		i64->set = size_parse(text, &i64->v) == 0;
		return i64->set;
	case KIND_U64:
		u64->set = str_to_u64(text, &u64->v) == 0;
		return u64->set;
	case KIND_U16:
		u16->set = str_to_u32(text, &small) == 0 && small <= UINT16_MAX;
		u16->v = u16->set ? (uint16_t)small : 0;
		return u16->set;
	case KIND_STRING:
		*(char **)slot = (char *)(uintptr_t)text;
		return *text;
	}
	return false;
}

static const char *kind_words(enum kind kind)
{
	switch (kind) {
	case KIND_I64:
		return "a whole number";
	case KIND_SIZE:
		return "a size such as 64M, or -1";
	case KIND_STRING:
		return "a list such as 0-3,7";
	default:
		return "a whole number that is not negative";
	}
}

static int read_options(struct context *ctx, struct config_resources *resources, struct asked *own)
{
	for (size_t i = 0; i < ELEMENTSOF(update_options); i++) {
		const struct update_option *o = &update_options[i];
		char *object;

		if (!ctx->args.set[o->id])
			continue;
		memcpy(&object, (char *)resources + o->pointer, sizeof(object));
		if (!object) {
			object = (char *)own + o->object;
			memcpy((char *)resources + o->pointer, &object, sizeof(object));
		}
		if (!read_value(o, ctx->args.value[o->id], object + o->offset))
			return error_set(&ctx->err, ERR_USAGE, 0, "invalid %s option \"%s\": it takes %s", o->name,
					 ctx->args.value[o->id], kind_words(o->kind));
	}
	return 0;
}

static int read_document(struct context *ctx, struct document *doc, struct config_resources **ret)
{
	const char *path = ctx->args.value[OPT_RESOURCES];
	char *text = NULL;
	ssize_t len;

	if (streq(path, "-"))
		len = sys_read_arena(STDIN_FILENO, RESOURCES_MAX, &doc->arena, &text);
	else
		len = sys_read_file_arena(AT_FDCWD, path, RESOURCES_MAX, &doc->arena, &text);
	if (len < 0)
		return error_set(&ctx->err, ERR_CONFIG_OPEN, (int)-len, "%s",
				 streq(path, "-") ? "standard input" : path);
	return config_read_resources(doc, text, (size_t)len, ret, &ctx->err);
}

/* One line each, of the resource that the option is about. */
static int read_rdt(struct context *ctx, struct update_rdt *ret)
{
	static const struct {
		enum option_id id;
		const char *name, *start;
	} rows[UPDATE_RDT_MAX] = {
		{ OPT_L3_CACHE_SCHEMA, "l3-cache-schema", "L3:" },
		{ OPT_MEM_BW_SCHEMA, "mem-bw-schema", "MB:" },
	};

	for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
		const char *value = ctx->args.value[rows[i].id];

		if (!ctx->args.set[rows[i].id])
			continue;
		if (!str_after(value, rows[i].start) || strchr(value, '\n'))
			return error_set(&ctx->err, ERR_USAGE, 0,
					 "invalid %s option \"%s\": it takes one line such as %s0=f",
					 rows[i].name, value, rows[i].start);
		ret->lines[ret->n++] = value;
	}
	return 0;
}

int cmd_update(struct context *ctx)
{
	_cleanup_(state_root_close) struct state_root root = { .fd = -1 };
	_cleanup_document_ struct document doc = DOCUMENT_INIT;
	struct asked own = { 0 };
	struct update_rdt rdt = { 0 };
	struct config_resources *asked = &own.resources;
	const char *id = ctx->args.operands[0];
	int r = state_check_id(id, &ctx->err);

	if (r == 0)
		r = read_rdt(ctx, &rdt);
	if (r == 0 && ctx->args.set[OPT_RESOURCES])
		r = read_document(ctx, &doc, &asked);
	if (r == 0)
		r = read_options(ctx, asked, &own);
	if (r == 0)
		r = open_known_root(ctx, &root);
	if (r == 0)
		r = container_update(&root, id, &doc, asked, &rdt, &ctx->err);
	if (r < 0 && ctx->args.set[OPT_RESOURCES])
		error_add_document(&ctx->err, "resources");
	return r;
}
