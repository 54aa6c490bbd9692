/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Namespaces that are joined by path. berth itself joins none: a short-lived child does, and makes init
 * from inside them as a sibling of itself (CLONE_PARENT), so that init is berth's own child and, having
 * been born there, really is in a joined pid namespace.
 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/run/execute.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/pidfd.h"
#include "libcontainer/sys/process.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif
#define JOIN_DEADLINE_MS 10000

static const struct {
	uint32_t type;
	const char *name;
	const char *file; /* below /proc/PID/ns */
} namespaces[] = {
	{ CLONE_NEWNS, "mount", "mnt" },   { CLONE_NEWCGROUP, "cgroup", "cgroup" },
	{ CLONE_NEWUTS, "uts", "uts" },    { CLONE_NEWIPC, "ipc", "ipc" },
	{ CLONE_NEWUSER, "user", "user" }, { CLONE_NEWPID, "pid", "pid" },
	{ CLONE_NEWNET, "network", "net" }, { CLONE_NEWTIME, "time", "time" },
};

int namespaces_differ(int proc, uint32_t *ret, struct error *err)
{
	struct stat own, other;
	char path[32];

	*ret = 0;
	for (size_t i = 0; i < ELEMENTSOF(namespaces); i++) {
		int r;

		snprintf(path, sizeof(path), "/proc/self/ns/%s", namespaces[i].file);
		r = sys_fstatat(AT_FDCWD, path, &own, 0);
		if (r == -ENOENT) /* a kernel without it */
			continue;
		if (r == 0)
			r = sys_fstatat(proc, path + strlen("/proc/self/"), &other, 0);
		if (r < 0)
			return error_set(err, ERR_NAMESPACE, -r, "%s of the container's init", namespaces[i].name);
		if (!sys_same_file(&own, &other))
			*ret |= namespaces[i].type;
	}
	return 0;
}

static const char *namespace_name(uint32_t type)
{
	for (size_t i = 0; i < ELEMENTSOF(namespaces); i++)
		if (namespaces[i].type == type)
			return namespaces[i].name;
	return "unknown";
}

/* Which namespace a parameter belongs to, by the start of its path below /proc/sys. */
static const struct {
	const char *prefix;
	uint32_t type;
	const char *own; /* our own namespace of that type */
} parameters[] = {
	{ "net/", CLONE_NEWNET, "/proc/self/ns/net" },
	{ "kernel/domainname", CLONE_NEWUTS, "/proc/self/ns/uts" },
	{ "kernel/", CLONE_NEWIPC, "/proc/self/ns/ipc" },
	{ "fs/mqueue/", CLONE_NEWIPC, "/proc/self/ns/ipc" },
	{ "user/", CLONE_NEWUSER, "/proc/self/ns/user" },
};

/*
 * The compiler refuses parameters of a namespace that the container shares with the host, as far as the path tells. A
 * bind mount or another process's link may lead to the host's namespace as well; setting the parameter there would
 * change the host (GHSA-w2j5-3rcx-vx7x).
 */
static int refuse_host_parameters(const struct execution *x, uint32_t type, int fd, const char *path,
				  struct error *err)
{
	struct stat joined, own;

	for (uint32_t at = 0; at < x->program.header->n_ops; at++) {
		const struct program_op *op = &x->program.ops[at];
		const struct op_sysctl *sysctl = program_data(&x->program, op);
		const char *key = op->type == OP_SYSCTL ? program_str(&x->program, sysctl->key) : NULL;
		size_t i = 0;

		while (key && i < ELEMENTSOF(parameters) && !str_after(key, parameters[i].prefix))
			i++;
		if (!key || i == ELEMENTSOF(parameters) || parameters[i].type != type)
			continue;
		if (sys_fstat(fd, &joined) < 0 || sys_fstatat(AT_FDCWD, parameters[i].own, &own, 0) < 0 ||
		    sys_same_file(&joined, &own))
			return error_set(err, ERR_SYSCTL, 0, "%s: %s is the host's own namespace",
					 program_str(&x->program, sysctl->name), path);
	}
	return 0;
}

