/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events: waits for whatever happens first, a lack of memory, the end of init, the next statistics, or the
 * end of whoever reads.
 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "libcontainer/cgroup/events.h"
#include "libcontainer/cgroup/pressure.h"
#include "libcontainer/cgroup/stats.h"
#include "libcontainer/run/container.h"
#include "libcontainer/run/run.h"
#include "libcontainer/run/stats.h"
#include "libcontainer/sys/clock.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/socket.h"

#include <errno.h>

#define LEFTOVERS_MS 200   /* init has ended, others have not: how often is looked for them */
#define WAIT_MAX_MS 3600000

struct stream {
	const char *id;
	const struct cgroup *cg;
	const struct resctrl *rdt;
	int out;
	int pidfd;                 /* of init; -1 when it has ended */
	struct cgroup_watch watch;
	const char *level;         /* of the pressure that is told; NULL: none is */
	struct cgroup_pressure pressure;
	uint64_t interval_ms, next;
};

/* One line in one write. 1: nobody reads any more. */
static int emit(const struct stream *s, const struct event *event, struct error *err)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	int r = event_write(s->id, event, &line, err);

	if (r < 0)
		return r;
	r = sys_write_all(s->out, line.data, line.len);
	if (r == -EPIPE)
		return 1;
	return r < 0 ? error_set(err, ERR_FILE_OUTPUT, -r, "standard output") : 0;
}

/* 1: there is nothing any more that could be read. */
static int emit_stats(const struct stream *s, struct error *err)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct container_stats stats;
	const struct event event = { .stats = &stats };
	int r = cgroup_stats(s->cg, &arena, &stats.cgroup, err);

	if (r == -ENOENT && !error_is_set(err))
		return 1;
	if (r == 0 && resctrl_stats(s->rdt, &arena, &stats.rdt) < 0)
		r = error_set(err, ERR_NO_MEMORY, ENOMEM, "statistics");
	return r < 0 ? r : emit(s, &event, err);
}

static int timeout(const struct stream *s)
{
	uint64_t now = sys_now_ms(), wait = s->next > now ? s->next - now : 0;

	if (s->pidfd < 0)
		wait = MIN(wait, LEFTOVERS_MS);
	return (int)MIN(wait, WAIT_MAX_MS);
}

static int emit_memory(struct stream *s, const struct pollfd *lack, const struct pollfd *pressure, struct error *err)
{
	const struct event oom = { 0 }, waits = { .pressure = s->level };
	int r = 0;

	if (pressure->revents && cgroup_pressure_read(&s->pressure, pressure->revents))
		r = emit(s, &waits, err);
	if (r == 0 && lack->revents && cgroup_watch_read(&s->watch))
		r = emit(s, &oom, err);
	return r;
}

/* One round; 1: the end. */
static int wait_once(struct stream *s, struct error *err)
{
	struct pollfd p[] = {
		{ .fd = s->watch.fd, .events = POLLIN },
		{ .fd = s->pidfd, .events = POLLIN },
		{ .fd = s->out, .events = 0 }, /* only whether the other end is gone */
		{ .fd = s->pressure.fd, .events = s->pressure.events },
	};
	int r = sys_poll(p, ELEMENTSOF(p), timeout(s));

	if (r < 0)
		return error_set(err, ERR_SYSTEM, -r, "cannot wait for events");
	/* First of all: a container that ended for lack of memory shall have said so. */
	r = emit_memory(s, &p[0], &p[3], err);
	if (r != 0)
		return r;
	if (p[2].revents & (POLLERR | POLLNVAL))
		return 1;
	if (p[1].revents)
		fd_close(&s->pidfd);
	if (s->pidfd < 0 && !cgroup_is_populated(s->cg))
		return 1;
	if (sys_now_ms() < s->next)
		return 0;
	s->next = MAX(s->next + s->interval_ms, sys_now_ms() + 1);
	return emit_stats(s, err);
}

static int follow(struct stream *s, const struct record *record, struct error *err)
{
	int r = 0;

	s->pidfd = process_open(&record->init);
	if (s->pidfd < 0 && s->pidfd != -ESRCH)
		return error_set(err, ERR_SYSTEM, -s->pidfd, "cannot open process %d", (int)record->init.pid);
	r = cgroup_watch_open(s->cg, &s->watch, err);
	if (r == 0 && s->level)
		r = cgroup_pressure_open(s->cg, s->level, &s->pressure, err);
	s->next = sys_now_ms() + s->interval_ms;
	while (r == 0)
		r = wait_once(s, err);
	cgroup_pressure_close(&s->pressure);
	cgroup_watch_close(&s->watch);
	fd_close(&s->pidfd);
	return r < 0 ? r : 0;
}

int container_events(const struct state_root *root, const char *id, uint64_t interval_ns, const char *pressure,
		     int out, struct error *err)
{
	_cleanup_container_ struct container c = CONTAINER_INIT;
	struct stream s = {
		.id = id,
		.cg = &c.record.cgroup,
		.rdt = &c.record.resctrl,
		.out = out,
		.pidfd = -1,
		.watch = CGROUP_WATCH_INIT,
		.level = pressure,
		.pressure = CGROUP_PRESSURE_INIT,
		.interval_ms = MAX(interval_ns / 1000000, 1u),
	};
	int r = container_open(root, id, STATE_LOCK_NONE, &c, err);

	if (r < 0)
		return r;
	if (c.status == STATUS_STOPPED || c.status == STATUS_CREATING)
		return error_set(err, ERR_CONTAINER_ENDED, 0, "%s", id);
	if (c.record.cgroup.n == 0)
		return error_set(err, ERR_CGROUP, 0, "of container %s: it has none of its own", id);
	if (interval_ns > 0)
		return follow(&s, &c.record, err);
	r = emit_stats(&s, err);
	return r < 0 ? r : 0;
}
