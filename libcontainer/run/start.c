/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "libcontainer/dialogue.h"
#include "libcontainer/run/await.h"
#include "libcontainer/run/destroy.h"
#include "libcontainer/run/fault.h"
#include "libcontainer/run/hooks.h"
#include "libcontainer/run/notify.h"
#include "libcontainer/run/trace.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/memfd.h"
#include "libcontainer/sys/socket.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>

#define ANSWER_DEADLINE_MS 10000

struct starting {
	const struct state_root *root;
	const char *id;
	int dir;
	int pidfd;
	int sock;
	int notify;
	struct page *page;
	struct record record;
	struct document doc;
	struct hook_output output;
	struct trace trace;
	struct message message;
};

static void starting_done(struct starting *s)
{
	if (s->page)
		sys_unmap(s->page, s->page->size);
	hook_output_close(&s->output);
	fd_close(&s->notify);
	fd_close(&s->sock);
	fd_close(&s->pidfd);
	fd_close(&s->dir);
	trace_done(&s->trace);
	document_done(&s->doc);
}

static int not_created(const struct starting *s, struct error *err)
{
	switch (record_status(s->dir, &s->record)) {
	case STATUS_CREATING:
		return error_set(err, ERR_CONTAINER_INCOMPLETE, 0, "%s", s->id);
	case STATUS_STOPPED:
		return error_set(err, ERR_CONTAINER_STOPPED, 0, "%s", s->id);
	default:
		return error_set(err, ERR_CONTAINER_RUNNING, 0, "%s", s->id);
	}
}

/* The page comes first: with it we can tell how far init got, whatever happens. */
static int receive_page(struct starting *s, struct error *err)
{
	struct pollfd p = { .fd = s->sock, .events = POLLIN };
	_cleanup_close_ int fd = -1;
	struct stat st;
	int r = sys_poll(&p, 1, ANSWER_DEADLINE_MS);

	if (r == 0)
		return error_set(err, ERR_INIT_DIED, ETIMEDOUT, "no answer while waiting for start");
	if (r > 0)
		r = message_receive(s->sock, &s->message, &fd);
	if (r == 0 || r == -ECONNRESET)
		return error_set(err, ERR_CONTAINER_STOPPED, 0, "%s", s->id);
	if (r < 0 || s->message.type != MESSAGE_PAGE || fd < 0)
		return error_set(err, ERR_MESSAGE_INVALID, r < 0 ? -r : 0, "no page");
	r = sys_fstat(fd, &st);
	if (r == 0 && st.st_size < (off_t)sizeof(struct page))
		r = -EBADMSG;
	if (r == 0)
		r = sys_map_shared(fd, (size_t)st.st_size, true, (void **)&s->page);
	if (r < 0 || s->page->magic != PAGE_MAGIC || s->page->size != (size_t)st.st_size ||
	    s->page->n_ops > PROGRAM_MAX_OPS ||
	    s->page->op_types > s->page->size - s->page->n_ops * sizeof(uint16_t))
		return error_set(err, ERR_MESSAGE_INVALID, r < 0 ? -r : 0, "page");
	return 0;
}

/* Connecting to a dead init fails at once: nothing can hang here. */
static int start_connect(struct starting *s, struct error *err)
{
	int r = state_open(s->root, s->id, STATE_LOCK_EXCLUSIVE, &s->dir, err);

	if (r < 0)
		return r;
	r = record_read(s->dir, &s->doc, &s->record, err);
	if (r == -ENOENT && !error_is_set(err))
		return error_set(err, ERR_CONTAINER_INCOMPLETE, 0, "%s", s->id);
	if (r < 0)
		return r;
	s->pidfd = process_open(&s->record.init);
	if (s->pidfd == -ESRCH)
		return not_created(s, err);
	if (s->pidfd < 0)
		return error_set(err, ERR_SYSTEM, -s->pidfd, "cannot open process %d",
				 (int)s->record.init.pid);
	s->sock = sys_socket_connect(SOCK_SEQPACKET, s->dir, START_SOCKET_NAME);
	if (s->sock == -ECONNREFUSED) {
		/* Alive, but it does not listen any more: an earlier start was killed behind its order. */
		(void)state_start_done(s->dir, &s->record);
		return error_set(err, ERR_CONTAINER_RUNNING, 0, "%s", s->id);
	}
	if (s->sock == -ENOENT)
		return not_created(s, err);
	if (s->sock < 0)
		return error_set(err, ERR_SOCKET, -s->sock, "start socket");
	if (record_status(s->dir, &s->record) == STATUS_PAUSED)
		return error_set(err, ERR_CONTAINER_PAUSED, 0, "%s", s->id);
	if (s->record.no_process)
		return error_set(err, ERR_CONFIG_MISSING, 0, "process, without it there is nothing to start");
	return receive_page(s, err);
}

