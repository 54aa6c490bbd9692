/* SPDX-License-Identifier: Apache-2.0 */
/* The directory below which all containers are recorded. */
#define _GNU_SOURCE
#include "libcontainer/state/internal.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/userns.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_ROOT "/run/berth"

/* The absolute path, without what would make O_NOFOLLOW look behind a link: "/" and "/." at the end. */
static int set_path(struct state_root *root, const char *path, struct error *err)
{
	char cwd[sizeof(root->path)] = "";
	size_t len;

	if (path[0] != '/' && !getcwd(cwd, sizeof(cwd)))
		return error_set(err, ERR_STATE_ROOT, errno, "%s", path);
	len = (size_t)snprintf(root->path, sizeof(root->path), "%s%s%s", cwd, cwd[0] ? "/" : "", path);
	if (len >= sizeof(root->path))
		return error_set(err, ERR_STATE_ROOT, ENAMETOOLONG, "%.64s...", path);
	while (len > 1 && (root->path[len - 1] == '/' ||
			   (root->path[len - 1] == '.' && root->path[len - 2] == '/')))
		root->path[--len] = '\0';
	return 0;
}

static int choose_path(struct state_root *root, const char *path, bool *ret_from_user, struct error *err)
{
	const char *xdg;

	*ret_from_user = false;
	if (path && !*path)
		return error_set(err, ERR_STATE_ROOT, EINVAL, "path is empty");
	if (path)
		return set_path(root, path, err);
	if (sys_is_real_root())
		return set_path(root, DEFAULT_ROOT, err);
	xdg = getenv("XDG_RUNTIME_DIR");
	if (str_is_empty(xdg))
		return error_set(err, ERR_STATE_ROOT, 0,
				 "is unknown: XDG_RUNTIME_DIR is not set and no --root is given");
	if (xdg[0] != '/')
		return error_set(err, ERR_STATE_ROOT, 0,
				 "is unknown: XDG_RUNTIME_DIR is not an absolute path");
	if (snprintf(root->path, sizeof(root->path), "%s/berth", xdg) >= (int)sizeof(root->path))
		return error_set(err, ERR_STATE_ROOT, ENAMETOOLONG, "%.64s...", xdg);
	*ret_from_user = true;
	return 0;
}

static int make_path(const struct state_root *root, bool from_user, struct error *err)
{
	char path[sizeof(root->path)];
	/* Cleaners of temporary directories leave alone what has the sticky bit. */
	mode_t mode = from_user ? 01700 : 0700;
	int r = 0;

	(void)str_copy(path, sizeof(path), root->path);
	for (char *s = path + 1; r == 0 && (s = strchr(s, '/')); *s++ = '/') {
		*s = '\0';
		r = sys_mkdirat(AT_FDCWD, path, 0700);
		/* Read-only parents answer EROFS before they say that the directory exists. */
		if (r == -EEXIST || r == -EROFS || r == -EACCES)
			r = 0;
	}
	if (r == 0)
		r = sys_mkdirat(AT_FDCWD, path, mode);
	if (r < 0 && r != -EEXIST)
		return error_set(err, ERR_STATE_ROOT, -r, "%s cannot be made", root->path);
	return 0;
}

/*
 * Who can write here can make berth believe anything about pids and cgroups, and who can replace the
 * directory by a link makes it write elsewhere. Refused are links, others' directories, and what group
 * or others may write to.
 */
static int check(const struct state_root *root, struct error *err)
{
	struct stat st;
	int r = sys_fstat(root->fd, &st);

	if (r < 0)
		return error_set(err, ERR_STATE_ROOT, -r, "%s", root->path);
	if (st.st_uid != geteuid())
		return error_set(err, ERR_STATE_ROOT, EPERM, "%s belongs to user %u, not to %u", root->path,
				 st.st_uid, geteuid());
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return error_set(err, ERR_STATE_ROOT, EPERM, "%s may be written by others (mode %04o)",
				 root->path, (unsigned)(st.st_mode & 07777));
	return 0;
}

int state_root_open(const char *path, bool create, struct state_root *ret, struct error *err)
{
	bool from_user;
	int r;

	ret->fd = -1;
	r = choose_path(ret, path, &from_user, err);
	if (r < 0)
		return r;
	ret->fd = sys_openat(AT_FDCWD, ret->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (ret->fd == -ENOENT && !create)
		return -ENOENT;
	if (ret->fd == -ENOENT) {
		r = make_path(ret, from_user, err);
		if (r < 0)
			return r;
		ret->fd = sys_openat(AT_FDCWD, ret->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	}
	if (ret->fd == -ELOOP || ret->fd == -ENOTDIR)
		return error_set(err, ERR_STATE_ROOT, ENOTDIR, "%s is not a real directory", ret->path);
	if (ret->fd < 0)
		return error_set(err, ERR_STATE_ROOT, -ret->fd, "%s", ret->path);
	r = check(ret, err);
	if (r < 0)
		state_root_close(ret);
	return r;
}

void state_root_close(struct state_root *root)
{
	fd_close(&root->fd);
}
