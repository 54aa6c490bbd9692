/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/pidfd.h"

#include "base/fd.h"
#include "libcontainer/sys/call.h"

#include <poll.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same on every architecture; old kernel headers do not have them. */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

int sys_pidfd_open(pid_t pid)
{
	int r = SYS_FAULT("pidfd_open");

	if (r == 0) {
		r = (int)syscall(SYS_pidfd_open, pid, 0);
		if (r < 0)
			r = -errno;
	}
	return r < 0 ? SYS_FAILED(r, "pidfd_open(%d)", (int)pid) : r;
}

int sys_pidfd_send_signal(int pidfd, int signum)
{
	int r = SYS_FAULT("pidfd_send_signal");

	if (r == 0)
		r = syscall(SYS_pidfd_send_signal, pidfd, signum, NULL, 0) < 0 ? -errno : 0;
	return r < 0 ? SYS_FAILED(r, "pidfd_send_signal(%d, %d)", pidfd, signum) : 0;
}

int sys_pidfd_usable(void)
{
	_cleanup_close_ int fd = sys_pidfd_open(getpid());

	return fd < 0 ? fd : sys_pidfd_send_signal(fd, 0);
}

int sys_pidfd_getfd(int pidfd, int fd)
{
	int r = SYS_FAULT("pidfd_getfd");

	if (r == 0) {
		r = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
		if (r < 0)
			r = -errno;
	}
	return r < 0 ? SYS_FAILED(r, "pidfd_getfd(%d, %d)", pidfd, fd) : r;
}

int sys_pidfd_wait(int pidfd, int timeout_ms)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	int r = SYS_FAULT("poll");

	if (r == 0) {
		r = poll(&p, 1, timeout_ms);
		if (r < 0)
			r = errno == EINTR ? 0 : -errno;
	}
	return r < 0 ? SYS_FAILED(r, "poll(%d, %d)", pidfd, timeout_ms) : r;
}
