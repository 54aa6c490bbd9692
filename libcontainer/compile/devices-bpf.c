/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/compile/devices-bpf.h"

#include <errno.h>

#define RULE_INSNS 7 /* at most: three comparisons, two of access, two to answer */
#define START_INSNS 6
#define END_INSNS 2

/* What each register holds all along. */
enum { ANSWER = BPF_REG_0, CONTEXT = BPF_REG_1, TYPE = BPF_REG_2, ACCESS = BPF_REG_3, MAJOR = BPF_REG_4,
       MINOR = BPF_REG_5 };

static bool number_covers(int64_t a, int64_t b)
{
	return a == DEVICE_ANY || a == b;
}

bool device_rule_covers(const struct device_rule *a, const struct device_rule *b)
{
	return (a->type == 'a' || a->type == b->type) && number_covers(a->major, b->major)
	       && number_covers(a->minor, b->minor) && !(b->access & ~a->access);
}

bool device_rule_is_total(const struct device_rule *rule)
{
	static const struct device_rule all = { 'a', DEVICE_ANY, DEVICE_ANY, ACCESS_ALL, false, NULL };

	return device_rule_covers(rule, &all);
}

size_t device_rules_prune(struct device_rule *rules, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		size_t later = i + 1;

		while (later < n && !device_rule_covers(&rules[later], &rules[i]))
			later++;
		if (later == n)
			rules[kept++] = rules[i];
	}
	/* What no rule is about is denied anyway. */
	if (kept && device_rule_is_total(&rules[0]) && !rules[0].allow) {
		kept--;
		for (size_t i = 0; i < kept; i++)
			rules[i] = rules[i + 1];
	}
	return kept;
}

struct code {
	struct bpf_insn *v;
	size_t n;
};

static void emit(struct code *code, uint8_t op, unsigned dst, unsigned src, int16_t off, int32_t imm)
{
	code->v[code->n++] =
		(struct bpf_insn){ .code = op, .dst_reg = dst & 0xfu, .src_reg = src & 0xfu, .off = off, .imm = imm };
}

/* Jumps forward; where to is filled in by land(). */
static void jump(struct code *code, uint8_t op, unsigned reg, int32_t value)
{
	emit(code, BPF_JMP | op | BPF_K, reg, 0, 0, value);
}

/* All jumps since `from` that have no goal yet lead to what comes next. */
static void land(struct code *code, size_t from)
{
	for (size_t i = from; i < code->n; i++)
		if (BPF_CLASS(code->v[i].code) == BPF_JMP && BPF_OP(code->v[i].code) != BPF_EXIT
		    && code->v[i].off == 0)
			code->v[i].off = (int16_t)(code->n - i - 1);
}

static void answer(struct code *code, bool allow)
{
	emit(code, BPF_ALU64 | BPF_MOV | BPF_K, ANSWER, 0, 0, allow);
	emit(code, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

static int32_t kernel_access(unsigned access)
{
	return (access & ACCESS_READ ? BPF_DEVCG_ACC_READ : 0) | (access & ACCESS_WRITE ? BPF_DEVCG_ACC_WRITE : 0)
	       | (access & ACCESS_MKNOD ? BPF_DEVCG_ACC_MKNOD : 0);
}

/*
 * ACCESS holds what no rule has allowed yet. A rule that allows takes its part away, and nothing left means
 * yes; a rule that denies any part of what is left means no.
 */
static void emit_rule(struct code *code, const struct device_rule *rule)
{
	int32_t access = kernel_access(rule->access);
	size_t from = code->n;

	if (rule->type != 'a')
		jump(code, BPF_JNE, TYPE, rule->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
	if (rule->major != DEVICE_ANY)
		jump(code, BPF_JNE, MAJOR, (int32_t)rule->major);
	if (rule->minor != DEVICE_ANY)
		jump(code, BPF_JNE, MINOR, (int32_t)rule->minor);
	if (rule->access != ACCESS_ALL && rule->allow) {
		emit(code, BPF_ALU64 | BPF_AND | BPF_K, ACCESS, 0, 0, ~access);
		jump(code, BPF_JNE, ACCESS, 0);
	} else if (rule->access != ACCESS_ALL) {
		emit(code, BPF_JMP | BPF_JSET | BPF_K, ACCESS, 0, 1, access);
		jump(code, BPF_JA, 0, 0);
	}
	answer(code, rule->allow);
	land(code, from);
}

/* access_type of the context has the access in its upper half and the type in its lower one. */
static void emit_start(struct code *code)
{
	const uint8_t load = BPF_LDX | BPF_MEM | BPF_W;

	emit(code, load, ACCESS, CONTEXT, offsetof(struct bpf_cgroup_dev_ctx, access_type), 0);
	emit(code, BPF_ALU64 | BPF_MOV | BPF_X, TYPE, ACCESS, 0, 0);
	emit(code, BPF_ALU64 | BPF_AND | BPF_K, TYPE, 0, 0, 0xffff);
	emit(code, BPF_ALU64 | BPF_RSH | BPF_K, ACCESS, 0, 0, 16);
	emit(code, load, MAJOR, CONTEXT, offsetof(struct bpf_cgroup_dev_ctx, major), 0);
	emit(code, load, MINOR, CONTEXT, offsetof(struct bpf_cgroup_dev_ctx, minor), 0);
}

/* Backwards: the last rule that is about an access decides. */
int device_bpf(const struct device_rule *rules, size_t n, struct arena *arena, struct bpf_insn **ret,
	       size_t *ret_n)
{
	struct code code = { .v = arena_calloc(arena, START_INSNS + n * RULE_INSNS + END_INSNS,
					       sizeof(*code.v)) };

	if (!code.v)
		return -ENOMEM;
	emit_start(&code);
	for (size_t i = n; i > 0; i--)
		emit_rule(&code, &rules[i - 1]);
	if (n == 0 || !device_rule_is_total(&rules[0]))
		answer(&code, false);
	*ret = code.v;
	*ret_n = code.n;
	return 0;
}
