/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/run/cgroups.h"

#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#define REMOVE_DEADLINE_MS 10000

static struct cgroup_dir *cgroup_of(const struct execution *x, const char *dir)
{
	for (size_t i = 0; i < x->record.cgroup.n; i++)
		if (streq(x->record.cgroup.v[i].dir, dir))
			return &x->record.cgroup.v[i];
	return NULL;
}

/* Only create notes what it did without. exec has the record of the others, all of which are there. */
static bool is_absent(const struct execution *x, size_t i)
{
	return x->cgroup_absent && x->cgroup_absent[i];
}

bool cgroup_is_present(const struct execution *x, const char *dir)
{
	const struct cgroup_dir *entry = cgroup_of(x, dir);

	return !entry || !is_absent(x, (size_t)(entry - x->record.cgroup.v));
}

int cgroups_present(struct execution *x, struct cgroup *ret, struct error *err)
{
	const struct cgroup *all = &x->record.cgroup;

	*ret = (struct cgroup){ .v = arena_calloc(&x->arena, all->n + 1, sizeof(*ret->v)) };
	if (!ret->v)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "record");
	for (size_t i = 0; i < all->n; i++)
		if (!is_absent(x, i))
			ret->v[ret->n++] = all->v[i];
	return 0;
}

static bool is_refused(int r)
{
	return r == -EACCES || r == -EPERM || r == -EROFS;
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
	x->cgroup_optional = op->flags & CGROUP_CREATE_OPTIONAL;
	r = cgroup_make(program_str(p, op->mount), entry->dir, entry->controllers, op->version, &made, err);
	entry->made = r < 0 ? 0 : made;
	if (!is_refused(r) || !x->cgroup_optional)
		return r;
	log_debug("cgroup %s is not this user's to make: going on without it", entry->dir);
	error_clear(err);
	x->cgroup_absent[entry - x->record.cgroup.v] = true;
	return 0;
}

/* All at once, when the first one is met: one deadline for all. */
void undo_cgroup_create(struct execution *x, const void *data _unused_)
{
	struct cgroup made = { .v = x->record.cgroup.v };
	struct error err = ERROR_INIT;
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
	if (cgroup_remove(&made, REMOVE_DEADLINE_MS, &err) < 0)
		log_error_as_warning(&err);
}

int op_cgroup_controllers(struct execution *x, const void *data, struct error *err)
{
	const struct op_cgroup_controllers *op = data;
	const struct program *p = &x->program;
	const char *dir = program_str(p, op->dir);

	if (!cgroup_is_present(x, dir))
		return 0;
	return cgroup_enable(program_str(p, op->mount), dir, program_str(p, op->needed),
			     op->flags & CGROUP_CONTROLLERS_ALL, err);
}

/* The one of the record that dir is or lies in. */
static const struct cgroup_dir *cgroup_around(const struct execution *x, const char *dir)
{
	for (size_t i = 0; i < x->record.cgroup.n; i++) {
		const char *rest = str_after(dir, x->record.cgroup.v[i].dir);

		if (rest && (!*rest || *rest == '/'))
			return &x->record.cgroup.v[i];
	}
	return NULL;
}

/* A cgroup that was there before keeps what its owner has set. */
static bool is_left_alone(const struct execution *x, const char *dir, uint32_t flags)
{
	const struct cgroup_dir *entry = cgroup_around(x, dir);

	return !cgroup_is_present(x, dir) || (flags & CGROUP_SET_IF_NEW && (!entry || entry->made == 0));
}

struct cgroup_setting cgroup_setting_of(const struct program *p, const struct op_cgroup_set *op)
{
	return (struct cgroup_setting){
		.file = program_str(p, op->file),
		.value = program_str(p, op->value),
		.flags = op->flags,
		.other_file = program_str(p, op->other_file),
		.other_value = program_str(p, op->other_value),
	};
}

int op_cgroup_set(struct execution *x, const void *data, struct error *err)
{
	const struct op_cgroup_set *op = data;
	const struct program *p = &x->program;
	const struct cgroup_setting setting = cgroup_setting_of(p, op);
	const char *dir = program_str(p, op->dir);

	return is_left_alone(x, dir, op->flags) ? 0 : cgroup_writer_set(&x->cgroup_writer, dir, &setting, err);
}

int op_cgroup_devices(struct execution *x, const void *data, struct error *err)
{
	const struct op_cgroup_devices *op = data;
	const char *dir = program_str(&x->program, op->dir);
	int r;

	if (is_left_alone(x, dir, op->flags))
		return 0;
	r = cgroup_devices_set(dir, program_blob(&x->program, op->filter),
			       op->filter.len / CGROUP_DEVICES_INSN_SIZE, err);
	if (!is_refused(r) || !(op->flags & CGROUP_SET_OPTIONAL))
		return r;
	log_debug("%s: this user may not attach a device list, what devices there are depends on the host's", dir);
	error_clear(err);
	return 0;
}

/* A directory that was there before stays, and must not keep our list. */
void undo_cgroup_devices(struct execution *x, const void *data)
{
	const struct op_cgroup_devices *op = data;
	const char *dir = program_str(&x->program, op->dir);
	const struct cgroup_dir *entry = cgroup_of(x, dir);

	if (entry && entry->made == 0 && !is_left_alone(x, dir, op->flags))
		cgroup_devices_unset(dir);
}

int op_cgroup_owner(struct execution *x, const void *data, struct error *err)
{
	const struct op_cgroup_owner *op = data;
	const char *dir = program_str(&x->program, op->dir);
	int r = is_left_alone(x, dir, CGROUP_SET_IF_NEW) ? 0 : cgroup_give(dir, op->uid, err);

	if (!is_refused(r) || !(op->flags & CGROUP_SET_OPTIONAL))
		return r;
	error_clear(err);
	return 0;
}

int cgroup_take_init(struct execution *x, const char *dir, struct error *err)
{
	_cleanup_close_ int fd = sys_openat(AT_FDCWD, dir, O_PATH | O_DIRECTORY, 0);
	char pid[16];
	int r;

	(void)snprintf(pid, sizeof(pid), "%d", (int)x->pid);
	r = fd < 0 ? fd : sys_write_file(fd, "cgroup.procs", pid);
	return r < 0 ? error_set(err, ERR_CGROUP, -r, "%s: cannot move init into it", dir) : 0;
}

/* What it makes goes with the container's cgroup, which is removed with all below it. */
int op_cgroup_descend(struct execution *x, const void *data, struct error *err)
{
	const struct op_cgroup_descend *op = data;
	const char *parent = program_str(&x->program, op->parent), *dir = program_str(&x->program, op->dir);
	const struct cgroup_dir *entry = cgroup_around(x, dir);
	uint32_t made;
	int r;

	if (!entry || entry->made == 0)
		return error_set(err, ERR_CGROUP, 0, "%s was there before: no cgroup is made below it", parent);
	r = cgroup_make(parent, dir, "", 2, &made, err);
	if (r == 0)
		r = cgroup_take_init(x, dir, err);
	return r < 0 ? r : cgroup_enable(parent, dir, "", true, err);
}
