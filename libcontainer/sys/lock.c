/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/lock.h"

#include "base/macro.h"
#include "libcontainer/sys/clock.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <sys/file.h>

#define FIRST_WAIT_US 100u
#define LONGEST_WAIT_US 10000u

int sys_lock_until(int fd, uint64_t end)
{
	unsigned wait = FIRST_WAIT_US;
	int r;

	while ((r = sys_flock(fd, LOCK_EX | LOCK_NB)) == -EWOULDBLOCK && sys_now_ms() < end) {
		sys_sleep_us(wait);
		wait = MIN(wait * 2, LONGEST_WAIT_US);
	}
	return r;
}
