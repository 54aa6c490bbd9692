/* SPDX-License-Identifier: Apache-2.0 */
/* Removing a container's cgroups. */
#define _GNU_SOURCE
#include "libcontainer/cgroup/internal.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/clock.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define FIRST_WAIT_US 100
#define LONGEST_WAIT_US 50000
#define PIDS_NAMED 10

/* Splits "/a/b/c" into "/a/b" (in place) and "c". false for what has no parent. */
static bool split_last(char *path, const char **ret_name)
{
	char *slash = strrchr(path, '/');

	if (!slash || slash == path || !slash[1])
		return false;
	*slash = '\0';
	*ret_name = slash + 1;
	return true;
}

/*
 * One attempt for the directory itself. Its parent is opened and must be in a cgroup file system: a
 * damaged or forged record cannot make berth remove other directories.
 */
static int remove_leaf(const struct cgroup_dir *d, struct error *err)
{
	const struct cgroup_walk walk = { .remove = true };
	_cleanup_close_ int opened = -1, fd = -1;
	char path[CGROUP_PATH_MAX];
	const char *name;
	int parent, r;

	if (str_copy(path, sizeof(path), d->dir) >= sizeof(path) - 1 || !split_last(path, &name))
		return error_set(err, ERR_CGROUP, EINVAL, "%s is no path of a cgroup", d->dir);
	parent = cgroup_root_known(path, d->version);
	if (parent < 0) {
		opened = cgroup_open(path, d->version, O_PATH, err);
		parent = opened;
	}
	if (parent < 0)
		return parent == -ENOENT ? 0 : parent;
	r = sys_unlinkat(parent, name, AT_REMOVEDIR);
	if (r != -EBUSY && r != -ENOTEMPTY)
		return r;
	fd = sys_openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (fd < 0)
		return fd;
	r = cgroup_walk(fd, &walk);
	return r < 0 ? r : sys_unlinkat(parent, name, AT_REMOVEDIR);
}

/* The parents that berth made go, too, when nothing else is in them. */
static void remove_parents(const struct cgroup_dir *d)
{
	char path[CGROUP_PATH_MAX];
	struct error ignored = ERROR_INIT;
	const char *name;

	(void)str_copy(path, sizeof(path), d->dir);
	if (!split_last(path, &name))
		return;
	for (uint32_t i = 1; i < d->made && split_last(path, &name); i++) {
		_cleanup_close_ int parent = cgroup_open(path, d->version, O_PATH, &ignored);

		if (parent >= 0 && sys_unlinkat(parent, name, AT_REMOVEDIR) < 0)
			return;
	}
}

static int remove_failed(const struct cgroup *cg, const struct cgroup_dir *d, int r, const struct error *last,
			 struct error *err)
{
	const struct cgroup_dir *freezer = cgroup_find(cg, "freezer");
	_cleanup_pid_list_ struct pid_list list = { 0 };
	struct error ignored = ERROR_INIT;
	char text[256] = "";
	size_t len = 0;

	if (error_is_set(last) && !error_is_set(err))
		*err = *last;
	(void)error_set(err, ERR_CGROUP, -r, "%s cannot be removed", d->dir);
	if (r != -EBUSY || cgroup_dir_pids(d, &list) < 0)
		return r;
	pid_list_sort(&list);
	for (size_t i = 0; i < list.n && i < PIDS_NAMED; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, i ? ", %d" : "%d", (int)list.v[i]);
	if (list.n == 0)
		error_add_cause(err, "processes are still leaving it");
	else
		error_add_cause(err, "processes still alive: %s%s", text, list.n > PIDS_NAMED ? ", ..." : "");
	if (freezer && cgroup_thaw(cg, &ignored) == 0 && cgroup_frozen(cg) == 1)
		error_add_hint(err, "a parent of %s is frozen", freezer->dir);
	return r;
}

int cgroup_remove(const struct cgroup *cg, unsigned deadline_ms, struct error *err)
{
	uint64_t end = sys_now_ms() + deadline_ms;
	unsigned wait = FIRST_WAIT_US;
	int r = 0;

	for (size_t i = 0; i < cg->n; i++) {
		const struct cgroup_dir *d = &cg->v[i];
		struct error last = ERROR_INIT;

		if (d->made == 0) {
			if (d->version == 2)
				cgroup_devices_unset(d->dir);
			continue;
		}
		/* A killed process is in its cgroup until it has been torn down completely. */
		for (;;) {
			error_clear(&last);
			r = remove_leaf(d, &last);
			if ((r != -EBUSY && r != -ENOTEMPTY) || sys_now_ms() >= end)
				break;
			sys_sleep_us(wait);
			wait = MIN(wait * 2, LONGEST_WAIT_US);
		}
		if (r < 0 && r != -ENOENT && r != -ENODEV)
			return remove_failed(cg, d, r, &last, err);
		remove_parents(d);
	}
	return 0;
}
