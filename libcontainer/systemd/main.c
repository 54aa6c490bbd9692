/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/systemd/helper.h"

#include "base/str.h"

#include <errno.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Nothing in a request is believed before it has been looked at. */
static bool request_is_sound(const struct systemd_request *q, ssize_t n)
{
	return n >= (ssize_t)SYSTEMD_REQUEST_HEAD && q->magic == SYSTEMD_MAGIC && q->type > 0 &&
	       q->type < SYSTEMD_TYPE_MAX && q->len == (size_t)n - SYSTEMD_REQUEST_HEAD && q->n > 0 &&
	       q->len > 0 && q->data[q->len - 1] == '\0' && q->timeout_ms > 0 && q->timeout_ms <= 600000;
}

static int serve(const struct systemd_request *q, struct systemd_reply *reply)
{
	struct words words = { .p = q->data, .end = q->data + q->len, .n = q->n };
	struct manager m = { .reply = reply };
	struct timespec now = { 0 };
	const char *unit = words_next(&words);
	int r;

	if (!unit)
		return -EBADMSG;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	m.deadline = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000 + q->timeout_ms * 1000ull;
	r = manager_open(&m, q->user);
	if (r == 0)
		r = q->type == SYSTEMD_START  ? manager_start(&m, unit, q->pid, &words)
		    : q->type == SYSTEMD_STOP ? manager_stop(&m, unit)
					      : manager_set(&m, unit, &words);
	sd_bus_flush_close_unref(m.bus);
	return r;
}

int main(void)
{
	static struct systemd_request request;
	static struct systemd_reply reply = { .magic = SYSTEMD_MAGIC };
	ssize_t n;
	int r;

	do
		n = recv(STDIN_FILENO, &request, sizeof(request), 0);
	while (n < 0 && errno == EINTR);
	r = request_is_sound(&request, n) ? serve(&request, &reply) : -EBADMSG;
	reply.errnum = r < 0 ? -r : 0;
	return send(STDIN_FILENO, &reply, sizeof(reply), MSG_NOSIGNAL) == (ssize_t)sizeof(reply) ? 0 : 1;
}
