/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_BPF_H
#define BERTH_SYS_BPF_H

/* bpf(2), as far as device lists of cgroups need it. Conventions: see libcontainer/sys/call.h. */

#include <stddef.h>
#include <stdint.h>

struct bpf_insn;

#define SYS_BPF_NAME_SIZE 16

/* Loads a program of type CGROUP_DEVICE. Returns its descriptor. */
int sys_bpf_load_device(const char *name, const struct bpf_insn *code, size_t n);

/*
 * Attaches a device program beside those of others (BPF_F_ALLOW_MULTI). replace: descriptor of an attached
 * program in whose place it goes at once, or -1.
 */
int sys_bpf_attach_device(int cgroup, int program, int replace);
int sys_bpf_detach_device(int cgroup, int program);

/* The ids of the device programs attached to this very cgroup. Returns how many there are, at most max. */
int sys_bpf_query_device(int cgroup, uint32_t *ret_ids, size_t max);

/* Opens a program by its id. Returns the descriptor. */
int sys_bpf_program_by_id(uint32_t id);

int sys_bpf_program_name(int program, char ret[SYS_BPF_NAME_SIZE]);

#endif
