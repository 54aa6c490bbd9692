/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_CGROUP_MOUNTINFO_H
#define BERTH_CGROUP_MOUNTINFO_H

/*
 * Looking for file systems in /proc/self/mountinfo. Hosts with many containers have ten thousand mounts and
 * more, so that it is read in pieces, and a line is only taken apart when its type begins as asked for.
 */

struct mount_line {
	char *root, *point, *fstype;
	char *options; /* of the super block; NULL: none */
};

/*
 * Calls use for each mount whose file system type begins with fstype, in order; an answer other than 0 ends
 * it and becomes the result. The line lives as long as the call. use must not call this function.
 */
int mountinfo_each(int fd, const char *fstype, int (*use)(const struct mount_line *m, void *arg), void *arg);

/* Takes the text up to the next separator out of *s and terminates it; NULL at the end. */
char *mountinfo_field(char **s, char separator);

#endif
