/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_CALL_H
#define BERTH_SYS_CALL_H

/*
 * What every wrapper of a system call shares. A wrapper returns what the call returns, or a negative
 * errno; it retries EINTR where that is safe; on failure it leaves the call with its arguments in
 * error_note_call(), so that the next error_set() can show it. Wrappers make every descriptor
 * close-on-exec. They carry no policy.
 *
 *	int sys_mkdirat(int dirfd, const char *path, mode_t mode)
 *	{
 *		int r = SYS_FAULT("mkdirat");
 *
 *		if (r == 0)
 *			r = mkdirat(dirfd, path, mode) < 0 ? -errno : 0;
 *		return r < 0 ? SYS_FAILED(r, "mkdirat(%d, \"%s\", 0%o)", dirfd, path, mode) : r;
 *	}
 *
 * In a build with --enable-faults SYS_FAULT answers a negative errno when a test asked for a failure
 * here: sys_fault_arm(n, errnum) makes the n-th wrapper call from now on fail (1: the next one), once.
 * From outside, BERTH_FAULT=N:ERRNUM in the environment does so for the N-th call of berth and
 * BERTH_INIT_FAULT=N:ERRNUM for that of berth-init; the call that was hit is appended to the file
 * named by BERTH_FAULT_LOG. In other builds SYS_FAULT is the constant 0.
 */

#include "base/error.h"

#include <errno.h>

#define SYS_FAILED(r, ...) (error_note_call(-(r), __VA_ARGS__), (r))

/* A system call by its name as a number, for those without a function in libc: its result, or a negative errno. */
#define SYS_CALL(name, ...)                                            \
	({                                                             \
		int _r = SYS_FAULT(#name);                             \
		if (_r == 0) {                                         \
			_r = (int) syscall(SYS_##name, ##__VA_ARGS__); \
			_r = _r < 0 ? -errno : _r;                     \
		}                                                      \
		_r;                                                    \
	})

#ifdef BERTH_FAULTS
int sys_fault(const char *call);
void sys_fault_arm(unsigned n, int errnum);
#define SYS_FAULT(call) sys_fault(call)
#else
#define SYS_FAULT(call) 0
#endif

#endif
