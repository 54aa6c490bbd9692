/* SPDX-License-Identifier: Apache-2.0 */
/* What the memory controller can say about a process that was killed. */
#define _GNU_SOURCE
#include "libcontainer/cgroup/internal.h"

#include "base/fd.h"
#include "base/str.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* v1 writes "no limit" as the largest multiple of the page size, v2 as "max". */
#define UNLIMITED (UINT64_MAX >> 2)

struct files {
	const char *limit, *peak, *events;
};

static const struct files files_v1 = { "memory.limit_in_bytes", "memory.max_usage_in_bytes",
				       "memory.oom_control" };
static const struct files files_v2 = { "memory.max", "memory.peak", "memory.events" };

static bool read_number(int dir, const char *file, uint64_t *ret)
{
	char text[64];

	return cgroup_read(dir, file, text, sizeof(text)) > 0 && str_to_u64(text, ret) == 0;
}

bool cgroup_read_kills(int dir, const char *file, uint64_t *ret)
{
	char text[1024], *s;

	if (cgroup_read(dir, file, text, sizeof(text)) <= 0)
		return false;
	for (s = text; s; s = strchr(s, '\n')) {
		const char *number;

		s += *s == '\n';
		number = str_after(s, "oom_kill ");
		if (!number)
			continue;
		s[strcspn(s, "\n")] = '\0';
		return str_to_u64(number, ret) == 0;
	}
	return false;
}

size_t cgroup_memory_story(const struct cgroup *cg, char *buf, size_t size)
{
	const struct cgroup_dir *d = cgroup_find(cg, "memory");
	const struct files *f = d ? &files_v1 : &files_v2;
	struct error ignored = ERROR_INIT;
	_cleanup_close_ int fd = -1;
	uint64_t limit, peak, kills;
	char text[160] = "";
	size_t len = 0;

	buf[0] = '\0';
	if (!d)
		d = cgroup_find(cg, NULL);
	fd = d ? cgroup_open(d->dir, d->version, O_PATH, &ignored) : -1;
	if (fd < 0)
		return 0;
	if (read_number(fd, f->limit, &limit) && limit < UNLIMITED)
		len += (size_t)snprintf(text + len, sizeof(text) - len, ", limit %" PRIu64, limit);
	if (read_number(fd, f->peak, &peak))
		len += (size_t)snprintf(text + len, sizeof(text) - len, ", peak %" PRIu64, peak);
	if (cgroup_read_kills(fd, f->events, &kills) && kills > 0)
		len += (size_t)snprintf(text + len, sizeof(text) - len, ", %" PRIu64 " OOM kill%s", kills,
					kills == 1 ? "" : "s");
	return len ? str_copy(buf, size, text + 2) : 0;
}
