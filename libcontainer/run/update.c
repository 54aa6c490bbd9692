/* SPDX-License-Identifier: Apache-2.0 */
/*
 * update: a transaction over files that know none. What is asked for is compiled and so checked as a whole,
 * every present value is read, and only then is the first one written. Whatever fails after that is answered
 * by writing the old values back.
 */
#define _GNU_SOURCE
#include "base/buf.h"
#include "base/str.h"
#include "libcontainer/compile/systemd.h"
#include "libcontainer/program.h"
#include "libcontainer/run/cgroups.h"
#include "libcontainer/run/container.h"
#include "libcontainer/run/fault.h"
#include "libcontainer/run/run.h"
#include "libcontainer/run/systemd.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>

/* One value. */
struct change {
	const struct program_op *op;
	const char *dir;
	struct cgroup_setting setting; /* of the file that there is */
	char *before;    /* what brings back the present value */
	uint32_t index;  /* of the operation */
	bool done;
};

struct update {
	const struct document *doc;
	struct arena arena;
	struct program program;
	struct change *v;
	size_t n;
};

/* Each hierarchy of the record stands for itself: its mount point is where the container is. */
static int container_host(const struct record *record, struct arena *arena, struct host *ret, struct error *err)
{
	const struct cgroup *cg = &record->cgroup;
	struct host_hierarchy *h = arena_calloc(arena, cg->n + 1, sizeof(*h));

	if (!h)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "update");
	*ret = (struct host){ .hierarchies = h, .n_hierarchies = cg->n, .unified = cg->n > 0 };
	for (size_t i = 0; i < cg->n; i++) {
		h[i] = (struct host_hierarchy){
			.mount = cg->v[i].dir,
			.controllers = cg->v[i].controllers,
			.version = cg->v[i].version,
			.own = "/",
		};
		ret->unified &= cg->v[i].version == 2;
		if (cg->v[i].version == 2 && cgroup_available(cg->v[i].dir, arena, &h[i].available) < 0)
			return error_set(err, ERR_NO_MEMORY, ENOMEM, "update");
	}
	return 0;
}

/* Where the value came from, if it was a document. */
static void blame(const struct program *p, const struct program_op *op, struct error *err)
{
	if (op->origin)
		error_add_pointer(err, program_str(p, op->origin), op->line, 0);
}

/* 1: there is something to write; 0: not on this host, which is no error. */
static int prepare_one(struct update *u, struct change *c, const struct op_cgroup_set *op, struct error *err)
{
	const struct program *p = &u->program;
	const struct cgroup_setting setting = cgroup_setting_of(p, op);
	int r;

	c->dir = program_str(p, op->dir);
	c->setting = (struct cgroup_setting){ .file = setting.file, .value = setting.value, .flags = op->flags };
	r = cgroup_saved_value(c->dir, setting.file, setting.value, &u->arena, &c->before, err);
	if (r == -ENOENT && !error_is_set(err) && setting.other_file) {
		c->setting.file = setting.other_file;
		c->setting.value = setting.other_value;
		r = cgroup_saved_value(c->dir, c->setting.file, c->setting.value, &u->arena, &c->before, err);
	}
	if (r != -ENOENT || error_is_set(err))
		return r < 0 ? r : 1;
	if (op->flags & CGROUP_SET_OPTIONAL)
		return 0;
	r = cgroup_set(c->dir, &setting, err); /* it says what it means that this file is missing */
	return r < 0 ? r : 1;
}

/* The writes of the program, with what takes each of them back. */
static int prepare(struct update *u, struct error *err)
{
	const struct program *p = &u->program;

	u->v = arena_calloc(&u->arena, p->header->n_ops + 1, sizeof(*u->v));
	if (!u->v)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "update");
	for (uint32_t i = 0; i < p->header->n_ops; i++) {
		struct change *c = &u->v[u->n];
		int r;

		if (p->ops[i].type != OP_CGROUP_SET)
			continue;
		*c = (struct change){ .op = &p->ops[i], .index = i };
		r = prepare_one(u, c, program_data(p, c->op), err);
		if (r < 0) {
			blame(p, c->op, err);
			return r;
		}
		u->n++;
	}
	return 0;
}

static int write_new(struct change *c, struct error *err)
{
	int r;

	fault_before(c->index);
	r = cgroup_set(c->dir, &c->setting, err);
	if (r == 0) {
		c->done = true;
		r = cgroup_check_value(c->dir, c->setting.file, c->setting.value, err);
	}
	fault_after(c->index);
	return r;
}

static int write_old(struct change *c, struct error *err)
{
	const struct cgroup_setting setting = { .file = c->setting.file, .value = c->before };
	int r = cgroup_set(c->dir, &setting, err);

	if (r == 0)
		c->done = false;
	return r;
}

static bool is_refusal(int r)
{
	return r == -EINVAL || r == -EBUSY;
}

/* Writes what is not yet as it shall be. *ret_left: how many were refused; *err is about the first of them. */
static int write_pass(struct update *u, bool done, int (*write_one)(struct change *c, struct error *err),
		      size_t *ret_left, struct error *err)
{
	*ret_left = 0;
	for (size_t i = 0; i < u->n; i++) {
		struct change *c = &u->v[done ? i : u->n - 1 - i];
		struct error e = ERROR_INIT;
		int r = c->done == done ? 0 : write_one(c, &e);

		if (r == 0)
			continue;
		blame(&u->program, c->op, &e);
		if (*ret_left == 0 || !is_refusal(r))
			*err = e;
		if (!is_refusal(r))
			return r;
		++*ret_left;
	}
	return 0;
}

