/* SPDX-License-Identifier: Apache-2.0 */
/* mounts[]: what is mounted where, in the order given. */
#include "libcontainer/compile/compiler.h"

#include "base/str.h"

#include <errno.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <string.h>

/*
 * Files below /proc that may be covered; everything else there would let a container's configuration or a
 * volume replace what the kernel and the runtime itself rely on, such as attr/exec or sys (CVE-2019-16884,
 * CVE-2019-19921). These only report numbers; lxcfs is their common user.
 */
static const char *const proc_files[] = {
	"/proc/cpuinfo", "/proc/diskstats", "/proc/loadavg", "/proc/meminfo",
	"/proc/slabinfo", "/proc/stat", "/proc/swaps", "/proc/uptime",
	"/proc/sys/kernel/ns_last_pid", "/proc/sys/crypto/fips_enabled",
};

/*
 * Targets that must be real directories all the way. Through a symlink of the image the mount would land
 * where another container can rename it, or outside, and what later is written "below /proc" would go
 * to files of the attacker's choice (CVE-2019-19921, CVE-2023-27561).
 */
static const char *const real_dir_types[] = { "proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue" };
static const char *const real_dir_targets[] = { "/proc", "/sys", "/dev", "/dev/pts", "/dev/mqueue",
						"/sys/fs/cgroup" };

/* File systems whose superblock others share: read-only is an attribute of the mount alone. */
static const char *const shared_types[] = { "proc", "sysfs", "cgroup", "cgroup2", "mqueue" };
/* File systems that take no context= option. */
static const char *const unlabelled_types[] = { "proc", "sysfs", "cgroup", "cgroup2", "mqueue" };

static bool is_one_of(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (streq(s, list[i]))
			return true;
	return false;
}
#define ONE_OF(s, list) is_one_of(s, list, ELEMENTSOF(list))

static int check_target(struct compiler *c, const struct config_mount *m, const char *target,
			const struct op_mount *op)
{
	const char *below = str_after(target, "/proc/");

	if (streq(target, "/"))
		return compiler_error(c, &m->destination, CONFIG_UNSUPPORTED,
				      "a mount on the container's root; use root.path");
	if (below && !ONE_OF(target, proc_files))
		return compiler_error(c, &m->destination, CONFIG_VALUE,
				      "\"%s\" cannot be mounted because it is inside /proc", target);
	if (!streq(target, "/proc") || op->kind == MOUNT_KIND_REMOUNT)
		return 0;
	if (op->kind == MOUNT_KIND_BIND ? !streq(m->source, "/proc") : !streq(m->type, "proc"))
		return compiler_error(c, &m->destination, CONFIG_VALUE,
				      "only a proc file system can be mounted at /proc");
	return 0;
}

static pstr join_data(struct compiler *c, const struct mount_options *o)
{
	size_t size = 1, len = 0;
	char *text;

	for (size_t i = 0; i < o->n_data; i++)
		size += strlen(o->data[i]) + 1;
	text = o->n_data ? arena_alloc(c->arena, size) : NULL;
	if (!text) {
		c->emit.failed = c->emit.failed || o->n_data;
		return 0;
	}
	for (size_t i = 0; i < o->n_data; i++) {
		if (i)
			text[len++] = ',';
		len += str_copy(text + len, size - len, o->data[i]);
	}
	return emit_str(&c->emit, text);
}

static bool parse_triple(const char **text, struct id_mapping *m)
{
	uint32_t *const numbers[] = { &m->container_id, &m->host_id, &m->size };

	for (size_t i = 0; i < ELEMENTSOF(numbers); i++) {
		if (i && *(*text)++ != '-')
			return false;
		if (!compiler_number(text, numbers[i]))
			return false;
	}
	return m->size && (uint64_t)m->container_id + m->size <= UINT32_MAX
	       && (uint64_t)m->host_id + m->size <= UINT32_MAX;
}

/* The ids that m maps to are the container's: puts the host's in their place. */
static bool map_to_host(const struct id_mappings *own, struct id_mapping *m)
{
	for (size_t i = 0; i < own->n; i++) {
		const struct id_mapping *o = &own->v[i];

		if (m->host_id < o->container_id
		    || (uint64_t)m->host_id + m->size > (uint64_t)o->container_id + o->size)
			continue;
		m->host_id = o->host_id + (m->host_id - o->container_id);
		return true;
	}
	return false;
}

