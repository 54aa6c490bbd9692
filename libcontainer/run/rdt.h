/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_RDT_H
#define BERTH_RUN_RDT_H

#include "libcontainer/run/execute.h"

/* create makes the groups and moves init into them, exec moves the new process. */
op_do op_rdt;
void undo_rdt(struct execution *x, const void *data);

/* The groups of the program in the record, as a create that was killed would have left them. */
int rdt_foresee(struct execution *x, const struct op_rdt *op, struct error *err);

/* The groups as the container leaves them: others use by now what was made under a name of their own. */
int rdt_settle(struct execution *x, struct resctrl *ret, struct error *err);

#endif
