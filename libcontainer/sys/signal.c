/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/signal.h"

#include "base/fd.h"
#include "libcontainer/sys/call.h"

#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

int sys_signalfd(const sigset_t *set, sigset_t *ret_old)
{
	int r = SYS_FAULT("signalfd4");

	if (r == 0)
		r = sigprocmask(SIG_BLOCK, set, ret_old) < 0 ? -errno : 0;
	if (r == 0) {
		r = signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK);
		if (r >= 0)
			return r;
		r = -errno;
		sigprocmask(SIG_SETMASK, ret_old, NULL);
	}
	return SYS_FAILED(r, "signalfd4()%s", "");
}

int sys_signal_read(int fd)
{
	struct signalfd_siginfo info;
	ssize_t n = read(fd, &info, sizeof(info));

	if (n == (ssize_t)sizeof(info))
		return (int)info.ssi_signo;
	return n < 0 && errno != EAGAIN && errno != EINTR ? SYS_FAILED(-errno, "read(%d)", fd) : 0;
}

int sys_sigmask(const sigset_t *set)
{
	int r = SYS_FAULT("rt_sigprocmask");

	if (r == 0)
		r = sigprocmask(SIG_SETMASK, set, NULL) < 0 ? -errno : 0;
	return r < 0 ? SYS_FAILED(r, "rt_sigprocmask()%s", "") : 0;
}

void sys_signal_reset(void)
{
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		if (i != SIGKILL && i != SIGSTOP)
			signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void sys_signal_default(int signum)
{
	signal(signum, SIG_DFL);
}
