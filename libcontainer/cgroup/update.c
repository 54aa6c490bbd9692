/* SPDX-License-Identifier: Apache-2.0 */
/* What a change of limits needs besides writing: the value to go back to, and a look at what was taken. */
#define _GNU_SOURCE
#include "libcontainer/cgroup/internal.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <string.h>

#define VALUE_MAX (64u << 10)
#define UNLIMITED (UINT64_MAX >> 2) /* v1 shows the largest multiple of the page size, v2 "max" */
#define PAGE_MAX 65536u             /* limits are rounded down to whole pages */
#define LIST_MAX 65535u

/*
 * Files with a line per device, interface or the like, and what takes the line away again when there was
 * none. The first word of what is written says which line is meant.
 */
static const struct { const char *file, *none; } keyed[] = {
	{ "blkio.throttle.*_device", "0" },
	{ "blkio.*weight_device", "default" },
	{ "net_prio.ifpriomap", "0" },
	{ "rdma.max", "hca_handle=max hca_object=max" },
	{ "io.max", "rbps=max wbps=max riops=max wiops=max" },
	{ "io.weight", "default" },
	{ "io.bfq.weight", "default" },
};

/* Files whose numbers do not stand alone. */
#define OOM_CONTROL "memory.oom_control"
#define OOM_CONTROL_KEY "oom_kill_disable "

static const char *line_without(const char *file)
{
	for (size_t i = 0; i < ELEMENTSOF(keyed); i++)
		if (fnmatch(keyed[i].file, file, 0) == 0)
			return keyed[i].none;
	return NULL;
}

/* The line of text that begins with the first len bytes of key and a blank. */
static char *line_of(struct arena *arena, const char *text, const char *key, size_t len, const char *none)
{
	for (const char *s = text; *s; s += strcspn(s, "\n"), s += *s == '\n')
		if (strncmp(s, key, len) == 0 && s[len] == ' ')
			return arena_strndup(arena, s, strcspn(s, "\n"));
	return arena_printf(arena, "%.*s %s", (int)len, key, none);
}

int cgroup_saved_value(const char *dir, const char *file, const char *value, struct arena *arena, char **ret,
		       struct error *err)
{
	_cleanup_close_ int fd = -1, in = -1;
	const char *none = line_without(file);
	char *text = arena_alloc(arena, VALUE_MAX);
	ssize_t n;

	if (!text)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "value of %s", file);
	fd = sys_openat(AT_FDCWD, dir, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
	if (fd < 0)
		return error_set(err, ERR_CGROUP, -fd, "%s cannot be opened", dir);
	n = cgroup_read(fd, file, text, VALUE_MAX);
	if (n == -ENOENT)
		return -ENOENT;
	if (n < 0)
		return error_set(err, ERR_CGROUP, (int)-n, "%s/%s cannot be read", dir, file);
	if (none)
		*ret = line_of(arena, text, value, strcspn(value, " "), none);
	else if (streq(file, OOM_CONTROL) && str_after(text, OOM_CONTROL_KEY))
		*ret = arena_strndup(arena, text + strlen(OOM_CONTROL_KEY), 1);
	else /* an empty list is written as an empty line: nothing at all would be no write */
		*ret = arena_strdup(arena, *text ? text : "\n");
	return *ret ? 0 : error_set(err, ERR_NO_MEMORY, ENOMEM, "value of %s", file);
}

/* ---- what was taken ---- */

static bool is_unlimited(const char *s)
{
	uint64_t v;

	return streq(s, "max") || streq(s, "-1") || (str_to_u64(s, &v) == 0 && v >= UNLIMITED);
}

static bool same_text(const char *want, const char *got)
{
	return streq(want, got);
}

static bool same_bytes(const char *want, const char *got)
{
	uint64_t w, g;

	if (is_unlimited(want))
		return is_unlimited(got);
	return str_to_u64(want, &w) == 0 && str_to_u64(got, &g) == 0 && g <= w && w - g < PAGE_MAX;
}

/* The range at *s, which moves behind it and its comma. */
static bool next_range(const char **s, uint32_t *ret_first, uint32_t *ret_last)
{
	uint32_t *number = ret_first;

	*ret_first = *ret_last = 0;
	for (; **s && **s != ','; (*s)++) {
		if (**s == '-' && number == ret_first)
			number = ret_last;
		else if (**s >= '0' && **s <= '9' && *number <= LIST_MAX)
			*number = *number * 10 + (uint32_t)(**s - '0');
		else
			return false;
	}
	if (number == ret_first)
		*ret_last = *ret_first;
	*s += **s == ',';
	return *ret_last <= LIST_MAX;
}

static bool list_has_range(const char *list, uint32_t first, uint32_t last)
{
	uint32_t a, b;

	/* Ranges may overlap or follow each other: what each covers is cut off in front. */
	for (const char *s = list; first <= last && *s;) {
		if (!next_range(&s, &a, &b))
			return false;
		if (a <= first && first <= b) {
			first = b + 1;
			s = list;
		}
	}
	return first > last;
}

static bool list_is_part(const char *list, const char *of)
{
	uint32_t first, last;

	for (const char *s = list; *s;)
		if (!next_range(&s, &first, &last) || !list_has_range(of, first, last))
			return false;
	return true;
}

static bool same_list(const char *want, const char *got)
{
	return list_is_part(want, got) && list_is_part(got, want);
}

/* How the kernel shows what it has taken. Files that are not here clamp, round or list on their own terms. */
static const struct {
	const char *file;
	bool (*same)(const char *want, const char *got);
} checks[] = {
	{ "memory.*limit_in_bytes", same_bytes }, { "memory.max", same_bytes },
	{ "memory.swap.max", same_bytes },	  { "memory.low", same_bytes },
	{ "memory.swappiness", same_text },	  { "cpu.cfs_*_us", same_text },
	{ "cpu.rt_*_us", same_text },		  { "cpu.idle", same_text },
	{ "cpuset.cpus", same_list },		  { "cpuset.mems", same_list },
	{ "pids.max", same_text },
};

bool cgroup_value_is(const char *file, const char *want, const char *got)
{
	for (size_t i = 0; i < ELEMENTSOF(checks); i++)
		if (fnmatch(checks[i].file, file, 0) == 0)
			return checks[i].same(want, got);
	return true;
}

int cgroup_check_value(const char *dir, const char *file, const char *value, struct error *err)
{
	_cleanup_close_ int fd = sys_openat(AT_FDCWD, dir, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
	char text[4096];
	ssize_t n = fd < 0 ? fd : cgroup_read(fd, file, text, sizeof(text));

	/* Longer than what is compared: the file is none of those. */
	if (n == -EFBIG || (n >= 0 && cgroup_value_is(file, value, text)))
		return 0;
	if (n < 0)
		return error_set(err, ERR_CGROUP, (int)-n, "%s/%s cannot be read", dir, file);
	(void)error_set(err, ERR_CGROUP, EIO, "%s/%s: cannot set \"%s\"", dir, file, value);
	error_add_cause(err, "the kernel made \"%s\" of it", text);
	return -EIO;
}
