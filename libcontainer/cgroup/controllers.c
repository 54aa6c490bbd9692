/* SPDX-License-Identifier: Apache-2.0 */
/*
 * v2: a cgroup has the files of a controller only when each of its parents has enabled it for its children
 * (cgroup.subtree_control). Parents belong to others. What they have enabled stays so when the container is
 * gone: somebody else may have begun to use it.
 */
#define _GNU_SOURCE
#include "libcontainer/cgroup/internal.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define LIST_MAX 512
#define NAME_MAX_ 64

struct enable {
	const char *needed; /* "cpu,memory" */
	bool all;
	char path[CGROUP_PATH_MAX]; /* of the directory where we are */
	/* the first controller that is needed and could not be enabled */
	char failed[NAME_MAX_];
	char where[CGROUP_PATH_MAX];
	int reason;
};

/* A list of the kernel's, with commas instead of blanks; empty when it cannot be read. */
static void read_list(int dir, const char *file, char list[LIST_MAX])
{
	if (cgroup_read(dir, file, list, LIST_MAX) < 0)
		list[0] = '\0';
	for (char *s = list; *s; s++)
		if (*s == ' ')
			*s = ',';
}

/* Takes the next name out of a list; false at its end. */
static bool next_name(const char **list, char name[NAME_MAX_])
{
	size_t n = strcspn(*list, ",");

	if (n == 0 || n >= NAME_MAX_)
		return false;
	memcpy(name, *list, n);
	name[n] = '\0';
	*list += n + ((*list)[n] == ',');
	return true;
}

/*
 * True for a cgroup other than the root that has processes. A controller of memory or I/O would be refused
 * there; one of CPU time or processes would be enabled, and make all the children threaded ones, which no
 * container can live in.
 */
static bool is_occupied(int dir)
{
	char text[16];

	/* The root has no type, and may have both. */
	if (cgroup_read(dir, "cgroup.type", text, sizeof(text)) < 0)
		return false;
	/* More than fits is as much as something. */
	return cgroup_read(dir, "cgroup.procs", text, sizeof(text)) != 0;
}

static void enable_one(struct enable *e, int dir, const char *name, bool occupied)
{
	char text[NAME_MAX_ + 1];
	int r = -EBUSY;

	snprintf(text, sizeof(text), "+%s", name);
	if (!occupied)
		r = sys_write_file(dir, "cgroup.subtree_control", text);
	if (r >= 0 || e->failed[0] || !cgroup_has_controller(e->needed, name))
		return;
	(void)str_copy(e->failed, sizeof(e->failed), name);
	(void)str_copy(e->where, sizeof(e->where), e->path);
	e->reason = -r;
}

/*
 * Enables what the directory has and its children have not. One write for all is the usual case; if that is
 * refused, one at a time, so that one bad controller does not keep the others away.
 */
static void enable_here(struct enable *e, int dir)
{
	char has[LIST_MAX], enabled[LIST_MAX], name[NAME_MAX_], text[LIST_MAX * 2] = "";
	size_t len = 0, n = 0;
	const char *s = has;
	bool occupied;

	read_list(dir, "cgroup.controllers", has);
	read_list(dir, "cgroup.subtree_control", enabled);
	while (next_name(&s, name)) {
		if (cgroup_has_controller(enabled, name) ||
		    !(e->all || cgroup_has_controller(e->needed, name)))
			continue;
		len += (size_t)snprintf(text + len, sizeof(text) - len, n++ ? " +%s" : "+%s", name);
	}
	if (n == 0)
		return;
	occupied = is_occupied(dir);
	if (n > 1 && !occupied && sys_write_file(dir, "cgroup.subtree_control", text) >= 0)
		return;
	for (s = has; next_name(&s, name);)
		if (!cgroup_has_controller(enabled, name) && (e->all || cgroup_has_controller(e->needed, name)))
			enable_one(e, dir, name, occupied);
}

/* From the mount point down to the parent of the last component; *ret_dir is the last one. */
static int walk_down(struct enable *e, int root, const char *rest, int *ret_dir)
{
	_cleanup_close_ int fd = root;
	char name[CGROUP_NAME_MAX + 1];

	for (rest += strspn(rest, "/"); *rest; rest += strspn(rest, "/")) {
		size_t n = strcspn(rest, "/"), len = strlen(e->path);
		int next;

		if (n >= sizeof(name) || len + n + 2 > sizeof(e->path))
			return -ENAMETOOLONG;
		memcpy(name, rest, n);
		name[n] = '\0';
		enable_here(e, fd);
		next = sys_openat(fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
		if (next < 0)
			return next;
		fd_close(&fd);
		fd = next;
		snprintf(e->path + len, sizeof(e->path) - len, "/%s", name);
		rest += n;
	}
	*ret_dir = fd_steal(&fd);
	return 0;
}

static int missing(const struct enable *e, const char *name, const char *dir, struct error *err)
{
	bool known = streq(name, e->failed);
	int errnum = known ? e->reason : 0;

	(void)error_set(err, ERR_CGROUP, errnum, "%s: controller %s cannot be enabled in %s", dir, name,
			known ? e->where : "a parent of it");
	if (errnum == EBUSY)
		error_add_cause(err, "that cgroup has processes of its own");
	else if (errnum == EACCES || errnum == EPERM || errnum == EROFS)
		error_add_cause(err, "it is not delegated to this user");
	else if (!known)
		error_add_cause(err, "a cgroup above it does not have the controller");
	return errnum ? -errnum : -ENOENT;
}

/* True when a directory has every controller that another one has, or is needed. */
static bool has_enough(const struct enable *e, const char *top, int dir)
{
	char has[LIST_MAX], name[NAME_MAX_];
	const char *s = e->all ? top : e->needed;

	read_list(dir, "cgroup.controllers", has);
	while (next_name(&s, name))
		if (!cgroup_has_controller(has, name))
			return false;
	return true;
}

int cgroup_enable(const char *mount, const char *dir, const char *needed, bool all, struct error *err)
{
	struct enable e = { .needed = needed, .all = all };
	const char *rest = str_after(dir, mount), *s = needed;
	_cleanup_close_ int fd = cgroup_open(dir, 2, O_PATH, err);
	int root = cgroup_open(mount, 2, O_PATH, err), r;
	char top[LIST_MAX], has[LIST_MAX], name[NAME_MAX_];

	if (fd < 0 || root < 0 || !rest) {
		fd_close(&root);
		return error_set(err, ERR_CGROUP, EINVAL, "%s cannot be opened", dir);
	}
	/* The usual case: engines' parents have been used before. */
	read_list(root, "cgroup.controllers", top);
	if (has_enough(&e, top, fd)) {
		fd_close(&root);
		return 0;
	}
	(void)str_copy(e.path, sizeof(e.path), mount);
	fd_close(&fd);
	r = walk_down(&e, root, rest, &fd);
	if (r < 0)
		return error_set(err, ERR_CGROUP, -r, "%s cannot be opened", dir);
	read_list(fd, "cgroup.controllers", has);
	while (next_name(&s, name))
		if (!cgroup_has_controller(has, name))
			return missing(&e, name, dir, err);
	return 0;
}
