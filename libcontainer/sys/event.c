/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/event.h"

#include "libcontainer/sys/call.h"

#include <sys/eventfd.h>
#include <sys/inotify.h>

int sys_eventfd(void)
{
	int r = SYS_FAULT("eventfd");

	if (r == 0) {
		r = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (r < 0)
			r = -errno;
	}
	return r < 0 ? SYS_FAILED(r, "eventfd()") : r;
}

int sys_inotify(void)
{
	int r = SYS_FAULT("inotify_init1");

	if (r == 0) {
		r = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
		if (r < 0)
			r = -errno;
	}
	return r < 0 ? SYS_FAILED(r, "inotify_init1()") : r;
}

int sys_inotify_add(int fd, const char *path, uint32_t mask)
{
	int r = SYS_FAULT("inotify_add_watch");

	if (r == 0)
		r = inotify_add_watch(fd, path, mask | IN_DONT_FOLLOW) < 0 ? -errno : 0;
	return r < 0 ? SYS_FAILED(r, "inotify_add_watch(\"%s\")", path) : 0;
}
