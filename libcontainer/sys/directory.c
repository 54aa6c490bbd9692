/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/directory.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/file.h"

#include <fcntl.h>

int sys_each_entry(int dir, int (*visit)(int dir, const struct sys_entry *e, void *arg), void *arg)
{
	_cleanup_close_ int fd = sys_openat(dir, ".", O_RDONLY | O_DIRECTORY, 0);
	_Alignas(struct sys_entry) char data[4096];
	ssize_t n = fd < 0 ? fd : 1;
	int r = 0;

	while (n > 0 && (n = sys_getdents(fd, data, sizeof(data))) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct sys_entry *e = (const struct sys_entry *)(const void *)(data + at);

			at += e->len;
			if (streq(e->name, ".") || streq(e->name, ".."))
				continue;
			r = visit(dir, e, arg);
			if (r != 0)
				return r;
		}
	}
	return (int)n;
}