/* "0-1000-10#..." to mappings; "@" in front of a triple means: the second id is one of the container. */
static int parse_triples(struct compiler *c, const char *text, const struct id_mappings *own,
			 struct id_mappings *ret)
{
	size_t max = 1;

	for (const char *p = text; *p; p++)
		max += *p == '#';
	ret->v = arena_calloc(c->arena, max, sizeof(*ret->v));
	if (!ret->v)
		return -ENOMEM;
	for (;;) {
		bool relative = *text == '@';
		struct id_mapping *m = &ret->v[ret->n++];

		text += relative;
		if (!parse_triple(&text, m) || (relative && !map_to_host(own, m)))
			return -EINVAL;
		if (!*text)
			return 0;
		if (*text++ != '#')
			return -EINVAL;
	}
}

static int parse_idmap(struct compiler *c, const char *text, struct id_mappings *uid, struct id_mappings *gid)
{
	char *copy = arena_strdup(c->arena, text), *save = NULL;

	if (!copy)
		return -ENOMEM;
	for (char *part = strtok_r(copy, ";", &save); part; part = strtok_r(NULL, ";", &save)) {
		const char *uids = str_after(part, "uids="), *gids = str_after(part, "gids=");
		int r = -EINVAL;

		if (uids && !uid->n)
			r = parse_triples(c, uids, &c->linux_->uid_mappings, uid);
		else if (gids && !gid->n)
			r = parse_triples(c, gids, &c->linux_->gid_mappings, gid);
		if (r < 0)
			return r;
	}
	return uid->n && gid->n ? 0 : -EINVAL;
}

static int read_idmap(struct compiler *c, const struct config_mount *m, const struct mount_options *o,
		      struct op_mount *op)
{
	struct id_mappings uid = m->uid_mappings, gid = m->gid_mappings;
	int r;

	if (!o->idmap && !uid.n && !gid.n)
		return 0;
	r = id_map_check(c, &m->uid_mappings);
	if (r == 0)
		r = id_map_check(c, &m->gid_mappings);
	if (r < 0)
		return r;
	if (op->kind != MOUNT_KIND_BIND)
		return compiler_error(c, m, CONFIG_UNSUPPORTED, "an id-mapped mount that is not a bind mount");
	if (!uid.n != !gid.n)
		return compiler_error(c, uid.n ? &m->uid_mappings : &m->gid_mappings, CONFIG_MISSING,
				      "uidMappings and gidMappings need each other");
	if (o->idmap_text && uid.n)
		return compiler_error(c, m, CONFIG_CONFLICT, "idmap= and uidMappings");
	if (o->idmap_text && parse_idmap(c, o->idmap_text, &uid, &gid) < 0)
		return compiler_error(c, &m->options, CONFIG_VALUE, "idmap=%s", o->idmap_text);
	if (!uid.n && !has_namespace(c, CLONE_NEWUSER))
		return compiler_error(c, m, CONFIG_MISSING,
				      "an id-mapped mount needs uidMappings and gidMappings, its own or those "
				      "of a user namespace");
	op->flags |= MOUNT_IDMAP | MOUNT_FROM_RUNTIME;
	/* The maps of a namespace that is joined need not be known: that of init is taken. */
	if (!uid.n && !(c->ns_new & CLONE_NEWUSER))
		return 0;
	op->uid_map = id_map_text(c, uid.n ? &uid : &c->linux_->uid_mappings);
	op->gid_map = id_map_text(c, gid.n ? &gid : &c->linux_->gid_mappings);
	return 0;
}

/*
 * Attributes of mounts can be changed for a whole tree, but not those of file systems, which others use as well. On a
 * new file system there is nothing below, and the word means what it means without the "r".
 */
static int check_recursive_sb(struct compiler *c, const struct config_mount *m, const struct mount_options *o)
{
	return o->recursive_sb && (o->bind || o->op.kind == MOUNT_KIND_BIND)
		       ? compiler_error(c, &m->options, CONFIG_UNSUPPORTED,
					"\"%s\" would change file systems, which a bind mount cannot",
					o->recursive_sb)
		       : 0;
}

