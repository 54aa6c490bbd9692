/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_EXEC_H
#define BERTH_RUN_EXEC_H

#include "libcontainer/run/run.h"

/*
 * Behind a failure of exec: if the container's init has ended, or is about to, that is the reason, whatever it
 * looked like from here.
 */
void exec_blame_init(const struct exec_target *target, const char *id, struct error *err);

#endif
