/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mount sources that init cannot open itself: those that its user namespace may not reach, and idmapped
 * ones. The runtime opens them on the host and hands init a detached mount.
 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/run/execute.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool same(const char *a, const char *b)
{
	return a && b && streq(a, b);
}

/*
 * The user namespace that carries the maps of the mount; without maps it is the container's own. The
 * last one is kept: containers that use idmapped mounts mostly use one map for all of them.
 */
static int source_userns(struct execution *x, const struct op_mount *op, struct error *err)
{
	const char *uid_map = program_str(&x->program, op->uid_map);
	const char *gid_map = program_str(&x->program, op->gid_map);
	_cleanup_close_ int proc = -1;

	if (x->userns >= 0 && same(uid_map, x->userns_uid_map) && same(gid_map, x->userns_gid_map))
		return x->userns;
	fd_close(&x->userns);
	if (uid_map || gid_map) {
		x->userns = idmap_namespace(uid_map, gid_map, err);
	} else {
		proc = proc_open_child(x->pid, err);
		if (proc < 0)
			return proc;
		x->userns = sys_openat(proc, "ns/user", O_RDONLY, 0);
	}
	if (x->userns < 0)
		return error_set(err, ERR_IDMAP, -x->userns, "user namespace of the mount");
	x->userns_uid_map = uid_map;
	x->userns_gid_map = gid_map;
	return x->userns;
}

static int idmap_failed(const struct execution *x, const struct op_mount *op, int r, struct error *err)
{
	(void)error_set(err, ERR_MOUNT, -r, "idmapped mount of %s%s", program_str(&x->program, op->source),
			r == -ENOSYS || r == -EPERM ? " by mount_setattr, which needs Linux 5.12" : "");
	error_add_hint(err, "the kernel (5.12 or newer) and the file system must support idmapped mounts");
	return -EINVAL;
}

static int source_idmap(struct execution *x, const struct op_mount *op, int tree, struct error *err)
{
	int fd = source_userns(x, op, err), r;

	if (fd < 0)
		return fd;
	r = sys_mount_idmap(tree, op->flags & MOUNT_IDMAP_RECURSIVE, fd);
	return r < 0 ? idmap_failed(x, op, r, err) : 0;
}

/*
 * What is opened here is a peer of the host's own mount, where init has only slaves of those. Shared again, it would
 * carry what is mounted on it out to the host, by order of a container's root who may not mount anything there.
 */
static int source_part(const struct op_mount *op, const char *source, int tree, struct error *err)
{
	bool shared = op->n_propagation > 1 || op->propagation & MS_SHARED;
	int r = shared ? sys_mount_setattr(tree, op->flags & MOUNT_RECURSIVE, 0, 0, MS_SLAVE) : 0;

	return r < 0 ? error_set(err, ERR_MOUNT, -r, "source %s as a slave of the host's", source) : 0;
}

int source_serve(struct execution *x, uint32_t index, struct error *err)
{
	const struct program_op *row;
	const struct op_mount *op;
	const char *source;
	_cleanup_close_ int tree = -1;
	int r = 0;

	if (index >= x->program.header->n_ops || x->program.ops[index].type != OP_MOUNT)
		return error_set(err, ERR_MESSAGE_INVALID, 0, "no mount: operation %u", index);
	row = &x->program.ops[index];
	op = program_data(&x->program, row);
	source = program_str(&x->program, op->source);
	if (!(op->flags & MOUNT_FROM_RUNTIME) || !source)
		return error_set(err, ERR_MESSAGE_INVALID, 0, "source not wanted: operation %u", index);
	tree = sys_open_tree_clone(AT_FDCWD, source, op->flags & MOUNT_RECURSIVE,
				   op->flags & MOUNT_SRC_NOFOLLOW);
	/*
	 * Without the call init tries by itself, as far as its user namespace may reach; ids nobody can map then.
	 * What may be missing is init's to leave out.
	 */
	if (op->flags & MOUNT_IDMAP)
		r = tree < 0 ? idmap_failed(x, op, tree, err) : source_idmap(x, op, tree, err);
	else if (tree < 0 && tree != -ENOSYS && tree != -EPERM && !(tree == -ENOENT && op->flags & MOUNT_OPTIONAL))
		r = error_set(err, ERR_MOUNT, -tree, "source %s", source);
	if (r == 0 && tree >= 0)
		r = source_part(op, source, tree, err);
	if (r == 0) {
		r = message_send(x->wire, MESSAGE_SOURCE, index, NULL, 0, MAX(tree, -1));
		if (r < 0)
			r = error_set(err, ERR_INIT_DIED, -r, "while it was sent a mount source");
	}
	if (r < 0) {
		x->at = index; /* the step that is to blame */
		error_add_step(err, op_info(OP_MOUNT)->name);
	}
	return r;
}