static int read_bind(struct compiler *c, const struct config_mount *m, const struct mount_options *o,
		     struct op_mount *op)
{
	if (str_is_empty(m->source))
		return compiler_error(c, m, CONFIG_MISSING, "source of a bind mount");
	/*
	 * A bind mount has no superblock to give mode= or size= to; the kernel ignores them and configurations
	 * carry them. A word without a value may be a mistyped protection ("noexce"): that must not be lost.
	 */
	for (size_t i = 0; i < o->n_data; i++) {
		if (!strchr(o->data[i], '='))
			return compiler_error(c, &m->options, CONFIG_VALUE,
					      "\"%s\" is no option of a bind mount", o->data[i]);
		(void)compiler_warn(c, "mount option \"%s\" means nothing to a bind mount", o->data[i]);
	}
	if (op->flags & MOUNT_TMPCOPYUP)
		return compiler_error(c, &m->options, CONFIG_CONFLICT, "tmpcopyup and bind");
	if (m->source[0] == '/')
		op->source = emit_str(&c->emit, m->source);
	else
		op->source = emit_strf(&c->emit, "%s/%s", c->options->bundle, m->source);
	/* A bind mount has no superblock of its own to change. */
	op->sb_set = op->sb_clear = 0;
	if (runtime_opens_sources(c))
		op->flags |= MOUNT_FROM_RUNTIME;
	return 0;
}

static int read_new(struct compiler *c, const struct config_mount *m, const struct mount_options *o,
		    struct op_mount *op)
{
	const char *context = annotation_value(c, ANNOTATION_MOUNT_CONTEXT);
	const char *label = c->linux_->mount_label;

	if (str_is_empty(m->type))
		return compiler_error(c, m, CONFIG_MISSING, "type of a mount");
	if ((op->flags & MOUNT_TMPCOPYUP) && !streq(m->type, "tmpfs"))
		return compiler_error(c, &m->options, CONFIG_CONFLICT, "tmpcopyup with type %s", m->type);
	op->fstype = emit_str(&c->emit, m->type);
	op->source = emit_str(&c->emit, str_is_empty(m->source) ? m->type : m->source);
	op->data = join_data(c, o);
	if (ONE_OF(m->type, shared_types))
		op->sb_set &= ~(uint32_t)MS_RDONLY;
	if (!str_is_empty(label) && !ONE_OF(m->type, unlabelled_types))
		op->label = emit_strf(&c->emit, "%s=\"%s\"", context ? context : "context", label);
	/* sysfs shows the network namespace: who does not own that may not mount it. */
	if (streq(m->type, "sysfs") && (has_namespace(c, CLONE_NEWUSER) || c->host->in_userns)
	    && !(c->ns_new & CLONE_NEWNET))
		op->fallback = emit_str(&c->emit, "/sys");
	return 0;
}

static int read_remount(struct compiler *c, const struct mount_options *o, struct op_mount *op)
{
	op->data = join_data(c, o);
	if (o->bind)
		op->sb_set = op->sb_clear = 0;
	return 0;
}

static enum mount_kind kind_of(const struct config_mount *m, const struct mount_options *o)
{
	if (o->remount)
		return MOUNT_KIND_REMOUNT;
	if (o->bind || (m->type && streq(m->type, "bind")))
		return MOUNT_KIND_BIND;
	return MOUNT_KIND_NEW;
}

static void set_propagation(struct compiler *c, const struct mount_options *o, struct op_mount *op)
{
	if (o->n_propagations == 1) {
		op->propagation = o->propagations[0];
	} else if (o->n_propagations) {
		op->n_propagation = (uint32_t)o->n_propagations;
		op->propagations = emit_blob(&c->emit, o->propagations,
					     o->n_propagations * sizeof(*o->propagations));
	}
}

bool compiler_defer_readonly(struct compiler *c, pstr target, const struct config_mount *m)
{
	struct deferred_readonly *v = c->deferred;

	if (c->n_deferred == c->max_deferred) {
		v = arena_regrow(c->arena, v, c->max_deferred, c->max_deferred + 8, sizeof(*v));
		if (!v)
			return false;
		c->deferred = v;
		c->max_deferred += 8;
	}
	v[c->n_deferred++] = (struct deferred_readonly){ target, m };
	return true;
}

/*
 * A tmpfs, or whatever is at /dev, gets its mount points, devices and links after it was mounted: it is
 * made read-only when all of that is there.
 */
