/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/run/notify.h"

#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "libcontainer/sys/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define DIR_NAME "notify"
#define SOCKET_NAME "notify.sock"
#define MESSAGES_AT_ONCE 64
#define MESSAGE_MAX 4096
#define BARRIER_TIMEOUT_MS 5000

static const char *caller_socket(void)
{
	const char *path = getenv("NOTIFY_SOCKET");

	return path && path[0] ? path : NULL;
}

int notify_make_dir(int state_dir, struct error *err)
{
	/* The container's users have to reach the socket; the state directory around it is closed to the host's. */
	if (mkdirat(state_dir, DIR_NAME, 0755) < 0 || fchmodat(state_dir, DIR_NAME, 0755, 0) < 0)
		return error_set(err, ERR_STATE_WRITE, errno, "directory of the notify socket");
	return 0;
}

int notify_open(int state_dir, int *ret, struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_cleanup_close_ int dir = -1;
	_cleanup_close_ int fd = -1;

	*ret = -1;
	if (!caller_socket())
		return 0;
	dir = openat(state_dir, DIR_NAME, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0 && errno == ENOENT)
		return 0;
	if (dir >= 0)
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/" SOCKET_NAME, dir);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    fchmodat(dir, SOCKET_NAME, 0777, 0) < 0)
		return error_set(err, ERR_SOCKET, errno, "notify socket");
	*ret = fd_steal(&fd);
	return 0;
}

/* A socket that sends to the one of our caller, or a negative errno. */
static int caller_connect(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = caller_socket();
	_cleanup_close_ int fd = -1;
	size_t len = path ? strlen(path) : 0;

	if (len == 0 || len >= sizeof(address.sun_path))
		return -EINVAL;
	memcpy(address.sun_path, path, len);
	if (path[0] == '@') /* an abstract one */
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) < 0)
		return -errno;
	return fd_steal(&fd);
}

/*
 * What a container may say to the manager that trusts us: all about itself. Not which process is the main one, which is
 * ours to say, nor who else may speak, nor anything that descriptors come with.
 */
static const struct {
	const char *word; /* a whole line, or with text or number its beginning */
	enum { LINE, NUMBER, TEXT } kind;
} passed_on[] = {
	{ "STATUS=", TEXT },
	{ "WATCHDOG=1", LINE },
	{ "WATCHDOG=trigger", LINE },
	{ "WATCHDOG_USEC=", NUMBER },
	{ "RELOADING=1", LINE },
	{ "MONOTONIC_USEC=", NUMBER },
	{ "STOPPING=1", LINE },
	{ "EXTEND_TIMEOUT_USEC=", NUMBER },
	{ "ERRNO=", NUMBER },
};

static bool is_passed_on(const char *line)
{
	for (size_t i = 0; i < ELEMENTSOF(passed_on); i++) {
		const char *rest = str_after(line, passed_on[i].word);
		uint64_t number;

		if (!rest)
			continue;
		switch (passed_on[i].kind) {
		case LINE:
			if (!*rest)
				return true;
			break;
		case NUMBER:
			return str_to_u64(rest, &number) == 0;
		case TEXT:
			return true;
		}
	}
	return false;
}

static void forward(const char *text, size_t len, bool ready)
{
	_cleanup_close_ int fd = caller_connect();
	int r = MIN(fd, 0);

	if (r == 0 && send(fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		r = -errno;
	if (r < 0 && ready)
		log_warning("cannot pass READY on to the socket of NOTIFY_SOCKET: %s", errno_words(-r));
	else if (r < 0)
		log_debug("cannot pass on to the socket of NOTIFY_SOCKET: %s", errno_words(-r));
}

/*
 * Before we end: the manager finds out by our pid to whom a message belongs, and drops those of a process that has
 * gone. It closes the descriptor that comes with BARRIER when it has dealt with all that came before: sd_notify(3).
 * Who does not know the word has read or dropped the message, and with it the descriptor. A signal ends the wait.
 */
static void await_manager(const struct watch *watch)
{
	static const char word[] = "BARRIER=1";
	_cleanup_close_ int fd = caller_connect();
	_cleanup_close_ int ours = -1;
	int ends[2], r;

	if (fd < 0 || pipe2(ends, O_CLOEXEC) < 0)
		return; /* nobody there any more */
	ours = ends[0];
	r = sys_pass_fd(fd, word, sizeof(word) - 1, ends[1]);
	fd_close(&ends[1]);
	if (r == 0) {
		struct pollfd p[] = {
			{ .fd = ours, .events = POLLIN },
			{ .fd = watch ? watch->fd : -1, .events = POLLIN },
		};

		r = sys_poll(p, ELEMENTSOF(p), BARRIER_TIMEOUT_MS);
	}
	if (r <= 0)
		log_debug("the manager did not answer: %s", errno_words(r < 0 ? -r : ETIMEDOUT));
}

/*
 * One message, without what is not for the manager. True when it says READY, which our word about the process goes
 * with.
 */
static bool pass_on(char *text, pid_t pid)
{
	char out[MESSAGE_MAX + 64];
	size_t head = (size_t)snprintf(out, sizeof(out), "READY=1\nMAINPID=%d", (int)pid), n = head;
	bool ready = false;

	for (char *line = text, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		ready |= streq(line, "READY=1");
		if (is_passed_on(line))
			n += (size_t)snprintf(out + n, sizeof(out) - n, "\n%s", line);
	}
	if (ready)
		forward(out, n, true);
	else if (n > head)
		forward(out + head + 1, n - head - 1, false);
	return ready;
}

bool notify_read(int fd, pid_t pid)
{
	char text[MESSAGE_MAX];

	/* Bounded: a container that never stops talking does not keep us from our other work. */
	for (unsigned i = 0; fd >= 0 && i < MESSAGES_AT_ONCE; i++) {
		ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT | MSG_TRUNC);

		if (n < 0)
			return false;
		if ((size_t)n >= sizeof(text))
			continue; /* half a message would be another one */
		text[n] = '\0';
		if (pass_on(text, pid))
			return true;
	}
	return false;
}

int notify_wait(int *fd, int pidfd, pid_t pid, struct watch *watch, struct error *err)
{
	int r = 0;

	while (r == 0 && *fd >= 0) {
		struct pollfd p[] = {
			{ .fd = *fd, .events = POLLIN },
			{ .fd = pidfd, .events = POLLIN },
			{ .fd = watch ? watch->fd : -1, .events = POLLIN },
		};

		r = sys_poll(p, ELEMENTSOF(p), -1);
		if (r < 0)
			return error_set(err, ERR_SYSTEM, -r, "cannot wait for READY");
		if (notify_read(*fd, pid)) {
			await_manager(watch);
			fd_close(fd);
		}
		if (p[1].revents)
			fd_close(fd);
		r = p[2].revents ? watch_check(watch, err) : 0;
	}
	return r;
}
