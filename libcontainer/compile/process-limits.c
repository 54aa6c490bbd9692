/* SPDX-License-Identifier: Apache-2.0 */
/* Resource limits, scheduling and I/O priority of the process. */
#include "libcontainer/compile/compiler.h"

#include "base/str.h"

#include <linux/ioprio.h>
#include <linux/sched.h>
#include <sys/resource.h>

static const struct name_value rlimits[] = {
	{ "RLIMIT_AS", RLIMIT_AS },           { "RLIMIT_CORE", RLIMIT_CORE },
	{ "RLIMIT_CPU", RLIMIT_CPU },         { "RLIMIT_DATA", RLIMIT_DATA },
	{ "RLIMIT_FSIZE", RLIMIT_FSIZE },     { "RLIMIT_LOCKS", 10 },
	{ "RLIMIT_MEMLOCK", RLIMIT_MEMLOCK }, { "RLIMIT_MSGQUEUE", 12 },
	{ "RLIMIT_NICE", 13 },                { "RLIMIT_NOFILE", RLIMIT_NOFILE },
	{ "RLIMIT_NPROC", RLIMIT_NPROC },     { "RLIMIT_RSS", RLIMIT_RSS },
	{ "RLIMIT_RTPRIO", 14 },              { "RLIMIT_RTTIME", 15 },
	{ "RLIMIT_SIGPENDING", 11 },          { "RLIMIT_STACK", RLIMIT_STACK },
	{ NULL, 0 },
};

/* Init sets its limits at the end, without privileges: what is higher than ours needs them before. */
static bool is_emitted(const struct compiler *c, enum op_type type, const struct op_rlimit *op)
{
	return type != OP_RLIMIT_RAISE || op->hard > c->host->hard_limits[op->resource];
}

int limits_emit(struct compiler *c, enum op_type type)
{
	uint32_t seen = 0;

	for (size_t i = 0; i < c->process->n_rlimits; i++) {
		const struct config_rlimit *l = &c->process->rlimits[i];
		const struct name_value *row = name_find(rlimits, l->type);
		struct op_rlimit op = { .soft = l->soft, .hard = l->hard };

		if (!row)
			return compiler_error(c, &l->type, CONFIG_VALUE, "resource limit \"%s\"", l->type);
		op.resource = (uint32_t)row->value;
		if (seen & (1u << op.resource))
			return compiler_error(c, &l->type, CONFIG_DUPLICATE, "resource limit %s", l->type);
		seen |= 1u << op.resource;
		if (l->soft > l->hard)
			return compiler_error(c, l, CONFIG_CONFLICT,
					      "%s: the soft limit is above the hard limit", l->type);
		if (is_emitted(c, type, &op))
			compiler_emit(c, type, &op, l);
	}
	return 0;
}

static const struct name_value policies[] = {
	{ "SCHED_OTHER", SCHED_NORMAL }, { "SCHED_FIFO", SCHED_FIFO }, { "SCHED_RR", SCHED_RR },
	{ "SCHED_BATCH", SCHED_BATCH },  { "SCHED_ISO", 4 },           { "SCHED_IDLE", SCHED_IDLE },
	{ "SCHED_DEADLINE", SCHED_DEADLINE }, { NULL, 0 },
};

static const struct name_value scheduler_flags[] = {
	{ "SCHED_FLAG_RESET_ON_FORK", SCHED_FLAG_RESET_ON_FORK },
	{ "SCHED_FLAG_RECLAIM", SCHED_FLAG_RECLAIM },
	{ "SCHED_FLAG_DL_OVERRUN", SCHED_FLAG_DL_OVERRUN },
	{ "SCHED_FLAG_KEEP_POLICY", SCHED_FLAG_KEEP_POLICY },
	{ "SCHED_FLAG_KEEP_PARAMS", SCHED_FLAG_KEEP_PARAMS },
	/* Known to the specification, which has no property for the value to clamp to. */
	{ "SCHED_FLAG_UTIL_CLAMP_MIN", SCHED_FLAG_UTIL_CLAMP_MIN },
	{ "SCHED_FLAG_UTIL_CLAMP_MAX", SCHED_FLAG_UTIL_CLAMP_MAX },
	{ NULL, 0 },
};

static int read_scheduler_flags(struct compiler *c, const struct config_scheduler *s, uint64_t *ret)
{
	for (size_t i = 0; i < s->flags.n; i++) {
		const struct name_value *row = name_find(scheduler_flags, s->flags.v[i]);

		if (!row)
			return compiler_error(c, &s->flags.v[i], CONFIG_VALUE, "scheduler flag \"%s\"",
					      s->flags.v[i]);
		if (row->value & SCHED_FLAG_UTIL_CLAMP)
			return compiler_error(c, &s->flags.v[i], CONFIG_UNSUPPORTED,
					      "%s: the configuration has no value to clamp to", row->name);
		*ret |= row->value;
	}
	return 0;
}

