/* SPDX-License-Identifier: Apache-2.0 */
/* The executor's undo, notify, the relay, signals, and the id maps and joins of an unprivileged user. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/run/await.h"
#include "libcontainer/run/execute.h"
#include "libcontainer/run/notify.h"
#include "libcontainer/run/relay.h"
#include "libcontainer/sys/clock.h"
#include "libcontainer/sys/process.h"
#include "libcontainer/sys/times.h"
#include "libcontainer/sys/userns.h"
#include "tests/unit/test-init-driver.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define USER 1000
#define PATIENCE_MS 20000

static char folder[] = "/tmp/berth-run-test-XXXXXX";

static int setup(void **state)
{
	(void)state;
	return mkdtemp(folder) && chmod(folder, 0777) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
	char command[64];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static const char *in_folder(const char *name)
{
	static char path[100];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void write_file(const char *name, const char *text, mode_t mode)
{
	FILE *f = fopen(in_folder(name), "we");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fchmod(fileno(f), mode), 0);
	(void)fclose(f);
}

static void read_file(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "re");

	assert_non_null(f);
	buf[fread(buf, 1, size - 1, f)] = '\0';
	(void)fclose(f);
}

/* What a forked child found out is its exit status: 0, or the line of the check that failed. */
#define CHECK(x) do { if (!(x)) _exit(__LINE__ % 255 + 1); } while (0)

static void expect_child(pid_t pid)
{
	int status;

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status)
		fail_msg("the child ended with status 0x%x", (unsigned)status);
}

/* ---- undo ---- */

static void add_pid_file(struct builder *b, const char *path)
{
	const struct op_output op = { .path = builder_str(b, path) };

	builder_op(b, OP_PID_FILE, &op, sizeof(op));
}

static void names_of_events(int fd, uint32_t mask, char *buf, size_t size)
{
	_Alignas(struct inotify_event) char events[4096];
	ssize_t n = read(fd, events, sizeof(events));
	size_t len = 0;

	buf[0] = '\0';
	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *e = (const struct inotify_event *)(const void *)(events + at);

		if (e->mask & mask && e->name[0] != '.')
			len += (size_t)snprintf(buf + len, size - len, "%s ", e->name);
		at += (ssize_t)(sizeof(*e) + e->len);
	}
}

static void time_becomes_text(void **state)
{
	static const time_t times[] = { 0, 68169599, 68169600, 951782399, 951782400, 951868800, 1709251199, 1735689599,
					1795672595, 4107542399, 4107542400, 253402300799 };
	char ours[SYS_TIMESTAMP_SIZE], theirs[SYS_TIMESTAMP_SIZE];
	struct tm tm;

	(void)state;
	for (size_t i = 0; i < ELEMENTSOF(times); i++) {
		sys_time_text((uint64_t)times[i], 42, ours);
		assert_non_null(gmtime_r(&times[i], &tm));
		assert_int_not_equal(strftime(theirs, sizeof(theirs), "%Y-%m-%dT%H:%M:%S.000000042Z", &tm), 0);
		assert_string_equal(ours, theirs);
	}
}

