/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYSTEMD_BUS_H
#define BERTH_SYSTEMD_BUS_H

/*
 * A connection with systemd, over a bus or directly (D-Bus specification, "Authentication Protocol"; the empty DATA
 * needs a bus of 2020 or newer). All that the other side must hear before it takes a call is sent when the connection
 * is made, and nothing is waited for until an answer is: it works on that while berth is busy with other things.
 */

#include "libcontainer/systemd/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BUS_OUT_SIZE (4 * SYSTEMD_WORDS_MAX + 8192) /* no word becomes more than four times as long as it is */
#define BUS_IN_SIZE (64u * 1024)                    /* longer messages are left out: none that is asked for is */

/* Large; what is not used is not touched. */
struct bus {
	int fd;          /* -1: not connected */
	bool direct;     /* with systemd itself: there is no bus that greets, names senders or filters signals */
	bool accepted;   /* authentication is over */
	uint32_t serial; /* of the last call */
	uint32_t greeted; /* serial of the last call that belongs to the beginning */
	size_t in_at, in_len; /* what is in `in` and has not been taken */
	size_t skip;     /* bytes to come that nobody wants */
	char in[BUS_IN_SIZE];
	char out[BUS_OUT_SIZE];
};

/* How long to wait. */
struct bus_wait {
	uint64_t deadline_ms; /* of sys_now_ms() */
	int fd;               /* looked at meanwhile; -1: none */
	int (*woken)(void *data); /* it is readable; a negative errno ends the wait */
	void *data;
};

/*
 * Connects with the system's manager: over the bus, else directly; or with the manager of the user, where the
 * environment says: DBUS_SESSION_BUS_ADDRESS, else bus and systemd/private in XDG_RUNTIME_DIR. Does not wait. 0, or a
 * negative errno: -EAGAIN when nobody has accepted connections for a while.
 */
int bus_open(struct bus *b, bool user);

/* The same on a connected, non-blocking socket, which belongs to *b from then on. */
int bus_begin(struct bus *b, int fd, bool direct);

void bus_close(struct bus *b);

/* Begins a call in b->out; *w takes the arguments. */
void bus_call_begin(struct bus *b, struct wire_writer *w, const struct wire_call *call);

/* Sends it. 0, or a negative errno: what *w met with, -ETIMEDOUT, what wait->woken() returned. */
int bus_call_send(struct bus *b, struct wire_writer *w, const struct bus_wait *wait);

/*
 * The next message; valid until the next call. 0, or a negative errno: -EACCES when the other side does not want us,
 * -EBADMSG for what is no message, -ECONNRESET when it has closed the connection, -ETIMEDOUT, what wait->woken()
 * returned.
 */
int bus_receive(struct bus *b, const struct bus_wait *wait, struct wire_message *ret);

#endif
