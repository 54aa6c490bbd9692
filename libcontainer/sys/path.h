/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_PATH_H
#define BERTH_SYS_PATH_H

/*
 * The resolver for paths inside a root file system.
 *
 * Whoever writes the root file system (an image, a container that shares a volume) chooses its symlinks
 * and can swap names while we resolve. More than half of all published runtime vulnerabilities are a
 * path string that was resolved twice, or by a resolver that did not stop at the root. So: a path is
 * resolved once, here, with `root` as the top of the world, and used as the returned descriptor only.
 * Ordinary symlinks work, absolute ones start at `root`, ".." stops at `root`; magic links of procfs
 * (-ELOOP) never work, because they lead anywhere.
 *
 * openat2(2) does the work; where the kernel or a filter does not offer it (-ENOSYS, -EPERM), a walk by
 * single components does, with the same results.
 *
 * All return an O_PATH descriptor, or a negative errno.
 */

#include <stdbool.h>
#include <sys/types.h>

#define PATH_NO_SYMLINKS 1u  /* a symlink among the components is -ELOOP */
#define PATH_NOFOLLOW 2u     /* the last component is not followed: a symlink is returned itself */
#define PATH_DIRECTORY 4u    /* anything but a directory is -ENOTDIR */
#define PATH_LIKELY_NEW 8u   /* a hint for path_make_in_root(): the last component is most likely missing */

int path_open_in_root(int root, const char *path, unsigned flags);

/*
 * The same for a path that may not exist: missing components are made, directories with mode 0755 and
 * the last one with `mode`, which is S_IFDIR or S_IFREG (an empty file) plus permission bits. A dangling
 * symlink gets its target made, inside the root. *ret_created (may be NULL) tells whether the last one
 * was missing. An existing last component is returned whatever its type.
 */
int path_make_in_root(int root, const char *path, mode_t mode, unsigned flags, bool *ret_created);

/*
 * The directory that holds the last component of path, made if missing, and in *ret_name that component
 * (a pointer into path). -EINVAL when path has no last component, or it is "." or "..".
 */
int path_make_parent_in_root(int root, const char *path, unsigned flags, const char **ret_name);

/*
 * openat2(2) itself, with O_CLOEXEC added; resolve holds RESOLVE_ bits. -EAGAIN, which says that names
 * were moved meanwhile, is tried again for some milliseconds.
 */
int sys_openat2(int dirfd, const char *path, int flags, unsigned long long resolve);

/* For tests: never use openat2(2), as on a kernel without it. */
void path_force_fallback(bool on);

#endif