static void undo_goes_backwards(void **state)
{
	static struct builder b;
	struct execution x = { .state_dir = -1, .watch = WATCH_INIT, .pidfd = -1, .wire = -1, .console = -1, .userns = -1 };
	_cleanup_close_ int fd = inotify_init1(IN_CLOEXEC);
	uint32_t undo[8];
	struct error err = ERROR_INIT;
	char seen[128];

	(void)state;
	builder_init(&b);
	add_pid_file(&b, in_folder("a"));
	add_pid_file(&b, in_folder("b"));
	add_pid_file(&b, in_folder("c"));
	add_pid_file(&b, in_folder("none/d"));
	add_pid_file(&b, in_folder("e"));
	x.program = (struct program){ .base = b.data, .header = (const void *)b.data };
	assert_true(builder_finish(&b, 0) > 0);
	x.program.ops = (const void *)(b.data + x.program.header->ops);
	x.undo = undo;
	x.pid = getpid();
	x.reaped = true;
	assert_true(inotify_add_watch(fd, folder, IN_MOVED_TO | IN_DELETE) >= 0);
	assert_true(execution_walk(&x, &err) < 0);
	assert_int_equal(x.at, 3);
	assert_string_equal(err.step, "pid-file");
	assert_non_null(strstr(err.subject, "none/d"));
	names_of_events(fd, IN_MOVED_TO, seen, sizeof(seen));
	assert_string_equal(seen, "a b c ");
	/* Somebody else's by now: not ours to remove. */
	write_file("b", "1", 0644);
	execution_undo(&x);
	names_of_events(fd, IN_DELETE, seen, sizeof(seen));
	assert_string_equal(seen, "c a ");
	assert_int_equal(x.n_undo, 0);
	assert_int_equal(unlink(in_folder("b")), 0);
}

/* Step and words of an init that was killed, from what the page and the wait status say. */
static void death_of_init(void **state)
{
	static const struct {
		int status;
		uint32_t op;
		const char *words;
	} rows[] = {
		{ SIGKILL, 1, "killed by signal 9 during mount" }, { 3 << 8, 2, "exit status 3 during exec" },
		{ -1, 2, "it went away during exec" },           { SIGSEGV, 0, "killed by signal 11 during its start" },
		{ SIGKILL, 3, "killed by signal 9 during its start" }, { SIGKILL, UINT32_MAX, "killed by signal 9 during its start" },
	};
	union {
		struct page page;
		char bytes[sizeof(struct page) + 2 * sizeof(uint16_t)];
	} u = { .page = { .magic = PAGE_MAGIC, .n_ops = 2, .op_types = sizeof(struct page) } };
	const uint16_t types[] = { OP_MOUNT, OP_EXEC };

	(void)state;
	memcpy(u.bytes + sizeof(struct page), types, sizeof(types));
	for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
		struct error err = ERROR_INIT;

		u.page.op = rows[i].op;
		assert_true(init_died(&u.page, rows[i].status, NULL, &err) < 0);
		assert_int_equal(err.code, ERR_INIT_DIED);
		assert_string_equal(err.subject, rows[i].words);
	}
	u.page.op = 2;
	assert_true(init_had_executed(&u.page));
	u.page.op = 1;
	assert_false(init_had_executed(&u.page));
	u.page.op = 2;
	u.page.failed = 1;
	assert_false(init_had_executed(&u.page));
}

/* What a compromised init may send as its error. */
static void malformed_errors(void **state)
{
	static struct message m;
	struct error sent = ERROR_INIT, err = ERROR_INIT;

	(void)state;
	(void)error_set(&sent, ERR_MOUNT, ENOENT, "words");
	m.type = MESSAGE_ERROR;
	m.len = sizeof(sent);
	memcpy(m.data, &sent, sizeof(sent));
	assert_int_equal(init_reported(&m, &err), -ENOENT);
	assert_string_equal(err.subject, "words");
	error_clear(&err);
	m.len = sizeof(sent) - 1;
	assert_true(init_reported(&m, &err) < 0);
	assert_int_equal(err.code, ERR_MESSAGE_INVALID);
	m.len = sizeof(sent);
	for (int bad = 0; bad < 4; bad++) {
		struct error broken = sent;

		error_clear(&err);
		if (bad < 2)
			broken.code = bad ? ERR_CODE_MAX : -1;
		else
			broken.errnum = bad == 2 ? -1 : 4096;
		memcpy(m.data, &broken, sizeof(broken));
		assert_true(init_reported(&m, &err) < 0);
		assert_int_equal(err.code, ERR_MESSAGE_INVALID);
	}
	/* Texts without an end. */
	error_clear(&err);
	memset(sent.subject, 'x', sizeof(sent.subject));
	memset(sent.hint, 'y', sizeof(sent.hint));
	memcpy(m.data, &sent, sizeof(sent));
	assert_true(init_reported(&m, &err) < 0);
	assert_int_equal(strlen(err.subject), sizeof(err.subject) - 1);
	assert_int_equal(strlen(err.hint), sizeof(err.hint) - 1);
}

