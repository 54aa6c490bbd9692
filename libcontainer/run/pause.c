/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/run/container.h"
#include "libcontainer/run/run.h"

#define FREEZE_DEADLINE_MS 10000
#define THAW_DEADLINE_MS 5000

static int open_alive(const struct state_root *root, const char *id, struct container *c, struct error *err)
{
	int r = container_open(root, id, STATE_LOCK_EXCLUSIVE, c, err);

	return r < 0 ? r : container_check_alive(c, err);
}

int container_pause(const struct state_root *root, const char *id, struct error *err)
{
	_cleanup_container_ struct container c = CONTAINER_INIT;
	int r = open_alive(root, id, &c, err);

	if (r < 0)
		return r;
	if (c.status == STATUS_PAUSED)
		return error_set(err, ERR_CONTAINER_PAUSED, 0, "%s", id);
	return cgroup_freeze(&c.record.cgroup, FREEZE_DEADLINE_MS, err);
}

int container_resume(const struct state_root *root, const char *id, struct error *err)
{
	_cleanup_container_ struct container c = CONTAINER_INIT;
	int r = open_alive(root, id, &c, err);

	if (r < 0)
		return r;
	if (c.status != STATUS_PAUSED)
		return error_set(err, ERR_CONTAINER_NOT_PAUSED, 0, "%s", id);
	return cgroup_resume(&c.record.cgroup, THAW_DEADLINE_MS, err);
}
