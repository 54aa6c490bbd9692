/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mount points of hierarchies, opened once. Every launch comes back to each of them: when they are
 * detected, to see what is missing below, to make that, and a foreground run to remove it.
 */
#define _GNU_SOURCE
#include "libcontainer/cgroup/internal.h"

#include "base/arena.h"
#include "base/fd.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define ROOTS_MAX 64

static struct root {
	char *mount;
	int fd;
	uint32_t version;
} roots[ROOTS_MAX];
static size_t n_roots;
static struct arena names;

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
	int known = cgroup_root_known(mount, version);
	_cleanup_close_ int fd = -1;

	if (known >= 0)
		return known;
	fd = cgroup_try_open(mount, version, O_PATH);
	if (fd < 0)
		return fd;
	if (n_roots == ROOTS_MAX)
		return -EMFILE;
	roots[n_roots] = (struct root){ .mount = arena_strdup(&names, mount), .version = version };
	if (!roots[n_roots].mount)
		return -ENOMEM;
	return roots[n_roots++].fd = fd_steal(&fd);
}
