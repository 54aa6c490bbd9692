/* SPDX-License-Identifier: Apache-2.0 */
/* run: create and start in one, and in the foreground everything until the container is gone again. */
#define _GNU_SOURCE
#include "base/fd.h"
#include "libcontainer/run/await.h"
#include "libcontainer/run/destroy.h"
#include "libcontainer/run/execute.h"
#include "libcontainer/run/fault.h"
#include "libcontainer/run/hooks.h"
#include "libcontainer/run/notify.h"
#include "libcontainer/run/relay.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/pidfd.h"
#include "libcontainer/sys/process.h"
#include "libcontainer/sys/socket.h"

#include <errno.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define CONSOLE_DEADLINE_MS 10000
#define DRAIN_TIMEOUT_MS 5000

static struct relay relay = { .master = -1 };
static int notify = -1;

/* Init has sent the master before it arrived at OP_WAIT_START. */
static int console_open(struct execution *x, struct error *err)
{
	struct pollfd p = { .fd = x->console, .events = POLLIN };
	int r;

	if (x->console < 0)
		return 0;
	r = sys_poll(&p, 1, CONSOLE_DEADLINE_MS);
	r = r > 0 ? sys_receive_fd(x->console) : r < 0 ? r : -ETIMEDOUT;
	fd_close(&x->console);
	return r < 0 ? error_set(err, ERR_CONSOLE, -r, "was not sent by the container's init")
		     : relay_open(&relay, r, err);
}

static int run_start(struct execution *x, struct error *err)
{
	const struct start_wait wait = {
		.sock = x->wire,
		.pidfd = x->pidfd,
		.page = x->page,
		.record = &x->record,
		.watch = &x->watch,
		.message = &x->message,
	};
	uint32_t n_ops = x->program.header->n_ops;
	int r = notify_open(x->state_dir, &notify, err);

	if (r < 0)
		return r;
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

static int run_poststart(struct execution *x, struct error *err)
{
	int r;

	/* From here on other commands may work with the container, hooks among them. */
	(void)sys_flock(x->state_dir, LOCK_UN);
	if (x->record.poststart.n == 0)
		return 0;
	x->hooks_begun = true;
	trace_begin(&x->trace, "poststart", UINT32_MAX);
	fault_before(x->program.header->n_ops + 1);
	r = hooks_poststart(&x->record, x->pid, &x->watch, err);
	fault_after(x->program.header->n_ops + 1);
	trace_end(&x->trace);
	return r;
}

/* Orphans of the container that we have adopted, and init itself. */
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

static void forward_signals(struct execution *x)
{
	uint64_t pending = x->watch.pending;

	x->watch.pending = 0;
	for (int signum = 1; signum <= 64; signum++) {
		if (!(pending & 1ull << (signum - 1)))
			continue;
		if (signum == SIGCHLD)
			reap_all(x);
		else if (signum == SIGWINCH && relay.master >= 0)
			relay_resize(&relay);
		else
			(void)sys_pidfd_send_signal(x->pidfd, signum);
	}
}

/* Until init has ended. */
static int foreground(struct execution *x, struct error *err)
{
	int r = 0;

	x->watch.forward = true;
	while (!x->reaped) {
		struct pollfd p[3 + RELAY_POLLS] = {
			{ .fd = x->watch.fd, .events = POLLIN },
			{ .fd = x->pidfd, .events = POLLIN },
			{ .fd = notify, .events = POLLIN },
			{ .fd = -1 }, { .fd = -1 }, { .fd = -1 },
		};

		forward_signals(x);
		if (relay.master >= 0)
			relay_prepare(&relay, p + 3);
		r = sys_poll(p, ELEMENTSOF(p), -1);
		if (r < 0)
			return error_set(err, ERR_SYSTEM, -r, "cannot wait for the container");
		if (p[0].revents && watch_check(&x->watch, err) < 0)
			return -EIO;
		if (relay.master >= 0)
			relay_copy(&relay, p + 3);
		notify_read(&notify, x->pid);
		if (p[1].revents)
			(void)init_reap(x, 0);
	}
	if (relay.master >= 0)
		relay_drain(&relay, DRAIN_TIMEOUT_MS);
	return 0;
}

/* Another command may have deleted the container meanwhile, and even made a new one of that name. */
static int run_delete(struct execution *x, struct error *err)
{
	_cleanup_close_ int dir = -1;
	struct stat mine, present;
	int r = state_open(x->request->root, x->request->options->id, STATE_LOCK_EXCLUSIVE, &dir, err);

	if (r < 0 && err->code == ERR_CONTAINER_UNKNOWN) {
		error_clear(err);
		return 0;
	}
	if (r == 0)
		r = sys_fstat(dir, &present);
	if (r == 0)
		r = sys_fstat(x->state_dir, &mine);
	if (r < 0)
		return error_set(err, ERR_STATE_READ, -r, "%s", x->request->options->id);
	if (mine.st_ino != present.st_ino || mine.st_dev != present.st_dev)
		return 0;
	return container_destroy(x->request->root, x->request->options->id, dir, &x->record, err);
}

static int run_foreground(struct execution *x, bool keep, int *ret_status, struct error *err)
{
	int r = foreground(x, err);

	if (r < 0)
		return r;
	*ret_status = WIFSIGNALED(x->status) ? 128 + WTERMSIG(x->status) : WEXITSTATUS(x->status);
	relay_close(&relay);
	return keep ? 0 : run_delete(x, err);
}

static int run_until_started(struct execution *x, bool subreaper, struct error *err)
{
	int r = execution_walk(x, err);

	if (r == 0)
		r = console_open(x, err);
	if (r == 0 && subreaper) {
		r = sys_prctl(PR_SET_CHILD_SUBREAPER, 1);
		if (r < 0)
			r = error_set(err, ERR_SYSTEM, -r, "cannot become the reaper of orphans");
	}
	if (r == 0)
		r = run_start(x, err);
	if (r == 0)
		r = run_poststart(x, err);
	if (r == 0 && x->request->options->detached)
		r = notify_wait(&notify, x->pidfd, x->pid, &x->watch, err);
	return r == 0 ? trace_write(&x->trace, x->page, x->pid, err) : r;
}

int container_run(const struct launch_request *request, bool keep, bool no_subreaper, int *ret_status,
		  struct error *err)
{
	bool detached = request->options->detached;
	struct execution x;
	int r = execution_open(&x, request, true, err);

	*ret_status = 0;
	if (r == 0) {
		r = run_until_started(&x, !detached && !no_subreaper, err);
		if (r < 0)
			execution_undo(&x);
		else if (!detached)
			r = run_foreground(&x, keep, ret_status, err);
	}
	fd_close(&notify);
	relay_close(&relay);
	execution_done(&x);
	return r;
}
