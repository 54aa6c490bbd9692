/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/clock.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void sys_clock_read(clockid_t clock, struct timespec *ret)
{
	*ret = (struct timespec){ 0 };
#if __SIZEOF_LONG__ == 8
	/* A command asks a few times: that costs less than to find and touch the kernel's code for it (vdso(7)). */
	(void)syscall(SYS_clock_gettime, clock, ret);
#else
	/* Which call is the one with 64 bits of seconds the C library knows. */
	(void)clock_gettime(clock, ret);
#endif
}

uint64_t sys_now_ms(void)
{
	struct timespec now;

	sys_clock_read(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void sys_sleep_us(unsigned us)
{
	struct timespec t = { .tv_sec = (time_t)(us / 1000000), .tv_nsec = (long)(us % 1000000) * 1000 };

	nanosleep(&t, NULL);
}
