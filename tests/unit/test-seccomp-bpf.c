/* SPDX-License-Identifier: Apache-2.0 */
#include "test-seccomp-bpf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static uint32_t word_at(const struct seccomp_data *data, uint32_t offset)
{
	uint32_t word;

	assert_true(offset % 4 == 0 && offset <= sizeof(*data) - sizeof(word));
	memcpy(&word, (const char *)data + offset, sizeof(word));
	return word;
}

uint32_t bpf_run(const struct sock_filter *insns, size_t n, const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < n; pc++) {
		const struct sock_filter *i = &insns[pc];

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			a = word_at(data, i->k);
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			break;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			pc += a == i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			pc += a > i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			pc += a >= i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			pc += a & i->k ? i->jt : i->jf;
			break;
		case BPF_RET | BPF_K:
			return i->k;
		default:
			fail_msg("instruction %zu has the unknown code %#x", pc, i->code);
		}
	}
	fail_msg("the program runs beyond its end");
	return 0;
}

struct config_seccomp *profile_new(struct arena *arena, const char *default_action)
{
	struct config_seccomp *conf = arena_alloc(arena, sizeof(*conf));

	assert_non_null(conf);
	conf->default_action = arena_strdup(arena, default_action);
	conf->syscalls = arena_calloc(arena, 64, sizeof(*conf->syscalls));
	conf->architectures.v = arena_calloc(arena, 32, sizeof(char *));
	assert_non_null(conf->syscalls);
	assert_non_null(conf->architectures.v);
	return conf;
}

struct config_seccomp_rule *profile_add(struct arena *arena, struct config_seccomp *conf, const char *action,
					const char *const *names)
{
	struct config_seccomp_rule *rule = &conf->syscalls[conf->n_syscalls++];
	size_t n = 0;

	assert_true(conf->n_syscalls <= 64);
	while (names[n])
		n++;
	rule->action = arena_strdup(arena, action);
	rule->names.v = arena_calloc(arena, n + 1, sizeof(char *));
	rule->args = arena_calloc(arena, 12, sizeof(*rule->args));
	assert_non_null(rule->names.v);
	assert_non_null(rule->args);
	for (size_t i = 0; i < n; i++)
		rule->names.v[rule->names.n++] = arena_strdup(arena, names[i]);
	return rule;
}

void rule_add_arg(struct arena *arena, struct config_seccomp_rule *rule, uint32_t index, const char *op,
		  uint64_t value, uint64_t value_two)
{
	assert_true(rule->n_args < 12);
	rule->args[rule->n_args++] = (struct config_seccomp_arg){
		.index = index,
		.value = value,
		.value_two = { true, value_two },
		.op = arena_strdup(arena, op),
	};
}

void profile_add_arch(struct arena *arena, struct config_seccomp *conf, const char *name)
{
	assert_true(conf->architectures.n < 32);
	conf->architectures.v[conf->architectures.n++] = arena_strdup(arena, name);
}

struct seccomp_filter profile_compile(struct arena *arena, const struct config_seccomp *conf,
				      uint32_t native)
{
	struct document doc = DOCUMENT_INIT;
	const struct seccomp_options options = { .native_arch = native };
	struct error err = ERROR_INIT;
	struct seccomp_filter filter;

	if (seccomp_compile(&doc, conf, &options, arena, &filter, &err) < 0)
		fail_msg("%s", err.subject);
	assert_in_range(filter.n, 1, BPF_MAXINSNS);
	return filter;
}

