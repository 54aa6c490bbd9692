/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/run/execute.h"

#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "libcontainer/run/await.h"
#include "libcontainer/run/cgroups.h"
#include "libcontainer/run/destroy.h"
#include "libcontainer/run/fault.h"
#include "libcontainer/run/hooks.h"
#include "libcontainer/run/netdev.h"
#include "libcontainer/run/rdt.h"
#include "libcontainer/run/reserve.h"
#include "libcontainer/run/systemd.h"
#include "libcontainer/sys/memfd.h"
#include "libcontainer/sys/pidfd.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

/*
 * The commit of create: init, which until now died with us, is told to live on, and has heard it when
 * its end of the wire closes. In a run it is the order behind OP_WAIT_START, the order to start follows.
 */
static int op_commit(struct execution *x, const void *data _unused_, struct error *err)
{
	int r = watch_check(&x->watch, err);

	if (r == 0)
		r = init_release(x, err);
	if (r == 0 && !x->run)
		r = init_await_end(x, err);
	return r;
}

/* What the runtime does for each operation, and takes back. Those without a row belong to init. */
static const struct {
	op_do *run;
	void (*undo)(struct execution *x, const void *data);
} functions[OP_MAX] = {
	[OP_STATE_RESERVE] = { op_state_reserve, undo_state_reserve },
	[OP_HOOK_OUTPUT] = { op_hook_output, NULL },
	[OP_CGROUP_CREATE] = { op_cgroup_create, undo_cgroup_create },
	[OP_CGROUP_CONTROLLERS] = { op_cgroup_controllers, NULL },
	[OP_CGROUP_SET] = { op_cgroup_set, NULL },
	[OP_CGROUP_DEVICES] = { op_cgroup_devices, undo_cgroup_devices },
	[OP_CGROUP_OWNER] = { op_cgroup_owner, NULL },
	[OP_CGROUP_DESCEND] = { op_cgroup_descend, NULL },
	[OP_NAMESPACE_JOIN] = { op_namespace_join, NULL },
	[OP_INIT_JOIN] = { op_init_join, NULL },
	[OP_CGROUP_JOIN] = { op_cgroup_join, NULL },
	[OP_AFFINITY_FIRST] = { op_affinity_first, NULL },
	[OP_CLONE] = { op_clone, undo_clone },
	[OP_ID_MAP] = { op_id_map, NULL },
	[OP_SYSTEMD_UNIT] = { op_systemd_unit, undo_systemd_unit },
	[OP_OOM_SCORE] = { op_oom_score, NULL },
	[OP_RLIMIT_RAISE] = { op_rlimit_raise, NULL },
	[OP_IO_PRIORITY] = { op_io_priority, NULL },
	[OP_SCHEDULER] = { op_scheduler, NULL },
	[OP_RDT] = { op_rdt, undo_rdt },
	[OP_NET_DEVICE] = { op_net_device, NULL },
	[OP_NET_MOVE] = { op_net_move, undo_net_move },
	[OP_HOOK_RUNTIME] = { op_hook_runtime, NULL },
	[OP_RECORD] = { op_record, NULL },
	[OP_PID_FILE] = { op_pid_file, undo_pid_file },
	[OP_PIDFD_SOCKET] = { op_pidfd_socket, NULL },
	[OP_COMMIT] = { op_commit, NULL },
};

int execution_open(struct execution *x, const struct launch_request *request, bool run, struct error *err)
{
	int r;

	*x = (struct execution){
		.request = request,
		.run = run,
		.arena = ARENA_INIT,
		.state_dir = -1,
		.target = -1,
		.watch = WATCH_INIT,
		.hook_output = HOOK_OUTPUT_INIT,
		.pidfd = -1,
		.wire = -1,
		.console = -1,
		.userns = -1,
		.cgroup_writer = CGROUP_WRITER_INIT,
	};
	trace_init(&x->trace, request->trace);
	r = program_check(request->program, request->program_size, &x->program, err);
	if (r < 0)
		return r;
	/* Before anything is made that could not be taken back without them. */
	r = sys_pidfd_usable();
	if (r < 0)
		return error_set(err, ERR_SYSTEM, -r, "processes cannot be held by descriptor, which needs Linux 5.3");
	x->undo = arena_calloc(&x->arena, x->program.header->n_ops + 1, sizeof(*x->undo));
	if (!x->undo)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "undo stack");
	return watch_open(&x->watch, run && !request->options->detached, err);
}

