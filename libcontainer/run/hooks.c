/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/run/hooks.h"

#include "base/buf.h"
#include "base/fd.h"
#include "base/log.h"
#include "libcontainer/run/command.h"
#include "libcontainer/sys/memfd.h"
#include "spec/state.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

struct hook {
	enum hook_kind kind;
	size_t index;
	const char *path;
	char **argv;
	char **envp;
	uint64_t timeout;    /* seconds, 0: none */
	const char *bundle;
	pid_t other_child;
	struct hook_output *output;
};

/* Words for what became of a hook that has not ended with status 0. */
static int hook_failed(const struct hook *h, const struct command_result *result, struct error *err)
{
	const char *kind = hook_kind_name(h->kind);
	int status = result->status;

	if (result->errnum)
		return error_set(err, ERR_HOOK, result->errnum, "%s hook %zu (%s) cannot be executed", kind,
				 h->index, h->path);
	if (result->timed_out)
		(void)error_set(err, ERR_HOOK, 0, "%s hook %zu (%s) timed out after %llu s", kind, h->index,
				h->path, (unsigned long long)h->timeout);
	else if (WIFSIGNALED(status))
		(void)error_set(err, ERR_HOOK, 0, "%s hook %zu (%s) was killed by signal %d", kind, h->index,
				h->path, WTERMSIG(status));
	else
		(void)error_set(err, ERR_HOOK, 0, "%s hook %zu (%s) failed with exit status %d", kind,
				h->index, h->path, WEXITSTATUS(status));
	if (result->tail[0])
		error_add_cause(err, "%s", result->tail);
	return -EINVAL;
}

/*
 * The state goes in as a memory file: no hook can block us by not reading it, or kill us by closing it
 * early.
 */
static int hook_run(const struct hook *h, const struct buf *state, struct watch *watch, struct error *err)
{
	struct command_result result;
	struct command c = {
		.path = h->path,
		.argv = h->argv,
		.envp = h->envp,
		.cwd = h->bundle,
		.timeout_ms = (unsigned)MIN(h->timeout, 4000000u) * 1000u,
		.other_child = h->other_child,
		.copy = hook_output_is_kept(h->output) ? h->output : NULL,
	};
	_cleanup_close_ int input = sys_memfd_text("state", state->data, state->len);
	int r;

	if (input < 0)
		return error_set(err, ERR_SYSTEM, -input, "cannot prepare the state for a hook");
	c.input = input;
	r = command_run(&c, watch, &result, err);
	if (r < 0)
		return r;
	if (result.errnum || result.timed_out || result.status != 0)
		return hook_failed(h, &result, err);
	return 0;
}

/* ---- hooks of the program ---- */

char **execution_strings(struct execution *x, struct pstrv v)
{
	char **strings = arena_calloc(&x->arena, v.n + 1, sizeof(*strings));

	for (uint32_t i = 0; strings && i < v.n; i++)
		strings[i] = (char *)(uintptr_t)program_strv(&x->program, v, i);
	return strings;
}

int op_hook_output(struct execution *x, const void *data, struct error *err)
{
	const struct op_hook_output *op = data;

	return hook_output_open(&x->hook_output, op->stream, program_str(&x->program, op->path), err);
}

int op_hook_runtime(struct execution *x, const void *data, struct error *err)
{
	const struct op_hook *op = data;
	const struct program_header *header = x->program.header;
	struct hook h = {
		.kind = (enum hook_kind)op->kind,
		.index = op->index,
		.path = program_str(&x->program, op->path),
		.timeout = op->timeout,
		.bundle = x->request->options->bundle,
		.other_child = x->pid,
		.output = &x->hook_output,
	};
	char *only[] = { (char *)(uintptr_t)h.path, NULL };
	_cleanup_buf_ struct buf state = BUF_INIT;

	/* Those belong to start and delete, which find them in the record. */
	if (h.kind == HOOK_POSTSTART || h.kind == HOOK_POSTSTOP)
		return 0;
	x->hooks_begun = true;
	h.argv = op->args.n ? execution_strings(x, op->args) : only;
	h.envp = op->has_env ? execution_strings(x, op->env) : environ;
	buf_adds(&state, program_str(&x->program, header->state_head));
	/*
	 * runtime-spec calls the status "created" after step 2 of the lifecycle, and prestart hooks are step 3;
	 * OCI's validation suite and crun read it so. Later kinds of hooks say "creating" as with runc: create has
	 * not finished.
	 */
	buf_addf(&state, "%s\",\"pid\":%d", h.kind == HOOK_PRESTART ? "created" : "creating", (int)x->pid);
	buf_adds(&state, program_str(&x->program, header->state_tail));
	if (!h.argv || !h.envp || state.failed)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "hook");
	return hook_run(&h, &state, &x->watch, err);
}

