/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_TIMES_H
#define BERTH_SYS_TIMES_H

/* Time for the trace and for records. These calls cannot fail. */

#include <stddef.h>
#include <stdint.h>

uint64_t sys_wall_ns(void); /* CLOCK_MONOTONIC */
uint64_t sys_cpu_ns(void);  /* CLOCK_PROCESS_CPUTIME_ID */

#define SYS_TIMESTAMP_SIZE 40
/* The present time as RFC 3339 in UTC with nanoseconds. */
void sys_timestamp(char buf[SYS_TIMESTAMP_SIZE]);

#endif
