/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_HOOKS_H
#define BERTH_RUN_HOOKS_H

/* Hooks in the runtime's namespaces. */

#include "libcontainer/run/execute.h"

/* prestart and createRuntime */
op_do op_hook_runtime;
op_do op_hook_output;

/*
 * poststart: the first failure ends them and is an error. other_child: init, when it is a child of the
 * calling process, else 0.
 */
int hooks_poststart(const struct record *record, pid_t other_child, struct watch *watch,
		    struct error *err);

/* poststop: after everything else is gone. Failures are warnings, the others are run nevertheless. */
void hooks_poststop(const struct record *record);

/* The state document of the container, compact. */
struct buf;
int hooks_state(const struct record *record, enum container_status status, pid_t pid, struct buf *out,
		struct error *err);

#endif
