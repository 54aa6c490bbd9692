/* SPDX-License-Identifier: Apache-2.0 */
/* Cleaning up after a create that was killed, or after a reboot. */
#define _GNU_SOURCE
#include "libcontainer/state/internal.h"

#include "base/fd.h"
#include "libcontainer/sys/pidfd.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#define DEATH_WAIT_MS 2000
#define CGROUP_WAIT_MS 5000

/* A pidfd of a process whose start time was compared: nobody else can be hit. */
static void kill_init(const struct process_id *init)
{
	_cleanup_close_ int fd = process_open(init);

	if (fd >= 0 && sys_pidfd_send_signal(fd, SIGKILL) == 0)
		(void)sys_pidfd_wait(fd, DEATH_WAIT_MS);
}

/* The cgroups that berth made: only they hold nothing but this container. */
static struct cgroup made_by_berth(const struct cgroup *cg, struct cgroup_dir v[STATE_CGROUPS_MAX])
{
	struct cgroup made = { .v = v };

	for (size_t i = 0; i < cg->n && made.n < STATE_CGROUPS_MAX; i++)
		if (cg->v[i].made > 0)
			v[made.n++] = cg->v[i];
	return made;
}

int state_clear_leftovers(const struct record *record, struct error *err)
{
	struct cgroup_dir v[STATE_CGROUPS_MAX];
	struct cgroup made = made_by_berth(&record->cgroup, v);
	struct error ignored = ERROR_INIT;
	int r;

	if (!process_is_of_this_boot(&record->init)) {
		/*
		 * The processes ended with their boot, and the numbers belong to others now. Normally the
		 * cgroups are gone, too; what somebody has made since under these names stays if it is used.
		 */
		(void)cgroup_remove(&made, 0, &ignored);
		return 0;
	}
	kill_init(&record->init);
	r = cgroup_signal(&made, SIGKILL, err);
	if (r >= 0)
		r = cgroup_remove(&made, CGROUP_WAIT_MS, err);
	return r < 0 ? r : resctrl_remove(&record->resctrl, err);
}
