/* SPDX-License-Identifier: Apache-2.0 */
#include "test-seccomp-judge.h"

#include <errno.h>
#include <seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NUMBERS 1200
#define PRIVATE 0xf0000u
#define X32_BIT 0x40000000u

struct judge_arch judge_arches[JUDGE_ARCHES] = {
#define SECCOMP_ARCH(symbol, token_, audit_, base_, bits_, big_) \
	{ .name = "SCMP_ARCH_" #symbol, .token = token_, .audit = audit_, .base = base_, .bits = bits_, \
	  .big = big_ },
#include "libcontainer/compile/seccomp-arch.h"
#undef SECCOMP_ARCH
};

static char *names[2000];
static short n_names;

static short name_index(char *name)
{
	if (!name)
		return -1;
	for (short i = 0; i < n_names; i++)
		if (strcmp(names[i], name) == 0) {
			free(name);
			return i;
		}
	names[n_names] = name;
	return n_names++;
}

void judge_init(void)
{
	for (size_t i = 0; i < JUDGE_ARCHES; i++) {
		struct judge_arch *a = &judge_arches[i];

		for (uint32_t nr = 0; nr < NUMBERS; nr++)
			a->names[nr] =
				name_index(seccomp_syscall_resolve_num_arch(a->token, (int)(a->base + nr)));
		for (uint32_t nr = 0; nr < 16; nr++)
			a->private_names[nr] =
				name_index(seccomp_syscall_resolve_num_arch(a->token, (int)(PRIVATE + nr)));
		a->mux = seccomp_syscall_resolve_name_arch(a->token, "socketcall") >= 0 &&
			 seccomp_syscall_resolve_name_arch(a->token, "socket") == -101;
	}
}

const struct judge_arch *judge_arch_find(const char *name)
{
	for (size_t i = 0; i < JUDGE_ARCHES; i++)
		if (strcmp(judge_arches[i].name, name) == 0)
			return &judge_arches[i];
	return NULL;
}

uint32_t judge_action(const char *name, const struct opt_u32 *errno_ret)
{
	uint32_t data = errno_ret->set ? errno_ret->v : EPERM;

	if (strcmp(name, "SCMP_ACT_ALLOW") == 0)
		return SCMP_ACT_ALLOW;
	if (strcmp(name, "SCMP_ACT_ERRNO") == 0)
		return SCMP_ACT_ERRNO(data);
	if (strcmp(name, "SCMP_ACT_TRACE") == 0)
		return SCMP_ACT_TRACE(data);
	if (strcmp(name, "SCMP_ACT_LOG") == 0)
		return SCMP_ACT_LOG;
	if (strcmp(name, "SCMP_ACT_TRAP") == 0)
		return SCMP_ACT_TRAP;
	if (strcmp(name, "SCMP_ACT_NOTIFY") == 0)
		return SCMP_ACT_NOTIFY;
	if (strcmp(name, "SCMP_ACT_KILL_PROCESS") == 0)
		return SCMP_ACT_KILL_PROCESS;
	return SCMP_ACT_KILL;
}

static bool cond_holds(const struct config_seccomp_arg *c, uint64_t x, unsigned bits)
{
	uint64_t width = bits == 64 ? UINT64_MAX : UINT32_MAX;
	uint64_t v = c->value & width;

	x &= width;
	switch (c->op[9]) {
	case 'N':
		return x != v;
	case 'E':
		return x == v;
	case 'M':
		return (x & v) == (c->value_two.v & v);
	case 'L':
		return c->op[10] == 'T' ? x < v : x <= v;
	default:
		return c->op[10] == 'T' ? x > v : x >= v;
	}
}

static bool names_has(const struct config_seccomp_rule *rule, short name)
{
	for (size_t i = 0; name >= 0 && i < rule->names.n; i++)
		if (strcmp(rule->names.v[i], names[name]) == 0)
			return true;
	return false;
}

static short pseudo_name(const struct judge_arch *a, short through, uint64_t arg)
{
	static short cache[2][32];
	static bool filled;
	uint64_t selector = a->bits == 64 ? arg : (uint32_t)arg;

	for (int i = 0; !filled && i < 64; i++)
		cache[i / 32][i % 32] = i % 32 == 0 ? (short)-1 :
			name_index(seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86,
								    (i < 32 ? -100 : -200) - i % 32));
	filled = true;
	if (!a->mux || through < 0 || selector >= 32)
		return -1;
	if (strcmp(names[through], "socketcall") == 0)
		return cache[0][selector];
	return strcmp(names[through], "ipc") == 0 ? cache[1][selector] : -1;
}

/* A masked comparison with no bit in the mask always holds; it does not make a rule conditional. */
static bool cond_is_void(const struct config_seccomp_arg *c, unsigned bits)
{
	return c->op[9] == 'M' && (bits == 64 ? c->value : (uint32_t)c->value) == 0;
}

