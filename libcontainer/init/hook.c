/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/init/init.h"
#include "libcontainer/sys/child.h"
#include "libcontainer/sys/cred.h"
#include "libcontainer/sys/file.h"

#include <limits.h>
#include <linux/close_range.h>
#include <linux/prctl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Hooks in the container's namespaces: createContainer while the host's root is still there,
 * startContainer inside. Their output is captured: engines pass pipes and wait for their end, so a hook
 * that leaves a daemon behind must not hold them. Where a file is to keep it, the runtime writes that: a hook
 * inside could do more with a file of the host than append to it.
 */

#define TAIL_MAX 512u
#define STREAMS 2
#define TICK_MS 20           /* without a pidfd */
#define DRAIN_MAX (64 << 10) /* what a pipe holds */

struct hook {
	const struct op_hook *op;
	const char *kind;
	pid_t pid;
	int report;     /* gets the errno of a failed execve */
	int output[STREAMS]; /* -1 after its end; the second one is for standard error where that is kept apart */
	bool keep[STREAMS];  /* a file gets it */
	bool apart;
	int pidfd;      /* -1: not to be had */
	uint64_t deadline; /* ns, 0: none */
	size_t len;
	char tail[TAIL_MAX];
};

static void hook_done(struct hook *h)
{
	fd_close(&h->report);
	fd_close(&h->output[0]);
	fd_close(&h->output[1]);
	fd_close(&h->pidfd);
}

/* The state document as a file in memory: unlike a pipe it can neither block nor break. */
static int hook_input(struct init *i, const char *status)
{
	const struct program_header *header = i->program.header;
	const char *parts[] = {
		program_str(&i->program, header->state_head), status, "\",\"pid\":", NULL,
		program_str(&i->program, header->state_tail),
	};
	_cleanup_close_ int fd = sys_memfd("state");
	char pid[16];
	size_t k;
	int r = MIN(fd, 0);

	(void) snprintf(pid, sizeof(pid), "%d", (int) getpid());
	parts[3] = pid;
	for (k = 0; k < ELEMENTSOF(parts) && r == 0; k++)
		if (parts[k])
			r = sys_write_all(fd, parts[k], strlen(parts[k]));
	if (r == 0 && lseek(fd, 0, SEEK_SET) < 0)
		r = -errno;
	return r < 0 ? r : fd_steal(&fd);
}

static _noreturn_ void hook_child(const struct init *i, const char *path, char **argv, char **envp,
				  const int fds[3], int report)
{
	int r = 0, k;

	/* The group is what a timeout kills; the signal does it when init dies. */
	(void) setpgid(0, 0);
	(void) sys_prctl(PR_SET_PDEATHSIG, SIGKILL, 0);
	if (!i->entered)
		umask(0022);
	for (k = 0; k < 3 && r >= 0; k++)
		r = sys_dup2(fds[k], k);
	/* Ours are close-on-exec already; those that the program is to inherit are not. */
	(void) sys_close_range(3, UINT_MAX, CLOSE_RANGE_CLOEXEC);
	if (r >= 0)
		r = sys_execve(path, argv, envp);
	(void) sys_write(report, &r, sizeof(r));
	_exit(1);
}

/* Keeps the end of what was written. 0 when there is nothing (more) to read now. */
static ssize_t hook_read(const struct init *i, struct hook *h, unsigned stream)
{
	char buf[1024];
	ssize_t n = sys_read(h->output[stream], buf, sizeof(buf));
	size_t keep, new;

	if (n <= 0) {
		if (n != -EAGAIN)
			fd_close(&h->output[stream]);
		return 0;
	}
	/* A killed runtime or `start` keeps nothing; what becomes of us is decided elsewhere. */
	if (h->keep[stream])
		(void) message_send(i->fd_start >= 0 ? i->fd_start : i->fd_wire, MESSAGE_STDOUT + stream, i->at, buf,
				    (uint32_t) n, -1);
	new = MIN((size_t) n, sizeof(h->tail));
	keep = MIN(h->len, sizeof(h->tail) - new);
	memmove(h->tail, h->tail + h->len - keep, keep);
	memcpy(h->tail + keep, buf + (size_t) n - new, new);
	h->len = keep + new;
	return n;
}

/* The output as one line, as the cause of the error. */
static int hook_fail(const struct init *i, struct hook *h, struct error *err, const char *what, int number)
{
	char text[TAIL_MAX + 1];
	size_t k;

	while (h->len > 0 && (h->tail[h->len - 1] == '\n' || h->tail[h->len - 1] == ' '))
		h->len--;
	for (k = 0; k < h->len; k++)
		text[k] = (char) (h->tail[k] == '\n' || h->tail[k] == '\0' ? ' ' : h->tail[k]);
	text[h->len] = '\0';
	(void) error_set(err, ERR_HOOK, 0, "%s hook %u (%s): %s %d", h->kind, h->op->index,
			 program_str(&i->program, h->op->path), what, number);
	if (h->len)
		error_add_cause(err, "%s", text);
	return -ECHILD;
}

/*
 * Until the hook itself has ended, not until its output has: a daemon that it left may hold that open
 * for ever. 1: ended; 0: its time is over.
 */
