/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/systemd/bus.h"

#include "base/fd.h"
#include "base/macro.h"
#include "base/str.h"
#include "libcontainer/sys/clock.h"
#include "libcontainer/sys/socket.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define LINE_MAX_SIZE 512 /* of the authentication */

/*
 * Who we are the kernel tells them. Saying it would be wrong in a user namespace, where our user id is another than
 * theirs.
 */
static const char authentication[] = "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n";

#define BUS "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus"

static const struct wire_call hello = { BUS, "Hello", "" };
static const struct wire_call add_match = { BUS, "AddMatch", "s" };
static const char jobs[] = "type='signal',sender='org.freedesktop.systemd1',path='/org/freedesktop/systemd1',"
			   "interface='org.freedesktop.systemd1.Manager',member='JobRemoved'";

static int time_left(const struct bus_wait *wait)
{
	uint64_t now = sys_now_ms();

	return now >= wait->deadline_ms ? 0 : (int)MIN(wait->deadline_ms - now, (uint64_t)INT_MAX);
}

static int wait_for(const struct bus *b, const struct bus_wait *wait, short events)
{
	struct pollfd fds[] = { { .fd = b->fd, .events = events }, { .fd = wait->fd, .events = POLLIN } };
	int left = time_left(wait), r;

	if (left == 0)
		return -ETIMEDOUT;
	r = sys_poll(fds, ELEMENTSOF(fds), left);
	return r > 0 && fds[1].revents ? wait->woken(wait->data) : r < 0 ? r : 0;
}

/*
 * Without somebody who waits, all must fit into the socket's buffer. Who has hung up may have said why: that is
 * left to whoever reads the answer.
 */
static int send_all(struct bus *b, const char *data, size_t size, const struct bus_wait *wait)
{
	while (size > 0) {
		ssize_t n = sys_send(b->fd, data, size);

		if (n == -EAGAIN && wait)
			n = wait_for(b, wait, POLLOUT);
		if (n < 0)
			return n == -EPIPE || n == -ECONNRESET ? 0 : (int)n;
		data += n;
		size -= (size_t)n;
	}
	return 0;
}

void bus_call_begin(struct bus *b, struct wire_writer *w, const struct wire_call *call)
{
	struct wire_call direct = *call;

	if (b->direct)
		direct.destination = NULL;
	wire_begin(w, b->out, sizeof(b->out), ++b->serial, &direct);
}

int bus_call_send(struct bus *b, struct wire_writer *w, const struct bus_wait *wait)
{
	int n = wire_end(w);

	return n < 0 ? n : send_all(b, b->out, (size_t)n, wait);
}

static int greet(struct bus *b)
{
	struct wire_writer w;
	int r;

	bus_call_begin(b, &w, &hello);
	r = bus_call_send(b, &w, NULL);
	if (r < 0)
		return r;
	bus_call_begin(b, &w, &add_match);
	wire_put_string(&w, jobs);
	b->greeted = b->serial;
	return bus_call_send(b, &w, NULL);
}

int bus_begin(struct bus *b, int fd, bool direct)
{
	int r;

	b->fd = fd;
	b->direct = direct;
	b->accepted = false;
	b->serial = b->greeted = 0;
	b->in_at = b->in_len = b->skip = 0;
	r = send_all(b, authentication, sizeof(authentication) - 1, NULL);
	if (r == 0 && !direct)
		r = greet(b);
	if (r < 0)
		bus_close(b);
	return r;
}

void bus_close(struct bus *b)
{
	fd_close(&b->fd);
}

/* More bytes behind those that are there. */
static int fill(struct bus *b, const struct bus_wait *wait)
{
	ssize_t n;

	memmove(b->in, b->in + b->in_at, b->in_len);
	b->in_at = 0;
	n = sys_recv(b->fd, b->in + b->in_len, sizeof(b->in) - b->in_len);
	if (n == -EAGAIN)
		return wait_for(b, wait, POLLIN);
	if (n <= 0)
		return n < 0 ? (int)n : -ECONNRESET;
	b->in_len += (size_t)n;
	return 0;
}

static void take(struct bus *b, size_t n)
{
	b->in_at += n;
	b->in_len -= n;
}

/* One line of the authentication: 1 when it is over, 0 when more is to come. */
static int take_line(struct bus *b)
{
	const char *line = b->in + b->in_at, *end = memmem(line, MIN(b->in_len, (size_t)LINE_MAX_SIZE), "\r\n", 2);
	size_t len = end ? (size_t)(end - line) : 0;
	bool ok = len >= 3 && memcmp(line, "OK ", 3) == 0;

	if (!end)
		return b->in_len < LINE_MAX_SIZE ? 0 : -EBADMSG;
	take(b, len + 2);
	if (ok || (len >= 4 && memcmp(line, "DATA", 4) == 0))
		return ok;
	return len >= 8 && memcmp(line, "REJECTED", 8) == 0 ? -EACCES : -EBADMSG;
}

static int authenticate(struct bus *b, const struct bus_wait *wait)
{
	while (!b->accepted) {
		size_t before = b->in_len;
		int r = take_line(b);

		b->accepted = r > 0;
		if (r == 0 && b->in_len == before)
			r = fill(b, wait);
		if (r < 0)
			return r;
	}
	return 0;
}

/* 1: there is one; 0: not yet. */
static int take_message(struct bus *b, struct wire_message *ret)
{
	size_t n = MIN(b->skip, b->in_len);
	const char *data;

	b->skip -= n;
	take(b, n);
	if (b->skip > 0 || b->in_len < WIRE_HEAD)
		return 0;
	data = b->in + b->in_at;
	n = wire_length(data);
	if (n == 0)
		return -EBADMSG;
	if (n > sizeof(b->in)) {
		b->skip = n;
		return 0;
	}
	if (n > b->in_len)
		return 0;
	take(b, n);
	return wire_read(data, n, ret) < 0 ? -EBADMSG : 1;
}

int bus_receive(struct bus *b, const struct bus_wait *wait, struct wire_message *ret)
{
	int r = authenticate(b, wait);

	while (r == 0) {
		r = take_message(b, ret);
		if (r == 0)
			r = fill(b, wait);
		else if (r > 0)
			return 0;
	}
	return r;
}
