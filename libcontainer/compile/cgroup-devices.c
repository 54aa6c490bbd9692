/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device list, for the devices controller of v1 or as a BPF program for v2.
 *
 * The specification wants rules applied in order, the last match winning, which is how the program of v2
 * works. The v1 kernel keeps a default and a set of exceptions, and drops an exception only when a rule names
 * exactly the same numbers: written one by one, a later "deny c 10:*" does nothing against an earlier "allow
 * c 10:200". So the rules are applied here, to a model of the kernel's list, and only the outcome is written.
 * What that kernel cannot express (a hole in an exception) is an error and not silently wider access.
 *
 * Behind the configured rules come those that every engine expects from every runtime: mknod for all
 * devices, and use of the default devices, of ptys and of /dev/net/tun.
 */
#include "libcontainer/compile/compiler.h"

#include "base/buf.h"
#include "base/str.h"
#include "libcontainer/compile/devices-bpf.h"

#include <stdio.h>
#include <string.h>

#define ANY DEVICE_ANY
#define RULES_MAX 4096      /* each is compared with each other */
#define MAJOR_LIMIT 4096    /* 12 bits */
#define MINOR_LIMIT 1048576 /* 20 bits */

/* The kernel's list of v1. */
struct device_list {
	bool allow_default;
	const struct config_device_rule *default_slot;
	struct device_rule *v; /* the exceptions */
	size_t n;              /* never more than there are rules, for each of the two types */
};

static const struct device_rule implicit_rules[] = {
	{ 'c', ANY, ANY, ACCESS_MKNOD, true, NULL },
	{ 'b', ANY, ANY, ACCESS_MKNOD, true, NULL },
	{ 'c', 1, 3, ACCESS_ALL, true, NULL },     /* null */
	{ 'c', 1, 5, ACCESS_ALL, true, NULL },     /* zero */
	{ 'c', 1, 7, ACCESS_ALL, true, NULL },     /* full */
	{ 'c', 1, 8, ACCESS_ALL, true, NULL },     /* random */
	{ 'c', 1, 9, ACCESS_ALL, true, NULL },     /* urandom */
	{ 'c', 5, 0, ACCESS_ALL, true, NULL },     /* tty */
	{ 'c', 5, 2, ACCESS_ALL, true, NULL },     /* ptmx */
	{ 'c', 136, ANY, ACCESS_ALL, true, NULL }, /* pts */
	{ 'c', 10, 200, ACCESS_ALL, true, NULL },  /* net/tun */
};

static bool numbers_meet(int64_t a, int64_t b)
{
	return a == ANY || b == ANY || a == b;
}

static bool overlap(const struct device_rule *a, const struct device_rule *b)
{
	return numbers_meet(a->major, b->major) && numbers_meet(a->minor, b->minor);
}

/* The rule agrees with the default: take away from the exceptions what it covers. */
static int list_remove(struct compiler *c, struct device_list *l, const struct device_rule *rule)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->n; i++) {
		struct device_rule *e = &l->v[i];

		if (e->type == rule->type && (e->access & rule->access) && overlap(rule, e)) {
			struct device_rule affected = *e;

			affected.access &= rule->access;
			if (!device_rule_covers(rule, &affected))
				return compiler_error(c, rule->slot, CONFIG_UNSUPPORTED,
						      "cgroup v1 cannot make an exception to part of an "
						      "earlier device rule");
			e->access &= ~rule->access;
		}
		if (e->access)
			l->v[kept++] = *e;
	}
	l->n = kept;
	return 0;
}

static void list_add(struct device_list *l, const struct device_rule *rule)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].type == rule->type && l->v[i].major == rule->major
		    && l->v[i].minor == rule->minor) {
			l->v[i].access |= rule->access;
			return;
		}
	l->v[l->n++] = *rule;
}

static int list_apply(struct compiler *c, struct device_list *l, const struct device_rule *rule)
{
	static const char types[] = "bc";
	int r = 0;

	if (device_rule_is_total(rule)) {
		l->allow_default = rule->allow;
		l->default_slot = rule->slot;
		l->n = 0;
		return 0;
	}
	for (const char *type = types; *type && r == 0; type++) {
		struct device_rule one = *rule;

		if (rule->type != 'a' && rule->type != *type)
			continue;
		one.type = *type;
		if (rule->allow == l->allow_default)
			r = list_remove(c, l, &one);
		else
			list_add(l, &one);
	}
	return r;
}

static int read_number(struct compiler *c, const struct opt_i64 *n, int64_t limit, int64_t *ret)
{
	if (n->set && n->v != ANY && (n->v < 0 || n->v >= limit))
		return compiler_error(c, n, CONFIG_RANGE, "device number %lld", (long long)n->v);
	*ret = n->set ? n->v : ANY;
	return 0;
}

static int read_access(struct compiler *c, char *const *access, unsigned *ret)
{
	static const char letters[] = "rwm";

	*ret = *access ? 0 : ACCESS_ALL;
	for (const char *p = *access; p && *p; p++) {
		const char *at = strchr(letters, *p);

		if (!at)
			return compiler_error(c, access, CONFIG_VALUE, "device access \"%s\"", *access);
		*ret |= 1u << (at - letters);
	}
	if (!*ret)
		return compiler_error(c, access, CONFIG_VALUE, "device access is empty");
	return 0;
}

