/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_MOUNT_H
#define BERTH_SYS_MOUNT_H

/* Mounts, by descriptor and the old way. Conventions: see libcontainer/sys/call.h. */

#include <linux/mount.h>
#include <stdbool.h>
#include <stdint.h>

#ifndef MNT_DETACH
#define MNT_DETACH 2
#endif

int sys_fsopen(const char *fstype);
int sys_fspick(int fd);
/* key alone (value NULL) is a flag. */
int sys_fsconfig_set(int fs, const char *key, const char *value);
int sys_fsconfig_command(int fs, unsigned command); /* FSCONFIG_CMD_* */
int sys_fsmount(int fs, unsigned attr);             /* MOUNT_ATTR_* */

/* A detached copy of the mount(s) at path, or at dirfd itself when path is "". */
int sys_open_tree_clone(int dirfd, const char *path, bool recursive, bool nofollow);

/* Maps the ids of a detached mount by a user namespace (kernel 5.12). */
int sys_mount_idmap(int fd, bool recursive, int userns);

/* On the mount whose root fd is: attributes, or propagation (MS_*) when it is not 0. */
int sys_mount_setattr(int fd, bool recursive, uint64_t set, uint64_t clear, uint64_t propagation);

/* Attaches the detached mount `tree` at the object `target`; both are descriptors. */
int sys_move_mount(int tree, int target);

int sys_mount(const char *source, const char *target, const char *fstype, unsigned long flags,
	      const char *data);
int sys_umount(const char *target, int flags);
int sys_pivot_root(const char *new_root, const char *put_old);
int sys_chroot(const char *path);
int sys_chdir(const char *path);
int sys_fchdir(int fd);

/* statfs: the magic number, and the ST_* flags of the mount. */
int sys_fs_type(int fd, long *ret);
int sys_fs_flags(int fd, unsigned long *ret);

/* Explains the last failure on a file system context: the kernel's own words, or "". */
void sys_fs_message(int fs, char *buf, unsigned size);

#endif
