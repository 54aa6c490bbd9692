/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/run/command.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/run/descendants.h"
#include "libcontainer/sys/clock.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/pidfd.h"
#include "libcontainer/sys/process.h"
#include "libcontainer/sys/signal.h"
#include "libcontainer/sys/socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define KILL_DEADLINE_MS 5000
#define OUTPUT_CHUNK 65536
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

struct running {
	pid_t pid;
	int pidfd;
	int output[HOOK_STREAMS]; /* -1: closed; without a copy the first one is for both */
	struct hook_output *copy;
	bool adopting; /* orphans of the program become ours */
	struct buf *all;
	bool too_long;
	size_t tail_len;
	char raw[COMMAND_TAIL_SIZE];
};

bool command_find(const char *name, char *buf, size_t size)
{
	const char *path = getenv("PATH");

	if (str_is_empty(path))
		path = DEFAULT_PATH;
	while (*path) {
		size_t n = strcspn(path, ":");

		if (path[0] == '/' && (size_t)snprintf(buf, size, "%.*s/%s", (int)n, path, name) < size &&
		    sys_can_run(buf))
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}

/* The child. The errno of a failure goes back through a page that both share. */
static void _noreturn_ child(const struct command *c, const int output[HOOK_STREAMS], volatile int *errnum)
{
	sys_signal_reset();
	if (setsid() < 0 || dup2(c->input, STDIN_FILENO) < 0 || dup2(output[0], STDOUT_FILENO) < 0 ||
	    dup2(output[1], STDERR_FILENO) < 0)
		*errnum = errno;
	else if (sys_cloexec_from(3) < 0)
		*errnum = EIO;
	else if (chdir(c->cwd) < 0 && chdir("/") < 0)
		*errnum = errno;
	else {
		execve(c->path, c->argv, c->envp);
		*errnum = errno;
	}
	_exit(127);
}

static int command_spawn(const struct command *c, struct running *r, volatile int *errnum)
{
	struct sys_clone clone = { .cgroup = -1 };
	_cleanup_close_ int out = -1, err = -1;
	int q = sys_pipe_from_child(&r->output[0], &out);

	if (q == 0 && c->copy)
		q = sys_pipe_from_child(&r->output[1], &err);
	if (q < 0)
		return q;
	r->pid = sys_clone(&clone);
	if (r->pid == 0)
		child(c, (const int[]){ out, err < 0 ? out : err }, errnum);
	r->pidfd = clone.pidfd;
	return MIN(r->pid, 0);
}

/* Keeps the last bytes of the output. */
static void keep_tail(struct running *r, const char *data, size_t n)
{
	size_t keep;

	if (n >= sizeof(r->raw)) {
		memcpy(r->raw, data + n - sizeof(r->raw), sizeof(r->raw));
		r->tail_len = sizeof(r->raw);
		return;
	}
	keep = MIN(r->tail_len, sizeof(r->raw) - n);
	memmove(r->raw, r->raw + r->tail_len - keep, keep);
	memcpy(r->raw + keep, data, n);
	r->tail_len = keep + n;
}

static void keep_output(struct running *r, unsigned stream, const char *data, size_t n)
{
	keep_tail(r, data, n);
	if (r->copy)
		hook_output_append(r->copy, stream, data, n);
	if (!r->all)
		return;
	r->too_long |= r->all->len + n > COMMAND_OUTPUT_MAX;
	if (!r->too_long)
		buf_add(r->all, data, n);
}

/* Reads at most `chunks` pieces of what is there; closes the descriptor at its end. */
static void read_output(struct running *r, unsigned stream, unsigned chunks)
{
	static char buf[OUTPUT_CHUNK];

	while (r->output[stream] >= 0 && chunks-- > 0) {
		ssize_t n = read(r->output[stream], buf, sizeof(buf));

		if (n > 0)
			keep_output(r, stream, buf, (size_t)n);
		else if (n == 0 || (errno != EAGAIN && errno != EINTR))
			fd_close(&r->output[stream]);
		else
			return;
	}
}

static void command_kill(const struct command *c, struct running *r)
{
	(void)sys_kill_group(r->pid, SIGKILL);
	(void)sys_pidfd_send_signal(r->pidfd, SIGKILL);
	descendants_kill(r->pid, c->other_child, r->adopting);
	/* Only when the program is dead, too, have its dead children all become ours. */
	if (sys_pidfd_wait(r->pidfd, KILL_DEADLINE_MS) > 0)
		descendants_reap(r->pid, c->other_child);
}

/* Until the program itself has ended: what it leaves in the background is not waited for. */
static int supervise(const struct command *c, struct running *r, struct watch *watch,
		     struct command_result *ret, struct error *err)
{
	uint64_t deadline = c->timeout_ms ? sys_now_ms() + c->timeout_ms : 0;

	for (;;) {
		struct pollfd p[] = {
			{ .fd = r->pidfd, .events = POLLIN },
			{ .fd = watch ? watch->fd : -1, .events = POLLIN },
			{ .fd = r->output[0], .events = POLLIN },
			{ .fd = r->output[1], .events = POLLIN },
		};
		uint64_t now = deadline ? sys_now_ms() : 0;
		int n;

		if (deadline && now >= deadline) {
			ret->timed_out = true;
			command_kill(c, r);
			return 0;
		}
		n = sys_poll(p, ELEMENTSOF(p), deadline ? (int)MIN(deadline - now, 1000000u) : -1);
		for (unsigned i = 0; n >= 0 && i < HOOK_STREAMS; i++)
			if (p[2 + i].revents)
				read_output(r, i, 1);
		if (n < 0 || (p[1].revents && watch_check(watch, err) < 0)) {
			command_kill(c, r);
			return n < 0 ? error_set(err, ERR_SYSTEM, -n, "cannot wait for %s", c->path) : -EINTR;
		}
		if (p[0].revents)
			return 0;
	}
}

/* One line for people; blanks for line ends. */
static void format_tail(const struct running *r, struct command_result *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < r->tail_len; i++) {
		char ch = r->raw[i];

		if (ch == '\n' || ch == '\r' || ch == '\t' || ch == '\0')
			ch = ' ';
		if (ch != ' ' || (n > 0 && ret->tail[n - 1] != ' '))
			ret->tail[n++] = ch;
	}
	while (n > 0 && ret->tail[n - 1] == ' ')
		n--;
	ret->tail[n] = '\0';
}

