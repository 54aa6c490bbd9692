/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/cgroup/pressure.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/cgroup/internal.h"
#include "libcontainer/cgroup/pressure-levels.h"
#include "libcontainer/sys/event.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define LEVEL(word, trigger) { word, trigger },
static const struct {
	const char *word, *trigger;
} levels[] = { PRESSURE_LEVELS(LEVEL) };

void cgroup_pressure_close(struct cgroup_pressure *p)
{
	fd_close(&p->fd);
}

static int open_v1(struct cgroup_pressure *p, int dir, size_t level)
{
	_cleanup_close_ int control = sys_openat(dir, "memory.pressure_level", O_RDONLY, 0);
	char text[64];

	if (control < 0)
		return control;
	p->events = POLLIN;
	p->fd = sys_eventfd();
	if (p->fd < 0)
		return p->fd;
	(void)snprintf(text, sizeof(text), "%d %d %s", p->fd, control, levels[level].word);
	return sys_write_file(dir, "cgroup.event_control", text);
}

/* The trigger lives as long as the descriptor. */
static int open_v2(struct cgroup_pressure *p, int dir, size_t level)
{
	size_t len = strlen(levels[level].trigger) + 1;
	ssize_t n;

	p->events = POLLPRI;
	p->fd = sys_openat(dir, "memory.pressure", O_RDWR | O_NONBLOCK, 0);
	if (p->fd < 0)
		return p->fd;
	n = sys_write(p->fd, levels[level].trigger, len);
	return n < 0 ? (int)n : 0;
}

int cgroup_pressure_open(const struct cgroup *cg, const char *level, struct cgroup_pressure *ret, struct error *err)
{
	const struct cgroup_dir *from = cgroup_find(cg, "memory");
	_cleanup_close_ int dir = -1;
	size_t i = 0;
	int r;

	*ret = CGROUP_PRESSURE_INIT;
	while (i < ELEMENTSOF(levels) && !streq(levels[i].word, level))
		i++;
	if (i == ELEMENTSOF(levels))
		return error_set(err, ERR_CGROUP, EINVAL, "pressure level \"%s\"", level);
	if (!from)
		from = cgroup_find(cg, NULL);
	if (!from)
		return error_set(err, ERR_CGROUP, 0, "memory pressure: there is no memory controller");
	ret->from = from;
	dir = cgroup_open(from->dir, from->version, O_RDONLY, err);
	if (dir < 0)
		return dir == -ENOENT ? error_set(err, ERR_CGROUP, ENOENT, "%s", from->dir) : dir;
	r = from->version == 1 ? open_v1(ret, dir, i) : open_v2(ret, dir, i);
	if (r == 0)
		return 0;
	cgroup_pressure_close(ret);
	(void)error_set(err, ERR_CGROUP, -r, "%s: memory pressure cannot be watched", from->dir);
	if (r == -ENOENT || r == -EOPNOTSUPP)
		error_add_cause(err, "the kernel does not tell it");
	return r;
}

int cgroup_pressure_read(struct cgroup_pressure *p, short revents)
{
	uint64_t n;

	/* A cgroup that is removed tells that as well. */
	if (revents & (POLLERR | POLLNVAL) || !sys_exists(AT_FDCWD, p->from->dir)) {
		cgroup_pressure_close(p);
		return 0;
	}
	return p->from->version == 2 || sys_read(p->fd, &n, sizeof(n)) == sizeof(n);
}
