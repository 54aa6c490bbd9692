/* SPDX-License-Identifier: Apache-2.0 */
/* The operation that has systemd make the container's cgroup. */
#define _GNU_SOURCE
#include "libcontainer/run/systemd.h"

#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "libcontainer/run/cgroups.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define UNIT_DEADLINE_MS 10000

static struct cgroup_dir *unit_dir(struct execution *x)
{
	return x->record.cgroup.n > 0 ? &x->record.cgroup.v[0] : NULL;
}

static int start(struct execution *x, const struct op_systemd_unit *op, const char *const *words,
		 struct systemd_reply *reply, struct error *err)
{
	struct systemd_call call = {
		.type = SYSTEMD_START,
		.user = op->flags & SYSTEMD_UNIT_USER,
		.pid = op->flags & SYSTEMD_UNIT_SLICE ? 0 : x->pid,
		.bus = x->request->systemd,
		.unit = program_str(&x->program, op->unit),
		.words = words,
		.n = op->properties.n,
	};
	return systemd_call(&call, &x->watch, reply, err);
}

/*
 * A unit of that name is there. One whose processes have gone is what a killed berth has left behind, and
 * systemd has not noticed yet; any other is somebody's.
 */
static int start_again(struct execution *x, const struct op_systemd_unit *op, const char *const *words,
		       struct cgroup_dir *entry, struct systemd_reply *reply, struct error *err)
{
	const struct cgroup cg = { .v = entry, .n = 1 };
	struct error other = ERROR_INIT;
	pid_t *pids = NULL;
	size_t n = 0;
	int r;

	/* Looked for where that unit is, which need not be where ours would be. */
	if (!streq(reply->control_group, program_str(&x->program, op->group)))
		return -EEXIST;
	r = cgroup_pids(&cg, &pids, &n, &other);
	free(pids);
	if (r < 0 || n > 0)
		return -EEXIST;
	error_clear(err);
	entry->made = 1; /* what owns_unit() looks at */
	(void)systemd_stop(&x->record, &other);
	entry->made = 0;
	return start(x, op, words, reply, err);
}

/* Where init is on the v2 tree; the text holds it. */
static const char *group_of_init(const struct execution *x, char *text, size_t size, struct error *err)
{
	_cleanup_close_ int proc = proc_open_child(x->pid, err);
	ssize_t n = proc < 0 ? proc : sys_read_file(proc, "cgroup", text, size);
	char *line = n < 0 ? NULL : str_after(text, "0::") ? text : strstr(text, "\n0::");

	line = line ? strchr(line, '/') : NULL;
	if (!line) {
		(void)error_set(err, ERR_CGROUP, n < 0 ? (int)-n : 0, "of the container's init cannot be found");
		return NULL;
	}
	line[strcspn(line, "\n")] = '\0';
	return line;
}

/* Where systemd has put it, not what was expected, is where the limits belong; but all operations name the latter. */
static int check_group(const struct execution *x, const struct op_systemd_unit *op,
		       const struct systemd_reply *reply, struct error *err)
{
	const char *expected = program_str(&x->program, op->group);
	const char *group = reply->control_group;
	char text[8192];

	if (!(op->flags & SYSTEMD_UNIT_SLICE))
		group = group_of_init(x, text, sizeof(text), err);
	if (!group)
		return -EIO;
	if (streq(group, expected))
		return 0;
	return error_set(err, ERR_SYSTEMD, 0, "unit %s is in the cgroup %s, not in %s",
			 program_str(&x->program, op->unit), group, expected);
}

int op_systemd_unit(struct execution *x, const void *data, struct error *err)
{
	const struct op_systemd_unit *op = data;
	struct cgroup_dir *entry = unit_dir(x);
	struct systemd_reply reply;
	const char *const *words = (const char *const *)execution_strings(x, op->properties);
	int r;

	if (!words || !entry)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "properties of a unit");
	entry->made = 0;
	r = start(x, op, words, &reply, err);
	if (r == -EEXIST)
		r = start_again(x, op, words, entry, &reply, err);
	/* A foreground run goes on for long, and systemd has signals for all who are connected. */
	systemd_release(x->request->systemd);
	/* Also after a failure systemd may have begun; only a unit that was there is not ours to take back. */
	entry->made = r != -EEXIST;
	if (r == 0)
		r = check_group(x, op, &reply, err);
	/* A slice is started without processes; then it is ours to move init. */
	return r == 0 && op->flags & SYSTEMD_UNIT_SLICE ? cgroup_take_init(x, entry->dir, err) : r;
}

void undo_systemd_unit(struct execution *x, const void *data)
{
	struct error err = ERROR_INIT;

	/* First everything in it ends: to stop a unit is to wait for that. */
	undo_clone(x, data);
	if (!x->record.private_pidns && unit_dir(x) && unit_dir(x)->made > 0)
		(void)cgroup_signal(&x->record.cgroup, SIGKILL, &err);
	error_clear(&err);
	if (systemd_stop(&x->record, &err) < 0)
		log_error_as_warning(&err);
	error_clear(&err);
	if (cgroup_remove(&x->record.cgroup, UNIT_DEADLINE_MS, &err) < 0)
		log_error_as_warning(&err);
}