int op_namespace_join(struct execution *x, const void *data, struct error *err)
{
	const struct op_namespace_join *op = data;
	const char *path = program_str(&x->program, op->path);
	_cleanup_close_ int fd = -1;
	int type;

	for (unsigned i = 0; i < x->n_joins; i++)
		if (x->joins[i].type == op->type)
			return error_set(err, ERR_NAMESPACE, 0, "%s: joined twice",
					 namespace_name(op->type));
	if (x->n_joins == JOINS_MAX)
		return error_set(err, ERR_NAMESPACE, 0, "%s: too many", path);
	/* Opened once; what was verified is what is entered, whatever happens to the path. */
	fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0);
	if (fd < 0)
		return error_set(err, ERR_NAMESPACE, -fd, "%s", path);
	type = sys_namespace_type(fd);
	if (type < 0)
		return error_set(err, ERR_NAMESPACE, 0, "%s: not a namespace", path);
	if ((uint32_t)type != op->type)
		return error_set(err, ERR_NAMESPACE, 0, "%s: is a %s namespace, not a %s namespace", path,
				 namespace_name((uint32_t)type), namespace_name(op->type));
	if (refuse_host_parameters(x, op->type, fd, path, err) < 0)
		return -EPERM;
	x->joins[x->n_joins++] =
		(struct join){ .type = op->type, .fd = fd_steal(&fd), .path = path, .op = x->at };
	return 0;
}

int op_init_join(struct execution *x, const void *data, struct error *err)
{
	const struct op_unshare *op = data;

	if (x->target < 0)
		return error_set(err, ERR_PROGRAM_INVALID, 0, "no init to join");
	x->target_namespaces = op->flags;
	return 0;
}

/*
 * Opened here, in the host's mount namespace and with our rights: the new process writes to it when it is inside
 * of neither. Moving it from here would cost an RCU grace period of some 10 ms for each hierarchy.
 */
int op_cgroup_join(struct execution *x, const void *data, struct error *err)
{
	const struct op_cgroup_enter *op = data;
	const char *path = program_str(&x->program, op->file);
	int fd;

	if (x->n_cgroup_files == CGROUP_FILES_MAX)
		return error_set(err, ERR_CGROUP, 0, "%s: too many", path);
	fd = sys_openat(AT_FDCWD, path, O_WRONLY | O_NOFOLLOW, 0);
	if (fd < 0)
		return error_set(err, ERR_CGROUP, -fd, "%s", path);
	x->cgroup_files[x->n_cgroup_files++] = (struct cgroup_file){ .fd = fd, .path = path };
	return 0;
}

int op_affinity_first(struct execution *x, const void *data, struct error *err _unused_)
{
	x->affinity = data;
	return 0;
}

bool joins_any(const struct execution *x)
{
	return x->n_joins > 0 || x->target_namespaces;
}

bool joins_userns(const struct execution *x)
{
	for (unsigned i = 0; i < x->n_joins; i++)
		if (x->joins[i].type == CLONE_NEWUSER)
			return true;
	return x->target_namespaces & CLONE_NEWUSER;
}

void joins_close(struct execution *x)
{
	for (unsigned i = 0; i < x->n_joins; i++)
		fd_close(&x->joins[i].fd);
	for (unsigned i = 0; i < x->n_cgroup_files; i++)
		fd_close(&x->cgroup_files[i].fd);
}

/* What the intermediate child tells: small enough for one write to a pipe. */
struct join_result {
	pid_t pid;
	bool into_cgroup;
	uint32_t op;
	struct error err;
};
_Static_assert(sizeof(struct join_result) <= 4096, "one atomic write to a pipe");

/*
 * Namespaces that belong to an outer user namespace can only be entered before the user namespace, those
 * that belong to the inner one only after it. Nobody told which is which: what is refused at first is
 * tried again behind the user namespace.
 */
static int join_all(const struct execution *x, struct join_result *result)
{
	bool joined[JOINS_MAX] = { false };

	for (int pass = 0; pass < 3; pass++) {
		for (unsigned i = 0; i < x->n_joins; i++) {
			const struct join *j = &x->joins[i];
			int r;

			if (joined[i] || (j->type == CLONE_NEWUSER) != (pass == 1))
				continue;
			r = sys_setns(j->fd, (int)j->type);
			joined[i] = r == 0;
			if (r == 0 || (pass == 0 && r == -EPERM))
				continue;
			result->op = j->op;
			return error_set(&result->err, ERR_NAMESPACE, -r, "%s: cannot be joined", j->path);
		}
	}
	return 0;
}

/* The namespaces of init one by one, for join_all(). */
static int open_target(struct execution *x, struct join_result *result)
{
	_cleanup_close_ int proc = proc_open_child(x->record.init.pid, &result->err);

	if (proc < 0)
		return proc;
	for (size_t i = 0; i < ELEMENTSOF(namespaces); i++) {
		char path[32];
		int fd;

		if (!(x->target_namespaces & namespaces[i].type))
			continue;
		snprintf(path, sizeof(path), "ns/%s", namespaces[i].file);
		fd = sys_openat(proc, path, O_RDONLY, 0);
		if (fd < 0)
			return error_set(&result->err, ERR_NAMESPACE, -fd, "%s of the container's init",
					 namespaces[i].name);
		x->joins[x->n_joins++] = (struct join){
			.type = namespaces[i].type, .fd = fd, .path = namespaces[i].name, .op = result->op
		};
	}
	return 0;
}

