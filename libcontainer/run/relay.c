/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/run/relay.h"

#include "base/fd.h"
#include "base/macro.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/socket.h"
#include "libcontainer/sys/terminal.h"

#include <errno.h>
#include <unistd.h>

/* A blocking stream takes at least that much when poll says that it is writable. */
#define BLOCKING_CHUNK 512

static int relay_attach(struct relay_stream *s, int fd, bool write)
{
	s->fd = sys_stream_reopen(fd, write, &s->nonblock);
	return s->fd < 0 ? s->fd : 0;
}

int relay_open(struct relay *r, int master, struct error *err)
{
	int q;

	r->in.fd = r->out.fd = -1;
	r->master = master;
	r->master_ended = r->raw = false;
	r->to_container.begin = r->to_container.end = 0;
	r->from_container.begin = r->from_container.end = 0;
	q = sys_set_nonblock(master, true);
	if (q == 0)
		q = relay_attach(&r->in, STDIN_FILENO, false);
	if (q == 0)
		q = relay_attach(&r->out, STDOUT_FILENO, true);
	if (q < 0)
		return error_set(err, ERR_CONSOLE, -q, "cannot be connected to the standard streams");
	q = sys_terminal_raw(STDIN_FILENO, &r->old);
	r->raw = q == 0;
	if (q < 0 && q != -ENOTTY)
		return error_set(err, ERR_CONSOLE, -q, "raw mode of the terminal");
	relay_resize(r);
	return 0;
}

void relay_close(struct relay *r)
{
	if (r->master < 0)
		return;
	if (r->raw)
		(void)sys_terminal_restore(STDIN_FILENO, &r->old);
	r->raw = false;
	fd_close(&r->in.fd);
	fd_close(&r->out.fd);
	fd_close(&r->master);
}

void relay_resize(struct relay *r)
{
	if (r->raw && r->master >= 0)
		(void)sys_terminal_copy_size(STDIN_FILENO, r->master);
}

static bool is_empty(const struct relay_copy *c)
{
	return c->begin == c->end;
}

/* A descriptor of which nothing is wanted is left out: its hang-up would wake us up for ever. */
void relay_prepare(const struct relay *r, struct pollfd p[RELAY_POLLS])
{
	short master = 0;

	if (!r->master_ended && is_empty(&r->from_container))
		master |= POLLIN;
	if (!r->master_ended && !is_empty(&r->to_container))
		master |= POLLOUT;
	p[0] = (struct pollfd){ .fd = is_empty(&r->to_container) ? r->in.fd : -1, .events = POLLIN };
	p[1] = (struct pollfd){ .fd = is_empty(&r->from_container) ? -1 : r->out.fd, .events = POLLOUT };
	p[2] = (struct pollfd){ .fd = master ? r->master : -1, .events = master };
}

/* 1: something was read, 0: nothing is there now, negative: the end. */
static int fill(struct relay_copy *c, int fd)
{
	ssize_t n = read(fd, c->data, sizeof(c->data));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return -ENODATA;
	c->begin = 0;
	c->end = (size_t)n;
	return 1;
}

/* The same for writing. */
static int flush(struct relay_copy *c, int fd, size_t chunk)
{
	ssize_t n = write(fd, c->data + c->begin, MIN(c->end - c->begin, chunk));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return -EPIPE;
	c->begin += (size_t)n;
	return 1;
}

/* Nobody reads any more: the container's output is thrown away, so that it is not blocked. */
static int write_out(struct relay *r)
{
	int q = -EPIPE;

	if (r->out.fd >= 0)
		q = flush(&r->from_container, r->out.fd, r->out.nonblock ? RELAY_BUFFER : BLOCKING_CHUNK);
	if (q < 0) {
		fd_close(&r->out.fd);
		r->from_container.begin = r->from_container.end;
	}
	return q;
}

void relay_copy(struct relay *r, const struct pollfd p[RELAY_POLLS])
{
	if (p[0].revents && fill(&r->to_container, r->in.fd) < 0)
		fd_close(&r->in.fd);
	if (p[1].revents)
		(void)write_out(r);
	if (p[2].revents && is_empty(&r->from_container)) {
		/* EIO: nobody has the other side open any more. */
		if (fill(&r->from_container, r->master) < 0)
			r->master_ended = true;
		else if (!is_empty(&r->from_container))
			(void)write_out(r);
	}
	if (!is_empty(&r->to_container) && !r->master_ended &&
	    flush(&r->to_container, r->master, RELAY_BUFFER) < 0)
		r->to_container.begin = r->to_container.end;
}

void relay_drain(struct relay *r, int timeout_ms)
{
	for (;;) {
		struct pollfd p = { .fd = r->out.fd, .events = POLLOUT };
		int q = 0;

		if (is_empty(&r->from_container) && !r->master_ended)
			q = fill(&r->from_container, r->master);
		if (q < 0 || is_empty(&r->from_container))
			return;
		if (r->out.fd < 0 || sys_poll(&p, 1, timeout_ms) <= 0)
			return;
		(void)write_out(r);
	}
}