static int read_rule(struct compiler *c, const struct config_device_rule *rule, struct device_rule *ret)
{
	int r;

	if (!rule->allow.set)
		return compiler_error(c, rule, CONFIG_MISSING, "allow");
	*ret = (struct device_rule){ .type = 'a', .allow = rule->allow.v, .slot = rule };
	if (!str_is_empty(rule->type)) {
		if (!strchr("abc", rule->type[0]) || rule->type[1])
			return compiler_error(c, &rule->type, CONFIG_VALUE, "device type \"%s\"", rule->type);
		ret->type = rule->type[0];
	}
	r = read_number(c, &rule->major, MAJOR_LIMIT, &ret->major);
	if (r < 0)
		return r;
	r = read_number(c, &rule->minor, MINOR_LIMIT, &ret->minor);
	if (r < 0)
		return r;
	return read_access(c, &rule->access, &ret->access);
}

static void number_text(int64_t n, char *buf, size_t size)
{
	if (n == ANY)
		str_copy(buf, size, "*");
	else
		snprintf(buf, size, "%lld", (long long)n);
}

/* "c 1:3 rwm" */
static const char *rule_text(const struct device_rule *rule, char *buf, size_t size)
{
	char major[24], minor[24];

	number_text(rule->major, major, sizeof(major));
	number_text(rule->minor, minor, sizeof(minor));
	snprintf(buf, size, "%c %s:%s %s%s%s", rule->type, major, minor, rule->access & ACCESS_READ ? "r" : "",
		 rule->access & ACCESS_WRITE ? "w" : "", rule->access & ACCESS_MKNOD ? "m" : "");
	return buf;
}

static int emit_list(struct compiler *c, const struct device_rule *rules, size_t n, uint32_t flags)
{
	struct device_list l = { .v = arena_calloc(c->arena, n * 2 + 1, sizeof(*l.v)) };
	char text[80];
	int r = 0;

	if (!l.v)
		return compiler_no_memory(c);
	for (size_t i = 0; i < n && r == 0; i++)
		r = list_apply(c, &l, &rules[i]);
	if (r == 0)
		r = cgroup_set_value(c, l.default_slot, "devices",
				     l.allow_default ? "devices.allow" : "devices.deny", flags, "a");
	for (size_t i = 0; r == 0 && i < l.n; i++)
		r = cgroup_set_value(c, l.v[i].slot, "devices",
				     l.allow_default ? "devices.deny" : "devices.allow", flags, "%s",
				     rule_text(&l.v[i], text, sizeof(text)));
	return r;
}

static int emit_program(struct compiler *c, struct device_rule *rules, size_t n, uint32_t flags)
{
	struct op_cgroup_devices op = { .flags = flags };
	_cleanup_buf_ struct buf words = BUF_INIT;
	struct bpf_insn *code;
	char text[80];
	size_t n_code;

	n = device_rules_prune(rules, n);
	/* All is allowed: a program would only cost time. */
	if (n == 1 && device_rule_is_total(&rules[0]))
		return 0;
	if (device_bpf(rules, n, c->arena, &code, &n_code) < 0)
		return compiler_no_memory(c);
	for (size_t i = 0; i < n; i++)
		buf_addf(&words, "%s%s %s", i ? ", " : "", rules[i].allow ? "allow" : "deny",
			 rule_text(&rules[i], text, sizeof(text)));
	if (words.failed)
		return compiler_no_memory(c);
	/* Who may not load programs may not make device nodes either; the modes of the host's protect them. */
	if (c->host->euid != 0 || c->host->in_userns)
		op.flags |= CGROUP_SET_OPTIONAL;
	op.dir = emit_str(&c->emit, cgroup_dir(c, hierarchy_find_v2(c)));
	op.filter = emit_blob(&c->emit, code, n_code * sizeof(*code));
	op.rules = emit_str(&c->emit, words.len ? words.data : "");
	if (c->linux_->resources && c->linux_->resources->n_devices)
		compiler_emit(c, OP_CGROUP_DEVICES, &op, &c->linux_->resources->devices);
	else
		compiler_emit_own(c, OP_CGROUP_DEVICES, &op);
	return 0;
}

int cgroup_device_rules(struct compiler *c, struct device_rule **ret, size_t *ret_n)
{
	const struct config_resources *res = c->linux_->resources;
	size_t n = 0, n_config = res ? res->n_devices : 0;
	struct device_rule *rules;
	bool allowed = false;

	if (n_config > RULES_MAX)
		return compiler_error(c, &res->devices, CONFIG_LIMIT, "more than %d device rules", RULES_MAX);
	rules = arena_calloc(c->arena, n_config + ELEMENTSOF(implicit_rules), sizeof(*rules));
	if (!rules)
		return compiler_no_memory(c);
	for (; n < n_config; n++) {
		int r = read_rule(c, &res->devices[n], &rules[n]);

		if (r < 0)
			return r;
		if (device_rule_is_total(&rules[n]))
			allowed = rules[n].allow;
	}
	/* When everything is allowed but for exceptions, the configuration has asked for exactly these. */
	for (size_t i = 0; !allowed && i < ELEMENTSOF(implicit_rules); i++)
		rules[n++] = implicit_rules[i];
	*ret = rules;
	*ret_n = n;
	return 0;
}

int cgroup_emit_devices(struct compiler *c)
{
	/* Without a resources object nothing of an existing cgroup may change; a new one is closed anyway. */
	uint32_t flags = c->linux_->resources ? 0 : CGROUP_SET_IF_NEW;
	struct device_rule *rules = NULL;
	size_t n = 0;
	int r = cgroup_device_rules(c, &rules, &n);

	if (!rules)
		return r;
	if (hierarchy_find(c, "devices"))
		return emit_list(c, rules, n, flags);
	if (hierarchy_find_v2(c))
		return emit_program(c, rules, n, flags);
	return compiler_warn(c, "access to devices is not restricted: this host has no cgroup controller for "
				"devices");
}
