/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_BASE_UNITS_H
#define BERTH_BASE_UNITS_H

/* Numbers as people give them on command lines. 0, -EINVAL or -ERANGE; *ret is untouched on failure. */

#include <stdint.h>

/*
 * A size in bytes: "1048576", "64M", "1.5g", "512KiB"; the units are powers of 1024 from k to p, in any
 * case, perhaps with "b" or "ib" behind them. "-1" stands for no limit.
 */
int size_parse(const char *s, int64_t *ret);

/*
 * A duration in nanoseconds as Go programs write it: one or more numbers, each with its unit (h, m, s, ms,
 * us, ns) and perhaps a fraction: "5s", "100ms", "1m30s", "1.5h". "0" needs no unit. A sign may come first.
 */
int duration_parse(const char *s, int64_t *ret);

#endif
