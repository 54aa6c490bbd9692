/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/init/init.h"
#include "libcontainer/init/lines.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/mount.h"

#include <fcntl.h>
#include <stddef.h>

/*
 * When the root is moved instead of pivoted, the host's mounts stay in the mount namespace, below. A
 * process with the right to mount could get back at the host's procfs and sysfs, which are neither
 * masked nor read-only. So those are taken away first, or covered where the kernel does not let go.
 */

/* Space, tab, newline and backslash stand as octal numbers there. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++, to++) {
		*to = *s;
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] && s[3]) {
			*to = (char) ((s[1] - '0') * 64 + (s[2] - '0') * 8 + (s[3] - '0'));
			s += 3;
		}
	}
	*to = '\0';
}

static unsigned long number(const char *s)
{
	unsigned long n = 0;

	for (; *s >= '0' && *s <= '9'; s++)
		n = n * 10 + (unsigned long) (*s - '0');
	return n;
}

/* What follows " - ": the type of the file system. */
static const char *line_type(const char *line)
{
	const char *p;

	for (p = line; *p; p++)
		if (p[0] == ' ' && p[1] == '-' && p[2] == ' ')
			return p + 3;
	return "";
}

/* The mount point when the line is a procfs or sysfs outside of the rootfs; else NULL. */
static char *line_match(char *line, const char *root, unsigned long *ret_id)
{
	const char *type = line_type(line), *rest;
	char *point = line;
	unsigned k;

	if (!str_after(type, "proc ") && !str_after(type, "sysfs "))
		return NULL;
	*ret_id = number(line);
	for (k = 0; k < 4 && point; k++) {
		point = strchr(point, ' ');
		point = point ? point + 1 : NULL;
	}
	if (!point)
		return NULL;
	point[strcspn(point, " ")] = '\0';
	unescape(point);
	rest = str_after(point, root);
	return rest && (*rest == '\0' || *rest == '/') ? NULL : point;
}

static int hide_one(struct init *i, const char *point)
{
	_cleanup_close_ int fd = sys_openat(AT_FDCWD, point, O_PATH | O_NOFOLLOW, 0);
	int r;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd; /* under another mount: out of reach */
	r = root_propagate(i, fd, true, MS_SLAVE | MS_REC);
	if (r == 0)
		r = sys_umount(point, MNT_DETACH);
	if (r == -EINVAL || r == -EPERM)
		r = sys_mount("tmpfs", point, "tmpfs", MS_RDONLY, "size=4k,nr_inodes=1");
	return r;
}

/* Hides the one with the smallest id above *last: the list changes as we go. 1, 0: none left. */
static int hide_next(struct init *i, const char *root, unsigned long *last)
{
	struct lines l = { .fd = procfs_open_self(&i->proc, "mountinfo", O_RDONLY) };
	unsigned long best = 0, id;
	char *line, *point, found[PATH_MAX];
	int r;

	if (l.fd < 0)
		return l.fd;
	while ((r = lines_next(&l, &line)) > 0) {
		point = line_match(line, root, &id);
		if (!point || id <= *last || (best && id > best))
			continue;
		best = id;
		(void) str_copy(found, sizeof(found), point);
	}
	fd_close(&l.fd);
	if (r < 0 || !best)
		return r;
	*last = best;
	r = hide_one(i, found);
	return r < 0 ? r : 1;
}

int root_hide_kernel_mounts(struct init *i)
{
	struct error err = ERROR_INIT;
	unsigned long last = 0;
	char fd_path[40], root[PATH_MAX];
	int r = init_proc(i, &err);

	if (r < 0)
		return r;
	procfs_fd_path(&i->proc, i->fd_root, fd_path, sizeof(fd_path));
	r = sys_readlinkat(i->proc.fd, fd_path, root, sizeof(root));
	while (r >= 0) {
		r = hide_next(i, root, &last);
		if (r == 0)
			return 0;
	}
	return r;
}
