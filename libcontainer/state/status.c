/* SPDX-License-Identifier: Apache-2.0 */
/* In which state a container is now. */
#define _GNU_SOURCE
#include "libcontainer/state/internal.h"

#include "base/fd.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

const char *container_status_name(enum container_status status)
{
	static const char *const names[] = {
		[STATUS_CREATING] = "creating", [STATUS_CREATED] = "created", [STATUS_RUNNING] = "running",
		[STATUS_PAUSED] = "paused",	[STATUS_STOPPED] = "stopped",
	};

	return names[status];
}

/* True while somebody holds the lock. The probe has a descriptor of its own, so it takes nobody's lock. */
static bool is_locked(int dir)
{
	_cleanup_close_ int fd = sys_openat(dir, ".", O_RDONLY | O_DIRECTORY, 0);

	return fd >= 0 && sys_flock(fd, LOCK_SH | LOCK_NB) == -EWOULDBLOCK;
}

/*
 * Reading freezer.state costs as much as everything else together, and `list` does this a thousand times.
 * A process frozen by the v1 freezer is never shown as sleeping (S) or stopped (T): it is D, or R in
 * kernels 6.1 to 6.7. A frozen process of v2 is shown as S.
 */
static bool may_be_frozen(const struct cgroup *cg, char letter)
{
	if (letter != 'S' && letter != 'T' && letter != 't')
		return true;
	for (size_t i = 0; i < cg->n; i++)
		if (cg->v[i].version == 1 && strstr(cg->v[i].controllers, "freezer"))
			return false;
	return true;
}

enum container_status record_status(int dir, const struct record *record)
{
	uint64_t start_time;
	char letter;
	struct stat st;

	if (!record->complete)
		return is_locked(dir) ? STATUS_CREATING : STATUS_STOPPED;
	/* No pidfd: nothing is sent, and what is read is true for one moment in either case. */
	if (record->init.pid <= 0 || !process_is_of_this_boot(&record->init) ||
	    process_stat(record->init.pid, &letter, &start_time) < 0 ||
	    start_time != record->init.start_time || process_letter_is_gone(letter))
		return STATUS_STOPPED;
	/* Before "created": also a container that waits for start can be paused, and must be resumed then. */
	if (may_be_frozen(&record->cgroup, letter) && cgroup_frozen(&record->cgroup) == 1)
		return STATUS_PAUSED;
	return sys_fstatat(dir, STATE_START, &st, AT_SYMLINK_NOFOLLOW) == 0 ? STATUS_CREATED : STATUS_RUNNING;
}
