/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_COMPILE_SYSTEMD_H
#define BERTH_COMPILE_SYSTEMD_H

/* The container's unit, when systemd manages its cgroup. */

#include "libcontainer/compile/compiler.h"
#include "libcontainer/compile/gvariant.h"

struct systemd_unit {
	const char *unit;   /* "libpod-abc.scope" */
	const char *slice;  /* "machine.slice", "-.slice" */
	const char *group;  /* the unit's cgroup, below the mount point */
	bool user;          /* of the user's manager */
	bool is_slice;      /* cannot be delegated, nor started with a process in it */
};

/*
 * systemd-unit.c: from cgroupsPath to the unit; sets c->systemd and c->cgroup_path.
 *	SLICE:PREFIX:NAME	PREFIX-NAME.scope in SLICE, or NAME alone when PREFIX is empty; NAME.slice as it is
 *	""			berth-ID.scope
 *	NAME			NAME.scope, in the default slice
 *	NAME.slice		berth-ID.scope in that slice
 */
int systemd_unit_read(struct compiler *c);

/* systemd-properties.c: emits OP_SYSTEMD_UNIT, with a property for each value of v2 that one exists for. */
int systemd_emit_unit(struct compiler *c);

/*
 * The property that systemd has for a file of v2, with the form of libcontainer/systemd-words.h. Nothing is
 * added for a file or value that systemd has no property for: there it changes nothing either. flags are
 * those of the OP_CGROUP_SET.
 */
void systemd_add_limit(struct word_list *list, const char *file, const char *value, uint32_t flags);

/* systemd-annotations.c: adds the properties of org.systemd.property.* */
int systemd_add_annotations(struct compiler *c, struct word_list *list);
bool systemd_is_annotated(const struct compiler *c, const char *property);

#endif
