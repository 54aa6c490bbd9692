/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/compile/seccomp-rules.h"

#include "base/str.h"
#include "libcontainer/compile/seccomp-names.h"

#include <errno.h>
#include <linux/seccomp.h>

/* Newer than the kernel headers that berth may be built with. */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

static const struct name_value actions[] = {
	{ "SCMP_ACT_KILL", SECCOMP_RET_KILL_THREAD },
	{ "SCMP_ACT_KILL_PROCESS", SECCOMP_RET_KILL_PROCESS },
	{ "SCMP_ACT_KILL_THREAD", SECCOMP_RET_KILL_THREAD },
	{ "SCMP_ACT_TRAP", SECCOMP_RET_TRAP },
	{ "SCMP_ACT_ERRNO", SECCOMP_RET_ERRNO },
	{ "SCMP_ACT_TRACE", SECCOMP_RET_TRACE },
	{ "SCMP_ACT_ALLOW", SECCOMP_RET_ALLOW },
	{ "SCMP_ACT_LOG", SECCOMP_RET_LOG },
	{ "SCMP_ACT_NOTIFY", SECCOMP_RET_USER_NOTIF },
	{ 0 },
};

#define OP_MASKED 0x100u

static const struct name_value operators[] = {
	{ "SCMP_CMP_NE", SECCOMP_OP_NE }, { "SCMP_CMP_LT", SECCOMP_OP_LT },
	{ "SCMP_CMP_LE", SECCOMP_OP_LE }, { "SCMP_CMP_EQ", SECCOMP_OP_EQ },
	{ "SCMP_CMP_GE", SECCOMP_OP_GE }, { "SCMP_CMP_GT", SECCOMP_OP_GT },
	{ "SCMP_CMP_MASKED_EQ", SECCOMP_OP_EQ | OP_MASKED }, { 0 },
};

