/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_TERMINAL_H
#define BERTH_SYS_TERMINAL_H

/* The caller's terminal. Conventions: see libcontainer/sys/call.h. */

#include <stdbool.h>
#include <termios.h>

/* Raw mode; *ret_old is what to restore. -ENOTTY when fd is no terminal. */
int sys_terminal_raw(int fd, struct termios *ret_old);
int sys_terminal_restore(int fd, const struct termios *old);

/* Gives `to` the size of `from`, unless it is unknown there. */
int sys_terminal_copy_size(int from, int to);

/*
 * Another descriptor of the stream fd, non-blocking where that is possible without making the caller's
 * own descriptor non-blocking, which others share. *ret_nonblock tells.
 */
int sys_stream_reopen(int fd, bool write, bool *ret_nonblock);

#endif
