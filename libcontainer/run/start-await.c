/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wait for the user's program. Init's end of the connection is close-on-exec: its end without a
 * message means that the program was executed, or that init was killed; the page tells which.
 */
#define _GNU_SOURCE
#include "base/buf.h"
#include "base/fd.h"
#include "libcontainer/run/await.h"
#include "libcontainer/run/execute.h"
#include "libcontainer/run/hooks.h"
#include "libcontainer/run/listener.h"
#include "libcontainer/sys/pidfd.h"
#include "libcontainer/sys/socket.h"

#include <errno.h>

#define LISTENER_POLL_MS 1

/* The end of the connection. An init that is killed at its execve counts as a program that was killed. */
static int connection_ended(const struct start_wait *w, struct error *err)
{
	return init_had_executed(w->page) ? 0 : init_died(w->page, -1, &w->record->cgroup, err);
}

/* 1: it was no more than words of a hook. */
static int on_message(const struct start_wait *w, struct error *err)
{
	int r = message_receive(w->sock, w->message, NULL);

	if (r == 0 || r == -ECONNRESET)
		return connection_ended(w, err);
	if (r < 0)
		return error_set(err, ERR_MESSAGE_INVALID, -r, "cannot be received");
	if (init_hook_wrote(w->message, w->output))
		return 1;
	if (w->message->type == MESSAGE_ERROR)
		return init_reported(w->message, err);
	return error_set(err, ERR_MESSAGE_INVALID, 0, "type %u", w->message->type);
}

int start_await(const struct start_wait *w, struct error *err)
{
	bool listener = w->record->seccomp_listener_path != NULL;

	for (;;) {
		struct pollfd p[] = {
			{ .fd = w->sock, .events = POLLIN },
			{ .fd = w->pidfd, .events = POLLIN },
			{ .fd = w->watch ? w->watch->fd : -1, .events = POLLIN },
		};
		int r;

		/* Under its filter init may be unable to say that it has a listener: the page says it. */
		if (listener && __atomic_load_n(&w->page->listener_fd, __ATOMIC_ACQUIRE)) {
			listener = false;
			r = listener_deliver(w->record, w->pid, w->pidfd, w->page, err);
			if (r < 0)
				return r;
		}
		r = sys_poll(p, ELEMENTSOF(p), listener ? LISTENER_POLL_MS : -1);
		if (r < 0)
			return error_set(err, ERR_SYSTEM, -r, "cannot wait for the container's init");
		if (p[0].revents) {
			r = on_message(w, err);
			if (r <= 0)
				return r;
		} else if (p[1].revents) {
			return connection_ended(w, err);
		}
		if (p[2].revents && watch_check(w->watch, err) < 0)
			return -EINTR;
	}
}
