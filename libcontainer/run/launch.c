/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/log.h"
#include "libcontainer/cgroup/cgroup.h"
#include "libcontainer/run/cgroups.h"
#include "libcontainer/run/execute.h"
#include "libcontainer/run/fault.h"
#include "libcontainer/run/image.h"
#include "libcontainer/sys/affinity.h"
#include "libcontainer/sys/caps.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/memfd.h"
#include "libcontainer/sys/pidfd.h"
#include "libcontainer/sys/process.h"
#include "libcontainer/sys/socket.h"
#include "libcontainer/sys/userns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define KILL_DEADLINE_MS 10000
#define CGROUP_PROCS "cgroup.procs"

extern char **environ;

/* What init is started with. The descriptors are those that it inherits, and its image. */
struct launch {
	struct execution *x;
	int image;
	int page;
	int fd[INIT_FD_MAX];
	bool wants_cgroup;  /* a child that was not born there waits for an order before anything else */
	bool guard_later;   /* init stays dumpable until its ids are mapped */
};

#define LAUNCH_INIT { .image = -1, .page = -1, .fd = { -1, -1, -1, -1 } }

static void launch_done(struct launch *l)
{
	fd_close(&l->image);
	fd_close(&l->page);
	for (unsigned i = 0; i < INIT_FD_MAX; i++)
		fd_close(&l->fd[i]);
}

/*
 * Descriptors 3 to 3 + preserve_fds - 1 are the caller's, also those that are not open: one of ours in
 * such a gap would be handed to the user's program.
 */
static int move_above(int *fd, uint32_t preserve_fds)
{
	int r;

	if (*fd < 0 || (uint32_t)*fd >= 3 + preserve_fds)
		return 0;
	r = sys_dup_above(*fd, (int)(3 + preserve_fds));
	if (r < 0)
		return r;
	fd_close(fd);
	*fd = r;
	return 0;
}

static size_t page_size(const struct execution *x)
{
	size_t size = sizeof(struct page) + x->program.header->n_ops * sizeof(uint16_t);

	return x->trace.on ? size + x->program.header->n_ops * sizeof(struct op_times) : size;
}

static void page_fill(struct execution *x, const struct launch *l)
{
	const struct program_header *h = x->program.header;
	struct page *page = x->page;
	uint16_t *types;

	page->magic = PAGE_MAGIC;
	page->size = (uint32_t)page_size(x);
	page->program_size = (uint32_t)x->request->program_size;
	page->trace = x->trace.on;
	memcpy(page->fd, l->fd, sizeof(page->fd));
	page->preserve_fds = x->request->options->preserve_fds;
	page->listen_fds = x->request->options->listen_fds;
	page->n_ops = h->n_ops;
	page->op_types = (uint32_t)(page->size - h->n_ops * sizeof(uint16_t));
	types = (uint16_t *)(void *)((char *)page + page->op_types);
	for (uint32_t i = 0; i < h->n_ops; i++)
		types[i] = x->program.ops[i].type;
	fault_fill_page(page);
}

/* The wire, the start socket, and the socket that gets the terminal. */
static int launch_sockets(struct execution *x, struct launch *l, struct error *err)
{
	const struct launch_request *request = x->request;
	int pair[2];
	int r = sys_socketpair(SOCK_SEQPACKET, pair);

	if (r < 0)
		return error_set(err, ERR_SYSTEM, -r, "cannot make a socket pair");
	x->wire = pair[0];
	l->fd[INIT_FD_WIRE] = pair[1];
	if (!x->run) {
		r = sys_socket_listen(SOCK_SEQPACKET, x->state_dir, START_SOCKET_NAME);
		if (r < 0)
			return error_set(err, ERR_STATE_WRITE, -r, "start socket");
		l->fd[INIT_FD_LISTEN] = r;
	}
	if (!(x->program.header->flags & PROGRAM_TERMINAL))
		return 0;
	if (request->console_socket) {
		r = output_connect(request->console_socket, "console socket", err);
		l->fd[INIT_FD_CONSOLE] = r < 0 ? -1 : r;
		return r < 0 ? r : 0;
	}
	r = sys_socketpair(SOCK_STREAM, pair);
	if (r < 0)
		return error_set(err, ERR_SYSTEM, -r, "cannot make a socket pair");
	x->console = pair[0];
	l->fd[INIT_FD_CONSOLE] = pair[1];
	return 0;
}

