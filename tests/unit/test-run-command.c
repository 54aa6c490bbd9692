/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of the host that berth runs, hooks among them: their output, their time, what they inherit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "libcontainer/run/command.h"
#include "libcontainer/run/hooks.h"
#include "libcontainer/state/internal.h"
#include "libcontainer/sys/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/berth-run-test-XXXXXX";

static int setup(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
	char command[64];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static int run_shell(const char *script, unsigned timeout_ms, struct watch *watch, struct command_result *ret,
		     struct error *err)
{
	char *argv[] = { (char *)(uintptr_t)"sh", (char *)(uintptr_t)"-c", (char *)(uintptr_t)script, NULL };
	char *envp[] = { (char *)(uintptr_t)"PATH=/usr/bin:/bin", folder, NULL };
	_cleanup_close_ int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct command c = { .path = "/bin/sh", .argv = argv, .envp = envp, .cwd = folder, .input = null,
			     .timeout_ms = timeout_ms };

	return command_run(&c, watch, ret, err);
}

static void shell(const char *script, unsigned timeout_ms, struct command_result *ret)
{
	struct error err = ERROR_INIT;

	assert_int_equal(run_shell(script, timeout_ms, NULL, ret, &err), 0);
	assert_int_equal(ret->errnum, 0);
}

/* Hundred megabytes are read and thrown away, but for the end. */
static void flood(void **state)
{
	struct command_result result;

	(void)state;
	shell("head -c 100000000 /dev/zero | tr '\\0' x; printf 'the end'; exit 3", 60000, &result);
	assert_int_equal(WEXITSTATUS(result.status), 3);
	assert_int_equal(strlen(result.tail), COMMAND_TAIL_SIZE);
	assert_string_equal(result.tail + COMMAND_TAIL_SIZE - 8, "xthe end");
}

static void output_is_one_line(void **state)
{
	static const struct {
		const char *script, *tail;
	} rows[] = {
		{ "true", "" },
		{ "echo; echo; echo", "" },
		{ "echo one; echo two >&2", "one two" },
		{ "printf '\\n\\ta\\r\\n\\n  b \\0 c\\n'", "a b c" },
	};
	struct command_result result;

	(void)state;
	for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
		shell(rows[i].script, 0, &result);
		assert_string_equal(result.tail, rows[i].tail);
	}
}

static void cannot_be_executed(void **state)
{
	static const struct {
		const char *path;
		int errnum;
	} rows[] = { { "/no/such", ENOENT }, { "/tmp", EACCES }, { "/etc/passwd", EACCES }, { "/etc/passwd/x", ENOTDIR } };
	char *argv[] = { (char *)(uintptr_t)"x", NULL }, *envp[] = { NULL };
	_cleanup_close_ int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct command_result result;
	struct error err = ERROR_INIT;

	(void)state;
	for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
		struct command c = { .path = rows[i].path, .argv = argv, .envp = envp, .cwd = "/", .input = null };

		assert_int_equal(command_run(&c, NULL, &result, &err), 0);
		assert_int_equal(result.errnum, rows[i].errnum);
	}
}

static bool is_gone(const char *name)
{
	char path[128], text[16];
	FILE *f;
	int pid, n;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "re");
	assert_non_null(f);
	n = fscanf(f, "%15s", text);
	(void)fclose(f);
	pid = n == 1 ? atoi(text) : 0;
	assert_true(pid > 1);
	for (int i = 0; i < 500; i++) {
		uint64_t start_time;
		char letter;

		/* As a zombie it may wait for the end of this process, which has adopted it. */
		if (process_stat(pid, &letter, &start_time) == -ESRCH || process_letter_is_gone(letter))
			return true;
		sys_sleep_us(10000);
	}
	return false;
}

/* Its time over, all that it has started is killed, also what has left its session. */
static void timeout_kills_everything(void **state)
{
	uint64_t begin = sys_now_ms();
	struct command_result result;

	(void)state;
	shell("echo $$ >self; sleep 100 & echo $! >child; setsid sh -c 'echo $$ >far; exec sleep 100' & "
	      "until [ -s far ]; do sleep 0.01; done; echo waiting; wait", 1500, &result);
	assert_true(result.timed_out);
	assert_true(sys_now_ms() - begin >= 1500);
	assert_string_equal(result.tail, "waiting");
	assert_true(is_gone("self"));
	assert_true(is_gone("child"));
	assert_true(is_gone("far"));
}

