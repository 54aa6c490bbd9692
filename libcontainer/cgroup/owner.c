/* SPDX-License-Identifier: Apache-2.0 */
/* v2: a cgroup that its container may manage itself. */
#define _GNU_SOURCE
#include "libcontainer/cgroup/internal.h"

#include "base/fd.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* The kernel's list of what a delegation includes, one name a line; kernels before 4.15 have none. */
#define DELEGATE "/sys/kernel/cgroup/delegate"
#define DELEGATE_DEFAULT "cgroup.procs\ncgroup.subtree_control\ncgroup.threads\n"

static int give_file(int dir, const char *name, uid_t uid)
{
	int r;

	/* Names from the kernel; a path would lead elsewhere. */
	if (strchr(name, '/'))
		return 0;
	r = sys_fchownat(dir, name, uid, (gid_t)-1, AT_SYMLINK_NOFOLLOW);
	/* Not every cgroup has every file: controllers may be off. */
	return r == -ENOENT ? 0 : r;
}

int cgroup_give(const char *dir, uid_t uid, struct error *err)
{
	_cleanup_close_ int fd = cgroup_open(dir, 2, O_RDONLY, err);
	char list[4096], *name, *rest = list;
	int r;

	if (fd < 0)
		return fd == -ENOENT ? error_set(err, ERR_CGROUP, ENOENT, "%s", dir) : fd;
	if (sys_read_file(AT_FDCWD, DELEGATE, list, sizeof(list)) <= 0)
		memcpy(list, DELEGATE_DEFAULT, sizeof(DELEGATE_DEFAULT));
	r = sys_fchown(fd, uid, (gid_t)-1);
	while (r == 0 && (name = strsep(&rest, "\n")))
		if (*name)
			r = give_file(fd, name, uid);
	return r < 0 ? error_set(err, ERR_CGROUP, -r, "%s cannot be given to uid %u", dir, (unsigned)uid) : 0;
}
