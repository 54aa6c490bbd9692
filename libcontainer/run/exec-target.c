/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at the container that exec enters. */
#define _GNU_SOURCE
#include "libcontainer/run/exec.h"

#include "base/fd.h"
#include "libcontainer/run/execute.h"
#include "libcontainer/sys/pidfd.h"

#include <errno.h>

#define DEATH_WAIT_MS 500

void exec_target_done(struct exec_target *target)
{
	fd_close(&target->pidfd);
	exec_file_done(&target->file);
	document_done(&target->doc);
}

static int check_status(int dir, const char *id, bool ignore_paused, struct exec_target *t, struct error *err)
{
	switch (record_status(dir, &t->record)) {
	case STATUS_CREATING:
		return error_set(err, ERR_CONTAINER_INCOMPLETE, 0, "%s", id);
	case STATUS_STOPPED:
		return error_set(err, ERR_EXEC_STOPPED, 0, "%s", id);
	case STATUS_PAUSED:
		return ignore_paused ? 0 : error_set(err, ERR_EXEC_PAUSED, 0, "%s", id);
	default:
		return 0;
	}
}

static int read_cgroups(struct exec_target *t, struct error *err)
{
	const struct cgroup *cg = &t->record.cgroup;

	t->cgroups = arena_calloc(&t->doc.arena, cg->n + 1, sizeof(*t->cgroups));
	if (!t->cgroups)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "cgroups");
	for (size_t i = 0; i < cg->n; i++)
		t->cgroups[i] = (struct exec_cgroup){
			.dir = cg->v[i].dir,
			.controllers = cg->v[i].controllers,
			.version = cg->v[i].version,
		};
	t->base.cgroups = t->cgroups;
	t->base.n_cgroups = cg->n;
	return 0;
}

/* What is read below /proc/PID is about init only if init is still there afterwards. */
static int read_process(struct exec_target *t, struct error *err)
{
	_cleanup_close_ int proc = proc_open_child(t->record.init.pid, err);
	int r = proc < 0 ? proc : namespaces_differ(proc, &t->base.namespaces, err);

	if (r < 0)
		return r;
	r = oom_score_read(proc, &t->base.oom_score_adj);
	return r < 0 ? error_set(err, ERR_SYSTEM, -r, "oom_score_adj of the container's init") : 0;
}

static int target_read(int dir, const char *id, bool ignore_paused, struct exec_target *t, struct error *err)
{
	int r = record_read(dir, &t->doc, &t->record, err);

	if (r == -ENOENT && !error_is_set(err))
		return error_set(err, ERR_CONTAINER_INCOMPLETE, 0, "%s", id);
	if (r == 0)
		r = check_status(dir, id, ignore_paused, t, err);
	if (r < 0)
		return r;
	t->pidfd = process_open(&t->record.init);
	if (t->pidfd < 0)
		return error_set(err, ERR_EXEC_STOPPED, 0, "%s", id);
	r = exec_file_read(dir, &t->file, err);
	if (r == 0)
		r = keep_read(t->file.block, t->file.block_size, &t->keep, err);
	if (r == 0)
		r = read_cgroups(t, err);
	if (r == 0)
		r = read_process(t, err);
	return r;
}

/*
 * A dying init has no namespaces any more, and takes the other processes of its pid namespace along before it can
 * be seen to be dead: hence the short wait where the failure may come from that.
 */
void exec_blame_init(const struct exec_target *target, const char *id, struct error *err)
{
	bool maybe = err->code == ERR_INIT_DIED || err->code == ERR_INIT_START || err->code == ERR_NAMESPACE;

	if (target->pidfd < 0 || err->code == ERR_INTERRUPTED ||
	    sys_pidfd_wait(target->pidfd, maybe ? DEATH_WAIT_MS : 0) <= 0)
		return;
	error_clear(err);
	(void)error_set(err, ERR_EXEC_STOPPED, 0, "%s", id);
}

int exec_target_open(const struct state_root *root, const char *id, bool ignore_paused,
		     struct exec_target *ret, struct error *err)
{
	_cleanup_close_ int dir = -1;
	int r = state_open(root, id, STATE_LOCK_NONE, &dir, err);

	if (r == 0)
		r = target_read(dir, id, ignore_paused, ret, err);
	if (r == 0 && sys_pidfd_wait(ret->pidfd, 0) > 0)
		return error_set(err, ERR_EXEC_STOPPED, 0, "%s", id);
	if (r < 0) {
		exec_blame_init(ret, id, err);
		return r;
	}
	ret->base.keep = &ret->keep;
	ret->base.annotations = &ret->record.annotations;
	return 0;
}