/*
 * Some values can only be changed in one order: a memory limit never passes that of memory and swap, a
 * burst never its quota, so that raising both is the reverse of lowering both. What the kernel refuses as
 * not fitting is tried again when others have been written.
 */
static int write_all(struct update *u, bool done, int (*write_one)(struct change *c, struct error *err),
		     struct error *err)
{
	size_t left = u->n + 1, before;
	int r;

	do {
		before = left;
		error_clear(err);
		r = write_pass(u, done, write_one, &left, err);
	} while (r == 0 && left > 0 && left < before);
	return r == 0 && left > 0 ? -EINVAL : r;
}

static void take_back(struct update *u, struct error *err)
{
	struct error failed = ERROR_INIT;
	char words[ERROR_SENTENCE_SIZE];

	if (write_all(u, false, write_old, &failed) == 0)
		return;
	(void)error_format(&failed, words, sizeof(words));
	error_add_hint(err, "not everything could be set back: %s", words);
}

/* What the record will say from now on. */
static int record_merged(struct container *c, const struct config_resources *merged, struct error *err)
{
	struct record record = c->record;
	_cleanup_buf_ struct buf text = BUF_INIT;
	int r = config_write_resources(merged, &text, err);

	record.resources = text.data;
	return r < 0 ? r : record_write(c->dir, &record, err);
}

/*
 * The properties of the container's unit, which systemd would write over the new values at its next reload.
 * before: those of the values that were there.
 */
static int change_unit(struct update *u, const struct record *record, bool before, struct error *err)
{
	struct word_list list = { .arena = &u->arena };

	for (size_t i = 0; i < u->n && record->systemd_unit; i++) {
		const struct change *c = &u->v[i];
		const struct op_cgroup_set *op = program_data(&u->program, c->op);

		if (before)
			systemd_add_limit(&list, c->setting.file, c->before, 0);
		else if (op->other_file) /* the form that systemd knows */
			systemd_add_limit(&list, program_str(&u->program, op->other_file),
					  program_str(&u->program, op->other_value), op->flags);
		else
			systemd_add_limit(&list, c->setting.file, c->setting.value, op->flags);
	}
	if (list.failed)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "update");
	return systemd_set(record, (const char *const *)list.v, list.n, err);
}

static int apply(struct update *u, struct container *c, const struct config_resources *merged,
		 struct error *err)
{
	struct error ignored = ERROR_INIT;
	int r = write_all(u, true, write_new, err);

	if (r == 0)
		r = change_unit(u, &c->record, false, err);
	if (r == 0) {
		fault_before(u->program.header->n_ops);
		r = record_merged(c, merged, err);
		fault_after(u->program.header->n_ops);
		if (r < 0)
			(void)change_unit(u, &c->record, true, &ignored);
	}
	if (r < 0)
		take_back(u, err);
	return r;
}

static int run_update(struct update *u, struct container *c, struct config_resources *asked,
		      const struct config_resources *recorded, struct error *err)
{
	struct config_resources *merged;
	struct compiled compiled;
	struct host host;
	int r;

	update_normalise(asked);
	update_complete(asked, recorded);
	merged = config_overlay_resources(recorded, asked, &u->arena);
	if (!merged)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "update");
	r = container_host(&c->record, &u->arena, &host, err);
	if (r == 0)
		r = compile_update(u->doc, asked, &host, &u->arena, &compiled, err);
	if (r == 0)
		r = program_check(compiled.program, compiled.program_size, &u->program, err);
	if (r == 0)
		r = prepare(u, err);
	return r == 0 && u->n > 0 ? apply(u, c, merged, err) : r;
}

/* There must be something that can be changed. */
static int check_cgroup(const struct container *c, struct error *err)
{
	const struct cgroup *cg = &c->record.cgroup;
	bool ended = c->status == STATUS_STOPPED || c->status == STATUS_CREATING;

	for (size_t i = 0; i < cg->n && ended; i++)
		if (!sys_exists(AT_FDCWD, cg->v[i].dir))
			return container_check_alive(c, err);
	if (cg->n == 0 && ended)
		return container_check_alive(c, err);
	return cg->n > 0 ? 0 : error_set(err, ERR_CGROUP, 0, "of container %s: it has none of its own", c->id);
}

int container_update(const struct state_root *root, const char *id, const struct document *doc,
		     struct config_resources *asked, const struct update_rdt *rdt, struct error *err)
{
	_cleanup_container_ struct container c = CONTAINER_INIT;
	_cleanup_document_ struct document recorded_doc = DOCUMENT_INIT;
	struct update u = { .doc = doc, .arena = ARENA_INIT };
	struct config_resources *recorded = NULL;
	const char *limits = NULL;
	int r = container_open(root, id, STATE_LOCK_EXCLUSIVE, &c, err);

	if (r == 0)
		r = check_cgroup(&c, err);
	if (r == 0 && c.record.resources)
		r = config_read_resources(&recorded_doc, c.record.resources, strlen(c.record.resources),
					  &recorded, err);
	if (r == 0 && rdt->n > 0)
		r = resctrl_update(&c.record.resctrl, rdt->lines, rdt->n, &u.arena, &limits, err);
	if (r == 0) {
		r = run_update(&u, &c, asked, recorded, err);
		if (r < 0)
			resctrl_restore(&c.record.resctrl, limits);
	}
	arena_done(&u.arena);
	return r;
}