static int check_scheduler(struct compiler *c, const struct config_scheduler *s, uint32_t policy)
{
	bool realtime = policy == SCHED_FIFO || policy == SCHED_RR;
	bool deadline = policy == SCHED_DEADLINE;

	if (s->nice.v < -20 || s->nice.v > 19)
		return compiler_error(c, &s->nice, CONFIG_RANGE, "nice %d", s->nice.v);
	if (realtime ? s->priority.v < 1 || s->priority.v > 99 : s->priority.v != 0)
		return compiler_error(c, s->priority.set ? (const void *)&s->priority : s, CONFIG_RANGE,
				      "priority %d with %s", s->priority.v, s->policy);
	if (!deadline && (s->runtime.v || s->deadline.v || s->period.v))
		return compiler_error(c, s, CONFIG_CONFLICT, "runtime, deadline or period with %s", s->policy);
	if (deadline && (!s->runtime.v || s->runtime.v > s->deadline.v
			 || (s->period.v && s->deadline.v > s->period.v)))
		return compiler_error(c, s, CONFIG_RANGE, "SCHED_DEADLINE needs runtime <= deadline <= period");
	return 0;
}

int process_emit_scheduler(struct compiler *c)
{
	const struct config_scheduler *s = c->process ? c->process->scheduler : NULL;
	struct op_scheduler op = { 0 };
	const struct name_value *row;
	int r;

	if (!s)
		return 0;
	row = name_find(policies, s->policy);
	if (!row)
		return compiler_error(c, &s->policy, CONFIG_VALUE, "scheduler policy \"%s\"", s->policy);
	op.policy = (uint32_t)row->value;
	r = read_scheduler_flags(c, s, &op.flags);
	if (r == 0)
		r = check_scheduler(c, s, op.policy);
	if (r < 0)
		return r;
	op.nice = s->nice.v;
	op.priority = (uint32_t)s->priority.v;
	op.runtime = s->runtime.v;
	op.deadline = s->deadline.v;
	op.period = s->period.v;
	compiler_emit_own(c, OP_SYNC, NULL);
	compiler_emit(c, OP_SCHEDULER, &op, &c->process->scheduler);
	return 0;
}

static int emit_io_priority(struct compiler *c, const struct config_io_priority *io)
{
	static const struct name_value classes[] = {
		{ "IOPRIO_CLASS_RT", IOPRIO_CLASS_RT }, { "IOPRIO_CLASS_BE", IOPRIO_CLASS_BE },
		{ "IOPRIO_CLASS_IDLE", IOPRIO_CLASS_IDLE }, { NULL, 0 },
	};
	const struct name_value *row = io->class_ ? name_find(classes, io->class_) : NULL;
	struct op_io_priority op = { 0 };

	if (!row)
		return compiler_error(c, io->class_ ? (const void *)&io->class_ : io, CONFIG_VALUE,
				      "I/O priority class \"%s\"", io->class_ ? io->class_ : "");
	if (io->priority.v < 0 || io->priority.v > 7)
		return compiler_error(c, &io->priority, CONFIG_RANGE, "I/O priority %d", io->priority.v);
	op.value = (uint32_t)row->value << IOPRIO_CLASS_SHIFT | (uint32_t)io->priority.v;
	compiler_emit(c, OP_IO_PRIORITY, &op, &c->process->io_priority);
	return 0;
}

int process_emit_oom_score(struct compiler *c)
{
	struct op_oom_score oom = { 0 };

	if (!c->process || !c->process->oom_score_adj.set)
		return 0;
	if (c->process->oom_score_adj.v < -1000 || c->process->oom_score_adj.v > 1000)
		return compiler_error(c, &c->process->oom_score_adj, CONFIG_RANGE, "oomScoreAdj %lld",
				      (long long)c->process->oom_score_adj.v);
	oom.value = (int32_t)c->process->oom_score_adj.v;
	compiler_emit(c, OP_OOM_SCORE, &oom, &c->process->oom_score_adj);
	return 0;
}

int process_emit_runtime(struct compiler *c)
{
	int r;

	if (!c->process)
		return 0;
	r = limits_emit(c, OP_RLIMIT_RAISE);
	if (r == 0 && c->process->io_priority)
		r = emit_io_priority(c, c->process->io_priority);
	return r;
}
