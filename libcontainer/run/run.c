/* SPDX-License-Identifier: Apache-2.0 */
/* run: create and start in one, and in the foreground everything until the container is gone again. */
#define _GNU_SOURCE
#include "base/fd.h"
#include "libcontainer/run/destroy.h"
#include "libcontainer/run/fault.h"
#include "libcontainer/run/follow.h"
#include "libcontainer/run/hooks.h"
#include "libcontainer/run/notify.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <sys/file.h>

/* Too large for the stack; all zeros until follow_init(), it takes no room in the file of the program. */
static struct follow follow;

static int run_start(struct execution *x, struct error *err)
{
	int r = notify_open(x->state_dir, &follow.notify, err);

	return r < 0 ? r : follow_start(x, err);
}

static int run_poststart(struct execution *x, struct error *err)
{
	int r;

	/* From here on other commands may work with the container, hooks among them. */
	(void)sys_flock(x->state_dir, LOCK_UN);
	if (x->record.poststart.n == 0)
		return 0;
	x->hooks_begun = true;
	trace_begin(&x->trace, "poststart", UINT32_MAX);
	fault_before(x->program.header->n_ops + 1);
	r = hooks_poststart(&x->record, x->pid, &x->watch, err);
	fault_after(x->program.header->n_ops + 1);
	trace_end(&x->trace);
	return r;
}

/* Another command may have deleted the container meanwhile, and even made a new one of that name. */
static int run_delete(struct execution *x, struct error *err)
{
	_cleanup_close_ int dir = -1;
	struct stat mine, present;
	int r = state_open(x->request->root, x->request->options->id, STATE_LOCK_EXCLUSIVE, &dir, err);

	if (r < 0 && err->code == ERR_CONTAINER_UNKNOWN) {
		error_clear(err);
		return 0;
	}
	if (r == 0)
		r = sys_fstat(dir, &present);
	if (r == 0)
		r = sys_fstat(x->state_dir, &mine);
	if (r < 0)
		return error_set(err, ERR_STATE_READ, -r, "%s", x->request->options->id);
	if (!sys_same_file(&mine, &present))
		return 0;
	return container_destroy(x->request->root, x->request->options->id, dir, &x->record, err);
}

static int run_foreground(struct execution *x, bool keep, int *ret_status, struct error *err)
{
	int r = follow_end(&follow, x, ret_status, err);

	return r < 0 || keep ? r : run_delete(x, err);
}

static int run_until_started(struct execution *x, bool subreaper, struct error *err)
{
	int r = follow_walk(&follow, x, subreaper, err);

	if (r == 0)
		r = run_start(x, err);
	if (r == 0)
		r = run_poststart(x, err);
	if (r == 0 && x->request->options->detached)
		r = notify_wait(&follow.notify, x->pidfd, x->pid, &x->watch, err);
	return r == 0 ? trace_write(&x->trace, x->page, x->pid, err) : r;
}

int container_run(const struct launch_request *request, bool keep, bool no_subreaper, int *ret_status,
		  struct error *err)
{
	bool detached = request->options->detached;
	struct execution x;
	int r = execution_open(&x, request, true, err);

	*ret_status = 0;
	follow_init(&follow);
	if (r == 0) {
		r = run_until_started(&x, !detached && !no_subreaper, err);
		if (r < 0)
			execution_undo(&x);
		else if (!detached)
			r = run_foreground(&x, keep, ret_status, err);
	}
	follow_done(&follow);
	execution_done(&x);
	return r;
}
