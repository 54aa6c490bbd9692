/* SPDX-License-Identifier: Apache-2.0 */
/* linux.intelRdt: the group of resctrl that the container is in, and its shares of caches and bandwidth. */
#include "libcontainer/compile/compiler.h"

#include "base/str.h"

#include <string.h>

#define GROUP_NAME_MAX 255

bool rdt_is_group_name(const char *name)
{
	static const char *const taken[] = { ".", "..", "info", "mon_groups", "mon_data" };

	for (size_t i = 0; i < ELEMENTSOF(taken); i++)
		if (streq(name, taken[i]))
			return false;
	return *name && strlen(name) <= GROUP_NAME_MAX && !strpbrk(name, "/\n");
}

/* "L3:0=ff", "MB:0=20": the kernel judges the rest, line by line. */
static bool is_line(const char *s)
{
	const char *colon = strchr(s, ':');

	return colon && colon != s && !strchr(s, '\n');
}

static int check_lines(struct compiler *c, const struct config_intel_rdt *rdt)
{
	for (size_t i = 0; i < rdt->schemata.n; i++)
		if (!is_line(rdt->schemata.v[i]))
			return compiler_error(c, &rdt->schemata.v[i], CONFIG_VALUE,
					      "schemata \"%s\": not one line that begins with a resource and a colon",
					      rdt->schemata.v[i]);
	if (!str_is_empty(rdt->l3_cache_schema) && !str_after(rdt->l3_cache_schema, "L3:"))
		return compiler_warn(c, "linux.intelRdt.l3CacheSchema does not begin with \"L3:\"");
	return 0;
}

/*
 * l3CacheSchema has held lines of more than one kind since before there was a memBwSchema, which replaces
 * those about bandwidth.
 */
static int add_l3_lines(struct compiler *c, const struct config_intel_rdt *rdt, char **v, size_t *n)
{
	const char *s = rdt->l3_cache_schema ? rdt->l3_cache_schema : "";

	while (*s) {
		size_t len = strcspn(s, "\n");
		char *line = arena_strndup(c->arena, s, len);

		if (!line)
			return compiler_no_memory(c);
		if (*line && !is_line(line))
			return compiler_error(c, &rdt->l3_cache_schema, CONFIG_VALUE,
					      "l3CacheSchema \"%s\": no line that begins with a resource and a colon",
					      line);
		if (*line && (str_is_empty(rdt->mem_bw_schema) || !str_after(line, "MB:")))
			v[(*n)++] = line;
		s += len + (s[len] == '\n');
	}
	return 0;
}

static size_t count_lines(const char *s)
{
	size_t n = 1;

	for (; s && (s = strchr(s, '\n')); s++)
		n++;
	return n;
}

/* In the order in which they are written. */
static int read_lines(struct compiler *c, const struct config_intel_rdt *rdt, struct pstrv *ret)
{
	char **v = arena_calloc(c->arena, count_lines(rdt->l3_cache_schema) + 1 + rdt->schemata.n, sizeof(*v));
	size_t n = 0;
	int r;

	if (!v)
		return compiler_no_memory(c);
	r = add_l3_lines(c, rdt, v, &n);
	if (r < 0)
		return r;
	if (!str_is_empty(rdt->mem_bw_schema))
		v[n++] = rdt->mem_bw_schema;
	for (size_t i = 0; i < rdt->schemata.n; i++)
		v[n++] = rdt->schemata.v[i];
	*ret = emit_strv(&c->emit, v, n);
	return 0;
}

static int read_group(struct compiler *c, const struct config_intel_rdt *rdt, struct op_rdt *op)
{
	bool named = !str_is_empty(rdt->clos_id);

	if (named && !streq(rdt->clos_id, "/") && !rdt_is_group_name(rdt->clos_id))
		return compiler_error(c, &rdt->clos_id, CONFIG_VALUE, "closID \"%s\"", rdt->clos_id);
	if ((!named || rdt->enable_monitoring.v) && !rdt_is_group_name(c->options->id))
		return compiler_error(c, &c->linux_->intel_rdt, CONFIG_CONFLICT,
				      "no group of resctrl can have the container's name \"%s\"", c->options->id);
	if (!named)
		op->flags |= RDT_OWN;
	else if (op->schemata.n == 0)
		op->flags |= RDT_MUST_EXIST;
	if (!named || !streq(rdt->clos_id, "/"))
		op->group = emit_str(&c->emit, named ? rdt->clos_id : c->options->id);
	if (rdt->enable_monitoring.v)
		op->monitor = emit_str(&c->emit, c->options->id);
	return 0;
}

int rdt_emit(struct compiler *c)
{
	const struct config_intel_rdt *rdt = c->linux_->intel_rdt;
	struct op_rdt op = { 0 };
	int r;

	if (!rdt)
		return 0;
	if (!c->host->resctrl)
		return compiler_error(c, &c->linux_->intel_rdt, CONFIG_UNSUPPORTED,
				      "linux.intelRdt: no resctrl file system is mounted");
	op.mount = emit_str(&c->emit, c->host->resctrl);
	r = check_lines(c, rdt);
	if (r == 0)
		r = read_lines(c, rdt, &op.schemata);
	if (r == 0)
		r = read_group(c, rdt, &op);
	if (r == 0)
		compiler_emit(c, OP_RDT, &op, &c->linux_->intel_rdt);
	return r;
}