/* Adds what the rules for one name say; skip_first: the first argument selects the call. */
static void judge_name(const struct judge_profile *p, const struct judge_arch *a, short name, bool skip_first,
		       const struct seccomp_data *data, struct verdict *v, bool *always)
{
	for (size_t r = 0; r < p->conf->n_syscalls; r++) {
		const struct config_seccomp_rule *rule = &p->conf->syscalls[r];
		uint32_t action = judge_action(rule->action, &rule->errno_ret);
		unsigned count[6] = { 0 }, met = 0, empty = 0;
		bool any = false, hit;

		if (!names_has(rule, name) || action == v->otherwise)
			continue;
		for (size_t i = 0; i < rule->n_args; i++)
			any |= ++count[rule->args[i].index] > 1;
		for (size_t i = 0; i < rule->n_args; i++)
			met += (skip_first && rule->args[i].index == 0) ||
			       cond_holds(&rule->args[i], data->args[rule->args[i].index], a->bits);
		for (size_t i = 0; i < rule->n_args; i++)
			empty += cond_is_void(&rule->args[i], a->bits);
		hit = any ? met > 0 : met == rule->n_args;
		if (!hit || *always)
			continue;
		if (!skip_first && (any ? empty > 0 : empty == rule->n_args)) {
			v->n = 0;
			*always = true;
		}
		if (v->n < 64)
			v->actions[v->n++] = action;
	}
}

static short name_of_number(const struct judge_arch *a, uint32_t nr)
{
	uint32_t n = nr - a->base;

	if (n < NUMBERS)
		return a->names[n];
	return nr - PRIVATE < 16 ? a->private_names[nr - PRIVATE] : (short)-1;
}

/* Whether a rule names a call that goes through this one. */
static bool names_has_pseudo(const struct config_seccomp_rule *rule, const struct judge_arch *a, short through)
{
	for (uint64_t selector = 0; selector < 32; selector++)
		if (names_has(rule, pseudo_name(a, through, selector)))
			return true;
	return false;
}

void judge_prepare(struct judge_profile *p, const struct config_seccomp *conf, uint32_t native)
{
	*p = (struct judge_profile){ .conf = conf, .native = native };
	for (size_t i = 0; i < JUDGE_ARCHES; i++) {
		const struct judge_arch *a = &judge_arches[i];

		p->on[i] = a->token == native;
		for (size_t j = 0; j < conf->architectures.n; j++)
			p->on[i] |= strcmp(conf->architectures.v[j], a->name) == 0;
		p->highest[i] = -1;
		for (int nr = 0; p->on[i] && nr < NUMBERS; nr++)
			for (size_t r = 0; r < conf->n_syscalls; r++)
				if (names_has(&conf->syscalls[r], a->names[nr]) ||
				    names_has_pseudo(&conf->syscalls[r], a, a->names[nr]))
					p->highest[i] = nr;
	}
}

/* The architecture that a call belongs to; NULL when the profile does not cover it. */
static const struct judge_arch *arch_of(const struct judge_profile *p, const struct seccomp_data *data)
{
	uint32_t nr = (uint32_t)data->nr;
	size_t x64 = (size_t)(judge_arch_find("SCMP_ARCH_X86_64") - judge_arches);
	size_t x32 = (size_t)(judge_arch_find("SCMP_ARCH_X32") - judge_arches);

	for (size_t i = 0; i < JUDGE_ARCHES; i++) {
		if (judge_arches[i].audit != data->arch || !p->on[i])
			continue;
		if (i == x64 && nr >= X32_BIT && (p->on[x32] || nr != UINT32_MAX))
			continue;
		if (i == x32 && nr < X32_BIT)
			continue;
		return &judge_arches[i];
	}
	return NULL;
}

void judge_call(const struct judge_profile *p, const struct seccomp_data *data, struct verdict *ret)
{
	const struct judge_arch *a = arch_of(p, data);
	uint32_t nr = (uint32_t)data->nr;
	bool always = false;
	short name;
	int highest;

	*ret = (struct verdict){ .otherwise = judge_action(p->conf->default_action, &p->conf->default_errno_ret) };
	if (!a) {
		ret->bad_arch = true;
		ret->otherwise = SCMP_ACT_KILL;
		return;
	}
	highest = p->highest[a - judge_arches];
	ret->beyond = highest >= 0 && (nr >= a->base) && nr - a->base > (uint32_t)highest &&
		      !(strcmp(a->name, "SCMP_ARCH_ARM") == 0 && nr - PRIVATE < 16);
	name = name_of_number(a, nr);
	judge_name(p, a, name, false, data, ret, &always);
	judge_name(p, a, pseudo_name(a, name, data->args[0]), true, data, ret, &always);
	if (ret->n == 0 && ret->beyond && (ret->otherwise & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO)
		ret->otherwise = SCMP_ACT_ERRNO(ENOSYS);
	else
		ret->beyond = false;
}
