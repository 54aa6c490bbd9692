/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device list for cgroup v1.
 *
 * The specification wants rules applied in order, the last match winning. The kernel keeps a default and
 * a set of exceptions, and drops an exception only when a rule names exactly the same numbers: written
 * one by one, a later "deny c 10:*" does nothing against an earlier "allow c 10:200". So the rules are
 * applied here, to a model of the kernel's list, and only the outcome is written. What the kernel cannot
 * express (a hole in an exception) is an error and not silently wider access.
 *
 * Behind the configured rules come those that every engine expects from every runtime: mknod for all
 * devices, and use of the default devices, of ptys and of /dev/net/tun.
 */
#include "libcontainer/compile/compiler.h"

#include "base/str.h"

#include <stdio.h>
#include <string.h>

enum { ACCESS_READ = 1, ACCESS_WRITE = 2, ACCESS_MKNOD = 4, ACCESS_ALL = 7 };

#define ANY (-1)
#define EXCEPTIONS_MAX 4096 /* each is compared with each other */
#define MAJOR_LIMIT 4096    /* 12 bits */
#define MINOR_LIMIT 1048576 /* 20 bits */

struct device_rule {
	char type;            /* 'a', 'b', 'c' */
	int64_t major, minor; /* ANY */
	unsigned access;
	bool allow;
	const struct config_device_rule *slot; /* NULL: one of ours */
};

struct device_list {
	bool allow_default;
	const struct config_device_rule *default_slot;
	struct device_rule *v; /* the exceptions */
	size_t n, max;
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

static bool number_covers(int64_t a, int64_t b)
{
	return a == ANY || a == b;
}

static bool covers(const struct device_rule *a, const struct device_rule *b)
{
	return number_covers(a->major, b->major) && number_covers(a->minor, b->minor);
}

static bool overlap(const struct device_rule *a, const struct device_rule *b)
{
	return (number_covers(a->major, b->major) || b->major == ANY)
	       && (number_covers(a->minor, b->minor) || b->minor == ANY);
}

/* The rule agrees with the default: take away from the exceptions what it covers. */
static int list_remove(struct compiler *c, struct device_list *l, const struct device_rule *rule)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->n; i++) {
		struct device_rule *e = &l->v[i];

		if (e->type == rule->type && (e->access & rule->access) && overlap(rule, e)) {
			if (!covers(rule, e))
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

static int list_add(struct compiler *c, struct device_list *l, const struct device_rule *rule)
{
	struct device_rule *v;

	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].type == rule->type && l->v[i].major == rule->major
		    && l->v[i].minor == rule->minor) {
			l->v[i].access |= rule->access;
			return 0;
		}
	if (l->n >= EXCEPTIONS_MAX)
		return compiler_error(c, rule->slot, CONFIG_LIMIT, "more than %d device rules", EXCEPTIONS_MAX);
	if (l->n == l->max) {
		v = arena_regrow(c->arena, l->v, l->max, l->max ? l->max * 2 : 32, sizeof(*v));
		if (!v)
			return compiler_no_memory(c);
		l->v = v;
		l->max = l->max ? l->max * 2 : 32;
	}
	l->v[l->n++] = *rule;
	return 0;
}

static int list_apply(struct compiler *c, struct device_list *l, const struct device_rule *rule)
{
	static const char types[] = "bc";
	int r = 0;

	if (rule->type == 'a' && rule->major == ANY && rule->minor == ANY && rule->access == ACCESS_ALL) {
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
			r = list_add(c, l, &one);
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

static int emit_exception(struct compiler *c, const struct device_list *l, const struct device_rule *e,
			  uint32_t flags)
{
	char major[24], minor[24];

	number_text(e->major, major, sizeof(major));
	number_text(e->minor, minor, sizeof(minor));
	return cgroup_set_value(c, e->slot, "devices", l->allow_default ? "devices.deny" : "devices.allow",
				flags, "%c %s:%s %s%s%s", e->type, major, minor,
				e->access & ACCESS_READ ? "r" : "", e->access & ACCESS_WRITE ? "w" : "",
				e->access & ACCESS_MKNOD ? "m" : "");
}

int cgroup_emit_devices(struct compiler *c)
{
	const struct config_resources *res = c->linux_->resources;
	/* Without a resources object nothing of an existing cgroup may change; a new one is closed anyway. */
	uint32_t flags = res ? 0 : CGROUP_SET_IF_NEW;
	struct device_list l = { 0 };
	struct device_rule rule;
	int r;

	for (size_t i = 0; res && i < res->n_devices; i++) {
		r = read_rule(c, &res->devices[i], &rule);
		if (r < 0)
			return r;
		r = list_apply(c, &l, &rule);
		if (r < 0)
			return r;
	}
	if (!hierarchy_find(c, "devices"))
		return compiler_warn(c, "access to devices is not restricted: this host has no cgroup v1 "
					"controller for devices");
	/* When everything is allowed but for exceptions, the configuration has asked for exactly these. */
	for (size_t i = 0; !l.allow_default && i < ELEMENTSOF(implicit_rules); i++) {
		r = list_apply(c, &l, &implicit_rules[i]);
		if (r < 0)
			return r;
	}
	r = cgroup_set_value(c, l.default_slot, "devices", l.allow_default ? "devices.allow" : "devices.deny",
			     flags, "a");
	for (size_t i = 0; r == 0 && i < l.n; i++)
		r = emit_exception(c, &l, &l.v[i], flags);
	return r;
}
