/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capability sets. Names that nobody knows and capabilities that this host cannot grant are warnings, as
 * the specification wants, and are left out. So is what the kernel would refuse: an effective capability
 * that is not permitted, an ambient one that is not both permitted and inheritable. An absent object
 * drops everything: root with all capabilities must be asked for.
 */
#include "libcontainer/compile/compiler.h"

#include "base/buf.h"
#include "base/str.h"

#include <linux/sched.h>

const char *const compile_capabilities[] = {
#define CAP_NAME(number, name) [number] = name,
#include "libcontainer/compile/cap-table.h"
#undef CAP_NAME
	NULL
};

#define N_CAPS (ELEMENTSOF(compile_capabilities) - 1)

const char *compile_capability_name(unsigned cap)
{
	return cap < N_CAPS ? compile_capabilities[cap] : NULL;
}

static int find(const char *name)
{
	const char *rest = str_after(name, "CAP_");

	/* A configuration names dozens: one character tells most of the table apart. */
	for (size_t i = 0; rest && i < N_CAPS; i++)
		if (compile_capabilities[i][4] == *rest && streq(compile_capabilities[i] + 4, rest))
			return (int)i;
	return -1;
}

static uint64_t grantable(const struct compiler *c)
{
	uint64_t known = c->host->last_cap >= 63 ? UINT64_MAX : (2ull << c->host->last_cap) - 1;

	/* The first process of a user namespace has all capabilities in it. */
	return has_namespace(c, CLONE_NEWUSER) ? known : known & c->host->caps;
}

/* Adds unknown names to *unknown. */
static uint64_t read_set(const struct strings *names, struct buf *unknown)
{
	uint64_t set = 0;

	for (size_t i = 0; i < names->n; i++) {
		int cap = find(names->v[i]);

		if (cap >= 0)
			set |= 1ull << cap;
		else if (unknown)
			buf_addf(unknown, "%s%s", unknown->len ? ", " : "", names->v[i]);
	}
	return set;
}

static int warn_names(struct compiler *c, const char *text, uint64_t set)
{
	_cleanup_buf_ struct buf names = BUF_INIT;

	if (!set)
		return 0;
	for (unsigned cap = 0; cap < 64; cap++)
		if (set & (1ull << cap))
			buf_addf(&names, "%s%s", names.len ? ", " : "", compile_capability_name(cap));
	return names.failed ? compiler_no_memory(c) : compiler_warn(c, "%s: %s", text, names.data);
}

uint64_t caps_bounding(struct compiler *c)
{
	const struct config_capabilities *caps = c->process->capabilities;

	return caps ? read_set(&caps->bounding, NULL) & grantable(c) : 0;
}

static int read_sets(struct compiler *c, const struct config_capabilities *caps, struct op_capabilities *op)
{
	_cleanup_buf_ struct buf unknown = BUF_INIT;
	uint64_t may = grantable(c), all, dropped;
	int r = 0;

	all = read_set(&caps->bounding, &unknown);
	all |= op->effective = read_set(&caps->effective, &unknown);
	all |= op->permitted = read_set(&caps->permitted, &unknown);
	all |= op->inheritable = read_set(&caps->inheritable, &unknown);
	all |= op->ambient = read_set(&caps->ambient, &unknown);
	if (unknown.failed)
		return compiler_no_memory(c);
	if (unknown.len)
		r = compiler_warn(c, "unknown capabilities left out: %s", unknown.data);
	if (r == 0)
		r = warn_names(c, "capabilities that cannot be granted here left out", all & ~may);
	op->effective &= may;
	op->permitted &= may;
	op->inheritable &= may;
	op->ambient &= may;
	dropped = op->effective & ~op->permitted;
	op->effective &= op->permitted;
	if (r == 0)
		r = warn_names(c, "effective capabilities that are not permitted left out", dropped);
	dropped = op->ambient & ~(op->permitted & op->inheritable);
	op->ambient &= op->permitted & op->inheritable;
	if (r == 0)
		r = warn_names(c, "ambient capabilities that are not permitted and inheritable left out",
			       dropped);
	return r;
}

int caps_emit(struct compiler *c)
{
	const struct config_capabilities *caps = c->process->capabilities;
	struct op_capabilities op = { .flags = c->keep_admin ? CAPS_KEEP_ADMIN : 0 };
	int r;

	if (caps) {
		r = read_sets(c, caps, &op);
		if (r < 0)
			return r;
	}
	compiler_emit(c, OP_CAPABILITIES, &op, caps ? &c->process->capabilities : NULL);
	return 0;
}
