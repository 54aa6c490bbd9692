/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_LOCK_H
#define BERTH_SYS_LOCK_H

#include <stdint.h>

/*
 * The exclusive flock(2) of an open file, waited for until then (sys_now_ms()) and never in the kernel: no
 * wait without a deadline. 0, -EWOULDBLOCK, or another negative errno.
 */
int sys_lock_until(int fd, uint64_t end);

#endif
