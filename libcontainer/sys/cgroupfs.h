/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_CGROUPFS_H
#define BERTH_SYS_CGROUPFS_H

/*
 * Control groups: the file system that a descriptor lies on, and files that change. Conventions: see
 * libcontainer/sys/call.h.
 */

#include <stdbool.h>
#include <stddef.h>

/* Inodes that the kernel promises: of the root of any hierarchy, and of the initial cgroup namespace. */
#define CGROUPFS_ROOT_INODE 1u
#define CGROUP_NS_INITIAL 0xEFFFFFFBu

/* 1: cgroup v1, 2: cgroup v2, 0: neither, or a negative errno. */
int sys_cgroupfs_version(int fd);

/* True for a file of the resctrl file system. */
bool sys_is_resctrl(int fd);

/* Reads an open file anew from its beginning, at most size - 1 bytes, and terminates it. The length. */
int sys_cgroupfs_reread(int fd, char *buf, size_t size);

#endif
