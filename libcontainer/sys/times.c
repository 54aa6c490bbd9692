/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/times.h"

#include "libcontainer/sys/clock.h"

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

static unsigned days_of_year(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 366 : 365;
}

/* gmtime() and strftime() are for other calendars and languages, too: ten times the code, run once. */
void sys_time_text(uint64_t seconds, unsigned ns, char buf[SYS_TIMESTAMP_SIZE])
{
	static const uint8_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned days = (unsigned)(seconds / 86400), s = (unsigned)(seconds % 86400);
	unsigned year = 1970, month = 0, length;

	for (; days >= days_of_year(year); year++)
		days -= days_of_year(year);
	while (days >= (length = lengths[month] + (month == 1 ? days_of_year(year) - 365 : 0))) {
		days -= length;
		month++;
	}
	snprintf(buf, SYS_TIMESTAMP_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%09uZ", year, month + 1, days + 1,
		 s / 3600, s / 60 % 60, s % 60, ns);
}

void sys_timestamp(char buf[SYS_TIMESTAMP_SIZE])
{
	struct timespec t;

	sys_clock_read(CLOCK_REALTIME, &t);
	sys_time_text((uint64_t)t.tv_sec, (unsigned)t.tv_nsec, buf);
}
