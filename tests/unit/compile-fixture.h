/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_TESTS_COMPILE_FIXTURE_H
#define BERTH_TESTS_COMPILE_FIXTURE_H

/* Hosts that do not depend on where the tests run, and options as `create` gives them. */

#include "base/macro.h"
#include "libcontainer/compile/compile.h"

#include <linux/audit.h>
#include <sys/resource.h>

static struct host_hierarchy hybrid_hierarchies[] = {
	{ "/sys/fs/cgroup/cpu,cpuacct", "cpu,cpuacct", 1, "/user", NULL },
	{ "/sys/fs/cgroup/cpuset", "cpuset", 1, "/", NULL },
	{ "/sys/fs/cgroup/memory", "memory", 1, "/user", NULL },
	{ "/sys/fs/cgroup/devices", "devices", 1, "/user", NULL },
	{ "/sys/fs/cgroup/pids", "pids", 1, "/user", NULL },
	{ "/sys/fs/cgroup/blkio", "blkio", 1, "/", NULL },
	{ "/sys/fs/cgroup/hugetlb", "hugetlb", 1, "/", NULL },
	{ "/sys/fs/cgroup/net_cls,net_prio", "net_cls,net_prio", 1, "/", NULL },
	{ "/sys/fs/cgroup/rdma", "rdma", 1, "/", NULL },
	{ "/sys/fs/cgroup/systemd", "name=systemd", 1, "/user.slice", NULL },
	{ "/sys/fs/cgroup/unified", "", 2, "/user.slice", "" },
};

static struct host_hierarchy unified_hierarchies[] = {
	{ "/sys/fs/cgroup", "", 2, "/user.slice/shell.scope", "cpuset,cpu,io,memory,hugetlb,pids,rdma,misc" },
};

/* hugetlb on the v2 tree, as where no v1 hierarchy has claimed it. */
static struct host_hierarchy mixed_hierarchies[] = {
	{ "/sys/fs/cgroup/memory", "memory", 1, "/", NULL },
	{ "/sys/fs/cgroup/unified", "", 2, "/", "hugetlb" },
};

static const struct host hybrid_host = {
	.hierarchies = hybrid_hierarchies,
	.n_hierarchies = ELEMENTSOF(hybrid_hierarchies),
	.last_cap = 40,
	.hard_limits = { [RLIMIT_NOFILE] = 65536 },
	.caps = (2ull << 40) - 1,
	.audit_arch = AUDIT_ARCH_X86_64,
	.umask = 022,
};

static const struct host unified_host = {
	.hierarchies = unified_hierarchies,
	.n_hierarchies = ELEMENTSOF(unified_hierarchies),
	.unified = true,
	.apparmor = true,
	.selinux = true,
	.last_cap = 40,
	.caps = (2ull << 40) - 1,
	.audit_arch = AUDIT_ARCH_X86_64,
	.umask = 022,
};

static const struct host resctrl_host = {
	.hierarchies = unified_hierarchies,
	.n_hierarchies = ELEMENTSOF(unified_hierarchies),
	.unified = true,
	.resctrl = "/sys/fs/resctrl",
	.last_cap = 40,
	.caps = (2ull << 40) - 1,
	.audit_arch = AUDIT_ARCH_X86_64,
	.umask = 022,
};

/* An ordinary user. */
static const struct host rootless_host = {
	.hierarchies = unified_hierarchies,
	.n_hierarchies = ELEMENTSOF(unified_hierarchies),
	.unified = true,
	.euid = 1000,
	.last_cap = 40,
	.caps = (2ull << 40) - 1,
	.audit_arch = AUDIT_ARCH_X86_64,
	.umask = 022,
};

static const struct host mixed_host = {
	.hierarchies = mixed_hierarchies,
	.n_hierarchies = ELEMENTSOF(mixed_hierarchies),
	.last_cap = 40,
	.caps = (2ull << 40) - 1,
	.audit_arch = AUDIT_ARCH_X86_64,
	.umask = 022,
};

static const struct compile_options create_options = {
	.id = "web",
	.bundle = "/bundle",
	.pid_file = "/run/web.pid",
	.detached = true,
};

#endif
