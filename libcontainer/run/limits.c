/* SPDX-License-Identifier: Apache-2.0 */
/* What the runtime sets for init, with privileges that init does not have. */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "libcontainer/run/execute.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/process.h"
#include "libcontainer/sys/userns.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int oom_score_read(int proc, int32_t *ret)
{
	char text[16];
	int64_t score;
	int r = (int)sys_read_file(proc, "oom_score_adj", text, sizeof(text));

	if (r < 0)
		return r;
	text[strcspn(text, "\n")] = '\0';
	r = str_to_i64(text, &score);
	*ret = (int32_t)score;
	return r;
}

static int oom_score_write(int proc, int32_t score)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", score);
	return sys_write_file(proc, "oom_score_adj", text);
}

/*
 * The new process inherits what is set for us. From outside an ordinary user could not do it: procfs gives
 * the files of a process that is not dumpable to root, and one that enters a container never is.
 */
int op_oom_score(struct execution *x, const void *data, struct error *err)
{
	const struct op_oom_score *op = data;
	_cleanup_close_ int proc = proc_open_child(getpid(), err);
	int32_t taken = 0;
	int r;

	if (proc < 0)
		return proc;
	r = oom_score_read(proc, &x->oom_score_before);
	if (r < 0)
		return error_set(err, ERR_PRIVILEGE, -r, "oom_score_adj cannot be read");
	r = oom_score_write(proc, op->value);
	if ((r == -EACCES || r == -EPERM) && (op->best_effort || sys_in_userns(NULL))) {
		/* Rootless: nobody may go below the value that was inherited; engines expect no failure. */
		log_debug("oom_score_adj %d is below what this user may set", op->value);
		return 0;
	}
	if (r < 0) {
		error_set(err, ERR_PRIVILEGE, -r, "oom_score_adj %d", op->value);
		error_add_hint(err, "a value below that of the caller needs CAP_SYS_RESOURCE");
		return r;
	}
	x->oom_score_changed = true;
	r = oom_score_read(proc, &taken);
	if (r < 0 || taken != op->value)
		return error_set(err, ERR_PRIVILEGE, r < 0 ? -r : 0, "oom_score_adj %d was not taken over",
				 op->value);
	return 0;
}

void oom_score_restore(struct execution *x)
{
	struct error ignored = ERROR_INIT;
	_cleanup_close_ int proc = -1;

	if (!x->oom_score_changed)
		return;
	x->oom_score_changed = false;
	proc = proc_open_child(getpid(), &ignored);
	if (proc < 0 || oom_score_write(proc, x->oom_score_before) < 0)
		log_debug("our own oom_score_adj stays changed");
}

/*
 * Init sets its limits itself, at the end and without privileges; only the ceiling is raised here, while init
 * waits: once it is another user, nobody without CAP_SYS_RESOURCE may even look.
 */
int op_rlimit_raise(struct execution *x, const void *data, struct error *err)
{
	const struct op_rlimit *op = data;
	uint64_t limit[2];
	int r = sys_prlimit(x->pid, op->resource, NULL, limit);

	if (r == 0 && limit[1] >= op->hard)
		return 0;
	if (r == 0) {
		uint64_t inherited = limit[1];

		limit[1] = op->hard;
		r = sys_prlimit(x->pid, op->resource, limit, NULL);
		if (r == -EPERM) {
			error_set(err, ERR_LIMIT, EPERM, "cannot raise the hard limit from %llu to %llu",
				  (unsigned long long)inherited, (unsigned long long)op->hard);
			error_add_hint(err, "that needs CAP_SYS_RESOURCE, or a higher limit of the caller");
			return r;
		}
	}
	return r < 0 ? error_set(err, ERR_LIMIT, -r, "cannot set a resource limit") : 0;
}

int op_io_priority(struct execution *x, const void *data, struct error *err)
{
	const struct op_io_priority *op = data;
	int r = sys_ioprio_set_process(x->pid, op->value);

	return r < 0 ? error_set(err, ERR_PRIVILEGE, -r, "cannot set the I/O priority") : 0;
}

int op_scheduler(struct execution *x, const void *data, struct error *err)
{
	const struct op_scheduler *op = data;
	const struct sys_sched sched = {
		.policy = op->policy,
		.nice = op->nice,
		.priority = op->priority,
		.flags = op->flags,
		.runtime = op->runtime,
		.deadline = op->deadline,
		.period = op->period,
	};
	int r = sys_sched_setattr(x->pid, &sched);

	return r < 0 ? error_set(err, ERR_PRIVILEGE, -r, "cannot set the scheduling policy") : 0;
}