/* Who stays behind with the pipe open, and even writes to it, holds nobody up. */
static void background_is_left_alone(void **state)
{
	struct command_result result;
	uint64_t begin = sys_now_ms();

	(void)state;
	shell("sleep 30 & echo $! >background; echo done", 0, &result);
	assert_true(sys_now_ms() - begin < 20000);
	assert_string_equal(result.tail, "done");
	assert_int_equal(result.status, 0);
	assert_int_equal(system("kill -9 $(cat /tmp/berth-run-test-*/background)"), 0);
}

static void interrupted_by_a_signal(void **state)
{
	struct command_result result;
	struct error err = ERROR_INIT;
	struct watch watch;

	(void)state;
	assert_int_equal(watch_open(&watch, false, &err), 0);
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	assert_int_equal(run_shell("echo $$ >self; sleep 100", 0, &watch, &result, &err), -EINTR);
	assert_int_equal(err.code, ERR_INTERRUPTED);
	watch_close(&watch);
}

/* A shell whose standard input is a socket, *ret_ours the other end. */
static void start_shell(const char *script, struct command *ret, struct command_process *process, int *ret_ours)
{
	static char *argv[] = { (char *)(uintptr_t)"sh", (char *)(uintptr_t)"-c", NULL, NULL };
	static char *envp[] = { (char *)(uintptr_t)"PATH=/usr/bin:/bin", NULL };
	struct error err = ERROR_INIT;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	argv[2] = (char *)(uintptr_t)script;
	*ret = (struct command){ .path = "/bin/sh", .argv = argv, .envp = envp, .cwd = folder, .input = pair[1],
				 .timeout_ms = 60000 };
	assert_int_equal(command_start(ret, process, &err), 0);
	assert_int_equal(close(pair[1]), 0);
	*ret_ours = pair[0];
}

static void answers_before_it_ends(void **state)
{
	struct command_result result = { 0 };
	struct error err = ERROR_INIT;
	struct command_process process;
	_cleanup_close_ int ours = -1;
	struct command c;
	char text[16];

	(void)state;
	start_shell("echo $$ >answering; sleep 1000 & echo $! >beside; echo said; echo yes >&0; wait", &c, &process, &ours);
	assert_int_equal(command_wait(&c, &process, ours, NULL, &result, &err), 0);
	assert_false(result.timed_out);
	assert_int_equal(read(ours, text, sizeof(text)), 4);
	assert_memory_equal(text, "yes\n", 4);
	assert_int_equal(command_end(&process, &result, &err), 0);
	assert_true(WIFSIGNALED(result.status));
	assert_string_equal(result.tail, "said");
	assert_true(is_gone("answering"));
	assert_true(is_gone("beside"));
	assert_int_equal(process.pid, 0);
	/* Once more is harmless. */
	assert_int_equal(command_end(&process, &result, &err), 0);
}

static void ends_without_an_answer(void **state)
{
	struct command_result result = { 0 };
	struct error err = ERROR_INIT;
	struct command_process process;
	_cleanup_close_ int ours = -1;
	struct command c;
	char text[16];

	(void)state;
	start_shell("echo sorry >&2; exit 3", &c, &process, &ours);
	assert_int_equal(command_wait(&c, &process, ours, NULL, &result, &err), 0);
	assert_int_equal(read(ours, text, sizeof(text)), 0);
	assert_int_equal(command_wait(&c, &process, -1, NULL, &result, &err), 0);
	assert_int_equal(command_end(&process, &result, &err), 0);
	assert_int_equal(WEXITSTATUS(result.status), 3);
	assert_string_equal(result.tail, "sorry");
}

static void has_no_answer_in_time(void **state)
{
	struct command_result result = { 0 };
	struct error err = ERROR_INIT;
	struct command_process process;
	_cleanup_close_ int ours = -1;
	struct command c;

	(void)state;
	start_shell("echo $$ >silent; sleep 1000", &c, &process, &ours);
	c.timeout_ms = 300;
	assert_int_equal(command_wait(&c, &process, ours, NULL, &result, &err), 0);
	assert_true(result.timed_out);
	assert_int_equal(command_end(&process, &result, &err), 0);
	assert_true(is_gone("silent"));
}

static void inherits_nothing(void **state)
{
	int leak = open("/", O_RDONLY | O_DIRECTORY); /* without O_CLOEXEC: somebody else's */
	struct command_result result;

	(void)state;
	assert_true(leak >= 3);
	/* ls itself has one more open. */
	shell("ls /proc/self/fd | tr '\\n' ' '; trap", 0, &result);
	(void)close(leak);
	assert_string_equal(result.tail, "0 1 2 3");
}

