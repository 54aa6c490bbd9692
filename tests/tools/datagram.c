/* SPDX-License-Identifier: Apache-2.0 */
/*
 * datagram send PATH TEXT: sends one datagram to a local socket.
 * datagram receive PATH [N]: binds a socket, prints the first N (1) datagrams, of which each has ten seconds to arrive.
 * datagram manager PATH: as service managers do: the first datagram, and a second one with a descriptor, printed with
 * "released" behind it and closed a second later.
 * Static, so that it runs in any root file system.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* What a message of sd_notify's brought along, held for a while. */
static int manage(int fd)
{
	char text[4096], control[256];
	struct iovec iov = { .iov_base = text, .iov_len = sizeof(text) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control),
	};
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, 10000) <= 0)
		return 1;
	n = recv(fd, text, sizeof(text), 0);
	if (n < 0 || fwrite(text, 1, (size_t)n, stdout) != (size_t)n || poll(&p, 1, 10000) <= 0)
		return 1;
	n = recvmsg(fd, &msg, 0);
	if (n < 0 || !CMSG_FIRSTHDR(&msg) || CMSG_FIRSTHDR(&msg)->cmsg_type != SCM_RIGHTS)
		return 1;
	sleep(1);
	printf("\n%.*s\nreleased\n", (int)n, text);
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char text[4096];
	ssize_t n;

	if (fd < 0 || argc < 3 || strlen(argv[2]) >= sizeof(address.sun_path))
		return 2;
	strcpy(address.sun_path, argv[2]);
	if (argc == 4 && strcmp(argv[1], "send") == 0)
		return sendto(fd, argv[3], strlen(argv[3]), 0, (struct sockaddr *)&address, sizeof(address)) < 0;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return 1;
	if (strcmp(argv[1], "manager") == 0)
		return manage(fd) || fflush(stdout) != 0;
	for (int left = argc == 4 ? atoi(argv[3]) : 1; left > 0; left--) {
		if (poll(&p, 1, 10000) <= 0)
			return 1;
		n = recv(fd, text, sizeof(text), 0);
		if (n < 0 || fwrite(text, 1, (size_t)n, stdout) != (size_t)n || (argc == 4 && putchar('\n') == EOF))
			return 1;
	}
	return 0;
}