static int launch_prepare(struct execution *x, struct launch *l, struct error *err)
{
	uint32_t preserve = x->request->options->preserve_fds;
	size_t size = page_size(x);
	int r = launch_sockets(x, l, err);

	if (r < 0)
		return r;
	r = l->image = image_open(joins_any(x));
	if (r >= 0)
		r = l->fd[INIT_FD_PROGRAM] = sys_memfd_sealed("berth-program", x->request->program,
							      x->request->program_size, MEMFD_DATA);
	if (r >= 0)
		r = l->page = sys_memfd_shared("berth-page", size);
	if (r == -ENOSYS || r == -EPERM)
		return error_set(err, ERR_SYSTEM, -r, "the container's init needs memory files, of Linux 3.17");
	for (unsigned i = 0; r >= 0 && i < INIT_FD_MAX; i++)
		r = move_above(&l->fd[i], preserve);
	if (r >= 0)
		r = move_above(&l->page, preserve);
	if (r >= 0)
		r = sys_map_shared(l->page, size, true, (void **)&x->page);
	if (r < 0)
		return error_set(err, ERR_SYSTEM, -r, "cannot prepare the container's init");
	page_fill(x, l);
	return 0;
}

static void _noreturn_ child_failed(const struct launch *l, enum error_code code, int r, const char *what)
{
	struct error err = ERROR_INIT;

	(void)error_set(&err, code, -r, "%s", what);
	(void)message_send(l->fd[INIT_FD_WIRE], MESSAGE_ERROR, l->x->at, &err, sizeof(err), -1);
	_exit(1);
}

/* Into the container's cgroups, before anything of the container can run. */
static void child_cgroups(const struct launch *l, bool into_cgroup)
{
	const struct execution *x = l->x;
	struct message go;
	int r;

	if (x->affinity) {
		r = sys_set_affinity(program_blob(&x->program, x->affinity->mask), x->affinity->mask.len);
		if (r < 0)
			child_failed(l, ERR_LIMIT, r, "execCPUAffinity.initial cannot be set");
	}
	if (l->wants_cgroup && !into_cgroup &&
	    message_receive(l->fd[INIT_FD_WIRE], &go, NULL) != 1)
		_exit(1);
	for (unsigned i = 0; i < x->n_cgroup_files; i++) {
		r = (int)sys_write(x->cgroup_files[i].fd, "0", 1);
		if (r < 0)
			child_failed(l, ERR_CGROUP, r, x->cgroup_files[i].path);
	}
}

static void child_descriptors(const struct launch *l)
{
	int r = sys_set_cloexec(l->page, false);

	for (unsigned i = 0; i < INIT_FD_MAX && r >= 0; i++)
		if (l->fd[i] >= 0)
			r = sys_set_cloexec(l->fd[i], false);
	if (r < 0)
		child_failed(l, ERR_INIT_START, r, "cannot keep a descriptor");
}

/*
 * procfs gives the files of a process that is not dumpable to root: an ordinary user could not map the ids of
 * his own container. Until they are mapped, init holds nothing that this user does not have already; but in
 * a joined pid namespace there are others who could trace it.
 */
static bool may_guard_later(const struct execution *x)
{
	return x->program.header->flags & PROGRAM_NEW_USERNS && !joins_any(x) && !sys_is_real_root();
}

/* The new process, still with berth's memory, perhaps not a copy: as little as possible, then the small program. */
static void launch_child(void *arg, bool into_cgroup)
{
	struct launch *l = arg;
	char number[16];
	char name[] = "berth-init";
	char later[] = INIT_GUARD_LATER;
	char *argv[] = { name, number, l->guard_later ? later : NULL, NULL };
	int r = 0;

	/*
	 * With the runtime's end in our hands, too, we would wait for ever for one that has been killed. Closed
	 * without a note: the memory may be the runtime's, where that end stays open.
	 */
	(void)close(l->x->wire);
	child_cgroups(l, into_cgroup);
	child_descriptors(l);
	/* Its id is not mapped yet: execve would take every capability in the new namespace away. */
	if (l->x->program.header->flags & PROGRAM_NEW_USERNS || joins_userns(l->x))
		r = sys_caps_keep_over_exec();
	/*
	 * execve makes a process dumpable, and until the small program has seen to it a process of the
	 * container that may trace others could take this one over (CVE-2016-9962). A program that its own
	 * process must not read is not dumpable from the start.
	 */
	if (r == 0 && joins_any(l->x))
		r = sys_caps_forget_reading();
	if (r < 0)
		child_failed(l, ERR_INIT_START, r, "cannot set capabilities");
	snprintf(number, sizeof(number), "%d", l->page);
	r = sys_execveat(l->image, "", argv, environ, AT_EMPTY_PATH);
	child_failed(l, ERR_INIT_START, r, r == -ENOSYS || r == -EPERM ? "cannot execute it by execveat, of Linux 3.19"
								       : "cannot execute it");
}