/* ---- notify ---- */

static int caller_socket(const char *name, struct sockaddr_un *ret)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	(void)snprintf(ret->sun_path, sizeof(ret->sun_path), "%s", in_folder(name));
	assert_int_equal(bind(fd, (struct sockaddr *)ret, sizeof(*ret)), 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", ret->sun_path, 1), 0);
	return fd;
}

static void say(const char *text, size_t len)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%s", in_folder("notify/notify.sock"));
	assert_int_equal(sendto(fd, text, len, 0, (struct sockaddr *)&a, sizeof(a)), len);
}

/* Opens the socket in a state directory that has the notify directory of create. */
static int notify_socket(void)
{
	_cleanup_close_ int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct error err = ERROR_INIT;
	int fd;

	(void)unlink(in_folder("notify/notify.sock"));
	assert_int_equal(notify_open(dir, &fd, &err), 0);
	return fd;
}

static void notify_without_being_asked(void **state)
{
	_cleanup_close_ int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct error err = ERROR_INIT;
	int fd = 3;

	(void)state;
	(void)unsetenv("NOTIFY_SOCKET");
	assert_int_equal(notify_open(dir, &fd, &err), 0);
	assert_int_equal(fd, -1);
	assert_int_equal(setenv("NOTIFY_SOCKET", "", 1), 0);
	assert_int_equal(notify_open(dir, &fd, &err), 0);
	assert_int_equal(fd, -1);
	/* Asked now, but create was not. */
	assert_int_equal(setenv("NOTIFY_SOCKET", "/x", 1), 0);
	assert_int_equal(notify_open(dir, &fd, &err), 0);
	assert_int_equal(fd, -1);
	assert_false(notify_read(fd, 1));
	assert_int_equal(notify_wait(&fd, -1, 1, NULL, &err), 0);
	assert_int_equal(notify_make_dir(dir, &err), 0);
	assert_true(notify_make_dir(dir, &err) < 0);
	assert_int_equal(err.code, ERR_STATE_WRITE);
}

static void notify_messages(void **state)
{
	static const struct {
		const char *text;
		const char *passed_on; /* NULL: nothing */
	} rows[] = {
		{ "READY=1", "READY=1\nMAINPID=42" },
		{ "READY=1\n", "READY=1\nMAINPID=42" },
		{ "STATUS=x\nREADY=1\nMAINPID=1", "READY=1\nMAINPID=42\nSTATUS=x" },
		{ "READY=0", NULL },
		{ "READY=10", NULL },
		{ "NOTREADY=1", NULL },
		{ " READY=1", NULL },
		{ "READY=1 ", NULL },
		{ "ready=1", NULL },
		{ "", NULL },
		{ "\n\n\n", NULL },
		{ "STATUS=READY=1", "STATUS=READY=1" },
		{ "STATUS=", "STATUS=" },
		{ "\nWATCHDOG=1\n", "WATCHDOG=1" },
		{ "WATCHDOG=trigger", "WATCHDOG=trigger" },
		{ "WATCHDOG=11", NULL },
		{ "WATCHDOG_USEC=3000000\nWATCHDOG_USEC=-1\nWATCHDOG_USEC=", "WATCHDOG_USEC=3000000" },
		{ "RELOADING=1\nMONOTONIC_USEC=99", "RELOADING=1\nMONOTONIC_USEC=99" },
		{ "STOPPING=1\nERRNO=5\nEXTEND_TIMEOUT_USEC=7", "STOPPING=1\nERRNO=5\nEXTEND_TIMEOUT_USEC=7" },
		{ "MAINPID=1", NULL },
		{ "MAINPIDFDID=1\nNOTIFYACCESS=all\nBARRIER=1\nFDSTORE=1\nFDNAME=x\nFDSTOREREMOVE=1", NULL },
	};
	struct sockaddr_un a;
	_cleanup_close_ int caller = caller_socket("caller", &a);
	char got[256];

	(void)state;
	for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
		int fd = notify_socket();
		ssize_t n;

		assert_true(fd >= 0);
		say(rows[i].text, strlen(rows[i].text));
		assert_int_equal(notify_read(fd, 42),
				 rows[i].passed_on && strncmp(rows[i].passed_on, "READY=1\n", 8) == 0);
		n = recv(caller, got, sizeof(got) - 1, MSG_DONTWAIT);
		assert_int_equal(n >= 0, rows[i].passed_on != NULL);
		if (n >= 0) {
			got[n] = '\0';
			assert_string_equal(got, rows[i].passed_on);
		}
		fd_close(&fd);
	}
}

