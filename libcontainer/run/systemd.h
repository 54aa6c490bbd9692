/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_SYSTEMD_H
#define BERTH_RUN_SYSTEMD_H

/*
 * Talking with systemd, each request with a deadline. The connection for the one that starts a unit may be made
 * earlier: systemd_prepare() in run.h.
 */

#include "base/error.h"
#include "libcontainer/run/execute.h"
#include "libcontainer/state/state.h"
#include "libcontainer/systemd/manager.h"

enum systemd_request_type { SYSTEMD_START, SYSTEMD_STOP, SYSTEMD_SET };

struct systemd_call {
	enum systemd_request_type type;
	bool user;
	pid_t pid;                 /* SYSTEMD_START: to be in the unit, 0: none */
	struct bus *bus;           /* that was prepared, or NULL */
	const char *unit;
	const char *const *words;  /* properties */
	size_t n;
};

/*
 * 0, or a negative errno with *err set; -EEXIST when a unit of that name is there. watch may be NULL.
 * *ret is filled in any case.
 */
int systemd_call(const struct systemd_call *call, struct watch *watch, struct systemd_reply *ret,
		 struct error *err);

/* Stops the unit of a container whose processes are gone, if it has one. */
int systemd_stop(const struct record *record, struct error *err);

/*
 * Whether there is nothing to stop, the processes being gone: systemd itself ends a scope in which there is nothing
 * any more, and forgets it in the same breath in which it removes the cgroup. Gives it a moment for that.
 */
bool systemd_has_forgotten(const struct record *record);

/* Changes properties of the container's unit, if it has one. */
int systemd_set(const struct record *record, const char *const *words, size_t n, struct error *err);

op_do op_systemd_unit;
void undo_systemd_unit(struct execution *x, const void *data);

#endif
