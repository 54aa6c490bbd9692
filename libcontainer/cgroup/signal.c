/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals to all processes of a container.
 *
 * A number read from cgroup.procs can belong to another process by the time it is used (a process of the
 * host would be hit). So processes are first held by pidfd, then the lists are read again, and a signal
 * is sent only for numbers that are still there: a pidfd that was opened before cannot mean a process
 * that got the number later.
 */
#define _GNU_SOURCE
#include "libcontainer/cgroup/internal.h"

#include "base/fd.h"
#include "libcontainer/sys/clock.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/pidfd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#define BATCH 128           /* descriptors held at a time */
#define KILL_DEADLINE_MS 3000
#define FREEZE_MS 300

/* Opens up to BATCH of list->v[at...]; returns how many numbers were used up. */
static size_t open_batch(const struct pid_list *list, size_t at, int fds[BATCH], int *ret_error)
{
	size_t n = 0;

	while (n < BATCH && at + n < list->n) {
		fds[n] = sys_pidfd_open(list->v[at + n]);
		if (fds[n] < 0 && fds[n] != -ESRCH) {
			/* Out of descriptors: go on with what there is. */
			*ret_error = n > 0 && (fds[n] == -EMFILE || fds[n] == -ENFILE) ? 0 : fds[n];
			break;
		}
		n++;
	}
	return n;
}

/* Signals the processes of the list; those that got the signal are added to done. */
static int signal_list(const struct cgroup *cg, const struct pid_list *list, int signum,
		       struct pid_list *done)
{
	_cleanup_pid_list_ struct pid_list still = { 0 };
	int fds[BATCH], r = 0;
	size_t n;

	for (size_t at = 0; r == 0 && at < list->n; at += n) {
		n = open_batch(list, at, fds, &r);
		if (r == 0)
			r = cgroup_all_pids(cg, true, &still);
		for (size_t i = 0; i < n; i++) {
			pid_t pid = list->v[at + i];

			if (fds[i] >= 0 && r == 0 && pid_list_has(&still, pid) &&
			    sys_pidfd_send_signal(fds[i], signum) == 0)
				r = pid_list_add(done, pid);
			fd_close(&fds[i]);
		}
	}
	return r;
}

/* cgroup.kill takes everything below at once, also what is being forked. */
static int kill_v2(const struct cgroup *cg, struct pid_list *done)
{
	const struct cgroup_dir *d = cgroup_find(cg, NULL);
	const struct cgroup one = { .v = (struct cgroup_dir *)d, .n = 1 };
	struct error ignored = ERROR_INIT;
	_cleanup_close_ int fd = -1;
	int r;

	if (!d)
		return 0;
	/* Empty also when the caller is in there, and would kill itself. */
	r = cgroup_all_pids(&one, true, done);
	if (r < 0 || done->n == 0)
		return r;
	fd = cgroup_open(d->dir, d->version, O_PATH, &ignored);
	if (fd < 0 || sys_write_file(fd, "cgroup.kill", "1") < 0)
		done->n = 0; /* too old, or gone meanwhile: one by one */
	return 0;
}

static bool all_done(const struct pid_list *list, const struct pid_list *done)
{
	for (size_t i = 0; i < list->n; i++)
		if (!pid_list_has(done, list->v[i]))
			return false;
	return true;
}

/*
 * One attempt, where there is no cgroup.kill: freeze, so that nothing can fork away, signal, thaw. A freezer
 * that does not settle in time, or that holds the caller, is no reason to stop: the next round takes what has
 * been forked.
 */
static int kill_round(const struct cgroup *cg, struct pid_list *done)
{
	const struct cgroup_dir *freezer = cgroup_freezer(cg);
	const struct cgroup one = { .v = (struct cgroup_dir *)freezer, .n = 1 };
	_cleanup_pid_list_ struct pid_list list = { 0 };
	struct error ignored = ERROR_INIT;
	bool frozen = false;
	int r = 0;

	if (freezer) {
		r = cgroup_all_pids(&one, true, &list);
		if (r == 0 && list.n > 0)
			frozen = cgroup_freeze(&one, FREEZE_MS, &ignored) == 0;
	}
	if (r == 0)
		r = cgroup_all_pids(cg, true, &list);
	if (r == 0)
		r = signal_list(cg, &list, SIGKILL, done);
	pid_list_sort(done);
	if (frozen)
		(void)cgroup_thaw(&one, &ignored);
	return r;
}

static int kill_all(const struct cgroup *cg, struct pid_list *done)
{
	uint64_t end = sys_now_ms() + KILL_DEADLINE_MS;
	_cleanup_pid_list_ struct pid_list list = { 0 };
	int r = kill_v2(cg, done);

	while (r == 0) {
		r = cgroup_all_pids(cg, true, &list);
		if (r < 0 || all_done(&list, done))
			break;
		if (sys_now_ms() >= end)
			return -ETIMEDOUT;
		r = kill_round(cg, done);
	}
	return r;
}

int cgroup_signal(const struct cgroup *cg, int signum, struct error *err)
{
	_cleanup_pid_list_ struct pid_list list = { 0 }, done = { 0 };
	struct error ignored = ERROR_INIT;
	int r;

	if (signum == SIGKILL) {
		r = kill_all(cg, &done);
		/* A paused container, or one that froze a part of itself, dies only when thawed. */
		(void)cgroup_thaw(cg, &ignored);
	} else {
		r = cgroup_all_pids(cg, true, &list);
		if (r == 0)
			r = signal_list(cg, &list, signum, &done);
	}
	if (r < 0)
		return error_set(err, ERR_CGROUP, -r, "processes cannot all be signalled");
	return (int)done.n;
}
