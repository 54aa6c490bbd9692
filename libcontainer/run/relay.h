/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_RELAY_H
#define BERTH_RUN_RELAY_H

/*
 * Copies between the caller's standard streams and the container's terminal, in a foreground run.
 * Nothing blocks: a side that does not take data only stops the other one from being read.
 */

#include "base/error.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#define RELAY_BUFFER 16384
#define RELAY_POLLS 3

struct relay_stream {
	int fd;              /* -1: closed */
	bool nonblock;
};

struct relay_copy {
	size_t begin, end;
	char data[RELAY_BUFFER];
};

struct relay {
	struct relay_stream in, out;
	int master;          /* owned; -1: no terminal */
	bool master_ended;
	bool raw;            /* the caller's terminal is in raw mode */
	struct termios old;
	struct relay_copy to_container, from_container;
};

/* Takes over the master, puts the caller's terminal into raw mode and hands on its size. */
int relay_open(struct relay *r, int master, struct error *err);
/* Restores the caller's terminal. Also for a relay that was never opened, but whose master is -1. */
void relay_close(struct relay *r);

/* What to wait for (descriptors of -1 when there is nothing), and what to do about the answer. */
void relay_prepare(const struct relay *r, struct pollfd p[RELAY_POLLS]);
void relay_copy(struct relay *r, const struct pollfd p[RELAY_POLLS]);

void relay_resize(struct relay *r);

/* After the end of the container: hands over what is left, until nothing moves for timeout_ms. */
void relay_drain(struct relay *r, int timeout_ms);

#endif
