/* SPDX-License-Identifier: Apache-2.0 */
/* Where a process is now, which may be another cgroup than the one that it was put into. */
#define _GNU_SOURCE
#include "libcontainer/cgroup/internal.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static int open_own(const struct host *host, struct error *err)
{
	char path[4096];
	int fd;

	for (size_t i = 0; i < host->n_hierarchies; i++) {
		const struct host_hierarchy *h = &host->hierarchies[i];

		if (h->version != 2)
			continue;
		/* Outside of our cgroup namespace: not below the mount point. */
		if (str_after(h->own, "/..") ||
		    snprintf(path, sizeof(path), "%s%s", h->mount, h->own) >= (int)sizeof(path))
			break;
		fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
		return fd < 0 ? error_set(err, ERR_CGROUP, -fd, "%s", path) : fd;
	}
	return error_set(err, ERR_CGROUP, 0, "of the container's init is not visible from here");
}

int cgroup_open_present(int proc, struct error *err)
{
	_cleanup_close_ int own = sys_openat(proc, "cgroup", O_RDONLY, 0), mountinfo = -1;
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct host host = { 0 };
	int r = own;

	if (r >= 0)
		r = mountinfo = sys_openat(AT_FDCWD, "/proc/self/mountinfo", O_RDONLY, 0);
	if (r < 0)
		return error_set(err, ERR_CGROUP, -r, "of the container's init cannot be found");
	r = cgroup_detect_from(&arena, mountinfo, own, true, &host, err);
	return r < 0 ? r : open_own(&host, err);
}