static const struct name_value flags[] = {
	{ "SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC },
	{ "SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG },
	{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW },
	{ "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV },
	{ 0 },
};

/* What the kernel keeps of the data: errno above MAX_ERRNO would silently become another one. */
#define ERRNO_LIMIT 4095u

/* action and errno_ret are members of the document; the result has both in one number. */
static int action_read(const struct document *doc, char *const *action, const struct opt_u32 *errno_ret,
		       uint32_t *ret, struct error *err)
{
	const struct name_value *found = *action ? name_find(actions, *action) : NULL;
	uint32_t limit;

	if (!found)
		return document_error(doc, action, err, ERR_CONFIG_VALUE, "seccomp action \"%s\" is unknown",
				      *action ? *action : "");
	*ret = (uint32_t)found->value;
	if (*ret != SECCOMP_RET_ERRNO && *ret != SECCOMP_RET_TRACE) {
		if (errno_ret->set)
			return document_error(doc, errno_ret, err, ERR_CONFIG_CONFLICT,
					      "seccomp action %s takes no errnoRet", found->name);
		return 0;
	}
	limit = *ret == SECCOMP_RET_ERRNO ? ERRNO_LIMIT : SECCOMP_RET_DATA;
	if (errno_ret->set && errno_ret->v > limit)
		return document_error(doc, errno_ret, err, ERR_CONFIG_RANGE,
				      "seccomp errnoRet %u is above %u", errno_ret->v, limit);
	*ret |= errno_ret->set ? errno_ret->v : EPERM;
	return 0;
}

static int cond_read(const struct document *doc, const struct config_seccomp_arg *arg,
		     struct seccomp_cond *ret, struct error *err)
{
	const struct name_value *op = arg->op ? name_find(operators, arg->op) : NULL;

	if (!op)
		return document_error(doc, &arg->op, err, ERR_CONFIG_VALUE,
				      "seccomp operator \"%s\" is unknown", arg->op ? arg->op : "");
	if (arg->index >= SECCOMP_ARGS)
		return document_error(doc, &arg->index, err, ERR_CONFIG_RANGE,
				      "seccomp argument index %u is above 5", arg->index);
	*ret = (struct seccomp_cond){ (uint8_t)arg->index, (uint8_t)op->value, UINT64_MAX, arg->value };
	if (op->value & OP_MASKED) {
		ret->mask = arg->value;
		ret->value = (arg->value_two.set ? arg->value_two.v : 0) & ret->mask;
	}
	return 0;
}

/* Keeps the conditions ordered by argument; one that always holds is left out. */
static void rule_add_cond(struct seccomp_rule *rule, const struct seccomp_cond *cond)
{
	unsigned i = rule->n_conds;

	if (cond->mask == 0)
		return;
	for (; i > 0 && rule->conds[i - 1].arg > cond->arg; i--)
		rule->conds[i] = rule->conds[i - 1];
	rule->conds[i] = *cond;
	rule->n_conds++;
}

/*
 * One rule with all conditions, or one for each when an argument is tested twice. *ret has room for
 * as many as there are arguments (at least one).
 */
static int rules_read(const struct document *doc, const struct config_seccomp_rule *conf, uint32_t action,
		      struct seccomp_rule *ret, size_t *ret_n, struct error *err)
{
	unsigned seen = 0;
	bool twice = false;

	for (size_t i = 0; i < conf->n_args; i++) {
		if (conf->args[i].index < SECCOMP_ARGS)
			twice |= (seen >> conf->args[i].index) & 1;
		seen |= 1u << (conf->args[i].index & 31);
	}
	*ret_n = twice ? conf->n_args : 1;
	for (size_t i = 0; i < *ret_n; i++)
		ret[i] = (struct seccomp_rule){ .from = conf, .action = action };
	for (size_t i = 0; i < conf->n_args; i++) {
		struct seccomp_cond cond;
		int r = cond_read(doc, &conf->args[i], &cond, err);

		if (r < 0)
			return r;
		rule_add_cond(twice ? &ret[i] : &ret[0], &cond);
	}
	return 0;
}

/* Far more than any filter holds; stops a small file that multiplies names by conditions. */
#define CALLS_MAX (1u << 18)

static int calls_alloc(const struct document *doc, const struct config_seccomp *conf, struct arena *arena,
		       struct seccomp_profile *p, struct error *err)
{
	size_t n = 0;

	for (size_t i = 0; i < conf->n_syscalls; i++) {
		const struct config_seccomp_rule *rule = &conf->syscalls[i];
		size_t product;

		if (__builtin_mul_overflow(rule->names.n, MAX(rule->n_args, (size_t)1), &product) ||
		    __builtin_add_overflow(n, product, &n) || n > CALLS_MAX)
			return document_error(doc, rule, err, ERR_CONFIG_LIMIT,
					      "seccomp profile has more than %u rules", CALLS_MAX);
	}
	p->calls = arena_calloc(arena, MAX(n, (size_t)1), sizeof(*p->calls));
	if (!p->calls)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "seccomp rules");
	return 0;
}

static void calls_add(struct seccomp_profile *p, const struct config_seccomp_rule *conf,
		      const struct seccomp_rule *rules, size_t n_rules)
{
	for (size_t i = 0; i < conf->names.n; i++) {
		int name = seccomp_name_find(conf->names.v[i]);

		/* A profile is written for many kernels: the names of other ones are expected. */
		if (name < 0)
			p->n_skipped_names++;
		for (size_t j = 0; name >= 0 && j < n_rules; j++)
			p->calls[p->n_calls++] = (struct seccomp_call){ name, &rules[j] };
	}
}

static int syscall_read(const struct document *doc, const struct config_seccomp_rule *conf,
			struct arena *arena, struct seccomp_profile *p, struct error *err)
{
	struct seccomp_rule *rules;
	uint32_t action;
	size_t n;
	int r;

	if (conf->names.n == 0)
		return document_error(doc, &conf->names, err, ERR_CONFIG_VALUE,
				      "seccomp rule has an empty list of names");
	r = action_read(doc, &conf->action, &conf->errno_ret, &action, err);
	if (r < 0)
		return r;
	p->notify |= action == SECCOMP_RET_USER_NOTIF;
	rules = arena_calloc(arena, MAX(conf->n_args, (size_t)1), sizeof(*rules));
	if (!rules)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "seccomp rules");
	r = rules_read(doc, conf, action, rules, &n, err);
	if (r < 0)
		return r;
	calls_add(p, conf, rules, n);
	return 0;
}

static int flags_read(const struct document *doc, const struct config_seccomp *conf, uint32_t *ret,
		      struct error *err)
{
	*ret = conf->has_flags ? 0 : SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	for (size_t i = 0; i < conf->flags.n; i++) {
		const struct name_value *found = name_find(flags, conf->flags.v[i]);

		if (!found)
			return document_error(doc, &conf->flags.v[i], err, ERR_CONFIG_VALUE,
					      "seccomp flag \"%s\" is unknown", conf->flags.v[i]);
		*ret |= (uint32_t)found->value;
	}
	return 0;
}

static int listener_check(const struct document *doc, const struct config_seccomp *conf,
			  const struct seccomp_options *options, struct seccomp_profile *p, struct error *err)
{
	if (conf->listener_metadata && !conf->listener_path)
		return document_error(doc, &conf->listener_metadata, err, ERR_CONFIG_CONFLICT,
				      "seccomp listenerMetadata needs a listenerPath");
	/* Nobody could answer: the container would hang in its first such call. */
	if (p->notify && !conf->listener_path && !options->have_listener)
		return document_error(doc, conf, err, ERR_CONFIG_CONFLICT,
				      "seccomp action SCMP_ACT_NOTIFY needs a listenerPath");
	/*
	 * The kernel refuses TSYNC together with a listener and WAIT_KILLABLE_RECV without one. Neither
	 * says anything then: the filter is loaded by a process with a single thread.
	 */
	if (p->notify) {
		p->flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
		p->flags &= ~(uint32_t)SECCOMP_FILTER_FLAG_TSYNC;
	} else {
		p->flags &= ~(uint32_t)SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	}
	return 0;
}

/* Names the first call that is in no table. */
static int unknown_call(const struct document *doc, const struct config_seccomp *conf, struct error *err)
{
	for (size_t i = 0; i < conf->n_syscalls; i++) {
		const struct strings *names = &conf->syscalls[i].names;

		for (size_t j = 0; j < names->n; j++)
			if (seccomp_name_find(names->v[j]) < 0)
				return document_error(doc, &names->v[j], err, ERR_CONFIG_VALUE,
						      "seccomp: system call \"%s\" is unknown", names->v[j]);
	}
	return 0;
}

int seccomp_profile_read(const struct document *doc, const struct config_seccomp *conf,
			 const struct seccomp_options *options, struct arena *arena,
			 struct seccomp_profile *ret, struct error *err)
{
	int r;

	*ret = (struct seccomp_profile){ 0 };
	r = action_read(doc, &conf->default_action, &conf->default_errno_ret, &ret->default_action, err);
	if (r < 0)
		return r;
	ret->notify = ret->default_action == SECCOMP_RET_USER_NOTIF;
	r = flags_read(doc, conf, &ret->flags, err);
	if (r < 0)
		return r;
	r = calls_alloc(doc, conf, arena, ret, err);
	for (size_t i = 0; r >= 0 && i < conf->n_syscalls; i++)
		r = syscall_read(doc, &conf->syscalls[i], arena, ret, err);
	if (r < 0)
		return r;
	if (options->fail_unknown && ret->n_skipped_names > 0)
		return unknown_call(doc, conf, err);
	return listener_check(doc, conf, options, ret, err);
}
