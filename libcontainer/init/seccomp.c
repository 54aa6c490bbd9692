/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/init/init.h"
#include "libcontainer/sys/cred.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

#define WAIT_TICKS (1ull << 35) /* 10 s at 3.4 GHz */

/* A clock without a system call: the filter that is in force may notify, or forbid, any of them. */
static uint64_t ticks(void)
{
#if defined(__x86_64__) || defined(__i386__)
	return __builtin_ia32_rdtsc();
#else
	static uint64_t count;

	return count += 64;
#endif
}

/* The runtime copies the listener out of us; we only announce its number in the page. */
static int listener_offer(struct init *i, int fd, struct error *err)
{
	volatile uint32_t *taken = &i->page->listener_taken;
	uint64_t start = ticks();

	__atomic_store_n(&i->page->listener_fd, (uint32_t) fd + 1, __ATOMIC_RELEASE);
	while (!*taken) {
		if (ticks() - start > WAIT_TICKS)
			return error_set(err, ERR_SECCOMP, ETIMEDOUT, "nobody took the listener");
#if defined(__x86_64__) || defined(__i386__)
		__builtin_ia32_pause();
#endif
	}
	return 0;
}

int op_seccomp(struct init *i, const void *data, struct error *err)
{
	const struct op_seccomp *op = data;
	const struct program_op *exec = walk_later(i, OP_EXEC);
	size_t n = op->filter.len / sizeof(struct sock_filter);
	int r;

	/* After this, execve should be the only call: the filter need not allow what berth does. */
	if (exec) {
		r = exec_prepare(i, program_data(&i->program, exec), err);
		if (r < 0)
			return r;
	}
	if (n == 0 || n > UINT16_MAX)
		return error_set(err, ERR_SECCOMP, E2BIG, "%zu instructions", n);
	r = sys_seccomp(program_blob(&i->program, op->filter), (unsigned short) n,
			op->flags | (op->notify ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0));
	if (r < 0)
		return error_set(err, ERR_SECCOMP, -r, "the filter of %zu instructions cannot be loaded", n);
	i->filtered = true;
	return op->notify ? listener_offer(i, r, err) : 0;
}
