/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/cgroup/events.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/cgroup/internal.h"
#include "libcontainer/sys/event.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>

void cgroup_watch_close(struct cgroup_watch *w)
{
	fd_close(&w->fd);
	fd_close(&w->dir);
}

/* The kernel keeps the eventfd of v1 until it is closed, or the cgroup is removed, which it tells as well. */
static int watch_v1(struct cgroup_watch *w)
{
	_cleanup_close_ int control = sys_openat(w->dir, "memory.oom_control", O_RDONLY, 0);
	char text[32];

	if (control < 0)
		return control;
	w->fd = sys_eventfd();
	if (w->fd < 0)
		return w->fd;
	(void)snprintf(text, sizeof(text), "%d %d", w->fd, control);
	return sys_write_file(w->dir, "cgroup.event_control", text);
}

static int watch_file(const struct cgroup_watch *w, const char *name)
{
	char path[CGROUP_PATH_MAX];

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", w->from->dir, name) >= sizeof(path))
		return -ENAMETOOLONG;
	return sys_inotify_add(w->fd, path, IN_MODIFY);
}

static int watch_v2(struct cgroup_watch *w)
{
	int r;

	w->fd = sys_inotify();
	if (w->fd < 0)
		return w->fd;
	r = watch_file(w, "cgroup.events");
	if (r == 0)
		r = watch_file(w, "memory.events");
	/* Counted from here on: what killed an earlier process is no news. */
	if (r == 0)
		(void)cgroup_read_kills(w->dir, "memory.events", &w->kills);
	return r;
}

int cgroup_watch_open(const struct cgroup *cg, struct cgroup_watch *ret, struct error *err)
{
	int r;

	*ret = CGROUP_WATCH_INIT;
	ret->from = cgroup_find(cg, "memory");
	if (!ret->from)
		ret->from = cgroup_find(cg, NULL);
	if (!ret->from)
		return 0;
	ret->dir = cgroup_open(ret->from->dir, ret->from->version, O_RDONLY, err);
	if (ret->dir < 0)
		return ret->dir == -ENOENT ? 0 : ret->dir;
	r = ret->from->version == 1 ? watch_v1(ret) : watch_v2(ret);
	if (r == 0)
		return 0;
	cgroup_watch_close(ret);
	/* No such file: a tree without the memory controller. */
	return r == -ENOENT ? 0 : error_set(err, ERR_CGROUP, -r, "%s cannot be watched", ret->from->dir);
}

static int read_v1(const struct cgroup_watch *w)
{
	uint64_t n;

	if (sys_read(w->fd, &n, sizeof(n)) != sizeof(n))
		return 0;
	/* The removal of the cgroup counts as an event of it. */
	return sys_exists(AT_FDCWD, w->from->dir);
}

static int read_v2(struct cgroup_watch *w)
{
	_Alignas(struct inotify_event) char data[4096];
	uint64_t kills = 0;

	while (sys_read(w->fd, data, sizeof(data)) > 0)
		;
	if (!cgroup_read_kills(w->dir, "memory.events", &kills) || kills <= w->kills)
		return 0;
	w->kills = kills;
	return 1;
}

int cgroup_watch_read(struct cgroup_watch *w)
{
	return w->from->version == 1 ? read_v1(w) : read_v2(w);
}

bool cgroup_is_populated(const struct cgroup *cg)
{
	_cleanup_pid_list_ struct pid_list list = { 0 };

	return cgroup_all_pids(cg, false, &list) < 0 || list.n > 0;
}
