/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plays the caller of a runtime: listens on a Unix stream socket, takes one message with exactly one
 * descriptor, as strictly as engines do (a 4096-byte buffer, room for one descriptor), and copies what the
 * descriptor (a terminal's master) says into a file.
 *
 *	receive-fd SOCKET FILE          a terminal: copy until hang-up
 *	receive-fd --pidfd SOCKET FILE  a pidfd: write its process id
 *	receive-fd --seccomp SOCKET FILE  a seccomp listener: write the JSON, answer every call with ENOSYS's
 *	                                  sibling 99 until the peer ends
 *	receive-fd --never-accept SOCKET  listen, but accept nothing
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ANSWER_ERRNO 99
#define PATIENCE_MS 20000

static void die(const char *what)
{
	fprintf(stderr, "receive-fd: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int listen_on(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		die(path);
	}
	strcpy(addr.sun_path, path);
	if (sock < 0 || bind(sock, (struct sockaddr *)&addr, sizeof(addr)) < 0 || listen(sock, 1) < 0)
		die(path);
	return sock;
}

/* One message, one descriptor; the text goes to buf. */
static int receive(int sock, char *buf, size_t size)
{
	char control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { buf, size - 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct pollfd p = { .fd = sock, .events = POLLIN };
	struct cmsghdr *c;
	ssize_t n;
	int peer, fd;

	if (poll(&p, 1, PATIENCE_MS) != 1)
		die("nobody connected");
	peer = accept(sock, NULL, NULL);
	n = peer < 0 ? -1 : recvmsg(peer, &msg, 0);
	if (n < 0)
		die("receive");
	buf[n] = '\0';
	c = CMSG_FIRSTHDR(&msg);
	if (n == 0 || (msg.msg_flags & MSG_CTRUNC) || !c || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(int))) {
		errno = EBADMSG;
		die("not one descriptor with a payload");
	}
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	while ((size_t)n < size - 1) {
		ssize_t more = read(peer, buf + n, size - 1 - (size_t)n);

		if (more <= 0)
			break;
		n += more;
		buf[n] = '\0';
	}
	return fd;
}

static void copy_terminal(int tty, FILE *out)
{
	char buf[4096];
	ssize_t n;

	if (!isatty(tty))
		die("not a terminal");
	while ((n = read(tty, buf, sizeof(buf))) > 0) {
		fwrite(buf, 1, (size_t)n, out);
		fflush(out);
	}
}

static void write_pid(int pidfd, FILE *out)
{
	char path[64], line[256];
	FILE *info;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	info = fopen(path, "r");
	while (info && fgets(line, sizeof(line), info))
		if (strncmp(line, "Pid:", 4) == 0)
			fprintf(out, "%d\n", atoi(line + 4));
}

static void answer_calls(int listener)
{
	struct pollfd p = { .fd = listener, .events = POLLIN };

	while (poll(&p, 1, PATIENCE_MS) == 1 && !(p.revents & POLLHUP)) {
		struct seccomp_notif request = { 0 };
		struct seccomp_notif_resp response = { 0 };

		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) < 0)
			continue;
		response.id = request.id;
		response.error = -ANSWER_ERRNO;
		if (request.data.nr == 59 /* execve on x86-64: let it pass */) {
			response.error = 0;
			response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		}
		(void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
	}
}

int main(int argc, char **argv)
{
	const char *mode = argc > 2 && argv[1][0] == '-' ? argv[1] : "";
	char **rest = argv + (*mode ? 2 : 1);
	static char buf[4096];
	int sock, fd;
	FILE *out;

	if (argc < 3)
		return 2;
	sock = listen_on(rest[0]);
	if (strcmp(mode, "--never-accept") == 0) {
		pause();
		return 0;
	}
	fd = receive(sock, buf, sizeof(buf));
	out = fopen(rest[1], "w");
	if (!out)
		die(rest[1]);
	if (strcmp(mode, "--pidfd") == 0)
		write_pid(fd, out);
	else if (strcmp(mode, "--seccomp") == 0)
		fputs(buf, out);
	else
		copy_terminal(fd, out);
	fclose(out);
	if (strcmp(mode, "--seccomp") == 0)
		answer_calls(fd);
	return 0;
}
