/* SPDX-License-Identifier: Apache-2.0 */
/* Where the container's cgroups are, and how its init gets into them. */
#include "libcontainer/compile/cgroup-values.h"
#include "libcontainer/compile/systemd.h"

#include "base/str.h"

#include <linux/sched.h>
#include <stdarg.h>
#include <string.h>

bool list_has(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; p; p = strchr(p, ','), p = p ? p + 1 : NULL)
		if (strncmp(p, word, n) == 0 && (!p[n] || p[n] == ','))
			return true;
	return false;
}

const struct host_hierarchy *hierarchy_find(const struct compiler *c, const char *controller)
{
	for (size_t i = 0; i < c->host->n_hierarchies; i++) {
		const struct host_hierarchy *h = &c->host->hierarchies[i];

		if (h->version == 1 && list_has(h->controllers, controller))
			return h;
	}
	return NULL;
}

const struct host_hierarchy *hierarchy_find_v2(const struct compiler *c)
{
	for (size_t i = 0; i < c->host->n_hierarchies; i++)
		if (c->host->hierarchies[i].version == 2)
			return &c->host->hierarchies[i];
	return NULL;
}

const char *cgroup_dir(struct compiler *c, const struct host_hierarchy *h)
{
	const char *path = c->cgroup_path ? c->cgroup_path : h->own;
	size_t i = (size_t)(h - c->host->hierarchies);

	/* Asked for several times for each hierarchy. */
	if (!c->cgroup_dirs)
		c->cgroup_dirs = arena_calloc(c->arena, c->host->n_hierarchies, sizeof(*c->cgroup_dirs));
	if (c->cgroup_dirs && !c->cgroup_dirs[i])
		c->cgroup_dirs[i] = arena_printf(c->arena, "%s%s", h->mount,
						 path && !streq(path, "/") ? path : "");
	if (!c->cgroup_dirs || !c->cgroup_dirs[i]) {
		c->emit.failed = true;
		return NULL;
	}
	return c->cgroup_dirs[i];
}

bool cgroup_has_limits(const struct compiler *c)
{
	const struct config_resources *res = c->linux_->resources;

	return res && (res->memory || res->cpu || res->pids || res->block_io || res->network
		       || res->n_hugepage_limits || res->n_rdma || res->unified.n);
}

static bool is_rootless(const struct compiler *c)
{
	return c->host->euid != 0 || c->host->in_userns;
}

bool cgroup_is_optional(const struct compiler *c)
{
	return is_rootless(c) && !cgroup_has_limits(c) && !c->cgroup_delegate;
}

/*
 * Where paths that are not absolute begin: at the top, where the administrator's containers are. An
 * ordinary user may only make cgroups beside his own one, if it was delegated to him at all.
 */
static const char *default_parent(const struct compiler *c)
{
	const struct host_hierarchy *h = hierarchy_find_v2(c);
	const char *slash = is_rootless(c) && c->host->unified && h ? strrchr(h->own, '/') : NULL;

	return slash ? arena_strndup(c->arena, h->own, (size_t)(slash - h->own)) : "";
}

int hierarchy_read(struct compiler *c)
{
	char *const *slot = &c->linux_->cgroups_path;
	const char *parent = str_is_empty(*slot) || **slot != '/' ? default_parent(c) : "";

	if (!parent)
		return compiler_no_memory(c);
	if (c->options->cgroup_manager == CGROUP_MANAGER_SYSTEMD)
		return systemd_unit_read(c);
	if (c->options->cgroup_manager == CGROUP_MANAGER_DISABLED || !c->host->n_hierarchies)
		return 0;
	if (str_is_empty(*slot)) {
		c->cgroup_path = arena_printf(c->arena, "%s/berth-%s", parent, c->options->id);
		return c->cgroup_path ? 0 : compiler_no_memory(c);
	}
	/* Cleaning ".." away would only hide that the path means something else than it says. */
	for (const char *p = *slot; p; p = strchr(p, '/')) {
		p += *p == '/';
		if (p[0] == '.' && p[1] == '.' && (!p[2] || p[2] == '/'))
			return compiler_error(c, slot, CONFIG_VALUE, "\"..\" in the cgroup path \"%s\"",
					      *slot);
	}
	c->cgroup_path = compiler_clean_path(c, *slot);
	if (c->cgroup_path && streq(c->cgroup_path, "/"))
		return compiler_error(c, slot, CONFIG_VALUE, "the root cgroup cannot be a container's");
	if (c->cgroup_path && *parent)
		c->cgroup_path = arena_printf(c->arena, "%s%s", parent, c->cgroup_path);
	return c->cgroup_path ? 0 : compiler_no_memory(c);
}

/* The mount of the container by which it can write to its cgroup, as the specification tells it. */
static bool has_writable_mount(const struct compiler *c)
{
	for (size_t i = 0; i < c->config->n_mounts; i++) {
		const struct config_mount *m = &c->config->mounts[i];
		bool read_only = false;

		if (!m->source || !streq(m->source, "cgroup") || !streq(m->destination, "/sys/fs/cgroup"))
			continue;
		for (size_t k = 0; k < m->options.n; k++)
			read_only |= streq(m->options.v[k], "ro");
		return !read_only;
	}
	return false;
}

