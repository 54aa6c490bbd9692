/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_CGROUPS_H
#define BERTH_RUN_CGROUPS_H

/* Operations on the container's cgroups. */

#include "libcontainer/run/execute.h"

op_do op_cgroup_create, op_cgroup_controllers, op_cgroup_set, op_cgroup_devices, op_cgroup_owner, op_cgroup_descend;
void undo_cgroup_create(struct execution *x, const void *data);
void undo_cgroup_devices(struct execution *x, const void *data);

/* Moves init there from outside; only where it could not be born, nor move itself. */
int cgroup_take_init(struct execution *x, const char *dir, struct error *err);

/* False for a cgroup that an ordinary user's container does without. */
bool cgroup_is_present(const struct execution *x, const char *dir);

/* *ret, in the arena: the cgroups of the record that are present. */
int cgroups_present(struct execution *x, struct cgroup *ret, struct error *err);

/* The value that an operation writes; its strings are the program's. */
struct cgroup_setting cgroup_setting_of(const struct program *p, const struct op_cgroup_set *op);

#endif
