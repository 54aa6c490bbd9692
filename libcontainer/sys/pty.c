/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/pty.h"

#include "libcontainer/sys/call.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

/* Raw: the C libraries disagree about the type of a request. */
#define CALL(name, fd, request, argument)                       \
	({                                                      \
		int _r = SYS_FAULT("ioctl");                    \
		if (_r == 0) {                                  \
			_r = (int) syscall(SYS_ioctl, fd, (unsigned long) request, argument); \
			_r = _r < 0 ? -errno : _r;              \
		}                                               \
		_r < 0 ? SYS_FAILED(_r, "ioctl(%s)", name) : _r; \
	})

int sys_pty_unlock(int master, unsigned *ret_number)
{
	int unlock = 0, r;

	r = CALL("TIOCSPTLCK", master, TIOCSPTLCK, &unlock);
	return r < 0 ? r : CALL("TIOCGPTN", master, TIOCGPTN, ret_number);
}

int sys_pty_peer(int master)
{
	return CALL("TIOCGPTPEER", master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

int sys_pty_set_size(int fd, uint32_t width, uint32_t height)
{
	struct winsize size = { .ws_col = (unsigned short) width, .ws_row = (unsigned short) height };

	return CALL("TIOCSWINSZ", fd, TIOCSWINSZ, &size);
}

int sys_pty_set_controlling(int fd)
{
	return CALL("TIOCSCTTY", fd, TIOCSCTTY, 0);
}
