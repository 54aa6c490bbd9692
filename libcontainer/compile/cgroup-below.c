/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cgroups below the container's own, on v2: the one that an annotation has init live in, so that its scope keeps the
 * limits for itself, and the one that another annotation has the container's user manage.
 */
#include "libcontainer/compile/compiler.h"

#include "base/str.h"

#include <linux/sched.h>

/* One directory of its own: not the parent, and not a file of the kernel's. */
static int check_name(struct compiler *c, const struct string_pair *pair)
{
	const char *s = pair->value;

	if (*s && *s != '.' && !strpbrk(s, "/\n") && strlen(s) <= CGROUP_BELOW_MAX)
		return 0;
	return compiler_error(c, pair, CONFIG_VALUE, "annotation %s: \"%s\" is not the name of a cgroup",
			      pair->name, s);
}

int cgroup_below_read(struct compiler *c)
{
	const struct string_pair *sub = annotation_find(c, ANNOTATION_SUBGROUP);
	const struct string_pair *delegate = annotation_find(c, ANNOTATION_DELEGATE_CGROUP);
	int r = 0;

	/* Without systemd, and empty, it says that there shall be none: the default. */
	if (sub && c->systemd && *sub->value) {
		r = check_name(c, sub);
		c->cgroup_sub = sub->value;
	}
	if (r < 0 || !delegate)
		return r;
	if (!c->host->unified)
		return compiler_error(c, delegate, CONFIG_UNSUPPORTED,
				      "annotation %s on a host with cgroup v1 hierarchies", delegate->name);
	if (!c->cgroup_path)
		return compiler_error(c, delegate, CONFIG_CONFLICT, "annotation %s without cgroups", delegate->name);
	c->cgroup_delegate = delegate->value;
	return check_name(c, delegate);
}

pstr cgroup_group_dir(struct compiler *c, const struct host_hierarchy *h)
{
	return c->cgroup_sub ? emit_strf(&c->emit, "%s/%s", cgroup_dir(c, h), c->cgroup_sub)
			     : emit_str(&c->emit, cgroup_dir(c, h));
}

void cgroup_emit_subgroup(struct compiler *c)
{
	const struct host_hierarchy *h = hierarchy_find_v2(c);
	struct op_cgroup_descend op = { 0 };

	if (!c->cgroup_sub)
		return;
	op.parent = emit_str(&c->emit, cgroup_dir(c, h));
	op.dir = cgroup_group_dir(c, h);
	compiler_emit(c, OP_CGROUP_DESCEND, &op, annotation_find(c, ANNOTATION_SUBGROUP));
}

/* Behind the cgroup namespace, whose root is the parent: its user sees the limits, and cannot raise them. */
int cgroup_emit_delegate(struct compiler *c)
{
	const struct string_pair *pair = annotation_find(c, ANNOTATION_DELEGATE_CGROUP);
	const struct host_hierarchy *h = hierarchy_find_v2(c);
	struct op_cgroup_descend op = { 0 };
	struct op_cgroup_owner owner = { 0 };

	if (!c->cgroup_delegate)
		return 0;
	op.parent = cgroup_group_dir(c, h);
	op.dir = c->cgroup_sub ? emit_strf(&c->emit, "%s/%s/%s", cgroup_dir(c, h), c->cgroup_sub, c->cgroup_delegate)
			       : emit_strf(&c->emit, "%s/%s", cgroup_dir(c, h), c->cgroup_delegate);
	compiler_emit_own(c, OP_SYNC, NULL);
	compiler_emit(c, OP_CGROUP_DESCEND, &op, pair);
	owner.dir = op.dir;
	if (cgroup_new_owner(c, &owner))
		compiler_emit(c, OP_CGROUP_OWNER, &owner, pair);
	return 0;
}
