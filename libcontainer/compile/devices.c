/* SPDX-License-Identifier: Apache-2.0 */
/* Device nodes: those of linux.devices, the default ones of the specification, and the links in /dev. */
#include "libcontainer/compile/compiler.h"

#include "base/str.h"

#include <linux/sched.h>
#include <sys/stat.h>

#define MAJOR_LIMIT 4096    /* 12 bits */
#define MINOR_LIMIT 1048576 /* 20 bits */
#define DEVICE_MODE 0666

static const struct { const char *path; uint32_t major, minor; } default_devices[] = {
	{ "/dev/null", 1, 3 },   { "/dev/zero", 1, 5 },    { "/dev/full", 1, 7 },
	{ "/dev/random", 1, 8 }, { "/dev/urandom", 1, 9 }, { "/dev/tty", 5, 0 },
};

static const struct { const char *path, *target; uint32_t flags; } links[] = {
	{ "/dev/fd", "/proc/self/fd", SYMLINK_IF_TARGET },
	{ "/dev/stdin", "/proc/self/fd/0", SYMLINK_IF_TARGET },
	{ "/dev/stdout", "/proc/self/fd/1", SYMLINK_IF_TARGET },
	{ "/dev/stderr", "/proc/self/fd/2", SYMLINK_IF_TARGET },
	{ "/dev/core", "/proc/kcore", SYMLINK_IF_TARGET },
	{ "/dev/ptmx", "pts/ptmx", SYMLINK_REPLACE },
};

/* Only root of the initial user namespace may make device nodes. */
static bool must_bind(const struct compiler *c)
{
	return has_namespace(c, CLONE_NEWUSER) || c->host->in_userns;
}

static int read_number(struct compiler *c, const struct config_device *d, const struct opt_i64 *n,
		       const char *word, int64_t limit, uint32_t *ret)
{
	if (!n->set)
		return compiler_error(c, d, CONFIG_MISSING, "%s of device %s", word, d->path);
	if (n->v < 0 || n->v >= limit)
		return compiler_error(c, n, CONFIG_RANGE, "%s %lld", word, (long long)n->v);
	*ret = (uint32_t)n->v;
	return 0;
}

static int read_type(struct compiler *c, const struct config_device *d, struct op_device *op)
{
	static const struct name_value types[] = {
		{ "c", S_IFCHR }, { "u", S_IFCHR }, { "b", S_IFBLK }, { "p", S_IFIFO }, { NULL, 0 },
	};
	const struct name_value *row = name_find(types, d->type);
	int r;

	if (!row)
		return compiler_error(c, &d->type, CONFIG_VALUE, "device type \"%s\"", d->type);
	op->type = (uint32_t)row->value;
	if (op->type == S_IFIFO)
		return 0;
	r = read_number(c, d, &d->major, "major", MAJOR_LIMIT, &op->major);
	return r < 0 ? r : read_number(c, d, &d->minor, "minor", MINOR_LIMIT, &op->minor);
}

static int emit_configured(struct compiler *c, const struct config_device *d)
{
	struct op_device op = { .mode = DEVICE_MODE };
	char *path;
	int r;

	if (d->path[0] != '/')
		return compiler_error(c, &d->path, CONFIG_VALUE, "device path \"%s\" is not absolute", d->path);
	r = read_type(c, d, &op);
	if (r < 0)
		return r;
	path = compiler_clean_path(c, d->path);
	if (!path)
		return compiler_no_memory(c);
	/* The contents of a /dev that was bound from the host are the host's. */
	if (c->dev_is_bound && str_after(path, "/dev/"))
		return 0;
	op.path = emit_str(&c->emit, path);
	/* Engines copy st_mode, type included. */
	if (d->file_mode.set)
		op.mode = d->file_mode.v & 07777;
	op.uid = d->uid.v;
	op.gid = d->gid.v;
	if (must_bind(c) && op.type != S_IFIFO)
		op.flags |= DEVICE_BIND;
	compiler_emit(c, OP_DEVICE, &op, d);
	return 0;
}

static bool is_configured(const struct compiler *c, const char *path)
{
	for (size_t i = 0; i < c->linux_->n_devices; i++)
		if (streq(c->linux_->devices[i].path, path))
			return true;
	return false;
}

int devices_emit(struct compiler *c)
{
	/* Without a mount namespace /dev is a directory on somebody's disk. */
	bool defaults = has_namespace(c, CLONE_NEWNS) && !c->dev_is_bound;

	for (size_t i = 0; defaults && i < ELEMENTSOF(default_devices); i++) {
		struct op_device op = { .type = S_IFCHR, .mode = DEVICE_MODE, .flags = DEVICE_DEFAULT,
					.major = default_devices[i].major, .minor = default_devices[i].minor };

		if (is_configured(c, default_devices[i].path))
			continue;
		op.path = emit_str(&c->emit, default_devices[i].path);
		if (must_bind(c))
			op.flags |= DEVICE_BIND;
		compiler_emit_own(c, OP_DEVICE, &op);
	}
	for (size_t i = 0; i < c->linux_->n_devices; i++) {
		int r = emit_configured(c, &c->linux_->devices[i]);

		if (r < 0)
			return r;
	}
	for (size_t i = 0; defaults && i < ELEMENTSOF(links); i++) {
		struct op_symlink op = { .flags = links[i].flags };

		op.target = emit_str(&c->emit, links[i].target);
		op.path = emit_str(&c->emit, links[i].path);
		compiler_emit_own(c, OP_SYMLINK, &op);
	}
	return 0;
}
