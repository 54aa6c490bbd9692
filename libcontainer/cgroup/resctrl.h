/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_CGROUP_RESCTRL_H
#define BERTH_CGROUP_RESCTRL_H

/*
 * Shares of caches and memory bandwidth (linux.intelRdt): groups in the resctrl file system. A control group
 * is a directory there that has limits, in its file schemata; a monitoring group is one below the mon_groups
 * of a control group, and counts for itself.
 */

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What becomes of a group when its container, or the attempt to make one, has ended. */
enum resctrl_end {
	RESCTRL_KEEP,    /* it is not ours */
	RESCTRL_UNUSED,  /* made under a name that others may use as well: removed if nobody is in it */
	RESCTRL_REMOVE,  /* made for this container alone */
};

struct resctrl_group {
	char *mount;     /* where the file system is mounted */
	char *group;     /* the control group, or NULL: the root, in which everybody is */
	char *monitor;   /* the monitoring group in it, or NULL: this is the control group itself */
	uint32_t end;    /* enum resctrl_end */
};

/* The groups of one container: none, or a control group and perhaps a monitoring group in it. */
#define RESCTRL_GROUPS_MAX 2
struct resctrl {
	struct resctrl_group *v;
	size_t n;
};

/*
 * Where resctrl is mounted, in *ret; NULL when it is not. The other form is given mountinfo, for tests;
 * check: a mount point counts only if the file system is to be seen there.
 */
int resctrl_detect(struct arena *arena, const char **ret, struct error *err);
int resctrl_detect_from(struct arena *arena, int mountinfo, bool check, const char **ret, struct error *err);

/* What a record may hold. */
bool resctrl_is_sound(const struct resctrl *rdt);

/* Sets end of each group: for what a killed create would have made. */
void resctrl_foresee(struct resctrl *rdt, uint32_t flags);

/*
 * Makes the groups that must be made and writes their limits, or finds that a group which is there has them
 * already. flags: RDT_. Also after a failure, end of each group says what was made.
 */
int resctrl_prepare(struct resctrl *rdt, uint32_t flags, const char *const *lines, size_t n_lines,
		    struct error *err);

/*
 * Writes limits to the control group, all of them or none: what one refused line leaves is taken back. *ret_before,
 * in the arena, is what resctrl_restore() wants. An error without a group: everybody is in the root.
 */
int resctrl_update(const struct resctrl *rdt, const char *const *lines, size_t n_lines, struct arena *arena,
		   const char **ret_before, struct error *err);
void resctrl_restore(const struct resctrl *rdt, const char *before);

/* Moves a process into the groups. */
int resctrl_join(const struct resctrl *rdt, pid_t pid, struct error *err);

/* Removes what end says. What is gone is no error. */
int resctrl_remove(const struct resctrl *rdt, struct error *err);

#endif
