/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_EVENT_H
#define BERTH_SYS_EVENT_H

/* Descriptors that become readable when something happens. Conventions: see libcontainer/sys/call.h. */

#include <stdint.h>

/* A counter of events, which nobody waits for: reading it when there is none is -EAGAIN. */
int sys_eventfd(void);

/* What changes in files. sys_inotify_add() follows no link; reading is sys_read(), -EAGAIN without events. */
int sys_inotify(void);
int sys_inotify_add(int fd, const char *path, uint32_t mask);

#endif
