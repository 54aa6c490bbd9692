/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deny ERRNO RULE[,RULE]... COMMAND...: executes a command, for which, and for all that it starts, the named system
 * calls fail with ENOSYS, EPERM or EINVAL, as on an older kernel or under the seccomp filter of an outer container.
 *
 * A rule is the name of a call; NAME:ARGUMENT=VALUE and NAME:ARGUMENT&MASK mean those calls only whose argument,
 * counted from 0, is the value or has a bit of the mask. no_new_privs stays off, so that only the filter itself can
 * be told in the process: that needs CAP_SYS_ADMIN.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "name the architecture of this machine for seccomp"
#endif

#define ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name;
	unsigned number;
} calls[] = {
	{ "clone3", SYS_clone3 },
	{ "close_range", SYS_close_range },
	{ "execveat", SYS_execveat },
	{ "faccessat2", 439 },
	{ "fcntl", SYS_fcntl },
	{ "fsconfig", SYS_fsconfig },
	{ "fsmount", SYS_fsmount },
	{ "fsopen", SYS_fsopen },
	{ "fspick", SYS_fspick },
	{ "ioctl", SYS_ioctl },
	{ "memfd_create", SYS_memfd_create },
	{ "mount_setattr", 442 },
	{ "move_mount", SYS_move_mount },
	{ "open_tree", SYS_open_tree },
	{ "openat2", 437 },
	{ "pidfd_getfd", 438 },
	{ "pidfd_open", SYS_pidfd_open },
	{ "pidfd_send_signal", SYS_pidfd_send_signal },
	{ "prlimit64", SYS_prlimit64 },
	{ "seccomp", SYS_seccomp },
	{ "setns", SYS_setns },
	{ "statx", SYS_statx },
};

static const struct {
	const char *name;
	unsigned number;
} errors[] = { { "ENOSYS", ENOSYS }, { "EPERM", EPERM }, { "EINVAL", EINVAL } };

static struct sock_filter code[256];
static unsigned short length;

static void die(const char *what, const char *which)
{
	fprintf(stderr, "deny: %s %s\n", what, which);
	exit(125);
}

static void emit(unsigned short op, unsigned char jt, unsigned char jf, unsigned k)
{
	if (length == ELEMENTS(code))
		die("too many rules", "");
	code[length++] = (struct sock_filter){ op, jt, jf, k };
}

static unsigned call_number(const char *name, size_t len)
{
	for (size_t i = 0; i < ELEMENTS(calls); i++)
		if (strlen(calls[i].name) == len && memcmp(calls[i].name, name, len) == 0)
			return calls[i].number;
	die("does not know the call", name);
	return 0;
}

static void emit_rule(char *rule, unsigned errnum)
{
	size_t len = strcspn(rule, ":");
	unsigned number = call_number(rule, len), argument;
	char *end;

	emit(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
	if (!rule[len]) {
		emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, number);
	} else {
		argument = (unsigned)strtoul(rule + len + 1, &end, 10);
		if (argument > 5 || (*end != '=' && *end != '&'))
			die("cannot read the rule", rule);
		emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 3, number);
		/* The lower half; the machines named above are little-endian. */
		emit(BPF_LD | BPF_W | BPF_ABS, 0, 0,
		     (unsigned)offsetof(struct seccomp_data, args) + argument * 8);
		emit((unsigned short)(BPF_JMP | BPF_K | (*end == '=' ? BPF_JEQ : BPF_JSET)), 0, 1,
		     (unsigned)strtoul(end + 1, NULL, 0));
	}
	emit(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | errnum);
}

static unsigned error_number(const char *name)
{
	for (size_t i = 0; i < ELEMENTS(errors); i++)
		if (strcmp(errors[i].name, name) == 0)
			return errors[i].number;
	die("does not know the error", name);
	return 0;
}

int main(int argc, char **argv)
{
	struct sock_fprog program = { .filter = code };
	unsigned errnum;

	if (argc < 4)
		die("needs", "ERRNO RULE[,RULE]... COMMAND...");
	errnum = error_number(argv[1]);
	emit(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, arch));
	emit(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, ARCH);
	emit(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
	for (char *rule = strtok(argv[2], ","); rule; rule = strtok(NULL, ","))
		emit_rule(rule, errnum);
	emit(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
	program.len = length;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		die("cannot load its filter:", strerror(errno));
	execvp(argv[3], argv + 3);
	die(strerror(errno), argv[3]);
}
