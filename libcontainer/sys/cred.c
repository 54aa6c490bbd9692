/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/cred.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/call.h"

#include <limits.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int sys_set_groups(const uint32_t *groups, uint32_t n)
{
	int r = SYS_CALL(setgroups, (long) n, groups);

	return r < 0 ? SYS_FAILED(r, "setgroups(%u)", n) : 0;
}

int sys_set_gid(uint32_t gid)
{
	int r = SYS_CALL(setresgid, gid, gid, gid);

	return r < 0 ? SYS_FAILED(r, "setresgid(%u)", gid) : 0;
}

int sys_set_uid(uint32_t uid)
{
	int r = SYS_CALL(setresuid, uid, uid, uid);

	return r < 0 ? SYS_FAILED(r, "setresuid(%u)", uid) : 0;
}

int sys_prctl(int option, unsigned long a, unsigned long b)
{
	int r = SYS_CALL(prctl, option, a, b, 0, 0);

	return r < 0 ? SYS_FAILED(r, "prctl(%d, %lu, %lu)", option, a, b) : r;
}

int sys_set_rlimit(unsigned resource, uint64_t soft, uint64_t hard)
{
	uint64_t limit[2] = { soft, hard };
	int r = SYS_CALL(prlimit64, 0, resource, limit, NULL);

	return r < 0 ? SYS_FAILED(r, "prlimit(0, %u, %llu, %llu)", resource, (unsigned long long) soft,
				  (unsigned long long) hard)
		     : 0;
}

int sys_set_memory_policy(unsigned mode, const uint64_t *mask, unsigned bits)
{
	/* The kernel takes one bit less than it is told. */
	int r = SYS_CALL(set_mempolicy, (long) mode, mask, (unsigned long) bits + 1);

	return r < 0 ? SYS_FAILED(r, "set_mempolicy(0x%x, %u nodes)", mode, bits) : 0;
}

int sys_personality(unsigned long value)
{
	int r = SYS_CALL(personality, value);

	return r < 0 ? SYS_FAILED(r, "personality(0x%lx)", value) : 0;
}

int sys_unshare(unsigned long flags)
{
	int r = SYS_CALL(unshare, flags);

	return r < 0 ? SYS_FAILED(r, "unshare(0x%lx)", flags) : 0;
}

int sys_setns(int fd, int type)
{
	int r = SYS_CALL(setns, fd, type);

	return r < 0 ? SYS_FAILED(r, "setns(%d, 0x%x)", fd, (unsigned) type) : 0;
}

int sys_set_hostname(const char *name)
{
	int r = SYS_CALL(sethostname, name, strlen(name));

	return r < 0 ? SYS_FAILED(r, "sethostname(\"%s\")", name) : 0;
}

int sys_set_domainname(const char *name)
{
	int r = SYS_CALL(setdomainname, name, strlen(name));

	return r < 0 ? SYS_FAILED(r, "setdomainname(\"%s\")", name) : 0;
}

int sys_setsid(void)
{
	int r = SYS_CALL(setsid);

	return r < 0 ? SYS_FAILED(r, "setsid()") : 0;
}

int sys_join_keyring(const char *name)
{
	int r = SYS_CALL(keyctl, KEYCTL_JOIN_SESSION_KEYRING, name, 0, 0, 0);

	return r < 0 ? SYS_FAILED(r, "keyctl(JOIN_SESSION_KEYRING, \"%s\")", name) : r;
}

static uint32_t hexadecimal(const char *s)
{
	static const char digits[] = "0123456789abcdef";
	const char *digit;
	uint32_t n = 0;

	for (; *s && (digit = strchr(digits, *s)); s++)
		n = n << 4 | (uint32_t) (digit - digits);
	return n;
}

int sys_keyring_permit(int keyring, uint32_t add)
{
	char text[256] = "";
	const char *p = text;
	uint32_t permissions;
	int r, i;

	/* "type;uid;gid;permissions;description" */
	r = SYS_CALL(keyctl, KEYCTL_DESCRIBE, keyring, text, sizeof(text) - 1, 0);
	for (i = 0; r >= 0 && i < 3 && p; i++) {
		p = strchr(p, ';');
		p = p ? p + 1 : NULL;
	}
	if (r < 0 || !p)
		return SYS_FAILED(r < 0 ? r : -EINVAL, "keyctl(DESCRIBE, %d)", keyring);
	permissions = hexadecimal(p) | add;
	r = SYS_CALL(keyctl, KEYCTL_SETPERM, keyring, permissions, 0, 0);
	return r < 0 ? SYS_FAILED(r, "keyctl(SETPERM, %d, 0x%x)", keyring, permissions) : 0;
}

int sys_loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	/* Any family passes these requests on; this one exists in every kernel. */
	_cleanup_close_ int fd = SYS_CALL(socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r;

	if (fd < 0)
		return SYS_FAILED(fd, "socket(AF_UNIX)");
	r = SYS_CALL(ioctl, fd, SIOCGIFFLAGS, &request);
	if (r >= 0 && !(request.ifr_flags & IFF_UP)) {
		request.ifr_flags = (short) (request.ifr_flags | IFF_UP);
		r = SYS_CALL(ioctl, fd, SIOCSIFFLAGS, &request);
	}
	return r < 0 ? SYS_FAILED(r, "ioctl(SIOCSIFFLAGS, \"lo\")") : 0;
}

int sys_seccomp(const struct sock_filter *filter, unsigned short n, unsigned long flags)
{
	struct sock_fprog program = { .len = n, .filter = (struct sock_filter *) (uintptr_t) filter };
	int r = SYS_CALL(seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);

	return r < 0 ? SYS_FAILED(r, "seccomp(SET_MODE_FILTER, 0x%lx, %u instructions)", flags, n) : r;
}

void sys_reset_signals(void)
{
	/* What the kernel calls struct sigaction: all zero is SIG_DFL. Its size has this as upper bound. */
	static const unsigned long zero[8];
	int signum;

	for (signum = 1; signum < _NSIG; signum++)
		(void) syscall(SYS_rt_sigaction, signum, zero, NULL, _NSIG / 8);
	(void) syscall(SYS_rt_sigprocmask, SIG_SETMASK, zero, NULL, _NSIG / 8);
}

int sys_close_range(unsigned first, unsigned last, unsigned flags)
{
	int r = SYS_CALL(close_range, first, last, flags);

	return r < 0 ? SYS_FAILED(r, "close_range(%u, %u, 0x%x)", first, last, flags) : 0;
}

int sys_check_cwd(void)
{
	char path[PATH_MAX];
	int r = SYS_CALL(getcwd, path, sizeof(path));

	if (r < 0)
		return SYS_FAILED(r, "getcwd()");
	/* The kernel's word for a directory that is not below the root: "(unreachable)/...". */
	return path[0] == '/' ? r : SYS_FAILED(-ENOENT, "getcwd() is \"%.64s\"", path);
}
