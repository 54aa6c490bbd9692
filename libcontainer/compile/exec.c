/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program of exec: one more process in a container that is there. It has the operations of create
 * that are about a process, made by the same code and in the same order; what create prepared is joined.
 */
#include "libcontainer/compile/compiler.h"

#include "base/str.h"

#include <errno.h>
#include <linux/sched.h>
#include <string.h>

#define CPUS_MAX 8192u /* no kernel has more */

static void emit_kept(struct compiler *c, enum op_type type)
{
	for (uint32_t i = 0; i < c->exec->keep->header->n_ops; i++)
		if (c->exec->keep->ops[i].type == type)
			keep_copy(&c->emit, c->exec->keep, &c->exec->keep->ops[i]);
}

bool exec_keeps(const struct compiler *c, enum op_type type)
{
	for (uint32_t i = 0; i < c->exec->keep->header->n_ops; i++)
		if (c->exec->keep->ops[i].type == type)
			return true;
	return false;
}

int exec_emit_seccomp(struct compiler *c)
{
	for (uint32_t i = 0; i < c->exec->keep->header->n_ops; i++) {
		const struct program_op *op = &c->exec->keep->ops[i];
		const struct op_seccomp *seccomp = program_data(c->exec->keep, op);

		if (op->type == OP_SECCOMP)
			c->seccomp_notify = seccomp->notify;
	}
	emit_kept(c, OP_SECCOMP);
	return 0;
}

/* ---- cgroups ---- */

static int refuse_cgroup(struct compiler *c, const char *text, const char *why)
{
	return error_set(c->err, ERR_USAGE, 0, "invalid cgroup option \"%s\": %s", text, why);
}

/* "sub" for every hierarchy, or "cpu,memory:sub" for those of v1 that are named. */
static int check_sub_cgroups(struct compiler *c)
{
	for (size_t i = 0; i < c->exec->n_sub_cgroups; i++) {
		const char *text = c->exec->sub_cgroups[i], *colon = strchr(text, ':');
		const char *path = colon ? colon + 1 : text;

		if (!colon && c->exec->n_sub_cgroups > 1)
			return refuse_cgroup(c, text,
					     "of several each needs its controllers in front, as cpu,memory:PATH");
		if (colon == text)
			return refuse_cgroup(c, text, "no controller in front of the colon");
		for (const char *p = path; p; p = strchr(p, '/')) {
			p += *p == '/';
			if (p[0] == '.' && p[1] == '.' && (!p[2] || p[2] == '/'))
				return refuse_cgroup(c, text, "\"..\" would lead out of the container's cgroup");
		}
	}
	return c->exec->n_sub_cgroups && !c->exec->n_cgroups
		       ? error_set(c->err, ERR_USAGE, 0,
				   "invalid cgroup option: the container has no cgroup of its own")
		       : 0;
}

/* Takes one controller off the list at *s; false at its end, which is a colon. */
static bool next_controller(const char **s, const char **ret, size_t *ret_len)
{
	if (**s == ':')
		return false;
	*ret = *s;
	*ret_len = strcspn(*s, ",:");
	*s += *ret_len;
	*s += **s == ',';
	return true;
}

static bool has_controller(const char *list, const char *word, size_t len)
{
	const char *plain = str_after(list, "name=");

	if (plain && strlen(plain) == len && memcmp(plain, word, len) == 0)
		return true;
	for (const char *p = list; p; p = strchr(p, ','), p = p ? p + 1 : NULL)
		if (len && strncmp(p, word, len) == 0 && (!p[len] || p[len] == ','))
			return true;
	return false;
}

/* The path below the container's cgroup that was asked for, "" for none. */
static const char *sub_path(const struct compiler *c, const struct exec_cgroup *cg)
{
	const char *found = "";

	for (size_t i = 0; i < c->exec->n_sub_cgroups; i++) {
		const char *text = c->exec->sub_cgroups[i], *colon = strchr(text, ':'), *word;
		size_t len;

		if (!colon)
			return text;
		while (next_controller(&text, &word, &len))
			if (cg->version == 1 && has_controller(cg->controllers, word, len))
				found = colon + 1;
	}
	return found;
}

static int check_controllers(struct compiler *c)
{
	for (size_t i = 0; i < c->exec->n_sub_cgroups; i++) {
		const char *text = c->exec->sub_cgroups[i], *s = text, *word;
		size_t len, k;

		if (!strchr(text, ':'))
			continue;
		while (next_controller(&s, &word, &len)) {
			for (k = 0; k < c->exec->n_cgroups; k++)
				if (c->exec->cgroups[k].version == 1 &&
				    has_controller(c->exec->cgroups[k].controllers, word, len))
					break;
			if (k == c->exec->n_cgroups)
				return error_set(c->err, ERR_USAGE, 0,
						 "invalid cgroup option \"%s\": the container has no cgroup of "
						 "controller \"%.*s\"", text, (int)len, word);
		}
	}
	return 0;
}

static char *exec_cgroup_dir(struct compiler *c, const struct exec_cgroup *cg)
{
	char *sub = compiler_clean_path(c, sub_path(c, cg));

	return sub ? arena_printf(c->arena, "%s%s", cg->dir, streq(sub, "/") ? "" : sub) : NULL;
}