/* Longer than the buffer, with a NUL, and more messages than are read at a time. */
static void notify_hostile(void **state)
{
	struct sockaddr_un a;
	_cleanup_close_ int caller = caller_socket("caller2", &a);
	static char text[8192];
	char got[256];
	int fd = notify_socket();

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text + 5000, "\nREADY=1\n", 9);
	say(text, sizeof(text));
	say("\0\nREADY=1", 9);
	/* What does not fit is not passed on in part; what just fits is, with ours around it. */
	memcpy(text, "READY=1\nSTATUS=", 15);
	text[5000] = 'x';
	say(text, 4096);
	assert_false(notify_read(fd, 42));
	assert_int_equal(recv(caller, got, sizeof(got), MSG_DONTWAIT), -1);
	say(text, 4095);
	assert_true(notify_read(fd, 42));
	assert_int_equal(recv(caller, got, sizeof(got), MSG_DONTWAIT | MSG_TRUNC), 4095 + sizeof("MAINPID=42"));
	say("READY=1", 7);
	assert_true(notify_read(fd, 42));
	assert_true(recv(caller, got, sizeof(got), MSG_DONTWAIT) > 0);
	/* A caller whose socket is gone: a warning, and it was passed on as far as we can. */
	assert_int_equal(setenv("NOTIFY_SOCKET", "/no/such/socket", 1), 0);
	say("STATUS=x", 8);
	say("READY=1", 7);
	assert_true(notify_read(fd, 42));
	fd_close(&fd);
}

