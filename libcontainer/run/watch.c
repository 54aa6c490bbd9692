/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/run/watch.h"

#include "base/fd.h"
#include "libcontainer/sys/signal.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const struct {
	int signum;
	const char *name;
} interrupting[] = {
	{ SIGINT, "SIGINT" },
	{ SIGTERM, "SIGTERM" },
	{ SIGHUP, "SIGHUP" },
	{ SIGQUIT, "SIGQUIT" },
};

/* Meant for berth itself, because its own code caused them or because they are no requests. */
static const int own[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGPIPE };

int watch_open(struct watch *w, bool all, struct error *err)
{
	sigset_t set;
	int r;

	*w = WATCH_INIT;
	if (all) {
		sigfillset(&set);
		for (size_t i = 0; i < ELEMENTSOF(own); i++)
			sigdelset(&set, own[i]);
	} else {
		sigemptyset(&set);
		for (size_t i = 0; i < ELEMENTSOF(interrupting); i++)
			sigaddset(&set, interrupting[i].signum);
	}
	/* A caller that ignores SIGCHLD would make every wait for a child fail. */
	sys_signal_default(SIGCHLD);
	r = sys_signalfd(&set, &w->old_mask);
	if (r < 0)
		return error_set(err, ERR_SYSTEM, -r, "cannot watch signals");
	w->fd = r;
	return 0;
}

void watch_close(struct watch *w)
{
	if (w->fd < 0)
		return;
	fd_close(&w->fd);
	(void)sys_sigmask(&w->old_mask);
}

static const char *interrupting_name(int signum)
{
	for (size_t i = 0; i < ELEMENTSOF(interrupting); i++)
		if (interrupting[i].signum == signum)
			return interrupting[i].name;
	return NULL;
}

int watch_check(struct watch *w, struct error *err)
{
	int signum;

	if (!w || w->fd < 0)
		return 0;
	while ((signum = sys_signal_read(w->fd)) > 0) {
		if (!w->forward && interrupting_name(signum) && w->interrupted == 0)
			w->interrupted = signum;
		else if (signum <= 64)
			w->pending |= 1ull << (signum - 1);
	}
	if (signum < 0)
		return error_set(err, ERR_SYSTEM, -signum, "cannot read signals");
	if (w->interrupted && !w->forward)
		return error_set(err, ERR_INTERRUPTED, EINTR, "%s", interrupting_name(w->interrupted));
	return 0;
}
