/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_RESERVE_H
#define BERTH_RUN_RESERVE_H

/* Operations around the state directory. */

#include "libcontainer/run/execute.h"

op_do op_state_reserve, op_record;
void undo_state_reserve(struct execution *x, const void *data);

#endif