static void notify_ends_with_the_container(void **state)
{
	struct sockaddr_un a;
	_cleanup_close_ int caller = caller_socket("caller3", &a);
	struct sys_clone c = { .cgroup = -1 };
	struct error err = ERROR_INIT;
	int fd = notify_socket(), status;
	pid_t pid = sys_clone(&c);

	(void)state;
	if (pid == 0)
		_exit(0);
	assert_true(pid > 0);
	assert_int_equal(notify_wait(&fd, c.pidfd, pid, NULL, &err), 0);
	assert_int_equal(fd, -1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	(void)close(c.pidfd);
}

/* ---- processes ---- */

static void answer_and_execute(void *arg, bool into_cgroup)
{
	char program[] = "/bin/true", *argv[] = { program, NULL }, *envp[] = { NULL };
	const int *out = arg;
	char text[4000]; /* what the launch uses of a stack, and more */

	memset(text, into_cgroup ? 'c' : 'n', sizeof(text));
	if (write(*out, text, sizeof(text)) == (ssize_t)sizeof(text))
		(void)sys_execveat(AT_FDCWD, program, argv, envp, 0);
	_exit(9);
}

/* Whether or not the child had our memory: it ran, executed something, and left everything here as it was. */
static void child_until_it_executes(void **state)
{
	struct sys_clone c = { .cgroup = -1 };
	char text[4000];
	int fds[2], status;

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	for (unsigned round = 0; round < 3; round++) {
		pid_t pid = sys_clone_exec(&c, answer_and_execute, &fds[1]);

		assert_true(pid > 0 && c.pidfd >= 0);
		assert_false(c.into_cgroup);
		assert_int_equal(read(fds[0], text, sizeof(text)), sizeof(text));
		assert_int_equal(text[0], 'n');
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
		(void)close(c.pidfd);
	}
	/* No cgroup: born without it, and told so. */
	c.cgroup = fds[0];
	assert_true(sys_clone_exec(&c, answer_and_execute, &fds[1]) > 0);
	assert_false(c.into_cgroup);
	assert_true(wait(&status) > 0 && status == 0);
	(void)close(c.pidfd);
	/* Flags that no kernel takes. */
	c.cgroup = -1;
	c.flags = CLONE_NEWNS | CLONE_FS;
	assert_true(sys_clone_exec(&c, answer_and_execute, &fds[1]) < 0);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

/* ---- signals ---- */

static void watching(bool all, bool forward, int signum, int expect, uint64_t pending)
{
	struct error err = ERROR_INIT;
	struct watch w;

	assert_int_equal(watch_open(&w, all, &err), 0);
	w.forward = forward;
	assert_int_equal(watch_check(&w, &err), 0);
	assert_int_equal(kill(getpid(), signum), 0);
	assert_int_equal(watch_check(&w, &err), expect);
	assert_true(w.pending == pending);
	assert_int_equal(err.code, expect ? ERR_INTERRUPTED : ERR_NONE);
	watch_close(&w);
	assert_int_equal(w.fd, -1);
}

static void signals_are_held(void **state)
{
	static const int interrupting[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigset_t before, after;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &before), 0);
	for (size_t i = 0; i < ELEMENTSOF(interrupting); i++) {
		watching(false, false, interrupting[i], -EINTR, 0);
		watching(true, false, interrupting[i], -EINTR, 0);
		watching(true, true, interrupting[i], 0, 1ull << (interrupting[i] - 1));
	}
	watching(true, false, SIGUSR1, 0, 1ull << (SIGUSR1 - 1));
	watching(true, true, SIGWINCH, 0, 1ull << (SIGWINCH - 1));
	watching(true, true, SIGRTMAX, 0, 1ull << 63);
	assert_int_equal(watch_check(NULL, &err), 0);
	assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &after), 0);
	for (int i = 1; i < 65; i++)
		assert_int_equal(sigismember(&before, i), sigismember(&after, i));
}

/* ---- the relay, between pipes that stand for the caller's streams and a socket that stands for the master ---- */

struct ends {
	int in, out, master; /* ours */
};

static void relay_child(struct relay *r, struct ends *e)
{
	struct error err = ERROR_INIT;
	int in[2], out[2], master[2];

	CHECK(pipe(in) == 0 && pipe(out) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, master) == 0);
	CHECK(dup2(in[0], 0) == 0 && dup2(out[1], 1) == 1);
	CHECK(close(in[0]) == 0 && close(out[1]) == 0);
	*e = (struct ends){ in[1], out[0], master[1] };
	CHECK(fcntl(e->out, F_SETFL, O_NONBLOCK) == 0 && fcntl(e->master, F_SETFL, O_NONBLOCK) == 0);
	CHECK(relay_open(r, master[0], &err) == 0);
	CHECK(!r->raw && r->in.nonblock && r->out.nonblock);
	(void)close(1);
	(void)signal(SIGPIPE, SIG_IGN);
}

static int relay_turn(struct relay *r)
{
	struct pollfd p[RELAY_POLLS];
	int n;

	relay_prepare(r, p);
	n = poll(p, RELAY_POLLS, 50);
	if (n > 0)
		relay_copy(r, p);
	return n;
}

