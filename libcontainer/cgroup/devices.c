/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device list of v2: a BPF program on the cgroup. Programs of others (systemd's, a parent's) stay; all
 * of them have to allow an access. Ours is known by its name.
 */
#define _GNU_SOURCE
#include "libcontainer/cgroup/internal.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/bpf.h"

#include <errno.h>
#include <fcntl.h>

#define PROGRAM_NAME "berth_devices"
#define PROGRAMS_MAX 64 /* the kernel's limit for one cgroup */

/* The program that we attached before; -ENOENT when there is none. */
static int find_own(int cgroup)
{
	uint32_t ids[PROGRAMS_MAX];
	int n = sys_bpf_query_device(cgroup, ids, ELEMENTSOF(ids));

	for (int i = 0; i < n && i < PROGRAMS_MAX; i++) {
		_cleanup_close_ int fd = sys_bpf_program_by_id(ids[i]);
		char name[SYS_BPF_NAME_SIZE];

		if (fd >= 0 && sys_bpf_program_name(fd, name) >= 0 && streq(name, PROGRAM_NAME))
			return fd_steal(&fd);
	}
	return n < 0 ? n : -ENOENT;
}

static int set_failed(int r, const char *dir, const char *what, struct error *err)
{
	(void)error_set(err, ERR_CGROUP, -r, "%s: the device list cannot be %s", dir, what);
	if (r == -ENOSYS || r == -EINVAL)
		error_add_cause(err, "the kernel has no BPF programs for devices of cgroups "
				     "(CONFIG_BPF_SYSCALL, CONFIG_CGROUP_BPF)");
	else if (r == -EPERM || r == -EACCES)
		error_add_cause(err, "that needs CAP_SYS_ADMIN, or CAP_BPF and CAP_NET_ADMIN, and no program of "
				     "a parent that forbids more of them");
	return r;
}

int cgroup_devices_set(const char *dir, const struct bpf_insn *code, size_t n, struct error *err)
{
	_cleanup_close_ int fd = cgroup_open(dir, 2, O_RDONLY, err), program = -1, old = -1;
	int r;

	if (fd < 0)
		return fd == -ENOENT ? error_set(err, ERR_CGROUP, ENOENT, "%s", dir) : fd;
	program = sys_bpf_load_device(PROGRAM_NAME, code, n);
	if (program < 0)
		return set_failed(program, dir, "loaded", err);
	old = find_own(fd);
	r = sys_bpf_attach_device(fd, program, old < 0 ? -1 : old);
	/* Before 5.6 nothing can be replaced: for a moment both have to agree, which allows nothing more. */
	if (r == -EINVAL && old >= 0) {
		r = sys_bpf_attach_device(fd, program, -1);
		if (r >= 0)
			r = sys_bpf_detach_device(fd, old);
	}
	return r < 0 ? set_failed(r, dir, "attached", err) : 0;
}

void cgroup_devices_unset(const char *dir)
{
	struct error ignored = ERROR_INIT;
	_cleanup_close_ int fd = cgroup_open(dir, 2, O_RDONLY, &ignored), old = -1;

	if (fd < 0)
		return;
	old = find_own(fd);
	if (old >= 0)
		(void)sys_bpf_detach_device(fd, old);
}
