/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime's side of the dialogue with init, until the order to start. */
#define _GNU_SOURCE
#include "libcontainer/run/await.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/run/execute.h"
#include "libcontainer/run/fault.h"
#include "libcontainer/sys/pidfd.h"
#include "libcontainer/sys/process.h"
#include "libcontainer/sys/socket.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define END_DEADLINE_MS 10000 /* for what init does at once */
#define DEATH_DEADLINE_MS 2000

int init_reported(const struct message *m, struct error *err)
{
	struct error reported;
	char *const texts[] = { reported.step,	  reported.document, reported.pointer, reported.subject,
				reported.call, reported.cause,	  reported.hint };
	const size_t sizes[] = { sizeof(reported.step),	   sizeof(reported.document),
				 sizeof(reported.pointer), sizeof(reported.subject),
				 sizeof(reported.call),	   sizeof(reported.cause),
				 sizeof(reported.hint) };

	if (m->len != sizeof(reported))
		return error_set(err, ERR_MESSAGE_INVALID, 0, "error of %u bytes", m->len);
	memcpy(&reported, m->data, sizeof(reported));
	for (size_t i = 0; i < ELEMENTSOF(texts); i++)
		texts[i][sizes[i] - 1] = '\0';
	if (reported.code <= ERR_NONE || reported.code >= ERR_CODE_MAX || reported.errnum < 0 ||
	    reported.errnum > 4095)
		return error_set(err, ERR_MESSAGE_INVALID, 0, "error with code %d", reported.code);
	if (!error_is_set(err))
		*err = reported;
	return reported.errnum ? -reported.errnum : -EINVAL;
}

bool init_hook_wrote(const struct message *m, struct hook_output *output)
{
	if (m->type != MESSAGE_STDOUT && m->type != MESSAGE_STDERR)
		return false;
	hook_output_append(output, m->type - MESSAGE_STDOUT, m->data, m->len);
	return true;
}

/* Name of the operation that init noted last. */
static const char *last_step(const struct page *page)
{
	const uint16_t *types;
	uint32_t op;

	if (!page || page->op == 0 || page->op > page->n_ops)
		return "its start";
	types = (const uint16_t *)(const void *)((const char *)page + page->op_types);
	op = types[page->op - 1];
	return op < OP_MAX ? op_info(op)->name : "an unknown step";
}

bool init_had_executed(const struct page *page)
{
	const uint16_t *types = (const uint16_t *)(const void *)((const char *)page + page->op_types);

	return !__atomic_load_n(&page->failed, __ATOMIC_ACQUIRE) && page->op > 0 &&
	       page->op <= page->n_ops && types[page->op - 1] == OP_EXEC;
}

int init_died(const struct page *page, int status, const struct cgroup *cg, struct error *err)
{
	char story[256], how[64];
	bool oom;

	story[0] = '\0';
	if (cg)
		(void)cgroup_memory_story(cg, story, sizeof(story));
	oom = strstr(story, "OOM") != NULL && (status == -1 || WIFSIGNALED(status));
	if (oom)
		snprintf(how, sizeof(how), "killed by the out-of-memory killer");
	else if (status == -1)
		snprintf(how, sizeof(how), "it went away");
	else if (WIFSIGNALED(status))
		snprintf(how, sizeof(how), "killed by signal %d", WTERMSIG(status));
	else
		snprintf(how, sizeof(how), "exit status %d", WEXITSTATUS(status));
	(void)error_set(err, ERR_INIT_DIED, 0, "%s during %s", how, last_step(page));
	if (story[0])
		error_add_cause(err, "memory: %s", story);
	if (oom)
		error_add_hint(err, "raise the memory limit");
	return -ESRCH;
}

bool init_reap(struct execution *x, int timeout_ms)
{
	if (x->reaped || x->pid <= 0)
		return true;
	if (x->pidfd >= 0 && sys_pidfd_wait(x->pidfd, timeout_ms) <= 0)
		return false;
	x->reaped = sys_reap(x->pid, &x->status, true) > 0;
	return x->reaped;
}

/*
 * The next message of init. 1; 0 at the end of the wire or of init, after all messages were read; a
 * negative errno with *err set. Tied to init's life by its pidfd: a hook of the container may take as
 * long as its own timeout allows, so there is no other limit unless timeout_ms is one.
 */
static int receive(struct execution *x, int timeout_ms, struct error *err)
{
	for (;;) {
		struct pollfd p[] = {
			{ .fd = x->wire, .events = POLLIN },
			{ .fd = x->pidfd, .events = POLLIN },
			{ .fd = x->watch.fd, .events = POLLIN },
		};
		int r = sys_poll(p, ELEMENTSOF(p), timeout_ms);

		if (r < 0)
			return error_set(err, ERR_SYSTEM, -r, "cannot wait for the container's init");
		if (p[0].revents) {
			r = message_receive(x->wire, &x->message, NULL);
			if (r >= 0 || r == -ECONNRESET)
				return r > 0;
			return error_set(err, ERR_MESSAGE_INVALID, -r, "cannot be received");
		}
		if (p[1].revents)
			return 0;
		if (p[2].revents && watch_check(&x->watch, err) < 0)
			return -EINTR;
		if (r == 0 && timeout_ms >= 0)
			return error_set(err, ERR_INIT_DIED, ETIMEDOUT, "no answer during %s",
					 last_step(x->page));
	}
}

/* The wire has ended: usually because init has. */
static int ended(struct execution *x, struct error *err)
{
	int status = -1;

	if (init_reap(x, DEATH_DEADLINE_MS))
		status = x->status;
	return init_died(x->page, status, &x->record.cgroup, err);
}

int init_await(struct execution *x, uint32_t op, struct error *err)
{
	for (;;) {
		int r = receive(x, -1, err);

		if (r < 0)
			return r;
		if (r == 0)
			return ended(x, err);
		fault_message(x->message.op);
		if (x->message.type == MESSAGE_ERROR)
			return init_reported(&x->message, err);
		if (init_hook_wrote(&x->message, &x->hook_output))
			continue;
		if (x->message.type == MESSAGE_WANT_SOURCE) {
			r = source_serve(x, x->message.op, err);
			if (r < 0)
				return r;
			continue;
		}
		if (x->message.type != MESSAGE_ARRIVED || x->message.op != op)
			return error_set(err, ERR_MESSAGE_INVALID, 0, "type %u for operation %u",
					 x->message.type, x->message.op);
		x->arrived = op + 1;
		return 0;
	}
}

int init_release(struct execution *x, struct error *err)
{
	int r;

	if (x->arrived == 0)
		return 0;
	r = message_send(x->wire, MESSAGE_GO, x->arrived - 1, NULL, 0, -1);
	x->arrived = 0;
	return r < 0 ? ended(x, err) : 0;
}

int init_await_end(struct execution *x, struct error *err)
{
	int r = receive(x, END_DEADLINE_MS, err);

	if (r < 0)
		return r;
	if (r > 0)
		return x->message.type == MESSAGE_ERROR
			       ? init_reported(&x->message, err)
			       : error_set(err, ERR_MESSAGE_INVALID, 0, "type %u", x->message.type);
	/* Both could be the reason: the wire was closed as agreed, or init is dead. */
	return sys_pidfd_wait(x->pidfd, 0) > 0 ? ended(x, err) : 0;
}
