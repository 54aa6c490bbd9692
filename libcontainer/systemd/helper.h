/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYSTEMD_HELPER_H
#define BERTH_SYSTEMD_HELPER_H

/*
 * berth-systemd: the part of berth that needs libsystemd. A program of its own, since berth itself is one
 * static program with a cheap start, and only who asks for the systemd cgroup manager needs it.
 */

#include "libcontainer/systemd-dialogue.h"

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

/* The strings of a request, taken one after the other. */
struct words {
	const char *p, *end;
	uint32_t n; /* that are left */
};

/* NULL when there is none left. */
const char *words_next(struct words *w);

/* value.c: appends all properties in w as a(sv), in an array that stays open. -EBADMSG for a bad request. */
int append_properties(sd_bus_message *m, struct words *w);

struct manager {
	sd_bus *bus;
	bool direct;       /* connected with systemd itself, not with a bus */
	uint64_t deadline; /* of CLOCK_MONOTONIC, in microseconds */
	struct systemd_reply *reply; /* tells what went wrong */
};

/* manager.c */
/* Waits until the connection can be used. */
int manager_open(struct manager *m, bool user);
/* For all that follows together. */
int manager_set_deadline(struct manager *m, unsigned timeout_ms);
int manager_start(struct manager *m, const char *unit, uint32_t pid, struct words *properties);
int manager_stop(struct manager *m, const char *unit);
int manager_set(struct manager *m, const char *unit, struct words *properties);

#endif
