/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mount points of hierarchies, opened once. Every launch comes back to each of them: when they are
 * detected, to see what is missing below, to make that, and a foreground run to remove it.
 */
#define _GNU_SOURCE
#include "libcontainer/cgroup/internal.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/cgroupfs.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define ROOTS_MAX 64

static struct root {
	char *mount;
	int fd;
	uint32_t version;
} roots[ROOTS_MAX];
static size_t n_roots;

static const struct root *find(const char *mount)
{
	for (size_t i = 0; i < n_roots; i++)
		if (streq(roots[i].mount, mount))
			return &roots[i];
	return NULL;
}

int cgroup_root_known(const char *mount, uint32_t version)
{
	const struct root *root = find(mount);

	return root && root->version == version ? root->fd : -1;
}

int cgroup_root(const char *mount, uint32_t version)
{
	int fd = cgroup_root_known(mount, version), r;
	_cleanup_close_ int opened = -1;

	if (fd >= 0)
		return fd;
	r = opened = sys_openat(AT_FDCWD, mount, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
	if (r >= 0)
		r = sys_cgroupfs_version(opened);
	if (r < 0)
		return r;
	if (r != (int)version)
		return -EXDEV;
	if (n_roots == ROOTS_MAX)
		return -EMFILE;
	roots[n_roots] = (struct root){ .mount = strdup(mount), .version = version };
	if (!roots[n_roots].mount)
		return -ENOMEM;
	return roots[n_roots++].fd = fd_steal(&opened);
}
