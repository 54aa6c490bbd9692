/* SPDX-License-Identifier: Apache-2.0 */
/*
 * berth-init is in berth, so that one file is enough. Where the same program is installed, too, it need not be copied
 * for each container: a copy costs twice what the mount does, and its memory as long as the container waits.
 */
#define _GNU_SOURCE
#include "libcontainer/run/image.h"

#include "base/fd.h"
#include "libcontainer/run/helper.h"
#include "libcontainer/run/init-image.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/memfd.h"
#include "libcontainer/sys/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define DIGEST_SIZE 64 /* at the end of the file, see Makefile.am */

/* Another version knows other operations; what others may write to is no program of ours. */
static bool is_same(int fd)
{
	char digest[DIGEST_SIZE];
	struct stat st;

	return sys_fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && sys_is_private(&st) &&
	       (size_t)st.st_size == init_image_size &&
	       sys_pread(fd, digest, sizeof(digest), st.st_size - DIGEST_SIZE) == DIGEST_SIZE &&
	       memcmp(digest, init_image + init_image_size - DIGEST_SIZE, DIGEST_SIZE) == 0;
}

/*
 * The mount is read-only, also for who finds it by /proc/PID/exe, and nobody in a container can change that: it
 * is in no mount namespace that he is in. Where nothing may be executed from the original, the embedded program is
 * the same.
 */
static int mount_installed(void)
{
	_cleanup_close_ int file = -1, tree = -1;
	static char path[PATH_MAX]; /* what is on the stack is filled with zeros each time */
	int r;

	(void)snprintf(path, sizeof(path), "%s/berth-init", helper_dir());
	file = sys_openat(AT_FDCWD, path, O_RDONLY | O_NOFOLLOW, 0);
	if (file < 0)
		return file;
	if (!is_same(file))
		return -ENOEXEC;
	tree = sys_open_tree_clone(file, "", false, false);
	if (tree < 0)
		return tree;
	r = sys_mount_setattr(tree, false, MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOEXEC, 0);
	return r < 0 ? r : fd_steal(&tree);
}

int image_open(bool execute_only)
{
	int fd = execute_only ? -ENOEXEC : mount_installed();

	if (fd >= 0)
		return fd;
	return sys_memfd_sealed("berth-init", init_image, init_image_size,
				execute_only ? MEMFD_EXECUTE_ONLY : MEMFD_EXECUTABLE);
}