void execution_done(struct execution *x)
{
	joins_close(x);
	net_devices_close(x);
	hook_output_close(&x->hook_output);
	fd_close(&x->state_dir);
	fd_close(&x->pidfd);
	fd_close(&x->wire);
	fd_close(&x->console);
	fd_close(&x->userns);
	cgroup_writer_close(&x->cgroup_writer);
	if (x->page)
		sys_unmap(x->page, x->page->size);
	x->page = NULL;
	watch_close(&x->watch);
	trace_done(&x->trace);
	arena_done(&x->arena);
}

static int walk_runtime_op(struct execution *x, const struct program_op *op, struct error *err)
{
	int r = watch_check(&x->watch, err);

	if (r < 0 || !functions[op->type].run)
		return r;
	x->undo[x->n_undo++] = x->at;
	fault_before(x->at);
	trace_begin(&x->trace, op_info(op->type)->name, x->at);
	r = functions[op->type].run(x, program_data(&x->program, op), err);
	trace_end(&x->trace);
	fault_after(x->at);
	return r;
}

static int walk_op(struct execution *x, const struct program_op *op, struct error *err)
{
	int r;

	if (op_info(op->type)->place == PLACE_RUNTIME)
		return walk_runtime_op(x, op, err);
	if (op->type != OP_SYNC && op->type != OP_WAIT_START)
		return init_release(x, err);
	r = init_release(x, err);
	if (r < 0)
		return r;
	trace_begin(&x->trace, op_info(op->type)->name, x->at);
	r = init_await(x, x->at, err);
	trace_end(&x->trace);
	return r;
}

static int walk_failed(const struct execution *x, int r, struct error *err)
{
	/* Helpers may have blamed an earlier operation than the one that was due. */
	const struct program_op *op = &x->program.ops[x->at];

	if (op->origin && functions[op->type].run)
		error_add_pointer(err, program_str(&x->program, op->origin), op->line, 0);
	if (functions[op->type].run && err->code != ERR_INTERRUPTED)
		error_add_step(err, op_info(op->type)->name);
	return r;
}

/* Ends behind OP_COMMIT: what follows is done by init when it is told to start. */
int execution_walk(struct execution *x, struct error *err)
{
	for (uint32_t i = 0; i < x->program.header->n_ops; i++) {
		const struct program_op *op = &x->program.ops[i];
		int r;

		x->at = i;
		r = walk_op(x, op, err);
		if (r < 0)
			return walk_failed(x, r, err);
		if (op->type == OP_COMMIT)
			return 0;
	}
	return error_set(err, ERR_PROGRAM_INVALID, 0, "it has no commit");
}

int execution_finish(struct execution *x, struct error *err)
{
	int r = 0;

	for (uint32_t i = x->at + 1; r == 0 && i < x->program.header->n_ops; i++) {
		if (op_info(x->program.ops[i].type)->place != PLACE_RUNTIME)
			continue;
		x->at = i;
		r = walk_runtime_op(x, &x->program.ops[i], err);
	}
	return r < 0 ? walk_failed(x, r, err) : 0;
}

/* Hooks that init has run count as well: it has noted where it was. */
static bool hooks_have_begun(const struct execution *x)
{
	if (x->hooks_begun || !x->page)
		return x->hooks_begun;
	for (uint32_t i = 0; i < x->program.header->n_ops && i < x->page->op; i++)
		if (x->program.ops[i].type == OP_HOOK_INIT)
			return true;
	return false;
}

void execution_undo(struct execution *x)
{
	bool poststop = hooks_have_begun(x);

	/* From here on nothing is interrupted any more: a second signal must not stop the cleaning. */
	x->watch.forward = true;
	while (x->n_undo > 0) {
		const struct program_op *op = &x->program.ops[x->undo[--x->n_undo]];

		if (functions[op->type].undo)
			functions[op->type].undo(x, program_data(&x->program, op));
	}
	if (poststop)
		hooks_poststop(&x->record);
}
