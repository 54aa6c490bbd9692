/* SPDX-License-Identifier: Apache-2.0 */
/* Where the container's cgroups are, and how its init gets into them. */
#include "libcontainer/compile/compiler.h"

#include "base/str.h"

#include <stdarg.h>
#include <string.h>

/* True when the comma list has the word. */
static bool list_has(const char *list, const char *word)
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

int hierarchy_read(struct compiler *c)
{
	char *const *slot = &c->linux_->cgroups_path;

	if (c->options->cgroup_manager == CGROUP_MANAGER_SYSTEMD)
		return error_set(c->err, ERR_CONFIG_UNSUPPORTED, 0, "cgroup manager systemd");
	if (c->options->cgroup_manager == CGROUP_MANAGER_DISABLED || !c->host->n_hierarchies)
		return 0;
	if (str_is_empty(*slot)) {
		c->cgroup_path = arena_printf(c->arena, "/berth-%s", c->options->id);
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
	if (!c->cgroup_path)
		return compiler_no_memory(c);
	if (streq(c->cgroup_path, "/"))
		return compiler_error(c, slot, CONFIG_VALUE, "the root cgroup cannot be a container's");
	return 0;
}

int cgroup_emit_create(struct compiler *c)
{
	for (size_t i = 0; c->cgroup_path && i < c->host->n_hierarchies; i++) {
		const struct host_hierarchy *h = &c->host->hierarchies[i];
		struct op_cgroup_create op = { .version = h->version };

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
		struct op_cgroup_enter op;

		if (h->version != 1)
			continue;
		op.file = emit_strf(&c->emit, "%s/tasks", cgroup_dir(c, h));
		compiler_emit_own(c, OP_CGROUP_ENTER, &op);
	}
}

int cgroup_set_sized(struct compiler *c, const void *slot, size_t slot_size, const char *controller,
		     const char *file, uint32_t flags, const char *fmt, ...)
{
	const struct host_hierarchy *h = hierarchy_find(c, controller);
	struct op_cgroup_set op = { .flags = flags };
	va_list ap;

	if (!h)
		return document_error_sized(c->doc, slot, slot_size, c->err, ERR_CONFIG_UNSUPPORTED,
					    "this host has no cgroup v1 controller %s", controller);
	op.dir = emit_str(&c->emit, cgroup_dir(c, h));
	op.file = emit_str(&c->emit, file);
	va_start(ap, fmt);
	op.value = emit_vstrf(&c->emit, fmt, ap);
	va_end(ap);
	compiler_emit_sized(c, OP_CGROUP_SET, &op, slot, slot_size);
	return 0;
}