static void relay_copies_and_never_blocks(void **state)
{
	static char big[300000], got[300000];
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		static struct relay r;
		struct ends e;
		size_t sent = 0, received = 0;
		ssize_t n;

		relay_child(&r, &e);
		CHECK(write(e.in, "to", 2) == 2 && write(e.master, "from", 4) == 4);
		while (relay_turn(&r) > 0)
			;
		CHECK(read(e.master, got, sizeof(got)) == 2 && memcmp(got, "to", 2) == 0);
		CHECK(read(e.out, got, sizeof(got)) == 4 && memcmp(got, "from", 4) == 0);
		/* More than all buffers hold: nobody reads the output, nothing hangs, and input still goes through. */
		memset(big, 'x', sizeof(big));
		while (sent < sizeof(big) && (n = write(e.master, big, sizeof(big) - sent)) > 0)
			sent += (size_t)n;
		while (relay_turn(&r) > 0)
			;
		CHECK(write(e.in, "more", 4) == 4);
		while (relay_turn(&r) > 0)
			;
		CHECK(read(e.master, got, sizeof(got)) == 4);
		/* Read now: everything arrives. */
		for (int idle = 0; received < sent && idle < 100; ) {
			n = read(e.out, got, sizeof(got));
			received += n > 0 ? (size_t)n : 0;
			idle = n > 0 ? 0 : idle + 1;
			(void)relay_turn(&r);
		}
		CHECK(received == sent);
		/* The caller's input ends; the container's output goes on, and is drained after its end. */
		CHECK(close(e.in) == 0 && write(e.master, "last", 4) == 4 && close(e.master) == 0);
		for (int i = 0; i < 20 && !r.master_ended; i++)
			(void)relay_turn(&r);
		CHECK(r.master_ended && r.in.fd == -1);
		relay_drain(&r, 1000);
		CHECK(read(e.out, got, sizeof(got)) == 4);
		relay_close(&r);
		CHECK(r.master == -1);
		_exit(0);
	}
	expect_child(pid);
}

/* The reader of the output goes away: the container is not blocked by that. */
static void relay_without_a_reader(void **state)
{
	static char big[100000];
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		static struct relay r;
		struct ends e;
		size_t sent = 0;
		uint64_t end = sys_now_ms() + PATIENCE_MS;

		relay_child(&r, &e);
		CHECK(close(e.out) == 0);
		while (sent < 1000000 && sys_now_ms() < end) {
			ssize_t n = write(e.master, big, sizeof(big));

			sent += n > 0 ? (size_t)n : 0;
			(void)relay_turn(&r);
		}
		CHECK(sent >= 1000000 && r.out.fd == -1);
		relay_drain(&r, 1000);
		relay_close(&r);
		_exit(0);
	}
	expect_child(pid);
}

/* ---- without privileges ---- */

/* A process in a new user namespace, which waits. */
static pid_t in_userns(uint64_t flags, int *ret_pidfd)
{
	struct sys_clone c = { .flags = CLONE_NEWUSER | flags, .cgroup = -1 };
	pid_t parent = getpid(), pid = sys_clone(&c);

	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (getppid() == parent)
			pause();
		_exit(0);
	}
	*ret_pidfd = c.pidfd;
	return pid;
}

static bool become_user(void)
{
	return setresgid(USER, USER, USER) == 0 && setresuid(USER, USER, USER) == 0 && prctl(PR_SET_DUMPABLE, 1) == 0;
}

static void map_program(struct builder *b, struct execution *x, const char *uid_map, const char *gid_map, bool deny)
{
	struct op_id_map op = { .deny_setgroups = deny };

	builder_init(b);
	op.uid_map = builder_str(b, uid_map);
	op.gid_map = builder_str(b, gid_map);
	builder_op(b, OP_ID_MAP, &op, sizeof(op));
	(void)builder_finish(b, 0);
	*x = (struct execution){ .watch = WATCH_INIT };
	x->program = (struct program){ .base = b->data, .header = (const void *)b->data };
	x->program.ops = (const void *)(b->data + x->program.header->ops);
}

static bool map(struct execution *x, struct error *err)
{
	return op_id_map(x, program_data(&x->program, &x->program.ops[0]), err) == 0;
}

