/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mounts of type cgroup and cgroup2: a v2 tree on a unified host; else, for cgroup, a tmpfs with one directory
 * per hierarchy, which shows the container's own part of it and nothing above, and links for controllers that
 * share one.
 */
#include "libcontainer/compile/compiler.h"

#include "base/str.h"

#include <linux/mount.h>
#include <linux/sched.h>
#include <string.h>

/*
 * Without a cgroup of its own the container sees where the runtime was, if that still exists. An ordinary
 * user's container without limits may have none as well.
 */
static uint32_t bind_flags(const struct compiler *c)
{
	uint32_t flags = 0;

	if (runtime_opens_sources(c))
		flags |= MOUNT_FROM_RUNTIME;
	if (!c->cgroup_path || cgroup_is_optional(c))
		flags |= MOUNT_OPTIONAL;
	return flags;
}

/*
 * What a cgroup that may be missing is bound over: empty, and read-only. Else what the host has there would be seen,
 * writable, in a container whose /sys is the host's (CVE-2023-25809).
 */
static void emit_empty(struct compiler *c, const struct config_mount *m, const struct op_mount *parent)
{
	struct op_mount op = *parent;

	op.fstype = op.source = emit_str(&c->emit, "tmpfs");
	op.data = emit_str(&c->emit, "mode=755,nr_inodes=1");
	op.attr_set |= MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	op.attr_clear &= ~op.attr_set;
	op.sb_set = op.sb_clear = 0;
	compiler_emit(c, OP_MOUNT, &op, m);
}

/*
 * With a cgroup namespace a new mount shows the container's part only. Without one it would show the whole
 * host, writable where the mount is, so the container's own directory is bound instead; that is also what
 * is left where a mount is not permitted, as in a user namespace that does not own the cgroup namespace.
 */
static int emit_v2(struct compiler *c, const struct config_mount *m, struct op_mount *op)
{
	const struct host_hierarchy *h = hierarchy_find_v2(c);
	pstr dir = h ? cgroup_group_dir(c, h) : 0;

	op->fstype = emit_str(&c->emit, "cgroup2");
	if (has_namespace(c, CLONE_NEWCGROUP) || !dir) {
		op->fallback = dir;
	} else {
		if (bind_flags(c) & MOUNT_OPTIONAL)
			emit_empty(c, m, op);
		op->kind = MOUNT_KIND_BIND;
		op->fstype = op->data = 0;
		op->sb_set = op->sb_clear = 0;
		op->source = dir;
		op->flags |= bind_flags(c);
	}
	compiler_emit(c, OP_MOUNT, op, m);
	return 0;
}

static void emit_hierarchy(struct compiler *c, const struct config_mount *m, const struct op_mount *parent,
			   const struct host_hierarchy *h, const char *target, const char *name)
{
	struct op_mount op = { .kind = MOUNT_KIND_BIND, .flags = MOUNT_REAL_DIR, .index = parent->index };

	op.source = emit_str(&c->emit, cgroup_dir(c, h));
	op.target = emit_strf(&c->emit, "%s/%s", target, name);
	op.attr_set = parent->attr_set | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	op.attr_clear = parent->attr_clear & ~op.attr_set;
	op.attr_clear |= parent->attr_clear & MOUNT_ATTR__ATIME;
	op.propagation = parent->propagation;
	op.flags |= bind_flags(c);
	compiler_emit(c, OP_MOUNT, &op, m);
}

static int emit_links(struct compiler *c, const struct config_mount *m, const char *target, const char *name)
{
	char *copy = arena_strdup(c->arena, name), *save = NULL;

	if (!strchr(name, ','))
		return 0;
	if (!copy)
		return compiler_no_memory(c);
	for (char *part = strtok_r(copy, ",", &save); part; part = strtok_r(NULL, ",", &save)) {
		struct op_symlink op = { 0 };

		op.target = emit_str(&c->emit, name);
		op.path = emit_strf(&c->emit, "%s/%s", target, part);
		compiler_emit(c, OP_SYMLINK, &op, m);
	}
	return 0;
}

int mount_emit_cgroup(struct compiler *c, const struct config_mount *m, const struct op_mount *op)
{
	struct op_mount tmpfs = *op;
	const char *target = compiler_clean_path(c, m->destination);

	if (!target)
		return compiler_no_memory(c);
	tmpfs.flags |= MOUNT_REAL_DIR;
	if (c->host->unified || streq(m->type, "cgroup2"))
		return emit_v2(c, m, &tmpfs);
	tmpfs.fstype = tmpfs.source = emit_str(&c->emit, "tmpfs");
	tmpfs.data = emit_str(&c->emit, "mode=755");
	tmpfs.attr_set &= ~(uint64_t)MOUNT_ATTR_RDONLY;
	tmpfs.sb_set = tmpfs.sb_clear = 0;
	compiler_emit(c, OP_MOUNT, &tmpfs, m);
	for (size_t i = 0; i < c->host->n_hierarchies; i++) {
		const struct host_hierarchy *h = &c->host->hierarchies[i];
		const char *name = str_after(h->controllers, "name=");
		int r;

		if (h->version == 2)
			name = "unified";
		else if (!name)
			name = h->controllers;
		emit_hierarchy(c, m, op, h, target, name);
		r = emit_links(c, m, target, name);
		if (r < 0)
			return r;
	}
	if ((op->attr_set & MOUNT_ATTR_RDONLY) && !compiler_defer_readonly(c, op->target, m))
		return compiler_no_memory(c);
	return 0;
}
