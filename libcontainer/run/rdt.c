/* SPDX-License-Identifier: Apache-2.0 */
/* linux.intelRdt: see libcontainer/cgroup/resctrl.h. */
#include "libcontainer/run/rdt.h"

#include "base/log.h"
#include "libcontainer/cgroup/resctrl.h"

#include <errno.h>

static int prepare(struct execution *x, const struct op_rdt *op, struct error *err)
{
	char *const *lines = execution_strings(x, op->schemata);

	if (!lines)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "resctrl");
	return resctrl_prepare(&x->record.resctrl, op->flags, (const char *const *)lines, op->schemata.n, err);
}

int op_rdt(struct execution *x, const void *data, struct error *err)
{
	/* An exec finds everything made: it has the operation only to join. */
	int r = x->target >= 0 ? 0 : prepare(x, data, err);

	return r < 0 ? r : resctrl_join(&x->record.resctrl, x->pid, err);
}

void undo_rdt(struct execution *x, const void *data _unused_)
{
	struct error err = ERROR_INIT;

	if (x->target >= 0 || resctrl_remove(&x->record.resctrl, &err) == 0)
		return;
	log_error_as_warning(&err);
}

int rdt_foresee(struct execution *x, const struct op_rdt *op, struct error *err)
{
	const struct program *p = &x->program;
	struct resctrl *rdt = &x->record.resctrl;
	struct resctrl_group control;

	rdt->v = arena_calloc(&x->arena, RESCTRL_GROUPS_MAX, sizeof(*rdt->v));
	if (!rdt->v)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "record");
	control = (struct resctrl_group){
		.mount = (char *)(uintptr_t)program_str(p, op->mount),
		.group = (char *)(uintptr_t)program_str(p, op->group),
	};
	rdt->v[rdt->n++] = control;
	if (op->monitor) {
		control.monitor = (char *)(uintptr_t)program_str(p, op->monitor);
		rdt->v[rdt->n++] = control;
	}
	resctrl_foresee(rdt, op->flags);
	return 0;
}

int rdt_settle(struct execution *x, struct resctrl *ret, struct error *err)
{
	const struct resctrl *rdt = &x->record.resctrl;

	*ret = (struct resctrl){ .v = arena_calloc(&x->arena, rdt->n + 1, sizeof(*ret->v)) };
	if (!ret->v)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "record");
	for (; ret->n < rdt->n; ret->n++) {
		ret->v[ret->n] = rdt->v[ret->n];
		if (ret->v[ret->n].end == RESCTRL_UNUSED)
			ret->v[ret->n].end = RESCTRL_KEEP;
	}
	return 0;
}
