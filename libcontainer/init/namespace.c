/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/init/init.h"
#include "libcontainer/sys/affinity.h"
#include "libcontainer/sys/caps.h"
#include "libcontainer/sys/cred.h"
#include "libcontainer/sys/file.h"

#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

/* The right to look a keyring up, for the user: what is left of it once ids have changed. */
#define KEY_USER_SEARCH 0x00080000u

uint64_t clock_now(const struct init *i)
{
	struct timespec ts;

	(void) clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t) (ts.tv_sec * 1000000000LL + ts.tv_nsec - i->clock_shift);
}

/* We move ourselves: moving another process makes the kernel wait for an RCU grace period, 10 ms. */
int op_cgroup_enter(struct init *i, const void *data, struct error *err)
{
	const struct op_cgroup_enter *op = data;
	const char *file = program_str(&i->program, op->file);
	int r = sys_write_file(AT_FDCWD, file, "0");

	if (r == -ENOENT && op->flags & CGROUP_CREATE_OPTIONAL)
		return 0;
	return r < 0 ? error_set(err, ERR_CGROUP, -r, "%s cannot be entered", file) : 0;
}

int op_affinity(struct init *i, const void *data, struct error *err)
{
	const struct op_affinity *op = data;
	int r = sys_set_affinity(program_blob(&i->program, op->mask), op->mask.len);

	return r < 0 ? error_set(err, ERR_LIMIT, -r, "CPUs %s cannot be taken", program_str(&i->program, op->cpus)) : 0;
}

/* Whether more is to come for the time namespace: offsets can only be set before it is entered. */
static bool time_later(const struct init *i)
{
	uint32_t k;

	for (k = i->at + 1; k < i->program.header->n_ops; k++) {
		const struct program_op *op = &i->program.ops[k];
		const struct op_unshare *unshare = program_data(&i->program, op);

		if (op->type == OP_TIME_OFFSETS || (op->type == OP_UNSHARE && unshare->flags & CLONE_NEWTIME))
			return true;
	}
	return false;
}

static int time_unshare(struct init *i)
{
	int r = i->time_unshared ? 0 : sys_unshare(CLONE_NEWTIME);

	i->time_unshared = r == 0;
	return r;
}

/* unshare(2) is for the children; we go there ourselves, which a single thread may. */
static int time_enter(struct init *i, struct error *err)
{
	_cleanup_close_ int fd = -1;
	uint64_t before;
	int r;

	if (time_later(i))
		return 0;
	r = init_proc(i, err);
	if (r < 0)
		return r;
	fd = procfs_open_magic(&i->proc, "ns", "time_for_children", O_RDONLY);
	before = clock_now(i);
	r = fd < 0 ? fd : sys_setns(fd, CLONE_NEWTIME);
	if (r < 0)
		return error_set(err, ERR_NAMESPACE, -r, "time cannot be entered");
	i->clock_shift += (int64_t) (clock_now(i) - before);
	return 0;
}

static const char *unshared_name(uint32_t flags)
{
	if (flags & CLONE_NEWIPC)
		return "ipc";
	return flags & CLONE_NEWCGROUP ? "cgroup" : "time";
}

int op_unshare(struct init *i, const void *data, struct error *err)
{
	const struct op_unshare *op = data;
	uint32_t others = op->flags & ~(uint32_t) CLONE_NEWTIME;
	int r = others ? sys_unshare(others) : 0;

	if (r == 0 && op->flags & CLONE_NEWTIME)
		r = time_unshare(i);
	if (r < 0)
		return error_set(err, ERR_NAMESPACE, -r, "%s cannot be made", unshared_name(op->flags));
	return op->flags & CLONE_NEWTIME ? time_enter(i, err) : 0;
}

int op_time_offsets(struct init *i, const void *data, struct error *err)
{
	const struct op_time_offsets *op = data;
	const char *text = program_str(&i->program, op->text);
	_cleanup_close_ int fd = -1;
	int r = time_unshare(i);

	if (r < 0)
		return error_set(err, ERR_NAMESPACE, -r, "time cannot be made");
	r = init_proc(i, err);
	if (r < 0)
		return r;
	fd = procfs_open_self(&i->proc, "timens_offsets", O_WRONLY);
	r = fd < 0 ? fd : sys_write_all(fd, text, strlen(text));
	if (r < 0)
		return error_set(err, ERR_NAMESPACE, -r, "time: offsets cannot be set");
	return time_enter(i, err);
}

