/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/terminal.h"

#include "libcontainer/sys/call.h"
#include "libcontainer/sys/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>

int sys_terminal_raw(int fd, struct termios *ret_old)
{
	int r = SYS_FAULT("tcsetattr");
	struct termios raw;

	if (r == 0)
		r = tcgetattr(fd, ret_old) < 0 ? -errno : 0;
	if (r == 0) {
		raw = *ret_old;
		cfmakeraw(&raw);
		r = tcsetattr(fd, TCSADRAIN, &raw) < 0 ? -errno : 0;
	}
	return r < 0 ? SYS_FAILED(r, "tcsetattr(%d)", fd) : 0;
}

int sys_terminal_restore(int fd, const struct termios *old)
{
	int r = tcsetattr(fd, TCSADRAIN, old) < 0 ? -errno : 0;

	return r < 0 ? SYS_FAILED(r, "tcsetattr(%d)", fd) : 0;
}

int sys_terminal_copy_size(int from, int to)
{
	struct winsize size;
	int r = SYS_FAULT("ioctl");

	if (r == 0)
		r = ioctl(from, TIOCGWINSZ, &size) < 0 ? -errno : 0;
	if (r == 0 && size.ws_row > 0 && size.ws_col > 0)
		r = ioctl(to, TIOCSWINSZ, &size) < 0 ? -errno : 0;
	return r < 0 ? SYS_FAILED(r, "ioctl(%d, TIOCSWINSZ)", to) : 0;
}

int sys_stream_reopen(int fd, bool write, bool *ret_nonblock)
{
	struct stat st;
	char path[32];
	int r = sys_fstat(fd, &st);

	*ret_nonblock = false;
	if (r < 0)
		return r;
	/* A regular file would lose its position; a socket cannot be opened. */
	if (S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode)) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		r = sys_openat(AT_FDCWD, path, (write ? O_WRONLY : O_RDONLY) | O_NONBLOCK, 0);
		*ret_nonblock = r >= 0;
		if (r >= 0)
			return r;
	}
	return sys_dup_above(fd, 3);
}
