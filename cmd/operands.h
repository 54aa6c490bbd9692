/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_CMD_OPERANDS_H
#define BERTH_CMD_OPERANDS_H

/* Commands about several containers: named one by one, or by patterns. */

#include "cmd/launch.h"

/*
 * For --regex: in place of the operands, which are extended regular expressions, the ids of all containers in
 * which one of them is found. Root may be one that is not open: there is no container. Without `none`, a pattern
 * that matches nothing is ERR_CONTAINER_UNKNOWN.
 */
int operands_match(struct context *ctx, const struct state_root *root, bool none);

/*
 * Calls `one` for each operand, whatever becomes of the others. Of several failures the first is reported; the
 * message names that operand.
 */
typedef int operand_fn(const struct context *ctx, const char *id, void *arg, struct error *err);
int operands_each(struct context *ctx, operand_fn *one, void *arg);

#endif
