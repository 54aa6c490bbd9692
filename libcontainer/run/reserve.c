/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/run/reserve.h"

#include "base/buf.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "libcontainer/run/cgroups.h"
#include "libcontainer/run/notify.h"
#include "libcontainer/run/rdt.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/times.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

static const char *const managers[] = {
	[CGROUP_MANAGER_CGROUPFS] = "cgroupfs",
	[CGROUP_MANAGER_SYSTEMD] = "systemd",
	[CGROUP_MANAGER_DISABLED] = "disabled",
};

static const struct program_op *find_op(const struct execution *x, enum op_type type)
{
	for (uint32_t i = 0; i < x->program.header->n_ops; i++)
		if (x->program.ops[i].type == type)
			return &x->program.ops[i];
	return NULL;
}

static int record_cgroups(struct execution *x, struct error *err)
{
	const struct program *p = &x->program;
	struct cgroup *cg = &x->record.cgroup;
	size_t n = 0;

	for (uint32_t i = 0; i < p->header->n_ops; i++)
		n += p->ops[i].type == OP_CGROUP_CREATE;
	cg->v = arena_calloc(&x->arena, n ? n : 1, sizeof(*cg->v));
	x->cgroup_absent = arena_calloc(&x->arena, n ? n : 1, sizeof(*x->cgroup_absent));
	if (!cg->v || !x->cgroup_absent)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "record");
	for (uint32_t i = 0; i < p->header->n_ops; i++) {
		const struct op_cgroup_create *op = program_data(p, &p->ops[i]);

		if (p->ops[i].type != OP_CGROUP_CREATE)
			continue;
		cg->v[cg->n++] = (struct cgroup_dir){
			.dir = (char *)(uintptr_t)program_str(p, op->dir),
			.controllers = (char *)(uintptr_t)(op->controllers ? program_str(p, op->controllers) : ""),
			.version = op->version,
			.made = cgroup_missing(program_str(p, op->mount), program_str(p, op->dir), op->version),
		};
	}
	return 0;
}

/* The unit of systemd, if there is one. */
static void record_unit(struct execution *x)
{
	const struct program_op *found = find_op(x, OP_SYSTEMD_UNIT);
	const struct program *p = &x->program;
	struct cgroup *cg = &x->record.cgroup;
	const struct op_systemd_unit *op;

	if (!found)
		return;
	op = program_data(p, found);
	cg->n = 1; /* there is always room for one */
	cg->v[0] = (struct cgroup_dir){
		.dir = (char *)(uintptr_t)program_str(p, op->dir),
		.controllers = (char *)(uintptr_t)"",
		.version = 2,
		/* The slices above are systemd's. */
		.made = !sys_exists(AT_FDCWD, program_str(p, op->dir)),
	};
	x->record.systemd_unit = (char *)(uintptr_t)program_str(p, op->unit);
	x->record.systemd_user = op->flags & SYSTEMD_UNIT_USER;
}

/* What create sets is where an update begins, whatever becomes of the bundle. */
static int record_resources(struct execution *x, const struct config *config, struct error *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	int r;

	if (!config->linux_ || !config->linux_->resources)
		return 0;
	r = config_write_resources(config->linux_->resources, &text, err);
	if (r < 0)
		return r;
	x->record.resources = arena_strdup(&x->arena, text.data);
	return x->record.resources ? 0 : error_set(err, ERR_NO_MEMORY, ENOMEM, "record");
}

static int record_fill(struct execution *x, struct error *err)
{
	const struct launch_request *request = x->request;
	const struct config *config = request->config;
	const struct program_op *clone = find_op(x, OP_CLONE);
	const struct op_clone *op = clone ? program_data(&x->program, clone) : NULL;
	const struct program_op *filter = find_op(x, OP_SECCOMP);
	const struct op_seccomp *seccomp = filter ? program_data(&x->program, filter) : NULL;
	const struct program_op *rdt = find_op(x, OP_RDT);
	char created[SYS_TIMESTAMP_SIZE];
	struct record *r = &x->record;
	int result;

	sys_timestamp(created);
	*r = (struct record){
		.version = STATE_RECORD_VERSION,
		.id = (char *)(uintptr_t)request->options->id,
		.bundle = (char *)(uintptr_t)request->options->bundle,
		.rootfs = (char *)(uintptr_t)request->rootfs,
		.created = arena_strdup(&x->arena, created),
		.oci_version = config->oci_version,
		.owner = (uint32_t)geteuid(),
		.private_pidns = op && op->flags & CLONE_NEWPID,
		.no_process = x->program.header->flags & PROGRAM_NO_PROCESS,
		.terminal = x->program.header->flags & PROGRAM_TERMINAL,
		.cgroup_manager = (char *)(uintptr_t)managers[request->options->cgroup_manager],
		.annotations = config->annotations,
	};
	if (!r->created)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "record");
	if (config->hooks) {
		r->poststart = config->hooks->kind[HOOK_POSTSTART];
		r->poststop = config->hooks->kind[HOOK_POSTSTOP];
	}
	if (seccomp) {
		r->seccomp_listener_path = (char *)(uintptr_t)program_str(&x->program, seccomp->listener_path);
		r->seccomp_listener_metadata =
			(char *)(uintptr_t)program_str(&x->program, seccomp->listener_metadata);
	}
	result = record_resources(x, config, err);
	if (result == 0)
		result = record_cgroups(x, err);
	if (result == 0)
		record_unit(x);
	if (result == 0 && rdt)
		result = rdt_foresee(x, program_data(&x->program, rdt), err);
	return result;
}

/*
 * The first record is written before the first cgroup is made, and names them all: whatever a killed
 * create leaves behind, `delete --force` finds it.
 */
int op_state_reserve(struct execution *x, const void *data _unused_, struct error *err)
{
	int r = state_reserve(x->request->root, x->request->options->id, &x->state_dir, err);

	if (r == 0)
		r = record_fill(x, err);
	if (r == 0 && x->request->options->notify_socket)
		r = notify_make_dir(x->state_dir, err);
	return r == 0 ? record_write(x->state_dir, &x->record, err) : r;
}

void undo_state_reserve(struct execution *x, const void *data _unused_)
{
	struct error err = ERROR_INIT;

	if (x->state_dir < 0) /* the id was somebody else's */
		return;
	if (state_remove(x->request->root, x->request->options->id, x->state_dir, &err) < 0)
		log_error_as_warning(&err);
	fd_close(&x->state_dir);
}

/* The configuration may be changed or gone when exec needs its process. */
static int write_exec_file(struct execution *x, struct error *err)
{
	const struct launch_request *request = x->request;
	_cleanup_buf_ struct buf text = BUF_INIT;
	int r = request->config->process ? config_write_process(request->config->process, &text, err) : 0;

	return r < 0 ? r : exec_file_write(x->state_dir, request->keep, request->keep_size, text.data, text.len, err);
}

int op_record(struct execution *x, const void *data _unused_, struct error *err)
{
	struct record record;
	int r = process_identify(x->pid, &x->arena, &x->record.init, err);

	if (r < 0)
		return r;
	r = write_exec_file(x, err);
	if (r < 0)
		return r;
	x->record.complete = true;
	record = x->record;
	r = cgroups_present(x, &record.cgroup, err);
	if (r == 0)
		r = rdt_settle(x, &record.resctrl, err);
	return r < 0 ? r : record_write(x->state_dir, &record, err);
}
