/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_PTY_H
#define BERTH_SYS_PTY_H

/* Pseudo-terminals. Conventions: see libcontainer/sys/call.h. */

#include <stdint.h>

/* Unlocks the slave of an opened master; the slave's number. */
int sys_pty_unlock(int master, unsigned *ret_number);
/* Opens the slave from the master itself: no path that could lead elsewhere is involved. */
int sys_pty_peer(int master);
int sys_pty_set_size(int fd, uint32_t width, uint32_t height);
/* Makes fd the controlling terminal of our session. */
int sys_pty_set_controlling(int fd);

#endif