/* The user's id on the host. false: it is not known, as when the namespace is one that exists already. */
static bool host_uid(const struct compiler *c, uint32_t uid, uint32_t *ret)
{
	const struct id_mappings *map = &c->linux_->uid_mappings;

	*ret = uid;
	if (!has_namespace(c, CLONE_NEWUSER))
		return true;
	for (size_t i = 0; c->ns_new & CLONE_NEWUSER && i < map->n; i++) {
		if (uid < map->v[i].container_id || uid - map->v[i].container_id >= map->v[i].size)
			continue;
		*ret = map->v[i].host_id + (uid - map->v[i].container_id);
		return true;
	}
	return false;
}

bool cgroup_new_owner(const struct compiler *c, struct op_cgroup_owner *op)
{
	op->flags = is_rootless(c) ? CGROUP_SET_OPTIONAL : 0;
	return c->process && host_uid(c, c->process->user.uid.v, &op->uid) && op->uid != c->host->euid;
}

/*
 * On v2 alone, with a cgroup namespace of its own and a writable mount, the container's user gets its
 * cgroup: that is how systemd and nested engines can run without privileges.
 */
int cgroup_emit_owner(struct compiler *c)
{
	const struct host_hierarchy *h = hierarchy_find_v2(c);
	struct op_cgroup_owner op = { 0 };

	/* Who has a cgroup to manage further down gets no other. */
	if (!c->host->unified || !h || !(c->ns_new & CLONE_NEWCGROUP) || c->cgroup_delegate || !has_writable_mount(c)
	    || !cgroup_new_owner(c, &op))
		return 0;
	op.dir = cgroup_group_dir(c, h);
	compiler_emit(c, OP_CGROUP_OWNER, &op, &c->process->user);
	return 0;
}

int cgroup_emit_create(struct compiler *c)
{
	for (size_t i = 0; c->cgroup_path && i < c->host->n_hierarchies; i++) {
		const struct host_hierarchy *h = &c->host->hierarchies[i];
		struct op_cgroup_create op = {
			.version = h->version,
			.flags = cgroup_is_optional(c) ? CGROUP_CREATE_OPTIONAL : 0,
		};

		op.dir = emit_str(&c->emit, cgroup_dir(c, h));
		op.mount = emit_str(&c->emit, h->mount);
		op.controllers = emit_str(&c->emit, h->controllers);
		compiler_emit(c, OP_CGROUP_CREATE, &op, &c->linux_->cgroups_path);
	}
	return 0;
}

void cgroup_emit_enter(struct compiler *c)
{
	for (size_t i = 0; c->cgroup_path && i < c->host->n_hierarchies; i++) {
		const struct host_hierarchy *h = &c->host->hierarchies[i];
		struct op_cgroup_enter op = { .flags = cgroup_is_optional(c) ? CGROUP_CREATE_OPTIONAL : 0 };

		if (h->version != 1)
			continue;
		op.file = emit_strf(&c->emit, "%s/tasks", cgroup_dir(c, h));
		compiler_emit_own(c, OP_CGROUP_ENTER, &op);
	}
}

static int no_controller(struct compiler *c, const void *slot, size_t slot_size, const char *controller)
{
	const struct host_hierarchy *v2 = c->host->unified ? hierarchy_find_v2(c) : NULL;

	return document_error_sized(c->doc, slot, slot_size, c->err, ERR_CONFIG_UNSUPPORTED,
				    v2 ? "this host has no cgroup v2 controller %s (it has: %s)"
				       : "this host has no cgroup v1 controller %s",
				    controller, v2 ? v2->available : "");
}

int cgroup_set_sized(struct compiler *c, const void *slot, size_t slot_size, const char *controller,
		     const char *file, uint32_t flags, const char *fmt, ...)
{
	const struct host_hierarchy *h = controller ? hierarchy_find(c, controller) : NULL;
	const struct host_hierarchy *v2 = h ? NULL : hierarchy_find_v2(c);
	struct cgroup_value value = {
		.controller = controller,
		.slot = slot,
		.slot_size = slot_size,
		.op.flags = flags,
	};
	va_list ap;

	if (!h && v2 && (!controller || list_has(v2->available, controller)))
		h = v2;
	if (!h)
		return no_controller(c, slot, slot_size, controller);
	value.op.dir = emit_str(&c->emit, cgroup_dir(c, h));
	value.op.file = emit_str(&c->emit, file);
	va_start(ap, fmt);
	value.op.value = emit_vstrf(&c->emit, fmt, ap);
	va_end(ap);
	if (h->version == 2)
		return cgroup_v2_add(c, &value);
	compiler_emit_sized(c, OP_CGROUP_SET, &value.op, slot, slot_size);
	return 0;
}
