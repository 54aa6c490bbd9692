/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_BASE_MACRO_H
#define BERTH_BASE_MACRO_H

/* Small language helpers that every room may use. */

#include <stddef.h>

#define _cleanup_(f) __attribute__((cleanup(f)))
#define _printf_(a, b) __attribute__((format(printf, a, b)))
#define _nonnull_ __attribute__((nonnull))
#define _unused_ __attribute__((unused))
#define _noreturn_ __attribute__((noreturn))
#define _warn_unused_ __attribute__((warn_unused_result))

#define ELEMENTSOF(x) (sizeof(x) / sizeof((x)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* The next multiple of align, a power of two, in the type of n. */
#define ALIGN_UP(n, align) (((n) + (__typeof__(n)) (align) - 1) & ~((__typeof__(n)) (align) - 1))

/* With the address sanitizer all memory comes from malloc(), which it watches. */
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* Takes the value out of *p and leaves NULL, so that a cleanup attribute on it does nothing. */
#define STEAL_PTR(p)                      \
	({                                \
		__typeof__(p) *_pp = &(p); \
		__typeof__(p) _v = *_pp;   \
		*_pp = NULL;              \
		_v;                       \
	})

#endif
