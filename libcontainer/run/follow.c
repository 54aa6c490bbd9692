/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/run/follow.h"

#include "base/fd.h"
#include "libcontainer/run/await.h"
#include "libcontainer/run/fault.h"
#include "libcontainer/run/notify.h"
#include "libcontainer/sys/pidfd.h"
#include "libcontainer/sys/process.h"
#include "libcontainer/sys/socket.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define CONSOLE_DEADLINE_MS 10000
#define DRAIN_TIMEOUT_MS 5000

void follow_init(struct follow *f)
{
	f->relay.master = -1;
	f->notify = -1;
}

static int take_console(struct follow *f, struct execution *x, struct error *err)
{
	struct pollfd p = { .fd = x->console, .events = POLLIN };
	int r;

	if (x->console < 0)
		return 0;
	r = sys_poll(&p, 1, CONSOLE_DEADLINE_MS);
	r = r > 0 ? sys_receive_fd(x->console) : r < 0 ? r : -ETIMEDOUT;
	fd_close(&x->console);
	return r < 0 ? error_set(err, ERR_CONSOLE, -r, "was not sent by the container's init")
		     : relay_open(&f->relay, r, err);
}

static int adopt_orphans(struct error *err)
{
	int r = sys_prctl(PR_SET_CHILD_SUBREAPER, 1);

	return r < 0 ? error_set(err, ERR_SYSTEM, -r, "cannot become the reaper of orphans") : 0;
}

int follow_walk(struct follow *f, struct execution *x, bool subreaper, struct error *err)
{
	int r = execution_walk(x, err);

	if (r == 0)
		r = take_console(f, x, err);
	return r == 0 && subreaper ? adopt_orphans(err) : r;
}

int follow_start(struct execution *x, struct error *err)
{
	const struct start_wait wait = {
		.sock = x->wire,
		.pid = x->pid,
		.pidfd = x->pidfd,
		.page = x->page,
		.record = &x->record,
		.watch = &x->watch,
		.message = &x->message,
		.output = &x->hook_output,
	};
	uint32_t n_ops = x->program.header->n_ops;
	int r;

	trace_begin(&x->trace, "start", UINT32_MAX);
	fault_before(n_ops);
	r = message_send(x->wire, MESSAGE_GO, x->program.header->wait, NULL, 0, -1);
	/* Whether it died right now or reported an error just before is in the queue of the wire. */
	if (r == 0 || r == -EPIPE || r == -ECONNRESET)
		r = start_await(&wait, err);
	else
		r = error_set(err, ERR_SYSTEM, -r, "cannot give the order to start");
	fault_after(n_ops);
	trace_end(&x->trace);
	return r;
}

/* Orphans of the container that we have adopted, and the process itself. */
static void reap_all(struct execution *x)
{
	int status;
	pid_t pid;

	while ((pid = sys_reap(-1, &status, true)) > 0) {
		if (pid != x->pid)
			continue;
		x->reaped = true;
		x->status = status;
	}
}

static void forward_signals(struct follow *f, struct execution *x)
{
	uint64_t pending = x->watch.pending;

	x->watch.pending = 0;
	for (int signum = 1; signum <= 64; signum++) {
		if (!(pending & 1ull << (signum - 1)))
			continue;
		if (signum == SIGCHLD)
			reap_all(x);
		else if (signum == SIGWINCH && f->relay.master >= 0)
			relay_resize(&f->relay);
		else
			(void)sys_pidfd_send_signal(x->pidfd, signum);
	}
}

static int follow_process(struct follow *f, struct execution *x, struct error *err)
{
	int r = 0;

	x->watch.forward = true;
	while (!x->reaped) {
		struct pollfd p[3 + RELAY_POLLS] = {
			{ .fd = x->watch.fd, .events = POLLIN },
			{ .fd = x->pidfd, .events = POLLIN },
			{ .fd = f->notify, .events = POLLIN },
			{ .fd = -1 }, { .fd = -1 }, { .fd = -1 },
		};

		forward_signals(f, x);
		if (f->relay.master >= 0)
			relay_prepare(&f->relay, p + 3);
		r = sys_poll(p, ELEMENTSOF(p), -1);
		if (r < 0)
			return error_set(err, ERR_SYSTEM, -r, "cannot wait for the container");
		if (p[0].revents && watch_check(&x->watch, err) < 0)
			return -EIO;
		if (f->relay.master >= 0)
			relay_copy(&f->relay, p + 3);
		(void)notify_read(f->notify, x->pid);
		if (p[1].revents)
			(void)init_reap(x, 0);
	}
	if (f->relay.master >= 0)
		relay_drain(&f->relay, DRAIN_TIMEOUT_MS);
	return 0;
}

int follow_end(struct follow *f, struct execution *x, int *ret_status, struct error *err)
{
	int r = follow_process(f, x, err);

	if (r < 0)
		return r;
	*ret_status = WIFSIGNALED(x->status) ? 128 + WTERMSIG(x->status) : WEXITSTATUS(x->status);
	relay_close(&f->relay);
	return 0;
}

void follow_done(struct follow *f)
{
	fd_close(&f->notify);
	relay_close(&f->relay);
}
