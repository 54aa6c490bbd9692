/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/cgroupfs.h"

#include "libcontainer/sys/call.h"

#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

static int file_system_of(int fd, unsigned long *ret)
{
	int r = SYS_FAULT("fstatfs");
	struct statfs st;

	if (r == 0)
		r = fstatfs(fd, &st) < 0 ? -errno : 0;
	if (r < 0)
		return SYS_FAILED(r, "fstatfs(%d)", fd);
	*ret = (unsigned long)st.f_type;
	return 0;
}

static int version_of(unsigned long magic)
{
	return magic == CGROUP_SUPER_MAGIC ? 1 : magic == CGROUP2_SUPER_MAGIC ? 2 : 0;
}

int sys_cgroupfs_version(int fd)
{
	unsigned long magic;
	int r = file_system_of(fd, &magic);

	return r < 0 ? r : version_of(magic);
}

bool sys_is_resctrl(int fd)
{
	unsigned long magic;

	return file_system_of(fd, &magic) == 0 && magic == RDTGROUP_SUPER_MAGIC;
}

int sys_cgroupfs_reread(int fd, char *buf, size_t size)
{
	int r = SYS_FAULT("pread");

	if (r == 0) {
		ssize_t n = pread(fd, buf, size - 1, 0);

		r = n < 0 ? -errno : (int)n;
	}
	if (r < 0)
		return SYS_FAILED(r, "pread(%d)", fd);
	buf[r] = '\0';
	return r;
}