/* ---- hooks of the record ---- */

static char **list_strings(struct arena *arena, const struct strings *s, const char *first)
{
	char **strings = arena_calloc(arena, s->n + 2, sizeof(*strings));

	if (!strings)
		return NULL;
	if (s->n == 0 && first)
		strings[0] = (char *)(uintptr_t)first;
	for (size_t i = 0; i < s->n; i++)
		strings[i] = s->v[i];
	return strings;
}

static int list_hook_run(const struct record *record, const struct config_hook *from, struct hook *h,
			 const struct buf *state, struct watch *watch, struct error *err)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;

	h->path = from->path;
	h->bundle = record->bundle;
	h->timeout = from->timeout.set && from->timeout.v > 0 ? (uint64_t)from->timeout.v : 0;
	h->argv = list_strings(&arena, &from->args, from->path);
	h->envp = from->has_env ? list_strings(&arena, &from->env, NULL) : environ;
	if (!h->argv || !h->envp)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "hook");
	return hook_run(h, state, watch, err);
}

int hooks_poststart(const struct record *record, pid_t other_child, struct watch *watch,
		    struct error *err)
{
	_cleanup_(hook_output_close) struct hook_output output = HOOK_OUTPUT_INIT;
	_cleanup_buf_ struct buf state = BUF_INIT;
	int r = 0;

	if (record->poststart.n == 0)
		return 0;
	r = hook_output_open_all(&output, &record->annotations, err);
	if (r == 0)
		r = hooks_state(record, STATUS_RUNNING, record->init.pid, &state, err);
	for (size_t i = 0; r == 0 && i < record->poststart.n; i++) {
		struct hook h = {
			.kind = HOOK_POSTSTART,
			.index = i,
			.other_child = other_child,
			.output = &output,
		};

		r = list_hook_run(record, &record->poststart.v[i], &h, &state, watch, err);
	}
	return r;
}

static void warn(struct error *err)
{
	if (!error_is_set(err))
		return;
	log_error_as_warning(err);
	error_clear(err);
}

void hooks_poststop(const struct record *record)
{
	_cleanup_(hook_output_close) struct hook_output output = HOOK_OUTPUT_INIT;
	_cleanup_buf_ struct buf state = BUF_INIT;
	struct error err = ERROR_INIT;

	if (record->poststop.n == 0)
		return;
	/* What cannot be kept is lost; the hooks clean up all the same. */
	(void)hook_output_open_all(&output, &record->annotations, &err);
	warn(&err);
	(void)hooks_state(record, STATUS_STOPPED, 0, &state, &err);
	for (size_t i = 0; i < record->poststop.n; i++) {
		struct hook h = { .kind = HOOK_POSTSTOP, .index = i, .output = &output };

		if (!error_is_set(&err))
			(void)list_hook_run(record, &record->poststop.v[i], &h, &state, NULL, &err);
		warn(&err);
	}
}

int hooks_state(const struct record *record, enum container_status status, pid_t pid, struct buf *out,
		struct error *err)
{
	const struct oci_state state = {
		.oci_version = record->oci_version,
		.id = record->id,
		.status = container_status_name(status),
		.pid = pid,
		.bundle = record->bundle,
		.annotations = &record->annotations,
	};

	return oci_state_write_hook(&state, out, err);
}
