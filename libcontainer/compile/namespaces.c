/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces, id mappings, time offsets, and the names that need namespaces of their own. */
#include "libcontainer/compile/compiler.h"

#include "base/str.h"

#include <linux/sched.h>
#include <stdio.h>
#include <string.h>

#define ID_MAP_EXTENTS 340   /* what the kernel takes */
#define HOST_NAME_MAX_LEN 64 /* __NEW_UTS_LEN */

/*
 * In the order in which namespaces are joined: the mount namespace after those whose paths it may hide.
 * The user namespace goes last when we are root, who may enter what other user namespaces own, and
 * first otherwise, because only its root may enter the rest (namespaces_emit_join).
 */
static const struct name_value namespaces[] = {
	{ "user", CLONE_NEWUSER },   { "ipc", CLONE_NEWIPC },       { "uts", CLONE_NEWUTS },
	{ "network", CLONE_NEWNET }, { "pid", CLONE_NEWPID },       { "cgroup", CLONE_NEWCGROUP },
	{ "time", CLONE_NEWTIME },   { "mount", CLONE_NEWNS },      { NULL, 0 },
};

const char *const compile_namespaces[] = { "cgroup", "ipc",  "mount", "network", "pid",
					   "time",   "user", "uts",   NULL };

static int read_one(struct compiler *c, const struct config_namespace *ns)
{
	const struct name_value *row = name_find(namespaces, ns->type);
	uint32_t flag;

	if (!row)
		return compiler_error(c, &ns->type, CONFIG_VALUE, "namespace type \"%s\"", ns->type);
	flag = (uint32_t)row->value;
	if ((c->ns_new | c->ns_join) & flag)
		return compiler_error(c, &ns->type, CONFIG_DUPLICATE, "namespace type \"%s\"", ns->type);
	if (str_is_empty(ns->path)) {
		c->ns_new |= flag;
		return 0;
	}
	if (ns->path[0] != '/')
		return compiler_error(c, &ns->path, CONFIG_VALUE, "path \"%s\" is not absolute", ns->path);
	c->ns_join |= flag;
	return 0;
}

/* Ranges may not leave the 32 bits of an id, and (uid_t)-1 is not an id. */
int id_map_check(struct compiler *c, const struct id_mappings *map)
{
	if (map->n > ID_MAP_EXTENTS)
		return compiler_error(c, map, CONFIG_LIMIT, "more than %d id mappings", ID_MAP_EXTENTS);
	for (size_t i = 0; i < map->n; i++) {
		const struct id_mapping *m = &map->v[i];

		if (!m->size || (uint64_t)m->container_id + m->size > UINT32_MAX
		    || (uint64_t)m->host_id + m->size > UINT32_MAX)
			return compiler_error(c, m, CONFIG_RANGE, "id mapping %u %u %u", m->container_id,
					      m->host_id, m->size);
	}
	return 0;
}

static int check_user(struct compiler *c)
{
	const struct id_mappings *uid = &c->linux_->uid_mappings, *gid = &c->linux_->gid_mappings;
	int r;

	if (!(c->ns_new & CLONE_NEWUSER) && !(c->ns_join & CLONE_NEWUSER) && (uid->n || gid->n))
		return compiler_error(c, uid->n ? uid : gid, CONFIG_CONFLICT,
				      "id mappings without a user namespace");
	if ((c->ns_new & CLONE_NEWUSER) && (!uid->n || !gid->n))
		return compiler_error(c, uid->n ? (const void *)uid : &c->linux_->namespaces, CONFIG_MISSING,
				      "a new user namespace needs %s", uid->n ? "gidMappings" : "uidMappings");
	r = id_map_check(c, uid);
	if (r < 0)
		return r;
	r = id_map_check(c, gid);
	if (r < 0)
		return r;
	/*
	 * Whoever may not give up groups in the parent namespace must give up setgroups() before gid_map:
	 * a group that denies access could be dropped otherwise (CVE-2014-8989). Ranges are mapped by
	 * newgidmap, which sees to that itself.
	 */
	c->deny_setgroups = (c->ns_new & CLONE_NEWUSER) && c->host->euid != 0
			    && c->linux_->gid_mappings.n == 1 && c->linux_->gid_mappings.v[0].size == 1;
	return 0;
}

static int check_time(struct compiler *c)
{
	if (!c->linux_->n_time_offsets || (c->ns_new & CLONE_NEWTIME))
		return 0;
	return compiler_error(c, &c->linux_->time_offsets, CONFIG_CONFLICT,
			      c->ns_join & CLONE_NEWTIME ? "timeOffsets with a time namespace that is joined"
							 : "timeOffsets without a time namespace");
}

static int check_name(struct compiler *c, char *const *name, const char *word)
{
	if (str_is_empty(*name))
		return 0;
	if (!has_namespace(c, CLONE_NEWUTS))
		return compiler_error(c, name, CONFIG_CONFLICT, "%s without a uts namespace", word);
	if (strlen(*name) > HOST_NAME_MAX_LEN)
		return compiler_error(c, name, CONFIG_RANGE, "%s is longer than %d bytes", word,
				      HOST_NAME_MAX_LEN);
	return 0;
}

int namespaces_read(struct compiler *c)
{
	int r;

	for (size_t i = 0; i < c->linux_->n_namespaces; i++) {
		r = read_one(c, &c->linux_->namespaces[i]);
		if (r < 0)
			return r;
	}
	r = check_user(c);
	if (r < 0)
		return r;
	r = check_time(c);
	if (r < 0)
		return r;
	r = check_name(c, &c->config->hostname, "hostname");
	if (r < 0)
		return r;
	return check_name(c, &c->config->domainname, "domainname");
}

