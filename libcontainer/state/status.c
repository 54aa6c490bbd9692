/* SPDX-License-Identifier: Apache-2.0 */
/* In which state a container is now. */
#define _GNU_SOURCE
#include "libcontainer/state/internal.h"

#include "base/fd.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>

const char *container_status_name(enum container_status status)
{
	static const char *const names[] = {
		[STATUS_CREATING] = "creating", [STATUS_CREATED] = "created", [STATUS_RUNNING] = "running",
		[STATUS_PAUSED] = "paused",	[STATUS_STOPPED] = "stopped",
	};

	return names[status];
}

/* True while somebody holds the lock. The probe has a descriptor of its own, so it takes nobody's lock. */
static bool is_locked(int at, const char *dir)
{
	_cleanup_close_ int fd = sys_openat(at, dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);

	return fd >= 0 && sys_flock(fd, LOCK_SH | LOCK_NB) == -EWOULDBLOCK;
}

/*
 * Reading freezer.state costs as much as everything else together, and `list` does this a thousand times.
 * A process frozen by the v1 freezer is never shown as sleeping (S) or stopped (T): it is D, or R in
 * kernels 6.1 to 6.7. A frozen process of v2 is shown as S.
 */
static bool may_be_frozen_v1(char letter)
{
	return letter != 'S' && letter != 'T' && letter != 't';
}

enum start_phase start_phase(int at, const char *dir)
{
	char path[STATE_PATH_MAX];
	struct stat st;
	int r;

	state_path(path, dir, STATE_START);
	r = sys_fstatat(at, path, &st, AT_SYMLINK_NOFOLLOW);
	if (r < 0) /* what cannot be told here is asked of the kernel */
		return r == -ENOENT ? START_DONE : START_ORDERED;
	return st.st_mode & S_IXUSR ? START_ORDERED : START_WAITS;
}

/*
 * Between the order and its end a start can be killed, which leaves the socket behind. Init closes its end
 * when it has the order, so the kernel knows the truth: only who still waits can be connected to. (Init
 * takes a connection that says nothing for nothing.)
 */
static bool still_waits(int at, const char *dir)
{
	_cleanup_close_ int fd = sys_openat(at, dir, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
	_cleanup_close_ int sock = fd < 0 ? fd : sys_socket_connect(SOCK_SEQPACKET, fd, STATE_START);

	return sock >= 0 || sock == -EAGAIN;
}

enum container_status record_status_at(int at, const char *dir, enum start_phase phase,
				       const struct record *record)
{
	const struct cgroup_dir *freezer = cgroup_freezer(&record->cgroup);
	char letter;

	if (!record->complete)
		return is_locked(at, dir) ? STATUS_CREATING : STATUS_STOPPED;
	/*
	 * The process is looked at last: as it lives, all that was read before is of the same container,
	 * although nobody holds its directory. No pidfd: nothing is sent, and what is read is true for one
	 * moment in either case.
	 */
	if (process_check(&record->init, &letter) < 0)
		return STATUS_STOPPED;
	/* Before "created": also a container that waits for start can be paused, and must be resumed then. */
	if (freezer && (freezer->version != 1 || may_be_frozen_v1(letter)) && cgroup_frozen(&record->cgroup) == 1)
		return STATUS_PAUSED;
	if (phase == START_ORDERED)
		phase = still_waits(at, dir) ? START_WAITS : START_DONE;
	return phase == START_WAITS ? STATUS_CREATED : STATUS_RUNNING;
}

bool summary_status(const struct record *summary, enum container_status *ret)
{
	char letter;

	if (process_check(&summary->init, &letter) < 0)
		*ret = STATUS_STOPPED;
	else if (summary->freezer_v1 && may_be_frozen_v1(letter))
		return false;
	else if (summary->cgroup.n > 0 && cgroup_frozen(&summary->cgroup) == 1)
		*ret = STATUS_PAUSED;
	else
		*ret = summary->started ? STATUS_RUNNING : STATUS_CREATED;
	return true;
}

enum container_status record_status(int dir, const struct record *record)
{
	return record_status_at(dir, ".", start_phase(dir, "."), record);
}

int state_start_ordered(int dir)
{
	int r = sys_unlinkat(dir, STATE_SUMMARY, 0);

	return r < 0 && r != -ENOENT ? r : sys_fchmodat(dir, STATE_START, 0700);
}

int state_start_done(int dir, const struct record *record)
{
	int r = sys_unlinkat(dir, STATE_START, 0);

	if (r < 0 && r != -ENOENT)
		return r;
	record_write_summary(dir, record);
	return 0;
}