static int hook_wait(const struct init *i, struct hook *h, int *ret_status)
{
	for (;;) {
		int timeout = h->pidfd < 0 ? TICK_MS : -1, r;

		if (h->deadline) {
			uint64_t now = clock_now(i), left = now < h->deadline ? h->deadline - now : 0;

			if (left == 0)
				return sys_wait_nohang(h->pid, ret_status);
			left = left / 1000000 + 1;
			timeout = timeout < 0 || left < (uint64_t) timeout ? (int) MIN(left, INT_MAX) : timeout;
		}
		r = sys_poll3((const int[]){ h->output[0], h->output[1], h->pidfd }, timeout);
		if (r < 0)
			return r;
		for (unsigned k = 0; k < STREAMS; k++)
			if (r & 1 << k)
				(void) hook_read(i, h, k);
		if (r & 4 || h->pidfd < 0) {
			r = sys_wait_nohang(h->pid, ret_status);
			if (r)
				return r;
		}
	}
}

/* Whether the hook could not be executed at all. */
static int hook_unexecuted(const struct init *i, struct hook *h, struct error *err)
{
	int r;

	if (sys_read(h->report, &r, sizeof(r)) != (ssize_t) sizeof(r))
		return 0;
	/* Engines take "no such file or directory" for a missing program of the container. */
	return error_set(err, ERR_HOOK, r == -ENOENT ? 0 : -r, "%s hook %u (%s): %s", h->kind, h->op->index,
			 program_str(&i->program, h->op->path),
			 r == -ENOENT ? "it, or its interpreter, does not exist" : "it cannot be executed");
}

static void hook_drain(const struct init *i, struct hook *h, unsigned stream)
{
	ssize_t drained = 0, n;

	while (h->output[stream] >= 0 && drained < DRAIN_MAX && (n = hook_read(i, h, stream)) > 0)
		drained += n;
}

static int hook_finish(const struct init *i, struct hook *h, struct error *err)
{
	int status = 0, r = hook_wait(i, h, &status);

	if (r <= 0) {
		(void) sys_kill(-h->pid, SIGKILL);
		(void) sys_kill(h->pid, SIGKILL);
		(void) sys_wait(h->pid, &status);
	}
	for (unsigned k = 0; k < STREAMS; k++)
		hook_drain(i, h, k);
	if (r < 0)
		return error_set(err, ERR_HOOK, -r, "%s hook %u: wait", h->kind, h->op->index);
	if (r == 0)
		return hook_fail(i, h, err, "killed, its time was over, seconds:", (int) h->op->timeout);
	if (hook_unexecuted(i, h, err) < 0)
		return -ENOEXEC;
	if (WIFSIGNALED(status))
		return hook_fail(i, h, err, "killed by signal", WTERMSIG(status));
	return WEXITSTATUS(status) ? hook_fail(i, h, err, "exit status", WEXITSTATUS(status)) : 0;
}

/* A missing environment: that of berth's caller outside, that of the program inside, HOME included, as others do it. */
static char **hook_environment(const struct init *i, const struct op_hook *op)
{
	const struct program_op *exec = walk_any(i, OP_EXEC);
	const struct op_exec *process = exec ? program_data(&i->program, exec) : NULL;

	if (op->has_env)
		return exec_strings(i, op->env, NULL);
	return i->entered && process ? exec_strings(i, process->env, i->home) : i->environ;
}

static void hook_streams(const struct init *i, struct hook *h)
{
	for (uint32_t k = 0; k < i->program.header->n_ops; k++) {
		const struct program_op *op = &i->program.ops[k];

		if (op->type != OP_HOOK_OUTPUT)
			continue;
		h->apart = true;
		h->keep[((const struct op_hook_output *) program_data(&i->program, op))->stream] = true;
	}
}

static int hook_start(struct init *i, struct hook *h, struct error *err)
{
	const char *path = program_str(&i->program, h->op->path);
	char *only[] = { (char *) (uintptr_t) path, NULL };
	char **argv = h->op->args.n ? exec_strings(i, h->op->args, NULL) : only;
	char **envp = hook_environment(i, h->op);
	_cleanup_close_ int input = hook_input(i, i->entered ? "created" : "creating");
	_cleanup_close_ int out = -1, error = -1, report = -1;
	int r = MIN(input, 0);

	if (r == 0 && (!argv || !envp))
		r = -ENOMEM;
	if (r == 0)
		r = sys_pipe_from_child(&h->output[0], &out);
	if (r == 0 && h->apart)
		r = sys_pipe_from_child(&h->output[1], &error);
	if (r == 0)
		r = sys_pipe_from_child(&h->report, &report);
	if (r == 0)
		r = sys_fork();
	if (r == 0)
		hook_child(i, path, argv, envp, (const int[]){ input, out, error < 0 ? out : error }, report);
	if (r < 0)
		return error_set(err, ERR_HOOK, -r, "%s hook %u", h->kind, h->op->index);
	h->pid = r;
	(void) setpgid(h->pid, h->pid);
	h->pidfd = sys_pidfd_open(h->pid);
	return 0;
}

int op_hook(struct init *i, const void *data, struct error *err)
{
	_cleanup_(hook_done) struct hook h = { .op = data, .output = { -1, -1 }, .pidfd = -1, .report = -1 };
	int r;

	h.kind = i->entered ? "startContainer" : "createContainer";
	if (h.op->timeout)
		h.deadline = clock_now(i) + h.op->timeout * 1000000000ull;
	hook_streams(i, &h);
	r = hook_start(i, &h, err);
	return r < 0 ? r : hook_finish(i, &h, err);
}