static void emit_join(struct compiler *c, uint32_t flag)
{
	for (size_t i = 0; i < c->linux_->n_namespaces; i++) {
		const struct config_namespace *ns = &c->linux_->namespaces[i];
		struct op_namespace_join op = { .type = flag };

		if (name_find(namespaces, ns->type)->value != flag)
			continue;
		op.path = emit_str(&c->emit, ns->path);
		compiler_emit(c, OP_NAMESPACE_JOIN, &op, &ns->path);
	}
}

void namespaces_emit_join(struct compiler *c)
{
	bool user_first = c->host->euid != 0 || c->host->in_userns;

	if (!c->ns_join)
		return;
	for (const struct name_value *row = namespaces; row->name; row++)
		if ((c->ns_join & row->value) && (user_first || row->value != CLONE_NEWUSER))
			emit_join(c, (uint32_t)row->value);
	if ((c->ns_join & CLONE_NEWUSER) && !user_first)
		emit_join(c, CLONE_NEWUSER);
}

pstr id_map_text(struct compiler *c, const struct id_mappings *map)
{
	size_t size = map->n * sizeof("4294967295 4294967295 4294967295 "), len = 0;
	char *text = arena_alloc(c->arena, size + 1);

	if (!text) {
		c->emit.failed = true;
		return 0;
	}
	for (size_t i = 0; i < map->n; i++)
		len += (size_t)snprintf(text + len, size + 1 - len, "%u %u %u\n", map->v[i].container_id,
					map->v[i].host_id, map->v[i].size);
	return emit_str(&c->emit, text);
}

/*
 * What init enters itself: the cgroup namespace after the cgroup, that of time after its offsets. With a user namespace
 * also that of ipc, after init has become its root: the kernel makes the message queues' file system along with it, and
 * whoever is not mapped would own that for ever.
 */
static uint32_t entered_later(const struct compiler *c)
{
	uint32_t later = CLONE_NEWCGROUP | CLONE_NEWTIME;

	return c->ns_new & (has_namespace(c, CLONE_NEWUSER) ? later | CLONE_NEWIPC : later);
}

int namespaces_emit_clone(struct compiler *c)
{
	struct op_clone op = { .flags = c->ns_new & ~entered_later(c) };
	struct op_id_map map = { .deny_setgroups = c->deny_setgroups };

	for (size_t i = 0; c->cgroup_path && !c->systemd && i < c->host->n_hierarchies; i++)
		if (c->host->hierarchies[i].version == 2)
			op.cgroup = emit_str(&c->emit, cgroup_dir(c, &c->host->hierarchies[i]));
	compiler_emit(c, OP_CLONE, &op, &c->linux_->namespaces);
	if (!(c->ns_new & CLONE_NEWUSER))
		return 0;
	map.uid_map = id_map_text(c, &c->linux_->uid_mappings);
	map.gid_map = id_map_text(c, &c->linux_->gid_mappings);
	compiler_emit(c, OP_ID_MAP, &map, &c->linux_->uid_mappings);
	return 0;
}

static int emit_time(struct compiler *c)
{
	static const char *const clocks[] = { "monotonic", "boottime" };
	struct op_unshare unshare = { .flags = CLONE_NEWTIME };
	struct op_time_offsets op = { 0 };
	char text[128];
	size_t len = 0;

	for (size_t i = 0; i < c->linux_->n_time_offsets; i++) {
		const struct config_time_offset *t = &c->linux_->time_offsets[i];

		if (!streq(t->clock, clocks[0]) && !streq(t->clock, clocks[1]))
			return compiler_error(c, t, CONFIG_VALUE, "clock \"%s\"", t->clock);
		if (t->nanosecs.v > 999999999)
			return compiler_error(c, &t->nanosecs, CONFIG_RANGE, "%u nanoseconds", t->nanosecs.v);
		if (i >= ELEMENTSOF(clocks))
			return compiler_error(c, t, CONFIG_DUPLICATE, "clock \"%s\"", t->clock);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s %lld %u\n", t->clock,
					(long long)t->secs.v, t->nanosecs.v);
	}
	/* unshare() makes the namespace for children; its offsets can be set until someone enters it. */
	compiler_emit(c, OP_UNSHARE, &unshare, &c->linux_->namespaces);
	if (len) {
		op.text = emit_str(&c->emit, text);
		compiler_emit(c, OP_TIME_OFFSETS, &op, &c->linux_->time_offsets);
	}
	return 0;
}

int namespaces_emit_enter(struct compiler *c)
{
	struct op_unshare cgroup = { .flags = CLONE_NEWCGROUP }, ipc = { .flags = CLONE_NEWIPC };
	struct op_name name;
	int r;

	if (has_namespace(c, CLONE_NEWUSER))
		compiler_emit_own(c, OP_USERNS_ROOT, NULL);
	if (entered_later(c) & CLONE_NEWIPC)
		compiler_emit(c, OP_UNSHARE, &ipc, &c->linux_->namespaces);
	if (c->ns_new & CLONE_NEWTIME) {
		r = emit_time(c);
		if (r < 0)
			return r;
	}
	if (c->ns_new & CLONE_NEWCGROUP)
		compiler_emit(c, OP_UNSHARE, &cgroup, &c->linux_->namespaces);
	if (!str_is_empty(c->config->hostname)) {
		name.name = emit_str(&c->emit, c->config->hostname);
		compiler_emit(c, OP_HOSTNAME, &name, &c->config->hostname);
	}
	if (!str_is_empty(c->config->domainname)) {
		name.name = emit_str(&c->emit, c->config->domainname);
		compiler_emit(c, OP_DOMAINNAME, &name, &c->config->domainname);
	}
	if (c->ns_new & CLONE_NEWNET)
		compiler_emit_own(c, OP_LOOPBACK, NULL);
	return 0;
}
