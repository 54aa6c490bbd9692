/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files in the memory of an arena, which berth-init has none of. */
#define _GNU_SOURCE
#include "libcontainer/sys/file.h"

#include "base/fd.h"
#include "libcontainer/sys/call.h"

#include <errno.h>
#include <fcntl.h>

#define FIRST 1024 /* for what does not tell its size: most files of procfs and the like are shorter */

ssize_t sys_read_arena(int fd, size_t limit, struct arena *arena, char **ret)
{
	size_t size = FIRST, len = 0;
	struct stat st;
	char *data;
	ssize_t n;
	int r = sys_fstat(fd, &st);

	if (r < 0)
		return r;
	/* One byte for the NUL, and one to see the end. */
	if (S_ISREG(st.st_mode) && st.st_size > 0)
		size = MIN((size_t)st.st_size, limit) + 2;
	data = arena_alloc(arena, size);
	while (data) {
		n = sys_read_to_end(fd, data + len, size - len);
		if (n < 0)
			return n;
		len += (size_t)n;
		if (len > limit)
			return -EFBIG;
		if (len < size) {
			data[len] = '\0';
			*ret = data;
			return (ssize_t)len;
		}
		data = arena_regrow(arena, data, size, size * 2, 1);
		size *= 2;
	}
	return -ENOMEM;
}

ssize_t sys_read_file_arena(int dirfd, const char *path, size_t limit, struct arena *arena, char **ret)
{
	_cleanup_close_ int fd = sys_openat(dirfd, path, O_RDONLY, 0);
	ssize_t n = fd < 0 ? fd : sys_read_arena(fd, limit, arena, ret);

	return n < 0 && fd >= 0 ? SYS_FAILED((int)n, "read(\"%s\")", path) : n;
}
