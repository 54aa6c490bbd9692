/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/str.h"
#include "libcontainer/init/init.h"
#include "libcontainer/sys/call.h"
#include "libcontainer/sys/child.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

typedef int op_function(struct init *i, const void *data, struct error *err);

/* What init does for each operation. Those without a row belong to the runtime. */
static op_function *const functions[OP_MAX] = {
	[OP_CGROUP_ENTER] = op_cgroup_enter,
	[OP_UNSHARE] = op_unshare,
	[OP_AFFINITY] = op_affinity,
	[OP_TIME_OFFSETS] = op_time_offsets,
	[OP_USERNS_ROOT] = op_userns_root,
	[OP_HOSTNAME] = op_hostname,
	[OP_DOMAINNAME] = op_domainname,
	[OP_LOOPBACK] = op_loopback,
	[OP_KEYRING] = op_keyring,
	[OP_ROOT_OPEN] = op_root_open,
	[OP_MOUNT] = op_mount,
	[OP_DEVICE] = op_device,
	[OP_SYMLINK] = op_symlink,
	[OP_CONSOLE] = op_console,
	[OP_STDIO] = op_stdio,
	[OP_HOOK_INIT] = op_hook,
	[OP_ROOT_ENTER] = op_root_enter,
	[OP_ROOT_PROPAGATION] = op_root_propagation,
	[OP_ROOT_READONLY] = op_root_readonly,
	[OP_SYSCTL] = op_sysctl,
	[OP_READONLY_PATH] = op_readonly_path,
	[OP_MASKED_PATH] = op_masked_path,
	[OP_MEMORY_POLICY] = op_memory_policy,
	[OP_PERSONALITY] = op_personality,
	[OP_UMASK] = op_umask,
	[OP_LSM] = op_lsm,
	[OP_CWD] = op_cwd,
	[OP_HOME] = op_home,
	[OP_BOUNDING] = op_bounding,
	[OP_USER] = op_user,
	[OP_CAPABILITIES] = op_capabilities,
	[OP_FIND_PROGRAM] = op_find_program,
	[OP_RLIMIT] = op_rlimit,
	[OP_NO_NEW_PRIVS] = op_no_new_privs,
	[OP_SECCOMP] = op_seccomp,
	[OP_EXEC] = op_exec,
};

static const struct program_op *walk_find(const struct init *i, uint32_t from, enum op_type type)
{
	uint32_t k;

	for (k = from; k < i->program.header->n_ops; k++)
		if (i->program.ops[k].type == type)
			return &i->program.ops[k];
	return NULL;
}

const struct program_op *walk_later(const struct init *i, enum op_type type)
{
	return walk_find(i, i->at + 1, type);
}

const struct program_op *walk_any(const struct init *i, enum op_type type)
{
	return walk_find(i, 0, type);
}

static uint64_t cpu_now(void)
{
	struct timespec ts;

	(void) clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t) ts.tv_sec * 1000000000u + (uint64_t) ts.tv_nsec;
}

/* The room for times is what is left of the page; under the filter no clock may be asked any more. */
static struct op_times *times_of(const struct init *i)
{
	size_t room = (i->page->size - sizeof(struct page)) / sizeof(struct op_times);

	return i->page->trace && i->at < room && !i->filtered ? &i->page->times[i->at] : NULL;
}

#ifdef BERTH_FAULTS
static void fault_arm(const struct init *i)
{
	if (i->page->fault_op == i->at + 1)
		sys_fault_arm(i->page->fault_nth, i->page->fault_errno);
}

static void fault_kill(const struct init *i)
{
	if (i->page->kill_op != i->at + 1)
		return;
	/* The first process of a pid namespace cannot send itself SIGKILL, but it can crash. */
	(void) sys_kill(getpid(), SIGKILL);
	__builtin_trap();
}
#else
#define fault_arm(i) ((void) 0)
#define fault_kill(i) ((void) 0)
#endif

static int walk_op(struct init *i, const struct program_op *op, bool *ret_gone, struct error *err)
{
	op_function *function = functions[op->type];

	if (op->type == OP_SYNC)
		return wait_sync(i, ret_gone, err);
	if (op->type == OP_WAIT_START)
		return wait_start(i, ret_gone, err);
	return function ? function(i, program_data(&i->program, op), err) : 0;
}

/* Tells whoever waits for us. Nobody may be left; the page and our status say it as well. */
static void walk_report(struct init *i, const struct program_op *op, struct error *err)
{
	int sock = i->fd_start >= 0 ? i->fd_start : i->fd_wire;

	__atomic_store_n(&i->page->failed, 1, __ATOMIC_RELEASE);
	error_add_step(err, op_info(op->type)->name);
	if (op->origin)
		error_add_pointer(err, program_str(&i->program, op->origin), op->line, 0);
	if (sock >= 0)
		(void) message_send(sock, MESSAGE_ERROR, i->at, err, sizeof(*err), -1);
}

int walk(struct init *i)
{
	struct error *err = &i->scratch->err; /* off the stack, whose pages each waiting container would keep */
	bool gone = false;

	for (i->at = 0; i->at < i->program.header->n_ops; i->at++) {
		const struct program_op *op = &i->program.ops[i->at];
		struct op_times *times;

		if (op_info(op->type)->place == PLACE_RUNTIME)
			continue;
		i->page->op = i->at + 1;
		fault_arm(i);
		times = times_of(i);
		if (times) {
			times->wall_start = clock_now(i);
			times->cpu_start = cpu_now();
		}
		if (walk_op(i, op, &gone, err) < 0) {
			if (gone)
				return 0;
			/* Mapped anew while waiting: the row has moved. */
			walk_report(i, &i->program.ops[i->at], err);
			return 1;
		}
		times = times_of(i);
		if (times) {
			times->wall_end = clock_now(i);
			times->cpu_end = cpu_now();
			i->page->n_times = MAX(i->page->n_times, i->at + 1);
		}
		fault_kill(i);
	}
	return 0;
}
