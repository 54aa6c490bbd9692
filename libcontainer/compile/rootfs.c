/* SPDX-License-Identifier: Apache-2.0 */
/* The root file system: opening and entering it, its propagation, masked and read-only paths. */
#include "libcontainer/compile/compiler.h"

#include "base/str.h"

#include <linux/mount.h>
#include <linux/sched.h>

static const struct name_value propagations[] = {
	{ "shared", MS_SHARED },
	{ "slave", MS_SLAVE },
	{ "private", MS_PRIVATE },
	{ "unbindable", MS_UNBINDABLE },
	{ "rshared", MS_SHARED | MS_REC },
	{ "rslave", MS_SLAVE | MS_REC },
	{ "rprivate", MS_PRIVATE | MS_REC },
	{ "runbindable", MS_UNBINDABLE | MS_REC },
	{ NULL, 0 },
};

static int check_no_mount_namespace(struct compiler *c)
{
	const struct config_linux *l = c->linux_;

	if (c->config->root->readonly.v)
		return compiler_error(c, &c->config->root->readonly, CONFIG_CONFLICT,
				      "a read-only root without a mount namespace");
	if (l->masked_paths.n)
		return compiler_error(c, &l->masked_paths, CONFIG_CONFLICT,
				      "maskedPaths without a mount namespace");
	if (l->readonly_paths.n)
		return compiler_error(c, &l->readonly_paths, CONFIG_CONFLICT,
				      "readonlyPaths without a mount namespace");
	if (!str_is_empty(l->rootfs_propagation))
		return compiler_error(c, &l->rootfs_propagation, CONFIG_CONFLICT,
				      "rootfsPropagation without a mount namespace");
	return 0;
}

static int check_absolute(struct compiler *c, const struct strings *paths)
{
	for (size_t i = 0; i < paths->n; i++)
		if (paths->v[i][0] != '/')
			return compiler_error(c, &paths->v[i], CONFIG_VALUE, "path \"%s\" is not absolute",
					      paths->v[i]);
	return 0;
}

int rootfs_read(struct compiler *c)
{
	const struct config_linux *l = c->linux_;
	int r;

	if (!c->config->root)
		return compiler_error(c, c->config, CONFIG_MISSING, "root");
	if (str_is_empty(c->config->root->path))
		return compiler_error(c, c->config->root, CONFIG_MISSING, "root.path");
	if (!str_is_empty(l->rootfs_propagation) && !name_find(propagations, l->rootfs_propagation))
		return compiler_error(c, &l->rootfs_propagation, CONFIG_VALUE, "rootfsPropagation \"%s\"",
				      l->rootfs_propagation);
	r = check_absolute(c, &l->masked_paths);
	if (r == 0)
		r = check_absolute(c, &l->readonly_paths);
	if (r == 0 && !has_namespace(c, CLONE_NEWNS))
		r = check_no_mount_namespace(c);
	return r;
}

static uint32_t root_propagation(const struct compiler *c)
{
	const char *word = c->linux_->rootfs_propagation;

	return str_is_empty(word) ? 0 : (uint32_t)name_find(propagations, word)->value;
}

int rootfs_emit_open(struct compiler *c)
{
	const char *path = c->config->root->path;
	uint32_t word = root_propagation(c);
	struct op_root_open op = { 0 };

	op.path = path[0] == '/' ? emit_str(&c->emit, path)
				 : emit_strf(&c->emit, "%s/%s", c->options->bundle, path);
	/*
	 * The old tree: what is mounted in the container must not show up on the host unless "shared" asks for
	 * exactly that; what the host mounts is passed on unless "private" forbids it. An unbindable
	 * old tree could not be the source of anything, so that word concerns the new root alone.
	 */
	if (!has_namespace(c, CLONE_NEWNS))
		op.flags = ROOT_NO_MOUNT_NS;
	else if (word & MS_SHARED)
		op.propagation = MS_SHARED | MS_REC;
	else if (word & (MS_PRIVATE | MS_UNBINDABLE))
		op.propagation = MS_PRIVATE | MS_REC;
	else
		op.propagation = MS_SLAVE | MS_REC;
	compiler_emit(c, OP_ROOT_OPEN, &op, &c->config->root->path);
	return 0;
}

static bool cwd_is_below_root(const struct compiler *c)
{
	return c->process && c->process->cwd && !streq(c->process->cwd, "/");
}

int rootfs_emit_enter(struct compiler *c)
{
	const struct config_linux *l = c->linux_;
	struct op_root_propagation propagation = { .flags = root_propagation(c) };
	struct op_root_enter enter = { .method = ROOT_ENTER_CHROOT };
	struct op_path cwd;

	if (has_namespace(c, CLONE_NEWNS))
		enter.method = c->options->no_pivot ? ROOT_ENTER_MOVE : ROOT_ENTER_PIVOT;
	compiler_emit(c, OP_ROOT_ENTER, &enter, &c->config->root->path);
	if (!has_namespace(c, CLONE_NEWNS))
		return 0;
	if (!propagation.flags)
		propagation.flags = MS_PRIVATE;
	compiler_emit(c, OP_ROOT_PROPAGATION, &propagation,
		      l->rootfs_propagation ? &l->rootfs_propagation : NULL);
	if (!c->config->root->readonly.v)
		return 0;
	/* A missing working directory is made, which is only possible now; it is entered again later. */
	if (cwd_is_below_root(c)) {
		cwd.path = emit_str(&c->emit, c->process->cwd);
		compiler_emit(c, OP_CWD, &cwd, &c->process->cwd);
	}
	compiler_emit(c, OP_ROOT_READONLY, NULL, &c->config->root->readonly);
	return 0;
}

static void emit_paths(struct compiler *c, enum op_type type, const struct strings *paths)
{
	for (size_t i = 0; i < paths->n; i++) {
		struct op_path op = { .path = emit_str(&c->emit, paths->v[i]) };

		compiler_emit(c, type, &op, &paths->v[i]);
	}
}

/* Read-only paths first: a masked path may lie in one and needs a mount of its own on top. */
int rootfs_emit_paths(struct compiler *c)
{
	emit_paths(c, OP_READONLY_PATH, &c->linux_->readonly_paths);
	emit_paths(c, OP_MASKED_PATH, &c->linux_->masked_paths);
	return 0;
}
