/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_COMPILE_DEVICES_BPF_H
#define BERTH_COMPILE_DEVICES_BPF_H

/*
 * Device rules, and the program of type BPF_PROG_TYPE_CGROUP_DEVICE that they become. The kernel runs it at
 * every open and mknod of a device node; it answers 1 to allow. Pure: no system call, no configuration.
 */

#include "base/arena.h"

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ACCESS_READ = 1, ACCESS_WRITE = 2, ACCESS_MKNOD = 4, ACCESS_ALL = 7 };

#define DEVICE_ANY (-1)

struct config_device_rule;

struct device_rule {
	char type;            /* 'a', 'b', 'c' */
	int64_t major, minor; /* DEVICE_ANY */
	unsigned access;
	bool allow;
	const struct config_device_rule *slot; /* NULL: one of ours */
};

/* True when every access that b is about is also one that a is about. */
bool device_rule_covers(const struct device_rule *a, const struct device_rule *b);

/* True for a rule about everything: it makes what stands before it meaningless. */
bool device_rule_is_total(const struct device_rule *rule);

/* Drops the rules that never decide anything, because later ones cover them. Returns how many are left. */
size_t device_rules_prune(struct device_rule *rules, size_t n);

/*
 * The rules apply in order, the last one that is about an access deciding; what no rule is about is denied.
 * The rules must have been pruned (the kernel refuses instructions that can never run). *ret lives in the
 * arena. 0, or -ENOMEM.
 */
int device_bpf(const struct device_rule *rules, size_t n, struct arena *arena, struct bpf_insn **ret,
	       size_t *ret_n);

#endif
