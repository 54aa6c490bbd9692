/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/caps.h"

#include "libcontainer/sys/call.h"

#include <linux/capability.h>
#include <linux/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int sys_get_caps(uint64_t *ret_effective, uint64_t *ret_permitted, uint64_t *ret_inheritable)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	int r = SYS_CALL(capget, &header, data);

	if (r < 0)
		return SYS_FAILED(r, "capget()");
	*ret_effective = data[0].effective | (uint64_t) data[1].effective << 32;
	*ret_permitted = data[0].permitted | (uint64_t) data[1].permitted << 32;
	*ret_inheritable = data[0].inheritable | (uint64_t) data[1].inheritable << 32;
	return 0;
}

int sys_set_caps(uint64_t effective, uint64_t permitted, uint64_t inheritable)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ (uint32_t) effective, (uint32_t) permitted, (uint32_t) inheritable },
		{ (uint32_t) (effective >> 32), (uint32_t) (permitted >> 32), (uint32_t) (inheritable >> 32) },
	};
	int r = SYS_CALL(capset, &header, data);

	return r < 0 ? SYS_FAILED(r, "capset(effective 0x%llx, permitted 0x%llx, inheritable 0x%llx)",
				  (unsigned long long) effective, (unsigned long long) permitted,
				  (unsigned long long) inheritable)
		     : 0;
}

int sys_ambient_clear(void)
{
	int r = SYS_CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);

	return r < 0 ? SYS_FAILED(r, "prctl(PR_CAP_AMBIENT, CLEAR_ALL)") : 0;
}

int sys_ambient_raise(unsigned cap)
{
	int r = SYS_CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0);

	return r < 0 ? SYS_FAILED(r, "prctl(PR_CAP_AMBIENT, RAISE, %u)", cap) : 0;
}

int sys_caps_keep_over_exec(void)
{
	uint64_t effective, permitted, inheritable;
	unsigned cap;
	int r = sys_get_caps(&effective, &permitted, &inheritable);

	if (r == 0)
		r = sys_set_caps(effective, permitted, permitted);
	for (cap = 0; cap < 64 && r == 0; cap++)
		if (permitted & (uint64_t) 1 << cap)
			r = sys_ambient_raise(cap);
	return r;
}

int sys_caps_forget_reading(void)
{
	const uint64_t reading = 1ull << CAP_DAC_OVERRIDE | 1ull << CAP_DAC_READ_SEARCH;
	uint64_t effective, permitted, inheritable;
	int r = sys_get_caps(&effective, &permitted, &inheritable);

	return r < 0 ? r : sys_set_caps(effective & ~reading, permitted, inheritable);
}
