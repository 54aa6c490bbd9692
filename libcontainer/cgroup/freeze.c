/* SPDX-License-Identifier: Apache-2.0 */
/* Freezing and thawing: the freezer controller of v1, cgroup.freeze of v2. */
#define _GNU_SOURCE
#include "libcontainer/cgroup/internal.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/cgroupfs.h"
#include "libcontainer/sys/clock.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* v1's freezer comes first, being there means it is used. */
const struct cgroup_dir *cgroup_freezer(const struct cgroup *cg)
{
	const struct cgroup_dir *d = cgroup_find(cg, "freezer");

	return d ? d : cgroup_find(cg, NULL);
}

int cgroup_dir_frozen(int dir, uint32_t version)
{
	char text[256];
	ssize_t n;

	if (version == 1) {
		n = cgroup_read(dir, "freezer.state", text, sizeof(text));
		return n < 0 ? 0 : !streq(text, "THAWED");
	}
	/* The one tells what was asked for here, the other what a frozen parent has done to it. */
	n = cgroup_read(dir, "cgroup.freeze", text, sizeof(text));
	if (n >= 0 && streq(text, "1"))
		return 1;
	return cgroup_read(dir, "cgroup.events", text, sizeof(text)) >= 0 && strstr(text, "frozen 1");
}

int cgroup_frozen(const struct cgroup *cg)
{
	const struct cgroup_dir *d = cgroup_freezer(cg);
	struct error ignored = ERROR_INIT;
	_cleanup_close_ int fd = -1;

	if (!d)
		return 0;
	fd = cgroup_open(d->dir, d->version, O_PATH, &ignored);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	return cgroup_dir_frozen(fd, d->version);
}

static int write_thawed(int dir, uint32_t version)
{
	return version == 1 ? sys_write_file(dir, "freezer.state", "THAWED")
			    : sys_write_file(dir, "cgroup.freeze", "0");
}

/*
 * v1 can stay in FREEZING for ever when a task in the middle of a fork or a vfork was caught at a bad
 * moment; thawing for a moment and trying again gets it out of that.
 */
static int freeze_v1(int dir, unsigned deadline_ms)
{
	uint64_t end = sys_now_ms() + deadline_ms;
	char text[256];
	int r = 0;

	for (unsigned i = 1; r == 0; i++) {
		r = sys_write_file(dir, "freezer.state", "FROZEN");
		if (r < 0 || (cgroup_read(dir, "freezer.state", text, sizeof(text)) >= 0 && streq(text, "FROZEN")))
			return r;
		if (sys_now_ms() >= end)
			return -ETIMEDOUT;
		sys_sleep_us(i < 20 ? 50 : 1000);
		if (i % 50 == 0) {
			r = write_thawed(dir, 1);
			sys_sleep_us(200);
		}
	}
	return r;
}

/* v2 tells when the last process has stopped: cgroup.events changes, which wakes poll(2). */
static int freeze_v2(int dir, unsigned deadline_ms)
{
	_cleanup_close_ int events = sys_openat(dir, "cgroup.events", O_RDONLY, 0);
	struct pollfd poll = { .fd = events, .events = POLLPRI };
	uint64_t end = sys_now_ms() + deadline_ms;
	int r = events < 0 ? events : sys_write_file(dir, "cgroup.freeze", "1");

	while (r == 0) {
		uint64_t now = sys_now_ms();
		char text[256];

		/* Through the polled descriptor: reading is what arms the next event. */
		r = sys_cgroupfs_reread(events, text, sizeof(text));
		if (r < 0 || strstr(text, "frozen 1"))
			return MIN(r, 0);
		if (now >= end)
			return -ETIMEDOUT;
		r = MIN(sys_poll(&poll, 1, (int)(end - now)), 0);
	}
	return r;
}

int cgroup_freeze(const struct cgroup *cg, unsigned deadline_ms, struct error *err)
{
	const struct cgroup_dir *d = cgroup_freezer(cg);
	struct error ignored = ERROR_INIT;
	_cleanup_close_ int fd = -1;
	int r;

	if (!d)
		return error_set(err, ERR_CGROUP, EOPNOTSUPP, "of the container has no freezer");
	fd = cgroup_open(d->dir, d->version, O_RDONLY, err);
	if (fd == -ENOENT)
		return error_set(err, ERR_CGROUP, ENOENT, "%s", d->dir);
	if (fd < 0)
		return fd;
	r = d->version == 1 ? freeze_v1(fd, deadline_ms) : freeze_v2(fd, deadline_ms);
	if (r == 0)
		return 0;
	(void)error_set(err, ERR_CGROUP, -r, "%s cannot be frozen", d->dir);
	/* Never leave a container half frozen that is not going to be called paused. */
	(void)cgroup_thaw(cg, &ignored);
	return r;
}

/* A frozen parent keeps it frozen, whatever is written. */
static int thaw_dir(int dir, uint32_t version, unsigned deadline_ms)
{
	uint64_t end = sys_now_ms() + deadline_ms;
	int r = write_thawed(dir, version);

	while (r == 0 && cgroup_dir_frozen(dir, version) > 0) {
		if (sys_now_ms() >= end)
			return -ETIMEDOUT;
		sys_sleep_us(1000);
	}
	return r;
}

int cgroup_resume(const struct cgroup *cg, unsigned deadline_ms, struct error *err)
{
	const struct cgroup_dir *d = cgroup_freezer(cg);
	_cleanup_close_ int fd = -1;
	int r;

	if (!d)
		return 0;
	fd = cgroup_open(d->dir, d->version, O_PATH, err);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	r = thaw_dir(fd, d->version, deadline_ms);
	if (r == 0)
		return 0;
	(void)error_set(err, ERR_CGROUP, -r, "%s cannot be thawed", d->dir);
	if (r == -ETIMEDOUT)
		error_add_hint(err, "a cgroup above it may be frozen");
	return r;
}

static int enter_for_thaw(int dir, void *arg _unused_)
{
	(void)write_thawed(dir, 1);
	return 0;
}

int cgroup_thaw(const struct cgroup *cg, struct error *err)
{
	const struct cgroup_walk walk = { .enter = enter_for_thaw };
	const struct cgroup_dir *d = cgroup_freezer(cg);
	_cleanup_close_ int fd = -1;
	int r;

	if (!d)
		return 0;
	fd = cgroup_open(d->dir, d->version, O_RDONLY, err);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	r = write_thawed(fd, d->version);
	/*
	 * v1: what the container itself froze further down would not die of a SIGKILL either. v2 lets
	 * frozen processes die.
	 */
	if (r == 0 && d->version == 1)
		r = cgroup_walk(fd, &walk);
	/* The root of a hierarchy has no such file and is never frozen. */
	if (r == -ENOENT || r == -ENODEV)
		return 0;
	return r < 0 ? error_set(err, ERR_CGROUP, -r, "%s cannot be thawed", d->dir) : 0;
}
