/* SPDX-License-Identifier: Apache-2.0 */
/* Writing one value, and saying in words why the kernel did not take it. */
#define _GNU_SOURCE
#include "libcontainer/cgroup/internal.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/program.h" /* CGROUP_SET_ flags */
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What an errno means for a file; the first row that fits. A name ending in '*' fits by its beginning. */
struct reason {
	const char *file;
	int errnum;
	const char *words;
};

static const struct reason reasons[] = {
	{ "memory.memsw.*", ENOENT, "the kernel has no swap accounting" },
	{ "memory.memsw.limit_in_bytes", EINVAL, "memory plus swap must not be less than the memory limit" },
	{ "memory.limit_in_bytes", EINVAL, "the memory limit must not be more than memory plus swap" },
	{ "memory.memsw.limit_in_bytes", EBUSY, "more is in use than that" },
	{ "memory.limit_in_bytes", EBUSY, "more memory is in use than that" },
	{ "memory.kmem.*", EBUSY, "more kernel memory is in use than that, or the cgroup has processes" },
	{ "memory.kmem.*", ENOENT, "the kernel cannot limit kernel memory separately" },
	{ "memory.kmem.*", EOPNOTSUPP, "the kernel cannot limit kernel memory separately" },
	{ "memory.use_hierarchy", EBUSY, "the cgroup has children" },
	{ "memory.swappiness", EINVAL, "swappiness is 0 to 100, and not settable in every cgroup" },
	{ "memory.swap.max", ENOENT, "the kernel has no swap accounting" },
	{ "cpu.cfs_burst_us", EINVAL, "burst must not be more than the quota" },
	{ "cpu.cfs_*", EINVAL, "quota and period must be 1 ms to 1 s, and within what the parent allows" },
	{ "cpu.max", EINVAL, "quota and period must be 1 ms to 1 s" },
	{ "cpu.rt_*", EINVAL, "the parent cgroup has no such real-time budget" },
	{ "cpu.rt_*", EBUSY, "the cgroup has real-time processes" },
	{ "cpu.rt_*", ENOENT, "the kernel has no real-time group scheduling" },
	{ "cpu.max.burst", ENOENT, "the kernel has no bursts" },
	{ "cpu.idle", ENOENT, "the kernel has no idle cgroups" },
	{ "cpu.max.burst", EINVAL, "burst must not be more than the quota" },
	{ "cpu.weight", EINVAL, "a cgroup that is idle has no weight" },
	{ "io.weight", ENOENT, "the kernel has neither BFQ nor weights by cost (CONFIG_BLK_CGROUP_IOCOST)" },
	{ "cpuset.*", EACCES, "the parent cgroup does not have all of these" },
	{ "cpuset.*", EINVAL, "not a list of what this machine and the parent cgroup have" },
	{ "cpuset.*", ERANGE, "not a list of numbers and ranges" },
	{ "cpuset.*", EBUSY, "processes or children of the cgroup need them" },
	{ "cpuset.*", ENOSPC, "a cgroup with processes needs at least one" },
	{ "devices.*", EPERM, "the parent cgroup does not allow that" },
	{ "hugetlb.*", ENOENT, "there is no such page size" },
	{ "hugetlb.*", EBUSY, "more pages are in use than that" },
	{ "pids.max", EINVAL, "not a number of processes" },
	{ "net_prio.ifpriomap", ENODEV, "there is no such network interface" },
	{ "blkio.*", ENODEV, "there is no such block device" },
	{ "io.*", ENODEV, "there is no such block device" },
	{ "rdma.max", EINVAL, "there is no such RDMA device" },
	{ "rdma.max", ENODEV, "there is no such RDMA device" },
	{ "*", EOPNOTSUPP, "the kernel cannot do that here" },
	{ "*", EACCES, "this cgroup is not delegated to this user" },
	{ "*", ENOENT, "the kernel or this hierarchy does not have it" },
	{ "*", EINVAL, "the kernel does not take this value" },
	{ "*", ERANGE, "the value is out of range" },
	{ "*", EBUSY, "present use of the cgroup does not allow it" },
	{ "*", EROFS, "the hierarchy is mounted read-only" },
};

static const char *find_reason(const char *file, int errnum)
{
	for (size_t i = 0; i < ELEMENTSOF(reasons); i++) {
		const char *name = reasons[i].file;
		size_t len = strcspn(name, "*");

		if (reasons[i].errnum == errnum &&
		    (name[len] ? strncmp(name, file, len) == 0 : streq(name, file)))
			return reasons[i].words;
	}
	return NULL;
}

/* A limit file and the file that says how much is in use. */
struct usage {
	const char *limit, *usage;
};

static const struct usage usages[] = {
	{ "memory.limit_in_bytes", "memory.usage_in_bytes" },
	{ "memory.memsw.limit_in_bytes", "memory.memsw.usage_in_bytes" },
	{ "memory.max", "memory.current" },
};

/* The file that tells the usage for a limit, or NULL. */
static const char *usage_file(const char *file)
{
	for (size_t i = 0; i < ELEMENTSOF(usages); i++)
		if (streq(usages[i].limit, file))
			return usages[i].usage;
	return NULL;
}