int op_userns_root(struct init *i, const void *data, struct error *err)
{
	uint64_t effective, permitted, inheritable;
	int r;

	(void) i;
	(void) data;
	/* The host's groups mean nothing here and may be worth something; denied for single-id maps. */
	r = sys_set_groups(NULL, 0);
	if (r == -EPERM)
		r = 0;
	if (r == 0)
		r = sys_set_gid(0);
	if (r == 0)
		r = sys_set_uid(0);
	/* The kernel forgets both when ids change. */
	process_guard(true);
	/*
	 * What brought our capabilities over execve must not bring them into hooks. Root needs no such help.
	 */
	if (r == 0)
		r = sys_get_caps(&effective, &permitted, &inheritable);
	if (r == 0 && inheritable) {
		(void) sys_ambient_clear();
		r = sys_set_caps(effective, permitted, 0);
	}
	return r < 0 ? error_set(err, ERR_PRIVILEGE, -r, "cannot become root of the user namespace") : 0;
}

int op_hostname(struct init *i, const void *data, struct error *err)
{
	const struct op_name *op = data;
	const char *name = program_str(&i->program, op->name);
	int r = sys_set_hostname(name);

	return r < 0 ? error_set(err, ERR_SYSTEM, -r, "hostname %s cannot be set", name) : 0;
}

int op_domainname(struct init *i, const void *data, struct error *err)
{
	const struct op_name *op = data;
	const char *name = program_str(&i->program, op->name);
	int r = sys_set_domainname(name);

	return r < 0 ? error_set(err, ERR_SYSTEM, -r, "domainname %s cannot be set", name) : 0;
}

int op_loopback(struct init *i, const void *data, struct error *err)
{
	int r = sys_loopback_up();

	(void) i;
	(void) data;
	return r < 0 ? error_set(err, ERR_NAMESPACE, -r, "network: the loopback device cannot be raised") : 0;
}

/*
 * Without a keyring of its own the container would share the caller's keys. Where the kernel has none,
 * a filter of an outer container forbids it, or the user's quota is used up, go on without.
 */
int op_keyring(struct init *i, const void *data, struct error *err)
{
	const struct op_keyring *op = data;
	const char *name = program_str(&i->program, op->name);
	int r;

	if (op->label) {
		r = lsm_keyring_label(i, program_str(&i->program, op->label), err);
		if (r < 0)
			return r;
	}
	r = sys_join_keyring(name);
	if (r == -ENOSYS || r == -EPERM || r == -EACCES || r == -EDQUOT)
		return 0;
	if (r >= 0) {
		r = sys_keyring_permit(r, KEY_USER_SEARCH);
		r = r == -EPERM || r == -EACCES ? 0 : r;
	}
	return r < 0 ? error_set(err, ERR_SYSTEM, -r, "session keyring %s", name) : 0;
}

int op_sysctl(struct init *i, const void *data, struct error *err)
{
	const struct op_sysctl *op = data;
	const char *value = program_str(&i->program, op->value);
	const char *name = program_str(&i->program, op->name);
	struct procfs proc = PROCFS_INIT;
	_cleanup_close_ int fd = -1;
	char path[512];
	int r, n;

	n = snprintf(path, sizeof(path), "sys/%s", program_str(&i->program, op->key));
	if (n < 0 || (size_t) n >= sizeof(path))
		return error_set(err, ERR_SYSCTL, ENAMETOOLONG, "%s", name);
	/* The whole procfs, and therefore for this one write only. */
	r = procfs_open(&proc, true);
	if (r == 0) {
		fd = procfs_openat(&proc, path, O_WRONLY);
		r = MIN(fd, 0);
	}
	procfs_close(&proc);
	if (r == -ENOENT)
		return error_set(err, ERR_SYSCTL, 0, "%s does not exist", name);
	if (r == 0)
		r = (int) MIN(sys_write(fd, value, strlen(value)), 0);
	return r < 0 ? error_set(err, ERR_SYSCTL, -r, "%s cannot be set to \"%s\"", name, value) : 0;
}
