/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_TIMES_H
#define BERTH_SYS_TIMES_H

/* Time for the trace and for records. These calls cannot fail. */

#include <stddef.h>
#include <stdint.h>

uint64_t sys_wall_ns(void); /* CLOCK_MONOTONIC */
uint64_t sys_cpu_ns(void);  /* CLOCK_PROCESS_CPUTIME_ID */

#define SYS_TIMESTAMP_SIZE 40
/* Seconds and nanoseconds since 1970 as RFC 3339 in UTC. */
void sys_time_text(uint64_t seconds, unsigned ns, char buf[SYS_TIMESTAMP_SIZE]);
/* The present time. */
void sys_timestamp(char buf[SYS_TIMESTAMP_SIZE]);

#endif
