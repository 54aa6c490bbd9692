/* SPDX-License-Identifier: Apache-2.0 */
/* Facts about this host that the compiler of launch programs needs. Few system calls: every create pays. */
#define _GNU_SOURCE
#include "libcontainer/cgroup/cgroup.h"
#include "libcontainer/cgroup/resctrl.h"
#include "libcontainer/run/run.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/process.h"
#include "libcontainer/sys/userns.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/magic.h>
#include <sys/prctl.h>
#include <sys/statfs.h>
#include <unistd.h>

#if defined(__x86_64__)
#define HOST_AUDIT_ARCH AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define HOST_AUDIT_ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define HOST_AUDIT_ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define HOST_AUDIT_ARCH AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define HOST_AUDIT_ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define HOST_AUDIT_ARCH AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define HOST_AUDIT_ARCH AUDIT_ARCH_S390X
#elif defined(__loongarch64)
#define HOST_AUDIT_ARCH AUDIT_ARCH_LOONGARCH64
#else
#error "this architecture is not known yet: add its AUDIT_ARCH"
#endif

static bool apparmor_enabled(void)
{
	char text[8];

	return sys_read_file(AT_FDCWD, "/sys/module/apparmor/parameters/enabled", text, sizeof(text)) > 0 &&
	       text[0] == 'Y';
}

/* Mounted means enabled; the magic excludes an empty directory of that name. */
static bool selinux_enabled(void)
{
	struct statfs fs;

	return statfs("/sys/fs/selinux", &fs) == 0 && (unsigned long)fs.f_type == SELINUX_MAGIC;
}

/* One call for each capability there is; the first that the kernel does not know ends the search. */
static void capabilities(struct host *host)
{
	for (unsigned cap = 0; cap < 64; cap++) {
		int r = prctl(PR_CAPBSET_READ, (unsigned long)cap, 0, 0, 0);

		if (r < 0)
			return;
		host->last_cap = cap;
		if (r > 0)
			host->caps |= 1ull << cap;
	}
}

static void hard_limits(struct host *host)
{
	for (unsigned resource = 0; resource < HOST_LIMITS; resource++) {
		uint64_t limit[2] = { 0 };

		(void)sys_prlimit(0, resource, NULL, limit);
		host->hard_limits[resource] = limit[1];
	}
}

void host_detect_process(struct host *ret)
{
	mode_t mask = umask(0);

	umask(mask);
	*ret = (struct host){
		.apparmor = apparmor_enabled(),
		.selinux = selinux_enabled(),
		.euid = geteuid(),
		.audit_arch = HOST_AUDIT_ARCH,
		.umask = mask,
	};
	capabilities(ret);
	hard_limits(ret);
	ret->in_userns = sys_in_userns(&ret->outer_uid);
}

int host_detect(struct arena *arena, const struct config *config, struct host *ret, struct error *err)
{
	int r;

	host_detect_process(ret);
	r = cgroup_detect(arena, ret, err);
	if (r < 0 || !config->linux_ || !config->linux_->intel_rdt)
		return r;
	return resctrl_detect(arena, &ret->resctrl, err);
}