static int defer_readonly(struct compiler *c, const struct config_mount *m, const char *target,
			  struct op_mount *op)
{
	if (op->kind == MOUNT_KIND_REMOUNT || !(op->attr_set & MOUNT_ATTR_RDONLY)
	    || (!streq(target, "/dev") && !(op->kind == MOUNT_KIND_NEW && streq(m->type, "tmpfs"))))
		return 0;
	op->attr_set &= ~(uint64_t)MOUNT_ATTR_RDONLY;
	op->sb_set &= ~(uint32_t)MS_RDONLY;
	return compiler_defer_readonly(c, op->target, m) ? 0 : compiler_no_memory(c);
}

static int emit_one(struct compiler *c, const struct config_mount *m)
{
	struct mount_options o;
	struct op_mount *op = &o.op;
	char *target = compiler_clean_path(c, m->destination);
	int r;

	if (!target)
		return compiler_no_memory(c);
	r = mount_options_read(c, m, &o);
	if (r < 0)
		return r;
	op->kind = kind_of(m, &o);
	op->index = (uint32_t)(m - c->config->mounts);
	op->target = emit_str(&c->emit, target);
	if (op->kind == MOUNT_KIND_BIND)
		r = read_bind(c, m, &o, op);
	else if (op->kind == MOUNT_KIND_NEW)
		r = read_new(c, m, &o, op);
	else
		r = read_remount(c, &o, op);
	if (r == 0)
		r = check_recursive_sb(c, m, &o);
	if (r == 0)
		r = check_target(c, m, target, op);
	if (r == 0)
		r = read_idmap(c, m, &o, op);
	if (r < 0)
		return r;
	if (m->destination[0] != '/')
		(void)compiler_warn(c, "mount destination \"%s\" is not absolute", m->destination);
	set_propagation(c, &o, op);
	if (ONE_OF(target, real_dir_targets) || (op->kind == MOUNT_KIND_NEW && ONE_OF(m->type, real_dir_types)))
		op->flags |= MOUNT_REAL_DIR;
	if (streq(target, "/dev") && op->kind != MOUNT_KIND_REMOUNT)
		c->dev_is_bound = op->kind == MOUNT_KIND_BIND;
	if (op->kind == MOUNT_KIND_NEW && (streq(m->type, "cgroup") || streq(m->type, "cgroup2")))
		return mount_emit_cgroup(c, m, op);
	r = defer_readonly(c, m, target, op);
	if (r == 0)
		compiler_emit(c, OP_MOUNT, op, m);
	return r;
}

/* The directory with systemd's notify socket. */
static void emit_notify(struct compiler *c)
{
	struct op_mount op = { .kind = MOUNT_KIND_BIND, .index = UINT32_MAX };

	op.source = emit_str(&c->emit, c->options->notify_socket);
	op.target = emit_str(&c->emit, "/run/notify");
	op.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	if (runtime_opens_sources(c))
		op.flags |= MOUNT_FROM_RUNTIME;
	compiler_emit_own(c, OP_MOUNT, &op);
}

int mounts_emit(struct compiler *c)
{
	/*
	 * Without a mount namespace they are made in the caller's, below the root file system, as the peers do:
	 * whoever shares it on purpose owns what is mounted there, and takes it away.
	 */
	if (!has_namespace(c, CLONE_NEWNS) && c->config->n_mounts)
		(void)compiler_warn(c, "without a mount namespace the mounts stay when the container is gone");
	for (size_t i = 0; i < c->config->n_mounts; i++) {
		int r = emit_one(c, &c->config->mounts[i]);

		if (r < 0)
			return r;
	}
	/* It would stay on the host and keep the state directory busy. */
	if (c->options->notify_socket && has_namespace(c, CLONE_NEWNS))
		emit_notify(c);
	return 0;
}

void mounts_emit_deferred(struct compiler *c)
{
	for (size_t i = 0; i < c->n_deferred; i++) {
		struct op_mount op = { .kind = MOUNT_KIND_REMOUNT, .target = c->deferred[i].target,
				       .attr_set = MOUNT_ATTR_RDONLY, .index = UINT32_MAX };

		compiler_emit(c, OP_MOUNT, &op, c->deferred[i].mount);
	}
}
