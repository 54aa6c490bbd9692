/* SPDX-License-Identifier: Apache-2.0 */
/* Making processes. */
#define _GNU_SOURCE
#include "libcontainer/sys/process.h"

#include "libcontainer/sys/call.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same on every architecture; old kernel headers do not have it. */
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#define CLONE_CLEAR_SIGHAND_ 0x100000000ull
#define CLONE_INTO_CGROUP_ 0x200000000ull

/* The structure of the kernel, of which C libraries have old versions or none. */
struct clone3_args {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal;
	uint64_t stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};

/* What a child runs that shares our memory until it executes a program. */
struct entry {
	void (*child)(void *arg, bool into_cgroup);
	void *arg;
};

/*
 * A copy of our memory costs more than all that the child does with it: page tables, and a fault on both sides for
 * each page that is written afterwards. A child that shares it needs a stack of its own and must begin in a function:
 * coming back from the call it would write over the caller's frame. The sanitizers know no such stack.
 */
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
#define ENTRY_STACK 65536

static void _noreturn_ enter(const struct entry *e)
{
	e->child(e->arg, false);
	_exit(127);
}

static long clone3_entry(struct clone3_args *args, const struct entry *entry)
{
	static char stack[ENTRY_STACK] __attribute__((aligned(16)));
	long r;

	args->flags |= CLONE_VM | CLONE_VFORK;
	args->stack = (uint64_t)(uintptr_t)stack;
	args->stack_size = sizeof(stack);
	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "mov %[entry], %%rdi\n\t"
			 "call *%[enter]\n"
			 "1:"
			 : "=a"(r)
			 : "0"((long)SYS_clone3), "D"(args), "S"(sizeof(*args)), [entry] "r"(entry),
			   [enter] "r"(enter)
			 : "rcx", "r11", "memory");
	return r;
}
#else
static long clone3_entry(struct clone3_args *args _unused_, const struct entry *entry _unused_)
{
	return -ENOSYS;
}
#endif

static pid_t clone3(struct sys_clone *c, bool into_cgroup, const struct entry *entry)
{
	struct clone3_args args = {
		.flags = c->flags | CLONE_PIDFD | CLONE_CLEAR_SIGHAND_,
		.pidfd = (uint64_t)(uintptr_t)&c->pidfd,
		/* With CLONE_PARENT the signal is the one that the caller itself was made with. */
		.exit_signal = c->flags & CLONE_PARENT ? 0 : SIGCHLD,
	};
	long r;

	if (into_cgroup) {
		args.flags |= CLONE_INTO_CGROUP_;
		args.cgroup = (uint64_t)c->cgroup;
	}
	c->into_cgroup = into_cgroup;
	if (entry)
		return (pid_t)clone3_entry(&args, entry);
	r = syscall(SYS_clone3, &args, sizeof(args));
	return r < 0 ? -errno : (pid_t)r;
}

/* Seccomp filters of outer containers answer ENOSYS or EPERM to clone3, whose flags they cannot see. */
static pid_t clone_old(struct sys_clone *c)
{
	unsigned long flags = (unsigned long)c->flags | CLONE_PIDFD | SIGCHLD;
	long r;

#if defined(__s390x__) || defined(__s390__)
	r = syscall(SYS_clone, NULL, flags, &c->pidfd, NULL, 0);
#else
	r = syscall(SYS_clone, flags, NULL, &c->pidfd, NULL, 0);
#endif
	c->into_cgroup = false;
	return r < 0 ? -errno : (pid_t)r;
}

static pid_t try_all(struct sys_clone *c, const struct entry *entry)
{
	pid_t r = SYS_FAULT("clone3");

	c->pidfd = -1;
	c->into_cgroup = false;
	/*
	 * Born in a cgroup, a child has its limits before execve. In one that is frozen from above it does not get
	 * there, and who shares his memory with it could not be interrupted until somebody thaws that; one that is
	 * out of memory fails there, and is not killed, so that nobody counts it.
	 */
	if (r == 0 && entry && c->cgroup < 0) {
		r = clone3(c, false, entry);
		if (r >= 0)
			return r;
		r = 0; /* whatever it was, the other ways have the right error */
	}
	if (r == 0 && c->cgroup >= 0) {
		r = clone3(c, true, NULL);
		if (r >= 0)
			return r;
		/* A full pid limit of the cgroup is final, everything else may be the cgroup or the flag. */
		r = r == -EAGAIN || r == -ENOMEM ? r : 0;
	}
	if (r == 0) {
		r = clone3(c, false, NULL);
		if (r >= 0)
			return r;
	}
	if (r == -ENOSYS || r == -EPERM || r == -EINVAL) {
		pid_t old = clone_old(c);

		if (old >= 0)
			return old;
	}
	return SYS_FAILED(r, "clone3(0x%llx)", (unsigned long long)c->flags);
}

pid_t sys_clone(struct sys_clone *c)
{
	return try_all(c, NULL);
}

pid_t sys_clone_exec(struct sys_clone *c, void (*child)(void *arg, bool into_cgroup), void *arg)
{
	struct entry entry = { .child = child, .arg = arg };
	pid_t pid = try_all(c, &entry);

	if (pid == 0) {
		child(arg, c->into_cgroup);
		_exit(127);
	}
	return pid;
}