static pid_t launch_clone(struct execution *x, struct launch *l, uint64_t flags, int cgroup,
			  bool *ret_into_cgroup, struct error *err)
{
	struct sys_clone c = { .flags = flags, .cgroup = cgroup };
	pid_t pid;

	if (joins_any(x))
		return join_and_clone(x, flags, cgroup, ret_into_cgroup, launch_child, l, err);
	pid = sys_clone_exec(&c, launch_child, l);
	*ret_into_cgroup = c.into_cgroup;
	x->pidfd = c.pidfd;
	if (pid < 0)
		return clone_failed(pid, err);
	return pid;
}

/* Why a cgroup of v2 does not take a process. */
static const char *refusal_of(int r)
{
	switch (r) {
	case -EOPNOTSUPP:
		return "a cgroup above it is threaded, and it takes no whole processes";
	case -EBUSY:
		return "it has enabled controllers for its children, and takes no processes itself";
	case -EACCES:
	case -EPERM:
		return "this user may not move processes there";
	default:
		return NULL;
	}
}

/*
 * exec: a container that has made cgroups of its own (systemd, an engine in it) has left its top one, which does not
 * take processes any more. Then the new one goes where init is now.
 */
static int move_to_init(const struct execution *x, const char *pid, struct error *err)
{
	_cleanup_close_ int proc = proc_open_child(x->record.init.pid, err);
	_cleanup_close_ int present = proc < 0 ? proc : cgroup_open_present(proc, err);

	return present < 0 ? present : sys_write_file(present, CGROUP_PROCS, pid);
}

/*
 * Where the kernel cannot let a process be born in a cgroup: the child waits until it has been moved, so
 * that no code of the container runs outside of it.
 */
static int move_into_cgroup(struct execution *x, int cgroup, const char *dir, struct error *err)
{
	char pid[16];
	int r;

	snprintf(pid, sizeof(pid), "%d", (int)x->pid);
	r = sys_write_file(cgroup, CGROUP_PROCS, pid);
	if ((r == -EBUSY || r == -EOPNOTSUPP) && x->target >= 0 && !x->request->fixed_cgroup)
		r = move_to_init(x, pid, err);
	if (error_is_set(err))
		return r;
	if ((r == -EACCES || r == -EPERM) && x->cgroup_optional) {
		log_debug("cgroup %s cannot be entered by this user: going on without it", dir);
		r = 0;
	}
	if (r < 0) {
		(void)error_set(err, ERR_CGROUP, -r, "%s: cannot move a process into it", dir);
		if (refusal_of(r))
			error_add_cause(err, "%s", refusal_of(r));
		return r;
	}
	r = message_send(x->wire, MESSAGE_GO, x->at, NULL, 0, -1);
	return r < 0 ? error_set(err, ERR_INIT_START, -r, "it ended at once") : 0;
}

int op_clone(struct execution *x, const void *data, struct error *err)
{
	const struct op_clone *op = data;
	const char *dir = program_str(&x->program, op->cgroup);
	_cleanup_(launch_done) struct launch l = LAUNCH_INIT;
	_cleanup_close_ int cgroup = -1;
	bool into_cgroup = false;
	int r;

	l.x = x;
	if (dir && !cgroup_is_present(x, dir))
		dir = NULL;
	l.wants_cgroup = dir != NULL;
	l.guard_later = may_guard_later(x);
	if (dir) {
		cgroup = sys_openat(AT_FDCWD, dir, O_RDONLY | O_DIRECTORY, 0);
		if (cgroup < 0)
			return error_set(err, ERR_CGROUP, -cgroup, "%s", dir);
	}
	r = launch_prepare(x, &l, err);
	if (r < 0)
		return r;
	x->pid = launch_clone(x, &l, op->flags, cgroup, &into_cgroup, err);
	oom_score_restore(x);
	if (x->pid < 0) {
		r = x->pid;
		x->pid = 0;
		return r;
	}
	if (x->pidfd < 0) {
		x->pidfd = sys_pidfd_open(x->pid);
		if (x->pidfd < 0)
			return error_set(err, ERR_INIT_START, -x->pidfd,
					 "no descriptor of the process (Linux 5.3 or newer is needed)");
	}
	joins_close(x);
	return dir && !into_cgroup ? move_into_cgroup(x, cgroup, dir, err) : 0;
}

void undo_clone(struct execution *x, const void *data _unused_)
{
	if (x->pid > 0 && !x->reaped) {
		/* An unreaped child: its number cannot belong to anybody else. */
		if (x->pidfd >= 0)
			(void)sys_pidfd_send_signal(x->pidfd, SIGKILL);
		else
			(void)kill(x->pid, SIGKILL);
		(void)init_reap(x, KILL_DEADLINE_MS);
	}
}
