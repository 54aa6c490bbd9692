/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/init/lines.h"

#include "libcontainer/sys/file.h"

#include <errno.h>
#include <string.h>

static char *lines_cut(struct lines *l, size_t at)
{
	char *line = l->buf + l->start;

	l->buf[at] = '\0';
	l->start = at + 1;
	return line;
}

int lines_next(struct lines *l, char **ret)
{
	const char *newline;
	ssize_t n;

	for (;;) {
		newline = memchr(l->buf + l->start, '\n', l->end - l->start);
		if (newline) {
			*ret = lines_cut(l, (size_t) (newline - l->buf));
			return 1;
		}
		memmove(l->buf, l->buf + l->start, l->end - l->start);
		l->end -= l->start;
		l->start = 0;
		if (l->end == sizeof(l->buf) - 1)
			return -ENAMETOOLONG;
		n = sys_read(l->fd, l->buf + l->end, sizeof(l->buf) - 1 - l->end);
		if (n < 0)
			return (int) n;
		l->total += (size_t) n;
		if (l->limit && l->total > l->limit)
			return -EFBIG;
		if (n == 0 && l->end == 0)
			return 0;
		if (n == 0) {
			/* A last line without its newline. */
			*ret = lines_cut(l, l->end);
			l->start = l->end = 0;
			return 1;
		}
		l->end += (size_t) n;
	}
}
