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

static int command_spawn(const struct command *c, struct command_process *p)
{
	struct sys_clone clone = { .cgroup = -1 };
	_cleanup_close_ int out = -1, err = -1;
	int q = sys_pipe_from_child(&p->output[0], &out);

	if (q == 0 && c->copy)
		q = sys_pipe_from_child(&p->output[1], &err);
	if (q < 0)
		return q;
	p->pid = sys_clone(&clone);
	if (p->pid == 0)
		child(c, (const int[]){ out, err < 0 ? out : err }, p->errnum);
	p->pidfd = clone.pidfd;
	return MIN(p->pid, 0);
}

/* Keeps the last bytes of the output. */
static void keep_tail(struct command_process *p, const char *data, size_t n)
{
	size_t keep;

	if (n >= sizeof(p->raw)) {
		memcpy(p->raw, data + n - sizeof(p->raw), sizeof(p->raw));
		p->tail_len = sizeof(p->raw);
		return;
	}
	keep = MIN(p->tail_len, sizeof(p->raw) - n);
	memmove(p->raw, p->raw + p->tail_len - keep, keep);
	memcpy(p->raw + keep, data, n);
	p->tail_len = keep + n;
}

static void keep_output(struct command_process *p, unsigned stream, const char *data, size_t n)
{
	keep_tail(p, data, n);
	if (p->copy)
		hook_output_append(p->copy, stream, data, n);
	if (!p->all)
		return;
	p->too_long |= p->all->len + n > COMMAND_OUTPUT_MAX;
	if (!p->too_long)
		buf_add(p->all, data, n);
}

/* Reads at most `chunks` pieces of what is there; closes the descriptor at its end. */
static void read_output(struct command_process *p, unsigned stream, unsigned chunks)
{
	static char buf[OUTPUT_CHUNK];

	while (p->output[stream] >= 0 && chunks-- > 0) {
		ssize_t n = read(p->output[stream], buf, sizeof(buf));

		if (n > 0)
			keep_output(p, stream, buf, (size_t)n);
		else if (n == 0 || (errno != EAGAIN && errno != EINTR))
			fd_close(&p->output[stream]);
		else
			return;
	}
}

static void process_kill(const struct command_process *p)
{
	(void)sys_kill_group(p->pid, SIGKILL);
	(void)sys_pidfd_send_signal(p->pidfd, SIGKILL);
}

static void command_kill(const struct command *c, const struct command_process *p)
{
	process_kill(p);
	descendants_kill(p->pid, c->other_child, p->adopting);
	/* Only when the program is dead, too, have its dead children all become ours. */
	if (sys_pidfd_wait(p->pidfd, KILL_DEADLINE_MS) > 0)
		descendants_reap(p->pid, c->other_child);
}

/* One line for people; blanks for line ends. */
static void format_tail(const struct command_process *p, struct command_result *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < p->tail_len; i++) {
		char ch = p->raw[i];

		if (ch == '\n' || ch == '\r' || ch == '\t' || ch == '\0')
			ch = ' ';
		if (ch != ' ' || (n > 0 && ret->tail[n - 1] != ' '))
			ret->tail[n++] = ch;
	}
	while (n > 0 && ret->tail[n - 1] == ' ')
		n--;
	ret->tail[n] = '\0';
}

static int command_reap(const struct command_process *p, int *ret_status, struct error *err)
{
	pid_t pid;

	if (sys_pidfd_wait(p->pidfd, 0) <= 0) {
		process_kill(p);
		(void)sys_pidfd_wait(p->pidfd, KILL_DEADLINE_MS);
	}
	pid = sys_reap(p->pid, ret_status, true);
	return pid < 0 ? error_set(err, ERR_SYSTEM, -pid, "cannot wait for process %d", (int)p->pid) : 0;
}

int command_start(const struct command *c, struct command_process *ret, struct error *err)
{
	void *errnum = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int r;

	*ret = COMMAND_PROCESS_INIT;
	if (errnum == MAP_FAILED)
		return error_set(err, ERR_NO_MEMORY, errno, "starting %s", c->path);
	ret->errnum = errnum;
	ret->copy = c->copy;
	ret->all = c->output;
	r = command_spawn(c, ret);
	return r < 0 ? error_set(err, ERR_SYSTEM, -r, "cannot start %s", c->path) : 0;
}

/* What the program leaves in the background is not waited for. */
int command_wait(const struct command *c, struct command_process *p, int answer, struct watch *watch,
		 struct command_result *ret, struct error *err)
{
	uint64_t deadline = c->timeout_ms ? sys_now_ms() + c->timeout_ms : 0;

	for (;;) {
		struct pollfd polls[] = {
			{ .fd = p->pidfd, .events = POLLIN },
			{ .fd = answer, .events = POLLIN },
			{ .fd = watch ? watch->fd : -1, .events = POLLIN },
			{ .fd = p->output[0], .events = POLLIN },
			{ .fd = p->output[1], .events = POLLIN },
		};
		uint64_t now = deadline ? sys_now_ms() : 0;
		int n;

		if (deadline && now >= deadline) {
			ret->timed_out = true;
			command_kill(c, p);
			return 0;
		}
		n = sys_poll(polls, ELEMENTSOF(polls), deadline ? (int)MIN(deadline - now, 1000000u) : -1);
		for (unsigned i = 0; n >= 0 && i < HOOK_STREAMS; i++)
			if (polls[3 + i].revents)
				read_output(p, i, 1);
		if (n < 0 || (polls[2].revents && watch_check(watch, err) < 0)) {
			command_kill(c, p);
			return n < 0 ? error_set(err, ERR_SYSTEM, -n, "cannot wait for %s", c->path) : -EINTR;
		}
		if (polls[0].revents || polls[1].revents)
			return 0;
	}
}

int command_end(struct command_process *p, struct command_result *ret, struct error *err)
{
	int r = 0;

	for (unsigned i = 0; i < HOOK_STREAMS; i++)
		read_output(p, i, 2);
	if (p->pid > 0)
		r = command_reap(p, &ret->status, err);
	if (p->errnum) {
		ret->errnum = *p->errnum;
		munmap((void *)(uintptr_t)p->errnum, sizeof(int));
	}
	ret->too_long = p->too_long;
	format_tail(p, ret);
	fd_close(&p->pidfd);
	for (unsigned i = 0; i < HOOK_STREAMS; i++)
		fd_close(&p->output[i]);
	*p = COMMAND_PROCESS_INIT;
	return r;
}

int command_run(const struct command *c, struct watch *watch, struct command_result *ret,
		struct error *err)
{
	struct command_process p = COMMAND_PROCESS_INIT;
	/* So that what the program detaches from itself can still be found when its time is over. */
	bool adopting = c->timeout_ms && descendants_adopt(true) > 0;
	int r, q;

	*ret = (struct command_result){ 0 };
	r = command_start(c, &p, err);
	p.adopting = adopting;
	if (r == 0)
		r = command_wait(c, &p, -1, watch, ret, err);
	q = command_end(&p, ret, err);
	if (adopting)
		(void)descendants_adopt(false);
	return r < 0 ? r : q;
}