static const char *const allowed[] = {
	"_llseek", "_newselect", "accept", "accept4", "access", "adjtimex", "alarm", "arch_prctl",
	"bind", "brk", "cachestat", "capget", "capset", "chdir", "chmod", "chown", "chown32", "chroot",
	"clock_adjtime", "clock_getres", "clock_getres_time64", "clock_gettime", "clock_gettime64",
	"clock_nanosleep", "clock_nanosleep_time64", "close", "close_range", "connect",
	"copy_file_range", "creat", "dup", "dup2", "dup3", "epoll_create", "epoll_create1",
	"epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait", "eventfd", "eventfd2", "execve",
	"execveat", "exit", "exit_group", "faccessat", "faccessat2", "fadvise64", "fadvise64_64",
	"fallocate", "fanotify_mark", "fchdir", "fchmod", "fchmodat", "fchmodat2", "fchown",
	"fchown32", "fchownat", "fcntl", "fcntl64", "fdatasync", "fgetxattr", "flistxattr", "flock",
	"fork", "fremovexattr", "fsetxattr", "fstat", "fstat64", "fstatat64", "fstatfs", "fstatfs64",
	"fsync", "ftruncate", "ftruncate64", "futex", "futex_requeue", "futex_time64", "futex_wait",
	"futex_waitv", "futex_wake", "futimesat", "get_robust_list", "get_thread_area", "getcpu",
	"getcwd", "getdents", "getdents64", "getegid", "getegid32", "geteuid", "geteuid32", "getgid",
	"getgid32", "getgroups", "getgroups32", "getitimer", "getpeername", "getpgid", "getpgrp",
	"getpid", "getppid", "getpriority", "getrandom", "getresgid", "getresgid32", "getresuid",
	"getresuid32", "getrlimit", "getrusage", "getsid", "getsockname", "getsockopt", "gettid",
	"gettimeofday", "getuid", "getuid32", "getxattr", "inotify_add_watch", "inotify_init",
	"inotify_init1", "inotify_rm_watch", "io_cancel", "io_destroy", "io_getevents",
	"io_pgetevents", "io_pgetevents_time64", "io_setup", "io_submit", "ioctl", "ioprio_get",
	"ioprio_set", "ipc", "kill", "landlock_add_rule", "landlock_create_ruleset",
	"landlock_restrict_self", "lchown", "lchown32", "lgetxattr", "link", "linkat", "listen",
	"listxattr", "llistxattr", "lremovexattr", "lseek", "lsetxattr", "lstat", "lstat64", "madvise",
	"map_shadow_stack", "membarrier", "memfd_create", "memfd_secret", "mincore", "mkdir",
	"mkdirat", "mknod", "mknodat", "mlock", "mlock2", "mlockall", "mmap", "mmap2", "modify_ldt",
	"mprotect", "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive",
	"mq_timedreceive_time64", "mq_timedsend", "mq_timedsend_time64", "mq_unlink", "mremap",
	"msgctl", "msgget", "msgrcv", "msgsnd", "msync", "munlock", "munlockall", "munmap",
	"nanosleep", "newfstatat", "nice", "oldfstat", "oldlstat", "oldolduname", "oldstat",
	"olduname", "open", "openat", "openat2", "pause", "pidfd_getfd", "pidfd_open",
	"pidfd_send_signal", "pipe", "pipe2", "pkey_alloc", "pkey_free", "pkey_mprotect", "poll",
	"ppoll", "ppoll_time64", "prctl", "pread64", "preadv", "preadv2", "prlimit64",
	"process_mrelease", "pselect6", "pselect6_time64", "pwrite64", "pwritev", "pwritev2", "read",
	"readahead", "readdir", "readlink", "readlinkat", "readv", "recv", "recvfrom", "recvmmsg",
	"recvmmsg_time64", "recvmsg", "remap_file_pages", "removexattr", "rename", "renameat",
	"renameat2", "restart_syscall", "rmdir", "rseq", "rt_sigaction", "rt_sigpending",
	"rt_sigprocmask", "rt_sigqueueinfo", "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait",
	"rt_sigtimedwait_time64", "rt_tgsigqueueinfo", "sched_get_priority_max",
	"sched_get_priority_min", "sched_getaffinity", "sched_getattr", "sched_getparam",
	"sched_getscheduler", "sched_rr_get_interval", "sched_rr_get_interval_time64",
	"sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler", "sched_yield",
	"seccomp", "select", "semctl", "semget", "semop", "semtimedop", "semtimedop_time64", "send",
	"sendfile", "sendfile64", "sendmmsg", "sendmsg", "sendto", "set_robust_list",
	"set_thread_area", "set_tid_address", "setfsgid", "setfsgid32", "setfsuid", "setfsuid32",
	"setgid", "setgid32", "setgroups", "setgroups32", "setitimer", "setpgid", "setpriority",
	"setregid", "setregid32", "setresgid", "setresgid32", "setresuid", "setresuid32", "setreuid",
	"setreuid32", "setrlimit", "setsid", "setsockopt", "setuid", "setuid32", "setxattr",
	"sgetmask", "shmat", "shmctl", "shmdt", "shmget", "shutdown", "sigaction", "sigaltstack",
	"signal", "signalfd", "signalfd4", "sigpending", "sigprocmask", "sigreturn", "sigsuspend",
	"socketcall", "socketpair", "splice", "ssetmask", "stat", "stat64", "statfs", "statfs64",
	"statx", "symlink", "symlinkat", "sync", "sync_file_range", "syncfs", "sysinfo", "tee",
	"tgkill", "time", "timer_create", "timer_delete", "timer_getoverrun", "timer_gettime",
	"timer_gettime64", "timer_settime", "timer_settime64", "timerfd_create", "timerfd_gettime",
	"timerfd_gettime64", "timerfd_settime", "timerfd_settime64", "times", "tkill", "truncate",
	"truncate64", "ugetrlimit", "umask", "uname", "unlink", "unlinkat", "utime", "utimensat",
	"utimensat_time64", "utimes", "vfork", "vmsplice", "wait4", "waitid", "waitpid", "write",
	"writev",
	NULL,
};

