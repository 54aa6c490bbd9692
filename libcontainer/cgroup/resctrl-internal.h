/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_CGROUP_RESCTRL_INTERNAL_H
#define BERTH_CGROUP_RESCTRL_INTERNAL_H

/* What the files about resctrl share. */

#include "libcontainer/cgroup/resctrl.h"

/* The top of the file system; -ENODEV when it is not mounted there any more. */
int resctrl_open_tree(const struct resctrl_group *g);

/* The directory of a group, or of what it is in. No step on the way is a link. */
enum resctrl_step { RESCTRL_ITSELF, RESCTRL_PARENT };
int resctrl_open_group(int tree, const struct resctrl_group *g, enum resctrl_step step);

/* One write to a file of a group; what the kernel says about a failure becomes the cause. */
int resctrl_write(int tree, const struct resctrl_group *g, const char *file, const char *text,
		  struct error *err);

/* "group web", "monitoring group web of group high" as the beginning of a sentence. */
#define RESCTRL_WORDS_SIZE 640
const char *resctrl_words(const struct resctrl_group *g, char words[RESCTRL_WORDS_SIZE]);

/* A small file that is not behind a link. */
ssize_t resctrl_read(int dir, const char *file, struct arena *arena, char **ret);

/* resctrl-schemata.c: each line is written alone, or compared with what there is. */
int resctrl_write_lines(int tree, const struct resctrl_group *g, const char *const *lines, size_t n,
			struct error *err);
int resctrl_compare_lines(int tree, const struct resctrl_group *g, const char *const *lines, size_t n,
			  struct error *err);

#endif