/* From the order on the container either runs, or is destroyed (runtime-spec, Lifecycle, step 7). */
static int start_order(struct starting *s, struct error *err)
{
	const struct start_wait wait = {
		.pid = s->record.init.pid,
		.sock = s->sock,
		.pidfd = s->pidfd,
		.page = s->page,
		.record = &s->record,
		.message = &s->message,
		.output = &s->output,
	};
	int r = notify_open(s->dir, &s->notify, err);

	if (r < 0)
		return r;
	trace_begin(&s->trace, "start", UINT32_MAX);
	fault_before(s->page->n_ops);
	r = state_start_ordered(s->dir);
	if (r < 0)
		return error_set(err, ERR_STATE_WRITE, -r, "start socket");
	fault_after(s->page->n_ops + 2);
	r = message_send(s->sock, MESSAGE_GO, s->message.op, NULL, 0, -1);
	fault_after(s->page->n_ops + 3);
	r = r < 0 ? error_set(err, ERR_INIT_DIED, -r, "before it was started") : start_await(&wait, err);
	fault_after(s->page->n_ops);
	trace_end(&s->trace);
	if (r < 0)
		return r;
	r = state_start_done(s->dir, &s->record);
	return r < 0 ? error_set(err, ERR_STATE_WRITE, -r, "start socket") : 0;
}

static int start_hooks(struct starting *s, struct error *err)
{
	int r;

	if (s->record.poststart.n == 0)
		return 0;
	/* Hooks may call berth for this container. */
	(void)sys_flock(s->dir, LOCK_UN);
	trace_begin(&s->trace, "poststart", UINT32_MAX);
	fault_before(s->page->n_ops + 1);
	r = hooks_poststart(&s->record, 0, NULL, err);
	fault_after(s->page->n_ops + 1);
	trace_end(&s->trace);
	return r;
}

/* On failure nothing of the container is left. */
static int start_or_destroy(struct starting *s, struct error *err)
{
	struct error ignored = ERROR_INIT;
	int r = start_order(s, err);

	if (r < 0) {
		(void)container_destroy(s->root, s->id, s->dir, &s->record, &ignored);
		return r;
	}
	r = start_hooks(s, err);
	/* The lock is given up: another command may have changed it meanwhile. */
	if (r < 0)
		(void)container_delete(s->root, s->id, true, &ignored);
	return r;
}

static int await_ready(struct starting *s, struct error *err)
{
	if (s->notify < 0)
		return 0;
	/* Other commands may work with the container meanwhile. */
	(void)sys_flock(s->dir, LOCK_UN);
	return notify_wait(&s->notify, s->pidfd, s->record.init.pid, NULL, err);
}

int container_start(const struct state_root *root, const char *id, const char *trace, struct error *err)
{
	struct starting *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "start");
	*s = (struct starting){ .root = root, .id = id, .dir = -1, .pidfd = -1, .sock = -1,
				.notify = -1, .output = HOOK_OUTPUT_INIT };
	trace_init(&s->trace, trace);
	r = start_connect(s, err);
	if (r == 0)
		r = hook_output_open_all(&s->output, &s->record.annotations, err);
	if (r == 0)
		r = start_or_destroy(s, err);
	if (r == 0)
		r = await_ready(s, err);
	if (r == 0)
		r = trace_write(&s->trace, s->page, s->record.init.pid, err);
	starting_done(s);
	free(s);
	return r;
}