#define ONE(name) ((const char *const[]){ name, NULL })

struct config_seccomp *profile_engine(struct arena *arena)
{
	static const uint64_t personalities[] = { 0x0, 0x8, 0x20000, 0x20008, 0xffffffff };
	struct config_seccomp *conf = profile_new(arena, "SCMP_ACT_ERRNO");
	struct config_seccomp_rule *rule;

	conf->default_errno_ret = (struct opt_u32){ true, 1 };
	profile_add_arch(arena, conf, "SCMP_ARCH_X86_64");
	profile_add_arch(arena, conf, "SCMP_ARCH_X86");
	profile_add_arch(arena, conf, "SCMP_ARCH_X32");
	profile_add(arena, conf, "SCMP_ACT_ALLOW", allowed);
	profile_add(arena, conf, "SCMP_ACT_ALLOW", ONE("ptrace"));
	/* Everything but virtual machine sockets, which no network namespace confines. */
	rule = profile_add(arena, conf, "SCMP_ACT_ALLOW", ONE("socket"));
	rule_add_arg(arena, rule, 0, "SCMP_CMP_NE", 40, 0);
	for (size_t i = 0; i < sizeof(personalities) / sizeof(personalities[0]); i++) {
		rule = profile_add(arena, conf, "SCMP_ACT_ALLOW", ONE("personality"));
		rule_add_arg(arena, rule, 0, "SCMP_CMP_EQ", personalities[i], 0);
	}
	/* No new namespaces: all CLONE_NEW* flags of clone(2). */
	rule = profile_add(arena, conf, "SCMP_ACT_ALLOW", ONE("clone"));
	rule_add_arg(arena, rule, 0, "SCMP_CMP_MASKED_EQ", 2114060288, 0);
	/* Its flags are in memory: C libraries fall back to clone on ENOSYS. */
	rule = profile_add(arena, conf, "SCMP_ACT_ERRNO", ONE("clone3"));
	rule->errno_ret = (struct opt_u32){ true, 38 };
	return conf;
}
