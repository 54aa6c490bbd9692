/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_PROCESS_H
#define BERTH_SYS_PROCESS_H

/* Making, joining, limiting and reaping processes. Conventions: see libcontainer/sys/call.h. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct sys_clone {
	uint64_t flags;    /* CLONE_NEW*, CLONE_PARENT */
	int cgroup;        /* descriptor of a v2 cgroup to be born in, or -1 */
	bool into_cgroup;  /* result: the child was born there; false when the kernel cannot do that */
	int pidfd;         /* result in the caller: a pidfd of the child */
};

/*
 * Like fork(2): 0 in the child, the pid in the caller. Tries clone3(2), falls back to a clone3 without
 * the cgroup and to clone(2). The child has no signal handlers, only ignored signals stay ignored.
 */
pid_t sys_clone(struct sys_clone *c);

/*
 * For a child that does little before it executes a program: child(arg, whether it was born in the cgroup) must end
 * in that or in _exit(2). Without a cgroup it shares the caller's memory until then, where it can be, and the caller
 * stands still, as with vfork(2): it must not write there, nor wait for anything that the caller would do. Not for a
 * namespace where others could trace it. Returns in the caller only.
 */
pid_t sys_clone_exec(struct sys_clone *c, void (*child)(void *arg, bool into_cgroup), void *arg);

int sys_execveat(int dirfd, const char *path, char *const argv[], char *const envp[], int flags);

/*
 * Waits for the end of a child; *ret_status is as waitpid(2) fills it. pid -1: any child. Returns the
 * pid, 0 when no_wait and none has ended, or a negative errno.
 */
pid_t sys_reap(pid_t pid, int *ret_status, bool no_wait);

int sys_setns(int fd, int type);
int sys_namespace_type(int fd); /* CLONE_NEW* of an open namespace file; -ENOTTY for another file */

/* Marks all descriptors from `first` on close-on-exec, whoever opened them. */
int sys_cloexec_from(unsigned first);

int sys_prlimit(pid_t pid, unsigned resource, const uint64_t set[2], uint64_t old[2]); /* soft, hard */
int sys_ioprio_set_process(pid_t pid, unsigned value);

struct sys_sched {
	uint32_t policy;
	int32_t nice;
	uint32_t priority;
	uint64_t flags, runtime, deadline, period;
};
int sys_sched_setattr(pid_t pid, const struct sys_sched *sched);

/* prctl(2) with one argument. */
int sys_prctl(int option, unsigned long argument);

/* To all of a process group of ours. */
int sys_kill_group(pid_t pgid, int signum);

#endif
