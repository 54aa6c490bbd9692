/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/cgroupfs.h"

#include "libcontainer/sys/call.h"

#include <linux/magic.h>
#include <sys/vfs.h>

int sys_cgroupfs_version(int fd)
{
	int r = SYS_FAULT("fstatfs");
	struct statfs st;

	if (r == 0)
		r = fstatfs(fd, &st) < 0 ? -errno : 0;
	if (r < 0)
		return SYS_FAILED(r, "fstatfs(%d)", fd);
	if ((unsigned long)st.f_type == CGROUP_SUPER_MAGIC)
		return 1;
	return (unsigned long)st.f_type == CGROUP2_SUPER_MAGIC ? 2 : 0;
}
