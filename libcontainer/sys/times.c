/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/times.h"

#include <stdio.h>
#include <time.h>

static uint64_t now(clockid_t clock)
{
	struct timespec t = { 0 };

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t sys_wall_ns(void)
{
	return now(CLOCK_MONOTONIC);
}

uint64_t sys_cpu_ns(void)
{
	return now(CLOCK_PROCESS_CPUTIME_ID);
}

void sys_timestamp(char buf[SYS_TIMESTAMP_SIZE])
{
	struct timespec t = { 0 };
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &t);
	gmtime_r(&t.tv_sec, &tm);
	n = strftime(buf, SYS_TIMESTAMP_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + n, SYS_TIMESTAMP_SIZE - n, ".%09ldZ", t.tv_nsec);
}
