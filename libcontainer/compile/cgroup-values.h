/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_COMPILE_CGROUP_VALUES_H
#define BERTH_COMPILE_CGROUP_VALUES_H

/* What cgroup-values.c (v1, and what both versions share) and cgroup-v2.c have in common. */

#include "libcontainer/compile/compiler.h"

/* A property that is one number in one file. */
struct value_row {
	size_t offset;
	enum value_type { VALUE_I64, VALUE_U64, VALUE_U16, VALUE_BOOL } type;
	bool zero_is_value;
	int64_t min, max;
	const char *controller;
	const char *file;      /* NULL: there is no such file; any value but `without` is an error */
	int64_t without;       /* what a kernel without the file does anyway */
	const char *why;       /* with file NULL: why the value cannot be converted */
	const char *negative;  /* the word for a negative value, NULL: the number */
};
#define VALUE_NONE INT64_MIN

/* A member of struct config_OBJECT that has a file, and one that has none. */
#define VALUE_ROW(object, member, type, zero, min, max, controller, file, without, negative)    \
	{ offsetof(struct config_##object, member), VALUE_##type, zero, min, max, controller, file, \
	  without, NULL, negative }
#define VALUE_REFUSED(object, member, type, zero, min, max, name, without, why)                 \
	{ offsetof(struct config_##object, member), VALUE_##type, zero, min, max, name, NULL, without, why, NULL }

/* Emits what is set, in the order of the rows. */
int cgroup_emit_rows(struct compiler *c, const struct value_row *rows, size_t n, const void *object);

/* Whether a finite limit and a finite sum of memory and swap go together. */
int cgroup_check_memory(struct compiler *c, const struct config_memory *m);

/* cpuset.cpus and cpuset.mems. */
int cgroup_emit_cpusets(struct compiler *c, const struct config_cpu *cpu);

/* "8:16" of a device, or NULL with the error set. */
const char *cgroup_device_text(struct compiler *c, const void *slot, const struct opt_i64 *major,
			       const struct opt_i64 *minor);

/* Something is set, and within its range. */
int cgroup_check_weight_device(struct compiler *c, const struct config_weight_device *d);

/* cgroup-v2.c */
int cgroup_v2_emit_memory(struct compiler *c, const struct config_memory *m);
int cgroup_v2_emit_cpu(struct compiler *c, const struct config_cpu *cpu);
int cgroup_v2_emit_block_io(struct compiler *c, const struct config_block_io *b);
int cgroup_v2_refuse_network(struct compiler *c, const struct config_net_cgroup *n);
int cgroup_v2_emit_unified(struct compiler *c, const struct string_map *unified);

/*
 * The values of v2 are kept back until all are known: the controllers that they need are enabled first.
 * cgroup_v2_add() keeps one; cgroup_v2_otherwise() says what to write when the file of the last one is
 * missing; cgroup_v2_flush() emits them.
 */
int cgroup_v2_add(struct compiler *c, const struct cgroup_value *value);
int cgroup_v2_otherwise(struct compiler *c, const char *file, const char *fmt, ...) _printf_(3, 4);
int cgroup_v2_flush(struct compiler *c);

/* The conversions themselves. */
uint64_t cgroup_v2_cpu_weight(uint64_t shares);
unsigned cgroup_v2_io_weight(unsigned weight);

#endif