static bool file_says(const char *path, const char *text)
{
	char buf[256];
	FILE *f = fopen(path, "re");

	if (!f)
		return false;
	buf[fread(buf, 1, sizeof(buf) - 1, f)] = '\0';
	(void)fclose(f);
	return strstr(buf, text) != NULL;
}

static void own_id_needs_no_helper(void **state)
{
	static struct builder b;
	pid_t pid;

	(void)state;
	if (geteuid() != 0)
		skip();
	pid = fork();
	if (pid == 0) {
		struct error err = ERROR_INIT;
		struct execution x;
		char path[64];
		int pidfd;

		CHECK(become_user() && setenv("PATH", "/nonexistent", 1) == 0);
		map_program(&b, &x, "0 1000 1\n", "0 1000 1\n", true);
		x.pid = in_userns(0, &pidfd);
		CHECK(x.pid > 0);
		CHECK(map(&x, &err));
		(void)snprintf(path, sizeof(path), "/proc/%d/setgroups", (int)x.pid);
		CHECK(file_says(path, "deny"));
		(void)snprintf(path, sizeof(path), "/proc/%d/gid_map", (int)x.pid);
		CHECK(file_says(path, "1000"));
		_exit(0);
	}
	expect_child(pid);
}

static void ranges_go_through_helpers(void **state)
{
	static struct builder b;
	char seen[512];
	pid_t pid;

	(void)state;
	if (geteuid() != 0)
		skip();
	write_file("newuidmap", "#!/bin/sh\necho uid \"$@\" >>\"${0%/*}/calls\"\n", 0755);
	write_file("newgidmap", "#!/bin/sh\necho gid \"$@\" >>\"${0%/*}/calls\"\n[ ! -e \"${0%/*}/fail\" ] || { echo not allowed; exit 1; }\n", 0755);
	write_file("calls", "", 0666);
	pid = fork();
	if (pid == 0) {
		struct error err = ERROR_INIT;
		struct execution x;
		char search[256];
		int pidfd;

		(void)snprintf(search, sizeof(search), "relative::/nonexistent:%s:/bin", folder);
		CHECK(become_user() && setenv("PATH", search, 1) == 0);
		map_program(&b, &x, "0 1000 1\n1 100000 65536\n", "0 1000 1\n1 200000 65536\n", true);
		x.pid = in_userns(0, &pidfd);
		CHECK(x.pid > 0);
		CHECK(map(&x, &err));
		/* The helper's own words are the cause; without a helper its name is in the sentence. */
		CHECK(close(open(in_folder("fail"), O_WRONLY | O_CREAT, 0644)) == 0);
		CHECK(!map(&x, &err) && err.code == ERR_IDMAP && strstr(err.cause, "not allowed") && strstr(err.subject, "newgidmap"));
		error_clear(&err);
		CHECK(setenv("PATH", "/nonexistent", 1) == 0);
		CHECK(!map(&x, &err) && strstr(err.subject, "newuidmap is not installed"));
		_exit(0);
	}
	expect_child(pid);
	read_file(in_folder("calls"), seen, sizeof(seen));
	assert_non_null(strstr(seen, " 0 1000 1 1 100000 65536\n"));
	assert_non_null(strstr(seen, " 0 1000 1 1 200000 65536\n"));
	assert_int_equal(strncmp(seen, "uid ", 4), 0);
}

/* In a namespace whose map has two rows, by an id of the second one; and before there is a map. */
static void _noreturn_ in_mapped_userns(int ready, int go)
{
	struct host host;
	char c = 0;

	CHECK(unshare(CLONE_NEWUSER) == 0);
	host_detect_process(&host);
	CHECK(host.in_userns && host.outer_uid == host.euid);
	CHECK(write(ready, &c, 1) == 1 && read(go, &c, 1) == 1);
	CHECK(setresuid(20, 20, 20) == 0);
	host_detect_process(&host);
	CHECK(host.in_userns && host.euid == 20 && host.outer_uid == 7010 && sys_in_userns(NULL));
	_exit(0);
}

