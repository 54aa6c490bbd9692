/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/bpf.h"

#include "base/str.h"
#include "libcontainer/sys/call.h"

#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(const char *what, int command, union bpf_attr *attr)
{
	int r = SYS_FAULT("bpf");

	if (r == 0) {
		r = (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
		r = r < 0 ? -errno : r;
	}
	return r < 0 ? SYS_FAILED(r, "bpf(%s)", what) : r;
}

int sys_bpf_load_device(const char *name, const struct bpf_insn *code, size_t n)
{
	static const char license[] = "Apache-2.0";
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.insns = (uint64_t)(uintptr_t)code;
	attr.insn_cnt = (uint32_t)n;
	attr.license = (uint64_t)(uintptr_t)license;
	(void)str_copy(attr.prog_name, sizeof(attr.prog_name), name);
	return bpf("BPF_PROG_LOAD", BPF_PROG_LOAD, &attr);
}

int sys_bpf_attach_device(int cgroup, int program, int replace)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)cgroup;
	attr.attach_bpf_fd = (uint32_t)program;
	attr.attach_type = BPF_CGROUP_DEVICE;
	attr.attach_flags = BPF_F_ALLOW_MULTI;
	if (replace >= 0) {
		attr.attach_flags |= BPF_F_REPLACE;
		attr.replace_bpf_fd = (uint32_t)replace;
	}
	return bpf("BPF_PROG_ATTACH", BPF_PROG_ATTACH, &attr);
}

int sys_bpf_detach_device(int cgroup, int program)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)cgroup;
	attr.attach_bpf_fd = (uint32_t)program;
	attr.attach_type = BPF_CGROUP_DEVICE;
	return bpf("BPF_PROG_DETACH", BPF_PROG_DETACH, &attr);
}

int sys_bpf_query_device(int cgroup, uint32_t *ret_ids, size_t max)
{
	union bpf_attr attr;
	int r;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = (uint32_t)cgroup;
	attr.query.attach_type = BPF_CGROUP_DEVICE;
	attr.query.prog_ids = (uint64_t)(uintptr_t)ret_ids;
	attr.query.prog_cnt = (uint32_t)max;
	r = bpf("BPF_PROG_QUERY", BPF_PROG_QUERY, &attr);
	return r < 0 ? r : (int)attr.query.prog_cnt;
}

int sys_bpf_program_by_id(uint32_t id)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_id = id;
	return bpf("BPF_PROG_GET_FD_BY_ID", BPF_PROG_GET_FD_BY_ID, &attr);
}

int sys_bpf_program_name(int program, char ret[SYS_BPF_NAME_SIZE])
{
	struct bpf_prog_info info;
	union bpf_attr attr;
	int r;

	memset(&info, 0, sizeof(info));
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (uint32_t)program;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uint64_t)(uintptr_t)&info;
	r = bpf("BPF_OBJ_GET_INFO_BY_FD", BPF_OBJ_GET_INFO_BY_FD, &attr);
	if (r >= 0)
		(void)str_copy(ret, SYS_BPF_NAME_SIZE, info.name);
	return r;
}
