/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec: one more process in a running container. The same executor and the same init as for create, over a
 * program of process operations only; the process is our child, and somebody else's when we leave it behind.
 */
#define _GNU_SOURCE
#include "libcontainer/run/exec.h"

#include "libcontainer/run/follow.h"

/* Too large for the stack; all zeros until follow_init(), it takes no room in the file of the program. */
static struct follow follow;

static int exec_until_started(struct execution *x, bool subreaper, struct error *err)
{
	int r = follow_walk(&follow, x, subreaper, err);

	if (r == 0)
		r = follow_start(x, err);
	if (r == 0)
		r = execution_finish(x, err);
	return r == 0 ? trace_write(&x->trace, x->page, x->pid, err) : r;
}

int container_exec(const struct exec_target *target, const struct launch_request *request, bool no_subreaper,
		   int *ret_status, struct error *err)
{
	bool detached = request->options->detached;
	struct execution x;
	int r = execution_open(&x, request, true, err);

	*ret_status = 0;
	follow_init(&follow);
	if (r == 0) {
		x.record = target->record;
		x.target = target->pidfd;
		r = exec_until_started(&x, !detached && !no_subreaper, err);
		if (r < 0)
			execution_undo(&x);
		else if (!detached)
			r = follow_end(&follow, &x, ret_status, err);
	}
	if (r < 0)
		exec_blame_init(target, request->options->id, err);
	follow_done(&follow);
	execution_done(&x);
	return r;
}