static void outer_uid_is_that_of_the_row(void **state)
{
	int ready[2], go[2], map_fd;
	char path[64], c;
	pid_t pid;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(go), 0);
	pid = fork();
	if (pid == 0)
		in_mapped_userns(ready[1], go[0]);
	close(ready[1]);
	if (read(ready[0], &c, 1) == 1) {
		static const char rows[] = "0 5000 10\n10 7000 1000\n";

		(void)snprintf(path, sizeof(path), "/proc/%d/uid_map", (int)pid);
		map_fd = open(path, O_WRONLY | O_CLOEXEC);
		assert_true(map_fd >= 0);
		assert_int_equal(write(map_fd, rows, sizeof(rows) - 1), sizeof(rows) - 1);
		close(map_fd);
		assert_int_equal(write(go[1], &c, 1), 1);
	}
	expect_child(pid);
	close(ready[0]);
	close(go[0]);
	close(go[1]);
}

static char joined[64];

static void tell_namespace(void *arg, bool into_cgroup)
{
	const int *out = arg;
	ssize_t n = readlink("/proc/self/ns/uts", joined, sizeof(joined) - 1);

	(void)into_cgroup;
	_exit(n > 0 && write(*out, joined, (size_t)n) == n ? 0 : 1);
}

/*
 * A namespace that belongs to the user namespace which is joined as well: an unprivileged caller may enter it only
 * afterwards, whatever the order in the configuration.
 */
static void inner_namespace_is_joined_behind(void **state)
{
	static struct builder b;
	pid_t pid;

	(void)state;
	if (geteuid() != 0)
		skip();
	pid = fork();
	if (pid == 0) {
		char path[64], want[64] = "", got[64] = "";
		struct error err = ERROR_INIT;
		struct execution x;
		int pidfd, fds[2], status;
		bool into_cgroup;
		pid_t holder, child;

		CHECK(become_user() && pipe(fds) == 0);
		map_program(&b, &x, "0 1000 1\n", "0 1000 1\n", true);
		x.target = -1;
		holder = x.pid = in_userns(CLONE_NEWUTS, &pidfd);
		CHECK(holder > 0 && map(&x, &err));
		(void)snprintf(path, sizeof(path), "/proc/%d/ns/uts", (int)holder);
		x.joins[0] = (struct join){ .type = CLONE_NEWUTS, .fd = open(path, O_RDONLY), .path = "uts" };
		CHECK(readlink(path, want, sizeof(want) - 1) > 0);
		(void)snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)holder);
		x.joins[1] = (struct join){ .type = CLONE_NEWUSER, .fd = open(path, O_RDONLY), .path = "user" };
		x.n_joins = 2;
		/* Without the retry this is what the caller would see. */
		CHECK(setns(x.joins[0].fd, CLONE_NEWUTS) < 0 && errno == EPERM);
		child = join_and_clone(&x, 0, -1, &into_cgroup, tell_namespace, &fds[1], &err);
		CHECK(child > 0);
		CHECK(read(fds[0], got, sizeof(got) - 1) > 0 && streq(got, want));
		CHECK(waitpid(child, &status, 0) == child && status == 0);
		_exit(0);
	}
	expect_child(pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_becomes_text),
		cmocka_unit_test(undo_goes_backwards),
		cmocka_unit_test(death_of_init),
		cmocka_unit_test(malformed_errors),
		cmocka_unit_test(notify_without_being_asked),
		cmocka_unit_test(notify_messages),
		cmocka_unit_test(notify_hostile),
		cmocka_unit_test(notify_ends_with_the_container),
		cmocka_unit_test(child_until_it_executes),
		cmocka_unit_test(signals_are_held),
		cmocka_unit_test(relay_copies_and_never_blocks),
		cmocka_unit_test(relay_without_a_reader),
		cmocka_unit_test(own_id_needs_no_helper),
		cmocka_unit_test(ranges_go_through_helpers),
		cmocka_unit_test(outer_uid_is_that_of_the_row),
		cmocka_unit_test(inner_namespace_is_joined_behind),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
