/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/affinity.h"

#include "libcontainer/sys/call.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int sys_set_affinity(const uint64_t *mask, size_t size)
{
	int r = SYS_FAULT("sched_setaffinity");

	if (r == 0)
		r = syscall(SYS_sched_setaffinity, 0, size, mask) < 0 ? -errno : 0;
	return r < 0 ? SYS_FAILED(r, "sched_setaffinity(%zu bytes)", size) : 0;
}

int sys_reset_affinity(void)
{
	uint64_t all[8192 / 64]; /* more CPUs than a kernel can have */

	memset(all, 0xff, sizeof(all));
	return sys_set_affinity(all, sizeof(all));
}