static int command_reap(struct running *r, struct command_result *ret, struct error *err)
{
	pid_t pid = sys_reap(r->pid, &ret->status, true);

	return pid < 0 ? error_set(err, ERR_SYSTEM, -pid, "cannot wait for process %d", (int)r->pid) : 0;
}

int command_run(const struct command *c, struct watch *watch, struct command_result *ret,
		struct error *err)
{
	struct running run = { .pidfd = -1, .output = { -1, -1 }, .copy = c->copy, .all = c->output };
	int *errnum, r, q;

	*ret = (struct command_result){ 0 };
	errnum = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (errnum == MAP_FAILED)
		return error_set(err, ERR_NO_MEMORY, errno, "starting %s", c->path);
	/* So that what the program detaches from itself can still be found when its time is over. */
	run.adopting = c->timeout_ms && descendants_adopt(true) > 0;
	r = command_spawn(c, &run, errnum);
	if (r < 0)
		r = error_set(err, ERR_SYSTEM, -r, "cannot start %s", c->path);
	else {
		r = supervise(c, &run, watch, ret, err);
		for (unsigned i = 0; i < HOOK_STREAMS; i++)
			read_output(&run, i, 2);
	}
	if (run.pid > 0) {
		q = command_reap(&run, ret, err);
		r = r < 0 ? r : q;
	}
	if (run.adopting)
		(void)descendants_adopt(false);
	ret->errnum = *errnum;
	ret->too_long = run.too_long;
	format_tail(&run, ret);
	munmap(errnum, sizeof(int));
	fd_close(&run.pidfd);
	for (unsigned i = 0; i < HOOK_STREAMS; i++)
		fd_close(&run.output[i]);
	return r;
}
