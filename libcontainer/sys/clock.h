/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_CLOCK_H
#define BERTH_SYS_CLOCK_H

/* Time for deadlines. These calls cannot fail. */

#include <stdint.h>
#include <time.h>

/* clock_gettime(2), for who asks seldom. */
void sys_clock_read(clockid_t clock, struct timespec *ret);

/* Milliseconds of a clock that nobody sets. */
uint64_t sys_now_ms(void);

/* Sleeps; a signal may end it early, so callers look at their deadline. */
void sys_sleep_us(unsigned us);

#endif
