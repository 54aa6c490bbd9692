/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYSTEMD_MANAGER_H
#define BERTH_SYSTEMD_MANAGER_H

/* The calls of systemd's manager (org.freedesktop.systemd1) that berth needs. */

#include "libcontainer/systemd/bus.h"
#include "libcontainer/systemd-words.h"

/* All texts end in a NUL. */
struct systemd_reply {
	char what[64];           /* the step that failed: "StartTransientUnit", "connection" */
	char name[128];          /* of the D-Bus error */
	char text[512];          /* its message */
	char result[32];         /* of the job or the unit, when systemd says more than "done" */
	/* Of the unit that is there: "/system.slice/x.scope". Not of one started with a process, which tells it. */
	char control_group[4096];
};

struct manager {
	struct bus *bus;
	struct bus_wait wait;        /* for all that is called together */
	struct systemd_reply *reply; /* tells what went wrong */
};

/*
 * All return 0 or a negative errno, with *m->reply filled: -EREMOTEIO when systemd has refused, -EIO when the job has
 * failed, else what has happened to the connection.
 */

/* A transient unit, with pid in it if that is not 0. One of that name that has failed is forgotten first. */
int manager_start(struct manager *m, const char *unit, uint32_t pid, struct words properties);

/* Stops a unit and forgets that it has failed; one that is not there is fine. */
int manager_stop(struct manager *m, const char *unit);

/* Sets properties of a unit, until it is gone. */
int manager_set(struct manager *m, const char *unit, struct words properties);

#endif
