/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/init/init.h"
#include "libcontainer/sys/caps.h"
#include "libcontainer/sys/cred.h"
#include "libcontainer/sys/file.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/prctl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>

void process_guard(bool die_with_parent)
{
	(void) sys_prctl(PR_SET_DUMPABLE, 0, 0);
	(void) sys_prctl(PR_SET_PDEATHSIG, die_with_parent ? SIGKILL : 0, 0);
}

int op_memory_policy(struct init *i, const void *data, struct error *err)
{
	const struct op_memory_policy *op = data;
	int r = sys_set_memory_policy(op->mode | op->flags, program_blob(&i->program, op->mask),
				      op->mask.len * 8);

	if (r < 0) {
		error_set(err, ERR_LIMIT, -r, "memory policy cannot be set");
		error_add_hint(err, r == -ENOSYS ? "the kernel is built without NUMA"
						 : "a node may be absent or outside of the cpuset, or the kernel "
						   "older than the mode");
	}
	return r;
}

int op_personality(struct init *i, const void *data, struct error *err)
{
	const struct op_value *op = data;
	int r = sys_personality(op->value);

	(void) i;
	return r < 0 ? error_set(err, ERR_SYSTEM, -r, "personality 0x%x", op->value) : 0;
}

int op_umask(struct init *i, const void *data, struct error *err)
{
	const struct op_value *op = data;

	(void) i;
	(void) err;
	umask((mode_t) op->value);
	return 0;
}

/*
 * Labels. Written through the private procfs and read back: a write that went to another file, or that
 * the kernel took without effect, must not leave the program unconfined (CVE-2019-16884, CVE-2025-52881).
 * Engines look for the file's name in back quotes.
 */
static int attr_write(struct init *i, const char *file, const char *text, struct error *err)
{
	_cleanup_close_ int fd = -1;
	ssize_t n;
	int r = init_proc(i, err);

	if (r < 0)
		return r;
	fd = procfs_open_self(&i->proc, file, O_RDWR);
	n = fd < 0 ? fd : sys_write(fd, text, strlen(text));
	if (n < 0)
		return error_set(err, ERR_LSM, (int) -n, "label cannot be written to `/proc/self/%s`", file);
	return fd_steal(&fd);
}

static int attr_verify(int fd, const char *file, const char *label, struct error *err)
{
	size_t len = strlen(label);
	char now[1024];
	ssize_t n;

	n = sys_read(fd, now, sizeof(now) - 1);
	if (n < 0)
		return error_set(err, ERR_LSM, (int) -n, "label cannot be read from `/proc/self/%s`", file);
	now[n] = '\0';
	/* AppArmor adds the mode: "name (enforce)". */
	if (strncmp(now, label, len) != 0 || (now[len] && now[len] != ' ' && now[len] != '\n'))
		return error_set(err, ERR_LSM, 0, "label in `/proc/self/%s` is not the one that was written", file);
	return 0;
}

static int attr_set(struct init *i, const char *file, const char *text, const char *label, struct error *err)
{
	_cleanup_close_ int fd = attr_write(i, file, text, err);

	return fd < 0 ? fd : attr_verify(fd, file, label, err);
}

int lsm_keyring_label(struct init *i, const char *label, struct error *err)
{
	return attr_set(i, "attr/keycreate", label, label, err);
}

static int apparmor_set(struct init *i, const char *verb, const char *profile, struct error *err)
{
	static const char *const files[] = { "attr/apparmor/exec", "attr/exec" };
	char text[512];
	int n = snprintf(text, sizeof(text), "%s %s", verb, profile);
	int r = -ENOENT;

	if (n < 0 || (size_t) n >= sizeof(text))
		return error_set(err, ERR_LSM, ENAMETOOLONG, "AppArmor profile %s", profile);
	/* Since 5.8 AppArmor has a directory of its own, which no other module can own. */
	for (size_t k = 0; k < ELEMENTSOF(files) && r == -ENOENT; k++) {
		error_clear(err);
		r = attr_set(i, files[k], text, profile, err);
	}
	return r;
}

static bool apparmor_confined(struct init *i)
{
	static const char *const files[] = { "attr/apparmor/current", "attr/current" };
	struct error ignored = ERROR_INIT;
	char label[sizeof("unconfined")] = "";
	ssize_t n = init_proc(i, &ignored) < 0 ? 0 : -ENOENT;

	for (size_t k = 0; k < ELEMENTSOF(files) && n == -ENOENT; k++) {
		_cleanup_close_ int fd = procfs_open_self(&i->proc, files[k], O_RDONLY);

		n = fd < 0 ? fd : sys_read(fd, label, sizeof(label) - 1);
	}
	return n > 0 && !streq(label, "unconfined");
}

/*
 * A runtime that is confined itself, as in a container, may not leave its profile unless that says so, and without new
 * privileges not even then. The new one is put on top, where that is allowed, and both hold.
 */
