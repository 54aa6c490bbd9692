/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/run/destroy.h"

#include "base/fd.h"
#include "base/log.h"
#include "libcontainer/run/hooks.h"
#include "libcontainer/run/systemd.h"
#include "libcontainer/sys/pidfd.h"
#include "libcontainer/sys/process.h"

#include <errno.h>
#include <signal.h>

#define DEADLINE_MS 10000

int container_kill_init(const struct record *record, struct error *err)
{
	_cleanup_close_ int pidfd = process_open(&record->init);
	struct error ignored = ERROR_INIT;
	int r, status;

	if (pidfd == -ESRCH)
		return 0;
	if (pidfd < 0)
		return error_set(err, ERR_SYSTEM, -pidfd, "cannot open process %d", (int)record->init.pid);
	r = sys_pidfd_send_signal(pidfd, SIGKILL);
	if (r < 0 && r != -ESRCH)
		return error_set(err, ERR_SYSTEM, -r, "cannot kill process %d", (int)record->init.pid);
	/* A frozen process of a v1 hierarchy dies when it is thawed. */
	if (sys_pidfd_wait(pidfd, 0) <= 0 && cgroup_frozen(&record->cgroup) > 0)
		(void)cgroup_thaw(&record->cgroup, &ignored);
	r = sys_pidfd_wait(pidfd, DEADLINE_MS);
	if (r <= 0)
		return error_set(err, ERR_SYSTEM, r < 0 ? -r : ETIMEDOUT,
				 "process %d did not end within %d s", (int)record->init.pid,
				 DEADLINE_MS / 1000);
	/* In a foreground run init is our own child; anywhere else there is nothing to reap. */
	(void)sys_reap(record->init.pid, &status, true);
	return 0;
}

/*
 * Systemd forgets an empty scope by itself; otherwise it is asked to. If that cannot be done, removing the cgroup,
 * which is checked, has the same effect in the end.
 */
static void stop_unit(const struct record *record, bool is_empty)
{
	struct error err = ERROR_INIT;

	if (!(is_empty && systemd_has_forgotten(record)) && systemd_stop(record, &err) < 0)
		log_error_as_warning(&err);
}

int container_destroy(const struct state_root *root, const char *id, int dir, const struct record *record,
		      struct error *err)
{
	struct error ignored = ERROR_INIT;
	int r, q;

	r = container_kill_init(record, err);
	/* Without a pid namespace of its own the container's other processes have outlived init. */
	if (!record->private_pidns)
		(void)cgroup_signal(&record->cgroup, SIGKILL, &ignored);
	stop_unit(record, r == 0);
	/* An init that cannot be killed will not leave it either. */
	q = cgroup_remove(&record->cgroup, r < 0 ? 0 : DEADLINE_MS, err);
	/* Groups do not outlive a boot: what has their names now is somebody else's. */
	if (r == 0 && q == 0 && process_is_of_this_boot(&record->init))
		q = resctrl_remove(&record->resctrl, err);
	if (r < 0 || q < 0)
		return r < 0 ? r : q;
	r = state_remove(root, id, dir, err);
	if (r < 0)
		return r;
	hooks_poststop(record);
	return 0;
}
