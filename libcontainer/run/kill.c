/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "libcontainer/run/run.h"
#include "libcontainer/sys/pidfd.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

/* Everything in the container's cgroups, also when init is gone. */
static int kill_all(const struct record *record, int signum, struct error *err)
{
	int r = cgroup_signal(&record->cgroup, signum, err);

	return r < 0 ? r : 0;
}

static int kill_init(const struct record *record, const char *id, int pidfd, int signum, struct error *err)
{
	struct error ignored = ERROR_INIT;
	int r = sys_pidfd_send_signal(pidfd, signum);

	if (r == -ESRCH)
		return error_set(err, ERR_CONTAINER_NOT_RUNNING, 0, "%s", id);
	if (r < 0)
		return error_set(err, ERR_SYSTEM, -r, "cannot send signal %d to container %s", signum, id);
	/* On v1 a frozen process does not even die: SIGKILL takes effect when it is thawed. */
	if (signum == SIGKILL && cgroup_frozen(&record->cgroup) > 0)
		(void)cgroup_thaw(&record->cgroup, &ignored);
	return 0;
}

int container_kill(const struct state_root *root, const char *id, int signum, bool all, struct error *err)
{
	_cleanup_document_ struct document doc = DOCUMENT_INIT;
	_cleanup_close_ int dir = -1, pidfd = -1;
	struct record record = { 0 };
	int r = state_open(root, id, STATE_LOCK_NONE, &dir, err);

	if (r < 0)
		return r;
	r = record_read(dir, &doc, &record, err);
	if (r == -ENOENT && !error_is_set(err))
		return error_set(err, ERR_CONTAINER_NOT_RUNNING, 0, "%s", id);
	if (r < 0)
		return r;
	pidfd = process_open(&record.init);
	if (pidfd < 0 && pidfd != -ESRCH)
		return error_set(err, ERR_SYSTEM, -pidfd, "cannot open process %d", (int)record.init.pid);
	/*
	 * Without a pid namespace of its own, the other processes of the container do not end with init: to
	 * kill the container means to kill all of them.
	 */
	if (all || (signum == SIGKILL && !record.private_pidns)) {
		r = kill_all(&record, signum, err);
		/* Without a cgroup there is only init. */
		if (r == 0 && pidfd >= 0 && record.cgroup.n == 0)
			r = kill_init(&record, id, pidfd, signum, err);
		if (r < 0 || all || pidfd >= 0)
			return r;
	}
	if (pidfd < 0)
		return error_set(err, ERR_CONTAINER_NOT_RUNNING, 0, "%s", id);
	return kill_init(&record, id, pidfd, signum, err);
}
