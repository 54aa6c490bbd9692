/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/str.h"
#include "libcontainer/sys/process.h"

#include "libcontainer/sys/call.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The same on every architecture; old kernel headers do not have it. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#define CLOSE_RANGE_CLOEXEC_ 4u

/* The structure of the kernel, of which C libraries have old versions or none. */
struct sched_attr_ {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

int sys_execveat(int dirfd, const char *path, char *const argv[], char *const envp[], int flags)
{
	int r = SYS_FAULT("execveat");

	if (r == 0) {
		syscall(SYS_execveat, dirfd, path, argv, envp, flags);
		r = -errno;
	}
	return SYS_FAILED(r, "execveat(%d, \"%s\")", dirfd, path);
}

pid_t sys_reap(pid_t pid, int *ret_status, bool no_wait)
{
	pid_t r = SYS_FAULT("wait4");

	while (r == 0) {
		r = waitpid(pid, ret_status, no_wait ? WNOHANG : 0);
		if (r > 0 || (r == 0 && no_wait))
			return r;
		r = errno == EINTR ? 0 : -errno;
	}
	return SYS_FAILED(r, "wait4(%d)", (int)pid);
}

int sys_setns(int fd, int type)
{
	int r = SYS_FAULT("setns");

	if (r == 0)
		r = setns(fd, type) < 0 ? -errno : 0;
	return r < 0 ? SYS_FAILED(r, "setns(%d, 0x%x)", fd, (unsigned)type) : 0;
}

int sys_namespace_type(int fd)
{
	int r = SYS_FAULT("ioctl");

	if (r == 0) {
		r = ioctl(fd, NS_GET_NSTYPE);
		r = r < 0 ? -errno : r;
	}
	return r < 0 ? SYS_FAILED(r, "ioctl(%d, NS_GET_NSTYPE)", fd) : r;
}

/* Kernels before 5.11, and filters that forbid the call. */
static int cloexec_each(unsigned first)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *e;

	if (!dir)
		return -errno;
	while ((e = readdir(dir))) {
		uint32_t fd;

		if (str_to_u32(e->d_name, &fd) == 0 && fd >= first)
			fcntl((int)fd, F_SETFD, FD_CLOEXEC);
	}
	closedir(dir);
	return 0;
}

int sys_cloexec_from(unsigned first)
{
	int r = SYS_FAULT("close_range");

	if (r == 0) {
		r = syscall(SYS_close_range, first, ~0u, CLOSE_RANGE_CLOEXEC_) < 0 ? -errno : 0;
		if (r < 0)
			r = cloexec_each(first);
	}
	return r < 0 ? SYS_FAILED(r, "close_range(%u)", first) : 0;
}

int sys_prlimit(pid_t pid, unsigned resource, const uint64_t set[2], uint64_t old[2])
{
	int r = SYS_FAULT("prlimit64");

	if (r == 0)
		r = syscall(SYS_prlimit64, pid, resource, set, old) < 0 ? -errno : 0;
	return r < 0 ? SYS_FAILED(r, "prlimit64(%d, %u)", (int)pid, resource) : 0;
}

int sys_ioprio_set_process(pid_t pid, unsigned value)
{
	int r = SYS_FAULT("ioprio_set");

	if (r == 0)
		r = syscall(SYS_ioprio_set, 1 /* IOPRIO_WHO_PROCESS */, pid, value) < 0 ? -errno : 0;
	return r < 0 ? SYS_FAILED(r, "ioprio_set(%d, 0x%x)", (int)pid, value) : 0;
}

int sys_sched_setattr(pid_t pid, const struct sys_sched *sched)
{
	struct sched_attr_ attr = {
		.size = sizeof(attr),
		.policy = sched->policy,
		.flags = sched->flags,
		.nice = sched->nice,
		.priority = sched->priority,
		.runtime = sched->runtime,
		.deadline = sched->deadline,
		.period = sched->period,
	};
	int r = SYS_FAULT("sched_setattr");

	if (r == 0)
		r = syscall(SYS_sched_setattr, pid, &attr, 0) < 0 ? -errno : 0;
	return r < 0 ? SYS_FAILED(r, "sched_setattr(%d, policy %u)", (int)pid, sched->policy) : 0;
}

int sys_prctl(int option, unsigned long argument)
{
	int r = SYS_FAULT("prctl");

	if (r == 0) {
		r = prctl(option, argument, 0ul, 0ul, 0ul);
		r = r < 0 ? -errno : r;
	}
	return r < 0 ? SYS_FAILED(r, "prctl(%d, %lu)", option, argument) : r;
}

int sys_kill_group(pid_t pgid, int signum)
{
	int r = SYS_FAULT("kill");

	if (r == 0)
		r = kill(-pgid, signum) < 0 ? -errno : 0;
	return r < 0 ? SYS_FAILED(r, "kill(-%d, %d)", (int)pgid, signum) : 0;
}
