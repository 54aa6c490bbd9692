/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vsnprintf() and snprintf() of a static program, in the place of the C library's. berth-init is always one; berth is
 * with musl. A build with the sanitizers, which want their own, uses format_va() in its tests.
 */
#include "base/format.h"

#include <stdio.h>

#if defined(BERTH_INIT) || !defined(__GLIBC__)

int vsnprintf(char *restrict buf, size_t size, const char *restrict fmt, va_list ap)
{
	return format_va(buf, size, fmt, ap);
}

int snprintf(char *restrict buf, size_t size, const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = format_va(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

#endif