/* Unless it wants another value the process is what init is, not what the caller happens to be. */
static int emit_oom_score(struct compiler *c)
{
	struct op_oom_score oom = { .value = c->exec->oom_score_adj, .best_effort = true };

	if (c->process->oom_score_adj.set && c->process->oom_score_adj.v != oom.value)
		return process_emit_oom_score(c);
	compiler_emit_own(c, OP_OOM_SCORE, &oom);
	return 0;
}

static int emit_entering(struct compiler *c)
{
	struct op_unshare join = { .flags = c->exec->namespaces };
	struct op_clone clone = { 0 };
	int r;

	compiler_emit_own(c, OP_INIT_JOIN, &join);
	for (size_t i = 0; i < c->exec->n_cgroups; i++) {
		const struct exec_cgroup *cg = &c->exec->cgroups[i];
		char *dir = exec_cgroup_dir(c, cg);
		struct op_cgroup_enter op = { 0 };

		if (!dir)
			return compiler_no_memory(c);
		if (cg->version != 1) {
			clone.cgroup = emit_str(&c->emit, dir);
			continue;
		}
		op.file = emit_strf(&c->emit, "%s/tasks", dir);
		compiler_emit_own(c, OP_CGROUP_JOIN, &op);
	}
	r = emit_oom_score(c);
	compiler_emit_own(c, OP_CLONE, &clone);
	return r;
}

/* ---- CPU affinity ---- */

/* The list was checked by process_read(): digits, commas and rising ranges. */
static int emit_affinity(struct compiler *c, enum op_type type, char *const *slot)
{
	uint64_t mask[CPUS_MAX / 64] = { 0 };
	const char *s = *slot;
	struct op_affinity op;
	uint32_t first, last, n = 0;

	while (compiler_number(&s, &first)) {
		last = first;
		if (*s == '-') {
			s++;
			(void)compiler_number(&s, &last);
		}
		if (last >= CPUS_MAX)
			return compiler_error(c, slot, CONFIG_RANGE, "CPU %u", last);
		for (uint32_t cpu = first; cpu <= last; cpu++)
			mask[cpu / 64] |= 1ull << cpu % 64;
		n = n > last / 64 + 1 ? n : last / 64 + 1;
		s += *s == ',';
	}
	op = (struct op_affinity){ .mask = emit_blob(&c->emit, mask, n * sizeof(*mask)) };
	op.cpus = emit_str(&c->emit, *slot);
	compiler_emit(c, type, &op, slot);
	return 0;
}

static int emit_affinity_first(struct compiler *c)
{
	const struct config_exec_cpu_affinity *a = c->process->exec_cpu_affinity;

	return a && !str_is_empty(a->initial) ? emit_affinity(c, OP_AFFINITY_FIRST, &a->initial) : 0;
}

static int emit_affinity_final(struct compiler *c)
{
	const struct config_exec_cpu_affinity *a = c->process->exec_cpu_affinity;

	return a && !str_is_empty(a->final) ? emit_affinity(c, OP_AFFINITY, &a->final) : 0;
}

/* ---- the program ---- */

static int emit_runtime(struct compiler *c)
{
	int r;

	emit_kept(c, OP_RDT);
	r = process_emit_runtime(c);
	if (r == 0)
		compiler_emit_first_sync(c);
	return r;
}

static int emit_userns(struct compiler *c)
{
	if (has_namespace(c, CLONE_NEWUSER))
		compiler_emit_own(c, OP_USERNS_ROOT, NULL);
	return 0;
}

static int emit_inherited(struct compiler *c)
{
	emit_kept(c, OP_KEYRING);
	emit_kept(c, OP_MEMORY_POLICY);
	emit_kept(c, OP_PERSONALITY);
	return 0;
}

static int emit_ready(struct compiler *c)
{
	compiler_emit_own(c, OP_WAIT_START, NULL);
	compiler_emit_output(c, OP_PIDFD_SOCKET, c->options->pidfd_socket);
	compiler_emit_own(c, OP_COMMIT, NULL);
	return 0;
}

/* Behind execve: callers take the file's existence for the process having been started. */
static int emit_pid_file(struct compiler *c)
{
	compiler_emit_output(c, OP_PID_FILE, c->options->pid_file);
	return 0;
}

static int (*const steps[])(struct compiler *c) = {
	process_read,
	check_sub_cgroups,
	check_controllers,
	emit_affinity_first,
	emit_entering,
	emit_runtime,
	emit_userns,
	emit_affinity_final,
	emit_inherited,
	process_emit_console,
	process_emit_scheduler,
	process_emit_create,
	emit_ready,
	process_emit_start,
	emit_pid_file,
};

int compile_exec(const struct document *doc, const struct config_process *process,
		 const struct exec_base *base, const struct host *host, const struct compile_options *options,
		 struct arena *arena, struct compiled *ret, struct error *err)
{
	static const struct config_linux no_linux;
	const struct config config = { .annotations = *base->annotations };
	struct compiled compiled = { 0 };
	struct compiler c = { .doc = doc, .config = &config, .process = process, .host = host,
			      .linux_ = &no_linux, .options = options, .exec = base,
			      .ns_join = base->namespaces, .arena = arena, .err = err,
			      .compiled = &compiled };
	int r;

	emit_init(&c.emit, arena);
	for (size_t i = 0; i < ELEMENTSOF(steps); i++) {
		r = steps[i](&c);
		if (r < 0)
			return r;
	}
	r = emit_finish(&c.emit, compiler_flags(&c), 0, 0, &compiled.program, &compiled.program_size, err);
	if (r < 0)
		return r;
	*ret = compiled;
	return 0;
}