static void starts_in_its_directory_or_the_root(void **state)
{
	char *argv[] = { (char *)(uintptr_t)"pwd", NULL }, *envp[] = { NULL };
	_cleanup_close_ int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct command c = { .path = "/bin/pwd", .argv = argv, .envp = envp, .cwd = folder, .input = null };
	struct command_result result;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(command_run(&c, NULL, &result, &err), 0);
	assert_string_equal(result.tail, folder);
	c.cwd = "/no/such/folder";
	assert_int_equal(command_run(&c, NULL, &result, &err), 0);
	assert_string_equal(result.tail, "/");
}

/* ---- hooks of a record ---- */

static char *const no_strings[] = { NULL };

static struct config_hook hook(char *path, char **args, size_t n_args)
{
	struct config_hook h = { 0 };

	h.path = path;
	h.args.v = args ? args : (char **)(uintptr_t)no_strings;
	h.args.n = n_args;
	return h;
}

static void poststart_stops_at_the_first_failure(void **state)
{
	char sh[] = "/bin/sh", flag[] = "-c", first[] = "cat >first", second[] = "echo sorry; exit 7", third[] = "touch third";
	char *a[] = { sh, flag, first }, *b[] = { sh, flag, second }, *c[] = { sh, flag, third };
	struct config_hook hooks[] = { hook(sh, a, 3), hook(sh, b, 3), hook(sh, c, 3) };
	struct record record = { .oci_version = (char *)(uintptr_t)"1.2.0", .id = (char *)(uintptr_t)"web", .bundle = folder,
				 .init = { .pid = 4242 } };
	char path[64], text[512] = "";
	struct error err = ERROR_INIT;
	FILE *f;

	(void)state;
	record.poststart.v = hooks;
	record.poststart.n = 3;
	assert_true(hooks_poststart(&record, 0, NULL, &err) < 0);
	assert_int_equal(err.code, ERR_HOOK);
	assert_non_null(strstr(err.subject, "poststart hook 1 (/bin/sh) failed with exit status 7"));
	assert_string_equal(err.cause, "sorry");
	(void)snprintf(path, sizeof(path), "%s/first", folder);
	f = fopen(path, "re");
	assert_non_null(f);
	assert_true(fread(text, 1, sizeof(text) - 1, f) > 0);
	(void)fclose(f);
	assert_non_null(strstr(text, "\"running\""));
	assert_non_null(strstr(text, "4242"));
	(void)snprintf(path, sizeof(path), "%s/third", folder);
	assert_int_equal(access(path, F_OK), -1);
}

static void poststop_runs_all(void **state)
{
	char sh[] = "/bin/sh", flag[] = "-c", first[] = "exit 7", second[] = "grep -q stopped && echo second >>order";
	char missing[] = "/no/such", third[] = "echo third >>order";
	char *a[] = { sh, flag, first }, *b[] = { sh, flag, second }, *c[] = { sh, flag, third };
	struct config_hook hooks[] = { hook(sh, a, 3), hook(missing, NULL, 0), hook(sh, b, 3), hook(sh, c, 3) };
	struct record record = { .oci_version = (char *)(uintptr_t)"1.2.0", .id = (char *)(uintptr_t)"web", .bundle = folder };
	char path[64], text[64] = "";
	FILE *f;

	(void)state;
	record.poststop.v = hooks;
	record.poststop.n = 4;
	hooks_poststop(&record);
	(void)snprintf(path, sizeof(path), "%s/order", folder);
	f = fopen(path, "re");
	assert_non_null(f);
	assert_true(fread(text, 1, sizeof(text) - 1, f) > 0);
	(void)fclose(f);
	assert_string_equal(text, "second\nthird\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flood),
		cmocka_unit_test(output_is_one_line),
		cmocka_unit_test(cannot_be_executed),
		cmocka_unit_test(timeout_kills_everything),
		cmocka_unit_test(background_is_left_alone),
		cmocka_unit_test(interrupted_by_a_signal),
		cmocka_unit_test(answers_before_it_ends),
		cmocka_unit_test(ends_without_an_answer),
		cmocka_unit_test(has_no_answer_in_time),
		cmocka_unit_test(inherits_nothing),
		cmocka_unit_test(starts_in_its_directory_or_the_root),
		cmocka_unit_test(poststart_stops_at_the_first_failure),
		cmocka_unit_test(poststop_runs_all),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