/*
 * All at once: the kernel finds the right order, and nothing is joined if one cannot be. Before Linux 5.8, and
 * where we have not the right to all of them together (those of an outer user namespace), one by one.
 */
static int join_target(struct execution *x, struct join_result *result)
{
	int r = sys_setns(x->target, (int)x->target_namespaces);

	if (r == 0)
		return 0;
	if (r != -ESRCH)
		r = open_target(x, result);
	/* Its number still is its own, so what was opened belongs to it. */
	if (r == 0 && sys_pidfd_wait(x->target, 0) > 0)
		r = -ESRCH;
	if (r == -ESRCH)
		return error_set(&result->err, ERR_NAMESPACE, ESRCH, "of the container: its init has ended");
	return r < 0 ? r : join_all(x, result);
}

struct join_call {
	struct execution *x;
	uint64_t flags;
	int cgroup;
	void (*child)(void *arg, bool into_cgroup);
	void *arg;
};

static void _noreturn_ intermediate(const struct join_call *call, int out)
{
	struct sys_clone c = { .flags = call->flags | CLONE_PARENT, .cgroup = call->cgroup };
	struct join_result result = { .pid = -1, .op = call->x->at };
	int r;

	/* Processes of the joined pid namespace must not reach host descriptors through us. */
	(void)sys_prctl(PR_SET_DUMPABLE, 0);
	(void)sys_prctl(PR_SET_PDEATHSIG, SIGKILL);
	r = call->x->target >= 0 ? join_target(call->x, &result) : join_all(call->x, &result);
	if (r == 0) {
		result.pid = sys_clone(&c);
		if (result.pid == 0)
			call->child(call->arg, c.into_cgroup);
		if (result.pid < 0)
			(void)clone_failed(result.pid, &result.err);
	}
	result.into_cgroup = c.into_cgroup;
	(void)sys_write(out, &result, sizeof(result));
	_exit(0);
}

/* Takes over what the intermediate child told; it is reaped before. */
static pid_t join_result(struct execution *x, int in, bool *ret_into_cgroup, struct error *err)
{
	struct join_result result;
	ssize_t n = sys_read(in, &result, sizeof(result));

	if (n != (ssize_t)sizeof(result))
		return error_set(err, ERR_INIT_START, 0, "the process that joins namespaces died");
	if (result.pid < 0) {
		*err = result.err;
		if (result.op < x->program.header->n_ops)
			x->at = result.op;
		return -EINVAL;
	}
	*ret_into_cgroup = result.into_cgroup;
	return result.pid;
}

int clone_failed(int r, struct error *err)
{
	return error_set(err, ERR_INIT_START, -r, "cannot make a process%s",
			 r == -EAGAIN ? " (limit of processes reached)"
			 : r == -ENOMEM ? " (short of memory, or the container's init has ended)" : "");
}

pid_t join_and_clone(struct execution *x, uint64_t flags, int cgroup, bool *ret_into_cgroup,
		     void (*child)(void *arg, bool into_cgroup), void *arg, struct error *err)
{
	const struct join_call call = {
		.x = x, .flags = flags, .cgroup = cgroup, .child = child, .arg = arg
	};
	struct sys_clone c = { .cgroup = -1 };
	_cleanup_close_ int in = -1, pidfd = -1;
	int fds[2], status, r = sys_pipe(fds);
	pid_t pid;

	if (r < 0)
		return error_set(err, ERR_SYSTEM, -r, "cannot make a pipe");
	in = fds[0];
	pid = sys_clone(&c);
	if (pid == 0)
		intermediate(&call, fds[1]);
	fd_close(&fds[1]);
	pidfd = c.pidfd;
	if (pid < 0)
		return clone_failed(pid, err);
	/* setns may hang on a dying namespace's locks; berth does not. */
	if (sys_pidfd_wait(pidfd, JOIN_DEADLINE_MS) <= 0) {
		(void)sys_pidfd_send_signal(pidfd, SIGKILL);
		(void)sys_pidfd_wait(pidfd, JOIN_DEADLINE_MS);
	}
	if (sys_reap(pid, &status, true) < 0)
		return error_set(err, ERR_SYSTEM, ECHILD, "cannot wait for process %d", (int)pid);
	return join_result(x, in, ret_into_cgroup, err);
}
