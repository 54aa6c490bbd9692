/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/cgroup/mountinfo.h"

#include "base/str.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define CHUNK 65536 /* several times the longest line that the kernel writes */

char *mountinfo_field(char **s, char separator)
{
	char *field = *s, *end;

	if (!field || !*field)
		return NULL;
	end = strchr(field, separator);
	if (end)
		*end++ = '\0';
	*s = end;
	return field;
}

/* mountinfo writes blanks, tabs, newlines and backslashes as \ooo. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
		    s[3] >= '0' && s[3] <= '7') {
			*to++ = (char)(((s[1] - '0') << 6) | ((s[2] - '0') << 3) | (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

/* What stands behind " - ", which ends the optional fields; NULL: nothing. */
static char *find_fstype(char *line)
{
	for (; *line; line++)
		if (line[0] == ' ' && line[1] == '-' && line[2] == ' ') {
			*line = '\0';
			return line + 3;
		}
	return NULL;
}

/* "31 23 0:28 /root /point rw,relatime shared:1", "cgroup cgroup rw,cpu"; false when it is not like that. */
static bool split_line(char *line, char *rest, struct mount_line *ret)
{
	char *s = line;
	int i;

	for (i = 0; i < 3; i++)
		if (!mountinfo_field(&s, ' '))
			return false;
	ret->root = mountinfo_field(&s, ' ');
	ret->point = mountinfo_field(&s, ' ');
	ret->fstype = mountinfo_field(&rest, ' ');
	if (!ret->root || !ret->point || !ret->fstype || !mountinfo_field(&rest, ' '))
		return false;
	ret->options = mountinfo_field(&rest, ' ');
	unescape(ret->root);
	unescape(ret->point);
	return ret->point[0] == '/' && ret->root[0] == '/';
}

int mountinfo_each(int fd, const char *fstype, int (*use)(const struct mount_line *m, void *arg), void *arg)
{
	static char buf[CHUNK];
	size_t len = 0;
	ssize_t n = 0;
	int r = 0;

	while (r == 0) {
		char *line = buf, *end, *rest;
		struct mount_line m;

		n = sys_read(fd, buf + len, CHUNK - len);
		if (n <= 0) {
			r = (int)n;
			break;
		}
		len += (size_t)n;
		while (r == 0 && (end = memchr(line, '\n', len - (size_t)(line - buf)))) {
			*end = '\0';
			rest = find_fstype(line);
			if (rest && str_after(rest, fstype) && split_line(line, rest, &m))
				r = use(&m, arg);
			line = end + 1;
		}
		len -= (size_t)(line - buf);
		memmove(buf, line, len);
		if (len == CHUNK)
			len = 0; /* no line of the kernel is that long */
	}
	return r;
}
