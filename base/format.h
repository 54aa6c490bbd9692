/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_BASE_FORMAT_H
#define BERTH_BASE_FORMAT_H

/*
 * What vsnprintf() is for, and no more than berth has a use for: %s %c %d %u %x %o %%, the flag '-' or '0' (for up
 * to 32 digits), a width and a precision (of strings only) as digits or '*', the lengths l, ll and z. What else there
 * may be is refused by scripts/check-formats. The C library's own takes three times as many instructions, and twice as
 * many different ones. base/printf.c puts this one in its place.
 */

#include <stdarg.h>
#include <stddef.h>

int format_va(char *buf, size_t size, const char *fmt, va_list ap) __attribute__((format(printf, 3, 0)));

#endif