static bool read_number(int dir, const char *file, uint64_t *ret)
{
	char text[64];

	return file && cgroup_read(dir, file, text, sizeof(text)) > 0 && str_to_u64(text, ret) == 0;
}

/* memory.checkBeforeUpdate: a limit below the usage would end in the OOM killer. */
static int check_usage(int dir, const char *path, const char *file, const char *value, struct error *err)
{
	uint64_t usage, limit;

	if (str_to_u64(value, &limit) < 0) /* "-1" and "max" are no limit */
		return 0;
	if (!read_number(dir, usage_file(file), &usage) || usage <= limit)
		return 0;
	(void)error_set(err, ERR_CGROUP, EBUSY, "%s/%s: cannot set \"%s\"", path, file, value);
	error_add_cause(err, "%" PRIu64 " bytes are in use and checkBeforeUpdate is set", usage);
	return -EBUSY;
}

static int set_failed(int r, int dir, const char *path, const char *file, const char *value,
		      struct error *err)
{
	const char *words = find_reason(file, -r);
	uint64_t usage;

	if (r == -ENOENT)
		(void)error_set(err, ERR_CGROUP, -r, "%s/%s", path, file);
	else
		(void)error_set(err, ERR_CGROUP, -r, "%s/%s: cannot set \"%s\"", path, file, value);
	if (r == -EBUSY && read_number(dir, usage_file(file), &usage))
		error_add_cause(err, "%s (%" PRIu64 " bytes)", words, usage);
	else if (words)
		error_add_cause(err, "%s", words);
	return r;
}

/* Puts the first word of the file, as it is now, before the value. */
static int keep_first_word(int dir, const char *file, const char *value, char *buf, size_t size)
{
	char now[256];
	ssize_t n = cgroup_read(dir, file, now, sizeof(now));
	int len;

	if (n < 0)
		return (int)n;
	len = snprintf(buf, size, "%.*s %s", (int)strcspn(now, " \n"), now, value);
	return len < 0 || (size_t)len >= size ? -E2BIG : 0;
}

/* Opens the file for writing, unless it is the one that is open. */
static int open_file(struct cgroup_writer *w, const char *file)
{
	if (w->file_fd >= 0 && streq(w->file, file))
		return 0;
	fd_close(&w->file_fd);
	w->file = file;
	w->file_fd = sys_openat(w->fd, file, O_WRONLY | O_NOFOLLOW, 0);
	return MIN(w->file_fd, 0);
}

/* -ENOENT without *err: there is no such file. */
static int write_value(struct cgroup_writer *w, const char *file, const char *value, uint32_t flags,
		       struct error *err)
{
	char whole[512];
	ssize_t n;
	int r = 0;

	if (flags & CGROUP_SET_CHECK_USAGE)
		r = check_usage(w->fd, w->dir, file, value, err);
	if (r < 0)
		return r;
	r = open_file(w, file);
	if (r == -ENOENT)
		return r;
	if (r == 0 && flags & CGROUP_SET_SECOND) {
		r = keep_first_word(w->fd, file, value, whole, sizeof(whole));
		value = whole;
	}
	if (r < 0)
		return set_failed(r, w->fd, w->dir, file, value, err);
	n = sys_write(w->file_fd, value, strlen(value));
	if (n < 0)
		return set_failed((int)n, w->fd, w->dir, file, value, err);
	return (size_t)n == strlen(value) ? 0 : set_failed(-EIO, w->fd, w->dir, file, value, err);
}

static int open_dir(struct cgroup_writer *w, const char *dir, struct error *err)
{
	if (w->fd >= 0 && streq(w->dir, dir))
		return 0;
	cgroup_writer_close(w);
	w->dir = dir;
	w->fd = sys_openat(AT_FDCWD, dir, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
	return w->fd < 0 ? error_set(err, ERR_CGROUP, -w->fd, "%s cannot be opened", dir) : 0;
}

int cgroup_writer_set(struct cgroup_writer *w, const char *dir, const struct cgroup_setting *s,
		      struct error *err)
{
	const char *file = s->file, *value = s->value;
	int r = open_dir(w, dir, err);

	if (r < 0)
		return r;
	/* "../x/memory.limit_in_bytes" from a configuration would reach another container's cgroup. */
	if (!*file || strchr(file, '/') || streq(file, "..") || streq(file, "."))
		return error_set(err, ERR_CGROUP, EINVAL, "file name \"%s\" is not plain", file);
	r = write_value(w, file, value, s->flags, err);
	if (r == -ENOENT && s->other_file && !error_is_set(err)) {
		file = s->other_file;
		value = s->other_value;
		r = write_value(w, file, value, s->flags, err);
	}
	if (r != -ENOENT || error_is_set(err))
		return r;
	return s->flags & CGROUP_SET_OPTIONAL ? 0 : set_failed(r, w->fd, dir, file, value, err);
}

void cgroup_writer_close(struct cgroup_writer *w)
{
	fd_close(&w->file_fd);
	fd_close(&w->fd);
}

int cgroup_set(const char *dir, const struct cgroup_setting *setting, struct error *err)
{
	struct cgroup_writer w = CGROUP_WRITER_INIT;
	int r = cgroup_writer_set(&w, dir, setting, err);

	cgroup_writer_close(&w);
	return r;
}
