/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_CGROUPFS_H
#define BERTH_SYS_CGROUPFS_H

/* What kind of file system a descriptor lies on. Conventions: see libcontainer/sys/call.h. */

/* 1: cgroup v1, 2: cgroup v2, 0: neither, or a negative errno. */
int sys_cgroupfs_version(int fd);

#endif
