/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/systemd/helper.h"

#include "base/str.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* Nothing in a request is believed before it has been looked at. */
static bool request_is_sound(const struct systemd_request *q, ssize_t n)
{
	return n >= (ssize_t)SYSTEMD_REQUEST_HEAD && q->magic == SYSTEMD_MAGIC && q->type > 0 &&
	       q->type < SYSTEMD_TYPE_MAX && q->len == (size_t)n - SYSTEMD_REQUEST_HEAD && q->n > 0 &&
	       q->len > 0 && q->data[q->len - 1] == '\0' && q->timeout_ms > 0 && q->timeout_ms <= 600000;
}

static int serve(struct manager *m, const struct systemd_request *q)
{
	struct words words = { .p = q->data, .end = q->data + q->len, .n = q->n };
	const char *unit = words_next(&words);
	int r = unit ? manager_set_deadline(m, q->timeout_ms) : -EBADMSG;

	if (r < 0)
		return r;
	return q->type == SYSTEMD_START  ? manager_start(m, unit, q->pid, &words)
	       : q->type == SYSTEMD_STOP ? manager_stop(m, unit)
					 : manager_set(m, unit, &words);
}

int main(int argc, char **argv)
{
	static struct systemd_request request;
	static struct systemd_reply reply = { .magic = SYSTEMD_MAGIC };
	struct manager m = { .reply = &reply };
	ssize_t n;
	int r;

	/* While berth is still busy with what the request needs. */
	r = manager_open(&m, argc > 1 && streq(argv[1], SYSTEMD_OF_USER));
	do
		n = recv(STDIN_FILENO, &request, sizeof(request), 0);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return 0;
	if (r == 0)
		r = request_is_sound(&request, n) ? serve(&m, &request) : -EBADMSG;
	reply.errnum = r < 0 ? -r : 0;
	return send(STDIN_FILENO, &reply, sizeof(reply), MSG_NOSIGNAL) == (ssize_t)sizeof(reply) ? 0 : 1;
}
