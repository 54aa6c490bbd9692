/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/child.h"

#include "libcontainer/sys/call.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALL_NAMED(name, expression)                            \
	({                                                      \
		int _r = SYS_FAULT(name);                       \
		if (_r == 0) {                                  \
			_r = (int) (expression);                \
			_r = _r < 0 ? -errno : _r;              \
		}                                               \
		_r < 0 ? SYS_FAILED(_r, "%s()", name) : _r;     \
	})

#define CALL(call_, ...) CALL_NAMED(#call_, call_(__VA_ARGS__))
#define SYSCALL(call_, ...) CALL_NAMED(#call_, syscall(SYS_##call_, __VA_ARGS__))

int sys_fork(void)
{
	return CALL(fork);
}

int sys_execve(const char *path, char *const argv[], char *const envp[])
{
	int r = SYS_FAULT("execve");

	if (r == 0) {
		(void) execve(path, argv, envp);
		r = -errno;
	}
	return SYS_FAILED(r, "execve(\"%s\")", path);
}

int sys_can_execute(const char *path)
{
	/* The raw call: by the real ids, which are the effective ones here. */
	return SYSCALL(faccessat, AT_FDCWD, path, X_OK);
}

static int wait_for(pid_t pid, int *ret_status, int flags)
{
	int r;

	do {
		r = CALL(waitpid, pid, ret_status, flags);
	} while (r == -EINTR);
	return r > 0 ? 1 : r;
}

int sys_wait_nohang(pid_t pid, int *ret_status)
{
	return wait_for(pid, ret_status, WNOHANG);
}

void sys_exit_group(int status)
{
	(void) syscall(SYS_exit_group, status);
}

int sys_wait(pid_t pid, int *ret_status)
{
	return wait_for(pid, ret_status, 0);
}

int sys_kill(pid_t pid, int signum)
{
	return CALL(kill, pid, signum);
}

int sys_pidfd_open(pid_t pid)
{
	return SYSCALL(pidfd_open, pid, 0);
}

int sys_memfd(const char *name)
{
	return SYSCALL(memfd_create, name, MFD_CLOEXEC);
}

int sys_dup2(int from, int to)
{
	return CALL(dup2, from, to);
}

int sys_poll3(const int fds[3], int timeout_ms)
{
	struct pollfd p[3];
	int r, bits = 0;

	for (int i = 0; i < 3; i++)
		p[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	r = CALL(poll, p, 3, timeout_ms);
	if (r <= 0)
		return r == -EINTR ? 0 : r;
	for (int i = 0; i < 3; i++)
		bits |= p[i].revents ? 1 << i : 0;
	return bits;
}

int sys_accept(int sock)
{
	int r;

	do {
		r = CALL(accept4, sock, NULL, NULL, SOCK_CLOEXEC);
	} while (r == -EINTR || r == -ECONNABORTED);
	return r;
}

int sys_peer_uid(int sock, uid_t *ret)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	int r = CALL(getsockopt, sock, SOL_SOCKET, SO_PEERCRED, &cred, &len);

	if (r == 0)
		*ret = cred.uid;
	return r;
}

void *sys_map_memory(size_t size)
{
	return sys_map_fd(-1, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
}

void *sys_map_fd(int fd, size_t size, int protection, int flags)
{
	void *p = mmap(NULL, size, protection, flags, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

int sys_send_fd(int sock, int fd, const char *text)
{
	union {
		struct cmsghdr align;
		char data[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { (void *) (uintptr_t) text, strlen(text) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.data),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int r;

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	r = CALL(sendmsg, sock, &msg, MSG_NOSIGNAL);
	return r < 0 ? r : 0;
}