static int lsm_apparmor(struct init *i, const char *profile, struct error *err)
{
	bool stays = walk_later(i, OP_NO_NEW_PRIVS) && apparmor_confined(i);
	const char *const verbs[] = { stays ? "stack" : "exec", stays ? "exec" : "stack" };
	struct error failure = ERROR_INIT, ignored = ERROR_INIT;
	int r = apparmor_set(i, verbs[0], profile, &failure);

	if ((r == -EACCES || r == -EPERM) && apparmor_set(i, verbs[1], profile, &ignored) == 0)
		return 0;
	/* That is also what the kernel answers when it does not know the profile. */
	if (r == -ENOENT)
		return error_set(err, ERR_LSM, ENOENT,
				 "AppArmor profile \"%s\" is not loaded: label cannot be written to "
				 "`/proc/self/attr/exec`", profile);
	if (r < 0)
		*err = failure;
	return r;
}

int op_lsm(struct init *i, const void *data, struct error *err)
{
	const struct op_lsm *op = data;
	const char *label = program_str(&i->program, op->selinux);
	int r = 0;

	if (op->apparmor)
		r = lsm_apparmor(i, program_str(&i->program, op->apparmor), err);
	if (r == 0 && label)
		r = attr_set(i, "attr/exec", label, label, err);
	return r;
}

int op_bounding(struct init *i, const void *data, struct error *err)
{
	const struct op_bounding *op = data;
	unsigned cap;
	int r;

	(void) i;
	for (cap = 0; cap < 64; cap++) {
		if (op->keep & (uint64_t) 1 << cap)
			continue;
		r = sys_prctl(PR_CAPBSET_DROP, cap, 0);
		if (r == -EINVAL)
			return 0; /* the kernel knows no more */
		if (r == -EPERM && sys_prctl(PR_CAPBSET_READ, cap, 0) == 0)
			continue;
		if (r < 0)
			return error_set(err, ERR_PRIVILEGE, -r, "capability %u cannot be dropped", cap);
	}
	return 0;
}

int op_user(struct init *i, const void *data, struct error *err)
{
	const struct op_user *op = data;
	int r = 0;

	/* To the kernel this number means "do not change": root would stay root. */
	if (op->uid == UINT32_MAX || op->gid == UINT32_MAX)
		return error_set(err, ERR_PRIVILEGE, 0, "user or group id %u is not one", UINT32_MAX);
	if (!(op->flags & USER_KEEP_GROUPS)) {
		r = sys_set_groups(program_blob(&i->program, op->groups), op->n_groups);
		/* Denied in a user namespace with a single id; without wanted groups nothing is lost. */
		if (r == -EPERM && op->n_groups == 0)
			r = 0;
	}
	if (r < 0)
		return error_set(err, ERR_PRIVILEGE, -r, "additional groups cannot be set");
	/* Capabilities survive the change; the operation that follows reduces them. */
	r = sys_prctl(PR_SET_KEEPCAPS, 1, 0);
	if (r >= 0)
		r = sys_set_gid(op->gid);
	if (r < 0)
		return error_set(err, ERR_PRIVILEGE, -r, "group %u cannot be taken", op->gid);
	r = sys_set_uid(op->uid);
	process_guard(true);
	if (r < 0)
		return error_set(err, ERR_PRIVILEGE, -r, "user %u cannot be taken", op->uid);
	return i->cwd ? cwd_enter(i, i->cwd, err) : 0;
}

int op_capabilities(struct init *i, const void *data, struct error *err)
{
	const struct op_capabilities *op = data;
	/*
	 * A filter without no_new_privs needs this one. It is not dropped again afterwards, under a filter
	 * that may forbid it: execve computes all sets anew from the inheritable, ambient and bounding sets,
	 * which are final here.
	 */
	uint64_t more = op->flags & CAPS_KEEP_ADMIN ? (uint64_t) 1 << CAP_SYS_ADMIN : 0;
	unsigned cap;
	int r;

	(void) i;
	r = sys_ambient_clear();
	if (r == -EINVAL && !op->ambient)
		r = 0; /* before Linux 4.3 there were none */
	if (r >= 0)
		r = sys_set_caps(op->effective | more, op->permitted | more, op->inheritable);
	if (r < 0)
		return error_set(err, ERR_PRIVILEGE, -r, "capabilities cannot be set");
	for (cap = 0; cap < 64; cap++) {
		if (!(op->ambient & (uint64_t) 1 << cap))
			continue;
		r = sys_ambient_raise(cap);
		if (r < 0)
			return error_set(err, ERR_PRIVILEGE, -r, "ambient capability %u cannot be raised", cap);
	}
	return 0;
}

int op_rlimit(struct init *i, const void *data, struct error *err)
{
	const struct op_rlimit *op = data;
	int r = sys_set_rlimit(op->resource, op->soft, op->hard);

	(void) i;
	return r < 0 ? error_set(err, ERR_LIMIT, -r, "resource limit %u cannot be set", op->resource) : 0;
}

int op_no_new_privs(struct init *i, const void *data, struct error *err)
{
	int r = sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0);

	(void) i;
	(void) data;
	return r < 0 ? error_set(err, ERR_PRIVILEGE, -r, "no_new_privs cannot be set") : 0;
}
