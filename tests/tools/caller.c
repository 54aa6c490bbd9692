/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plays the engine that starts a runtime, in the way of conmon or of containerd's shim: a subreaper that starts a
 * runtime, takes the pid of the container from its pid file, and waits for that pid.
 *
 *	caller conmon [OPTION]... PIDFILE COMMAND...
 *		SIGPIPE ignored and SIGUSR1 blocked; standard error is a pipe, of which one blocking read of at
 *		most 8191 bytes is done after a failure; the pid is what atoi makes of the file.
 *	caller shim [OPTION]... PIDFILE COMMAND...
 *		both streams are one pipe, read to the end; the pid is converted strictly; a terminal is accepted
 *		after the command has ended, as one message with a descriptor in a control buffer for one.
 *
 *	--console SOCKET	listens there; conmon binds it in an opened folder, so that its path may be long
 *	--idle			never reaps the container; "idle" is printed, and a line of standard input ends it
 *
 * Prints "output TEXT" (what the runtime said), "status N" (of the runtime), "pid N", "children N" (how many
 * the runtime has left behind), "terminal" and, when the container has ended, "exit N".
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE 30 /* seconds */

struct caller {
	bool conmon, idle;
	const char *console, *pid_file;
	char **command;
	int sock, output;
};

static void die(const char *what)
{
	fprintf(stderr, "caller: %s: %s\n", what, strerror(errno));
	exit(3);
}

/* The folder is opened, and the socket named relative to it: only the name has to fit. */
static int listen_on(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const char *slash = strrchr(path, '/');
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char *dir = slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
	int fd = open(dir, O_PATH | O_CLOEXEC);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/self/fd/%d/%s", fd, slash ? slash + 1 : path);
	if (sock < 0 || fd < 0 || bind(sock, (struct sockaddr *)&addr, sizeof(addr)) < 0 || listen(sock, 1) < 0)
		die(path);
	close(fd);
	free(dir);
	return sock;
}

static void become_runtime(const struct caller *c, int out)
{
	sigset_t blocked;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (c->conmon) {
		signal(SIGPIPE, SIG_IGN);
		sigemptyset(&blocked);
		sigaddset(&blocked, SIGUSR1);
		sigprocmask(SIG_BLOCK, &blocked, NULL);
		umask(022);
		fchmod(out, 0777);
	}
	dup2(open("/dev/null", O_RDONLY), 0);
	/* conmon keeps the streams apart; nothing here looks at the output of its container. */
	dup2(c->conmon ? open("/dev/null", O_WRONLY) : out, 1);
	dup2(out, 2);
	close(out);
	execvp(c->command[0], c->command);
	_exit(127);
}

static pid_t start(struct caller *c)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0)
		become_runtime(c, ends[1]);
	close(ends[1]);
	c->output = ends[0];
	return pid;
}

static void print_output(const char *text, size_t n)
{
	printf("output ");
	for (size_t i = 0; i < n; i++)
		putchar(text[i] == '\n' && i + 1 < n ? '|' : text[i]);
	if (n == 0 || text[n - 1] != '\n')
		putchar('\n');
	fflush(stdout);
}

static void read_to_end(int fd)
{
	static char text[65536];
	size_t n = 0;
	ssize_t r;

	while (n < sizeof(text) && (r = read(fd, text + n, sizeof(text) - n)) > 0)
		n += (size_t)r;
	print_output(text, n);
}

static void read_once(int fd)
{
	char text[8191];
	ssize_t n = read(fd, text, sizeof(text));

	print_output(text, n > 0 ? (size_t)n : 0);
}

static void accept_terminal(int sock)
{
	char buf[4096], control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	int fd = -1, peer = accept(sock, NULL, NULL);
	ssize_t n = peer < 0 ? -1 : recvmsg(peer, &msg, 0);

	errno = EBADMSG;
	c = n > 0 && !(msg.msg_flags & (MSG_CTRUNC | MSG_TRUNC)) ? CMSG_FIRSTHDR(&msg) : NULL;
	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(sizeof(int)))
		die("not one message with one descriptor");
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	if (!isatty(fd))
		die("not a terminal");
	/* One message only: what follows is the end. */
	if (recv(peer, buf, sizeof(buf), 0) != 0)
		die("more than one message");
	puts("terminal");
}

static pid_t read_pid(const struct caller *c)
{
	char text[64] = "";
	int fd = open(c->pid_file, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n <= 0)
		die(c->pid_file);
	close(fd);
	for (ssize_t i = 0; i < n && !c->conmon; i++) {
		if (!isdigit((unsigned char)text[i])) {
			errno = EINVAL;
			die("the pid file holds more than digits");
		}
	}
	return atoi(text);
}

static int count_children(void)
{
	char path[64], text[4096] = "";
	int n = 0, fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		die(path);
	close(fd);
	for (char *word = strtok(text, " \n"); word; word = strtok(NULL, " \n"))
		n++;
	return n;
}

static int status_of(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		die("this process is not our child");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int run(struct caller *c)
{
	pid_t runtime = start(c), pid;
	int status;

	if (!c->conmon)
		read_to_end(c->output);
	status = status_of(runtime);
	if (c->conmon && status != 0)
		read_once(c->output);
	printf("status %d\n", status);
	if (status != 0)
		return 1;
	if (c->console)
		accept_terminal(c->sock);
	pid = read_pid(c);
	printf("pid %d\nchildren %d\n", pid, count_children());
	fflush(stdout);
	alarm(2 * PATIENCE);
	if (c->idle) {
		puts("idle");
		fflush(stdout);
		(void)getchar();
	}
	printf("exit %d\n", status_of(pid));
	return 0;
}

int main(int argc, char **argv)
{
	struct caller c = { .sock = -1 };
	int i = 2;

	if (argc < 4)
		return 2;
	c.conmon = strcmp(argv[1], "conmon") == 0;
	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--idle") == 0)
			c.idle = true;
		else if (strcmp(argv[i], "--console") == 0 && i + 1 < argc)
			c.console = argv[++i];
		else
			return 2;
	}
	if (i + 1 >= argc)
		return 2;
	c.pid_file = argv[i];
	c.command = argv + i + 1;
	if (c.console)
		c.sock = listen_on(c.console);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	alarm(PATIENCE);
	return run(&c);
}
