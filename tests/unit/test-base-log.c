/* SPDX-License-Identifier: Apache-2.0 */
/* What engines find in the log file and on standard error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64], log_path[96], err_path[96], content[16384];

static int setup(void **state)
{
	(void) state;
	(void) snprintf(dir, sizeof(dir), "/tmp/berth-test-log-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	(void) snprintf(log_path, sizeof(log_path), "%s/log", dir);
	(void) snprintf(err_path, sizeof(err_path), "%s/stderr", dir);
	return 0;
}

static int teardown(void **state)
{
	(void) state;
	log_close();
	(void) unlink(log_path);
	(void) unlink(err_path);
	return rmdir(dir);
}

static const char *slurp(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, content, sizeof(content) - 1);
	assert_true(n >= 0);
	content[n] = '\0';
	return content;
}

/* Runs f with standard error going to err_path. */
static void with_stderr(void (*f)(void))
{
	_cleanup_close_ int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	_cleanup_close_ int fd = open(err_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(saved >= 0 && fd >= 0);
	assert_true(dup2(fd, STDERR_FILENO) >= 0);
	f();
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
}

static struct error sample(void)
{
	struct error e = ERROR_INIT;

	error_note_call(ENOENT, "openat(3, \"srv\")");
	error_set(&e, ERR_MOUNT, ENOENT, "bind of \"/srv\"\n");
	error_add_step(&e, "mount");
	error_add_pointer(&e, "/mounts/4/source", 61, 5);
	error_add_cause(&e, "a \\ cause");
	error_add_hint(&e, "look");
	return e;
}

static void write_sample(void)
{
	struct error e = sample();

	log_error(&e, "berth: create web: ");
}

static void open_log(enum log_format format, enum log_level level)
{
	struct error e = ERROR_INIT;

	assert_int_equal(log_open(log_path, format, level, &e), 0);
}

static void file_is_made_at_once(void **state)
{
	struct error e = ERROR_INIT;
	char prefixed[128];
	struct stat st;

	(void) state;
	(void) umask(0022);
	(void) snprintf(prefixed, sizeof(prefixed), "file:%s", log_path);
	assert_int_equal(log_open(prefixed, LOG_FORMAT_JSON, LOG_LEVEL_WARNING, &e), 0);
	assert_int_equal(stat(log_path, &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(log_open("/nonexistent/dir/log", LOG_FORMAT_JSON, LOG_LEVEL_WARNING, &e), -ENOENT);
	assert_int_equal(e.code, ERR_FILE_OUTPUT);
}

static void json_record_carries_all(void **state)
{
	static const char head[] =
		"{\"level\":\"error\",\"msg\":\"mount: bind of \\\"/srv\\\"\\\\x0a: a \\\\ cause: does not exist "
		"(at config.json line 61, /mounts/4/source) \xc2\xb7 hint: look\",\"time\":\"20";
	static const char tail[] =
		"Z\",\"code\":\"mount\",\"step\":\"mount\",\"pointer\":\"/mounts/4/source\",\"line\":61,"
		"\"column\":5,\"call\":\"openat(3, \\\"srv\\\")\",\"errno\":\"ENOENT\",\"hint\":\"look\","
		"\"cause\":\"a \\\\ cause\"}\n";
	size_t len;

	(void) state;
	open_log(LOG_FORMAT_JSON, LOG_LEVEL_WARNING);
	log_warning("folded away");
	with_stderr(write_sample);
	log_flush_warnings();
	len = strlen(slurp(log_path));
	assert_non_null(str_after(content, head));
	/* The rest of "2026-11-23T23:10:00.000000000". */
	assert_int_equal(len, strlen(head) + 27 + strlen(tail));
	assert_string_equal(content + len - strlen(tail), tail);
	assert_string_equal(slurp(err_path),
			    "berth: create web: mount: bind of \"/srv\"\\x0a: a \\ cause: does not exist "
			    "(at config.json line 61, /mounts/4/source) \xc2\xb7 hint: look\n");
}

static void text_record_is_one_line(void **state)
{
	(void) state;
	open_log(LOG_FORMAT_TEXT, LOG_LEVEL_DEBUG);
	with_stderr(write_sample);
	assert_non_null(str_after(slurp(log_path), "time=\"20"));
	assert_non_null(strstr(content, "\" level=error msg=\"mount: bind of"));
	assert_non_null(strstr(content, " call=\"openat(3, \\\"srv\\\")\"\n"));
	assert_ptr_equal(strchr(content, '\n'), content + strlen(content) - 1);
	assert_non_null(strstr(slurp(err_path), "does not exist [openat(3, \"srv\")] (at "));
}

static void no_file_json_goes_to_stderr(void **state)
{
	struct error e = ERROR_INIT;

	(void) state;
	assert_int_equal(log_open(NULL, LOG_FORMAT_JSON, LOG_LEVEL_WARNING, &e), 0);
	with_stderr(write_sample);
	assert_non_null(str_after(slurp(err_path), "{\"level\":\"error\","));
	assert_ptr_equal(strchr(content, '\n'), content + strlen(content) - 1);
}

static void write_directory(void)
{
	struct error e = ERROR_INIT;

	error_set(&e, ERR_EXEC, 0, "\"/etc\": the path `/etc` is not a regular file: Operation not permitted");
	error_add_hint(&e, "name a program");
	log_error(&e, "berth: ");
}

static void contract_ends_the_line(void **state)
{
	(void) state;
	open_log(LOG_FORMAT_JSON, LOG_LEVEL_WARNING);
	with_stderr(write_directory);
	assert_non_null(strstr(slurp(err_path), ": Operation not permitted\n"));
	assert_non_null(strstr(slurp(log_path), ": Operation not permitted\",\"time\""));
	assert_non_null(strstr(content, "\"hint\":\"name a program\""));
}

static void warnings_wait(void **state)
{
	(void) state;
	open_log(LOG_FORMAT_JSON, LOG_LEVEL_WARNING);
	log_warning("first %d\n", 1);
	log_warning("second");
	log_debug("not asked for");
	assert_string_equal(slurp(log_path), "");
	log_flush_warnings();
	log_flush_warnings();
	assert_non_null(str_after(slurp(log_path), "{\"level\":\"warning\",\"msg\":\"first 1\\\\x0a\",\"time\":"));
	assert_non_null(strstr(content, "}\n{\"level\":\"warning\",\"msg\":\"second\""));
	assert_null(strstr(content, "not asked for"));
	open_log(LOG_FORMAT_JSON, LOG_LEVEL_ERROR);
	log_warning("third");
	log_flush_warnings();
	assert_null(strstr(slurp(log_path), "third"));
	open_log(LOG_FORMAT_JSON, LOG_LEVEL_DEBUG);
	log_debug("asked for");
	assert_non_null(strstr(slurp(log_path), "{\"level\":\"debug\",\"msg\":\"asked for\""));
}

static void write_largest(void)
{
	static const char fill[] = "\"\\\n\xc3\xb6";
	struct error e = ERROR_INIT;

	e.code = ERR_EXEC;
	e.errnum = ENOENT;
	e.line = e.column = UINT32_MAX;
	for (size_t i = 0; i < sizeof(e.subject) - 1; i++)
		e.subject[i] = fill[i % 5];
	for (size_t i = 0; i < 255; i++)
		e.pointer[i] = e.call[i] = e.cause[i] = e.hint[i] = fill[i % 5];
	log_error(&e, NULL);
}

/* The largest record fits into 4 KiB and stays valid: no member is lost, the last quote closes. */
static void records_are_bounded(void **state)
{
	size_t len;

	(void) state;
	open_log(LOG_FORMAT_JSON, LOG_LEVEL_WARNING);
	with_stderr(write_largest);
	len = strlen(slurp(log_path));
	assert_true(len <= 4096);
	assert_string_equal(content + len - 3, "\"}\n");
	assert_non_null(strstr(content, "\"errno\":\"ENOENT\""));
	assert_non_null(strstr(content, ",\"cause\":"));
}

static void broken_logs_are_harmless(void **state)
{
	struct error e = ERROR_INIT;
	int ends[2];

	(void) state;
	assert_int_equal(log_open("/dev/full", LOG_FORMAT_JSON, LOG_LEVEL_DEBUG, &e), 0);
	log_debug("lost");
	assert_int_equal(log_open(NULL, LOG_FORMAT_TEXT, LOG_LEVEL_DEBUG, &e), 0);
	assert_int_equal(pipe(ends), 0);
	{
		_cleanup_close_ int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

		assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
		(void) close(ends[0]);
		log_debug("SIGPIPE would end this test");
		assert_true(dup2(saved, STDERR_FILENO) >= 0);
	}
	(void) close(ends[1]);
	assert_int_equal(mkfifo(log_path, 0600), 0);
	assert_int_equal(log_open(log_path, LOG_FORMAT_TEXT, LOG_LEVEL_DEBUG, &e), -ENXIO);
}

#define LOG_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOG_TEST(file_is_made_at_once),	 LOG_TEST(json_record_carries_all),
		LOG_TEST(text_record_is_one_line), LOG_TEST(no_file_json_goes_to_stderr),
		LOG_TEST(contract_ends_the_line),  LOG_TEST(warnings_wait),
		LOG_TEST(records_are_bounded),	 LOG_TEST(broken_logs_are_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
