/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/run/reserve.h"

#include "base/buf.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "libcontainer/run/notify.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/times.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#define REMOVE_DEADLINE_MS 10000

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

/*
 * How many trailing components of dir are missing now, and so will be ours: what a delete after a killed
 * create may remove. Never more than lie below the mount point.
 */
static uint32_t components_missing(const char *dir, const char *mount)
{
	size_t floor = strlen(mount);
	char path[4096];
	uint32_t n = 0;

	if (str_copy(path, sizeof(path), dir) != strlen(dir))
		return 1;
	while (strlen(path) > floor && !sys_exists(path)) {
		char *slash = strrchr(path, '/');

		n++;
		if (!slash || slash == path)
			break;
		*slash = '\0';
	}
	return n;
}

static int record_cgroups(struct execution *x, struct error *err)
{
	const struct program *p = &x->program;
	struct cgroup *cg = &x->record.cgroup;
	size_t n = 0;

	for (uint32_t i = 0; i < p->header->n_ops; i++)
		n += p->ops[i].type == OP_CGROUP_CREATE;
	cg->v = arena_calloc(&x->arena, n ? n : 1, sizeof(*cg->v));
	if (!cg->v)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "record");
	for (uint32_t i = 0; i < p->header->n_ops; i++) {
		const struct op_cgroup_create *op = program_data(p, &p->ops[i]);

		if (p->ops[i].type != OP_CGROUP_CREATE)
			continue;
		cg->v[cg->n++] = (struct cgroup_dir){
			.dir = (char *)(uintptr_t)program_str(p, op->dir),
			.controllers = (char *)(uintptr_t)(op->controllers ? program_str(p, op->controllers) : ""),
			.version = op->version,
			.made = components_missing(program_str(p, op->dir), program_str(p, op->mount)),
		};
	}
	return 0;
}

static int record_fill(struct execution *x, struct error *err)
{
	const struct launch_request *request = x->request;
	const struct config *config = request->config;
	const struct program_op *clone = find_op(x, OP_CLONE);
	const struct op_clone *op = clone ? program_data(&x->program, clone) : NULL;
	const struct program_op *filter = find_op(x, OP_SECCOMP);
	const struct op_seccomp *seccomp = filter ? program_data(&x->program, filter) : NULL;
	char created[SYS_TIMESTAMP_SIZE];
	struct record *r = &x->record;

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
	return record_cgroups(x, err);
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
	char words[ERROR_SENTENCE_SIZE];

	if (x->state_dir < 0) /* the id was somebody else's */
		return;
	if (state_remove(x->request->root, x->request->options->id, x->state_dir, &err) < 0) {
		(void)error_format(&err, words, sizeof(words));
		log_warning("%s", words);
	}
	fd_close(&x->state_dir);
}

static struct cgroup_dir *cgroup_of(struct execution *x, const char *dir)
{
	for (size_t i = 0; i < x->record.cgroup.n; i++)
		if (streq(x->record.cgroup.v[i].dir, dir))
			return &x->record.cgroup.v[i];
	return NULL;
}

int op_cgroup_create(struct execution *x, const void *data, struct error *err)
{
	const struct op_cgroup_create *op = data;
	const struct program *p = &x->program;
	struct cgroup_dir *entry = cgroup_of(x, program_str(p, op->dir));
	uint32_t made = 0;
	int r;

	if (!entry)
		return error_set(err, ERR_CGROUP, 0, "%s: not prepared", program_str(p, op->dir));
	/* Until it is known to be ours, an undo must leave it alone. */
	entry->made = 0;
	r = cgroup_make(program_str(p, op->mount), entry->dir, entry->controllers, op->version, &made, err);
	entry->made = r < 0 ? 0 : made;
	return r;
}

/* All at once, when the first one is met: one deadline for all. */
void undo_cgroup_create(struct execution *x, const void *data _unused_)
{
	struct cgroup made = { .v = x->record.cgroup.v };
	struct error err = ERROR_INIT;
	char words[ERROR_SENTENCE_SIZE];
	uint32_t begun = 0;

	/* The present operation was begun as well, although it is off the stack already. */
	for (uint32_t i = 0; i <= x->n_undo; i++)
		begun += x->program.ops[x->undo[i]].type == OP_CGROUP_CREATE;
	made.n = MIN(begun, x->record.cgroup.n);
	x->record.cgroup.n = 0;
	if (made.n == 0)
		return;
	if (!x->record.private_pidns && x->pid > 0)
		(void)cgroup_signal(&made, 9, &err);
	error_clear(&err);
	if (cgroup_remove(&made, REMOVE_DEADLINE_MS, &err) < 0) {
		(void)error_format(&err, words, sizeof(words));
		log_warning("%s", words);
	}
}

int op_cgroup_set(struct execution *x, const void *data, struct error *err)
{
	const struct op_cgroup_set *op = data;
	const char *dir = program_str(&x->program, op->dir);
	const struct cgroup_dir *entry = cgroup_of(x, dir);

	/* A cgroup that was there before keeps what its owner has set. */
	if (op->flags & CGROUP_SET_IF_NEW && (!entry || entry->made == 0))
		return 0;
	return cgroup_set(dir, program_str(&x->program, op->file), program_str(&x->program, op->value),
			  op->flags, err);
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
	int r = process_identify(x->pid, &x->arena, &x->record.init, err);

	if (r < 0)
		return r;
	r = write_exec_file(x, err);
	if (r < 0)
		return r;
	x->record.complete = true;
	return record_write(x->state_dir, &x->record, err);
}
