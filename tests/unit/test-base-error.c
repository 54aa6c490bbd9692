/* SPDX-License-Identifier: Apache-2.0 */
/* The sentences of errors, above all those by which engines decide what has happened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/error.h"
#include "base/str.h"

#include <ctype.h>
#include <errno.h>

static void is_set_once(void **state)
{
	struct error e = ERROR_INIT;

	(void) state;
	error_add_hint(&e, "too early");
	assert_false(error_is_set(&e));
	assert_int_equal(error_set(&e, ERR_MOUNT, EBUSY, "first %d", 1), -EBUSY);
	assert_int_equal(error_set(&e, ERR_CGROUP, EIO, "second"), -EIO);
	assert_int_equal(e.code, ERR_MOUNT);
	assert_string_equal(e.subject, "first 1");
	assert_string_equal(e.hint, "");
	error_add_step(&e, "mount");
	error_add_step(&e, "other");
	error_add_pointer(&e, "/mounts/4", 61, 7);
	error_add_pointer(&e, "/root", 1, 1);
	error_add_cause(&e, "because %s", "so");
	error_add_cause(&e, "no");
	error_add_hint(&e, "try");
	error_add_hint(&e, "no");
	assert_string_equal(e.step, "mount");
	assert_string_equal(e.pointer, "/mounts/4");
	assert_int_equal(e.line, 61);
	assert_string_equal(e.cause, "because so");
	assert_string_equal(e.hint, "try");
	error_clear(&e);
	assert_false(error_is_set(&e));
	assert_int_equal(error_set(&e, ERR_USAGE, 0, "x"), -EINVAL);
}

static void takes_over_the_call(void **state)
{
	struct error e = ERROR_INIT;

	(void) state;
	error_note_call(ENOENT, "openat(%d, \"%s\")", 3, "a");
	error_set(&e, ERR_SYSTEM, EIO, "x");
	assert_string_equal(e.call, "");
	error_clear(&e);
	error_note_call(EIO, "openat(%d, \"%s\")", 3, "a");
	error_set(&e, ERR_SYSTEM, EIO, "config file");
	assert_string_equal(e.call, "openat(3, \"a\")");
	e = ERROR_INIT;
	error_set(&e, ERR_SYSTEM, EIO, "x");
	assert_string_equal(e.call, "");
}

struct row {
	int code, errnum;
	const char *subject, *step, *cause, *sentence;
};

static void check(const struct row *row)
{
	struct error e = ERROR_INIT;
	char buf[ERROR_SENTENCE_SIZE];

	error_set(&e, (enum error_code) row->code, row->errnum, "%s", row->subject);
	if (row->step)
		error_add_step(&e, row->step);
	if (row->cause)
		error_add_cause(&e, "%s", row->cause);
	assert_int_equal(error_format(&e, buf, sizeof(buf)), strlen(row->sentence));
	assert_string_equal(buf, row->sentence);
}

static void words_sentences(void **state)
{
	static const struct row rows[] = {
		{ ERR_EXEC, ENOENT, "\"foobar\": executable file not found in $PATH", NULL, NULL,
		  "exec: \"foobar\": executable file not found in $PATH: no such file or directory" },
		{ ERR_EXEC, ENOENT, "\"/no/such/command\": stat /no/such/command", "exec", NULL,
		  "exec: \"/no/such/command\": stat /no/such/command: no such file or directory" },
		{ ERR_EXEC, EACCES, "\"/vol/myscript\"", NULL, NULL, "exec: \"/vol/myscript\": permission denied" },
		{ ERR_EXEC, 0, "\"/etc\": is a directory", NULL,
		  "the path `/etc` is not a regular file: Operation not permitted",
		  "exec: \"/etc\": is a directory: the path `/etc` is not a regular file: Operation not permitted" },
		{ ERR_CWD, ENOENT, "/missing", NULL, NULL,
		  "chdir to cwd (\"/missing\") set in config.json failed: no such file or directory" },
		{ ERR_MOUNT, ENOENT, "mounts[4] (/data): bind of /srv/data", "mount", NULL,
		  "mount: mounts[4] (/data): bind of /srv/data: does not exist" },
		{ ERR_MOUNT, 0, "idmapped mount of /data: Invalid argument", NULL, NULL,
		  "idmapped mount of /data: Invalid argument" },
		{ ERR_DEVICE, EPERM, "/dev/fuse", NULL, NULL, "device /dev/fuse: not permitted" },
		{ ERR_CGROUP, ENOENT, "/web", "cgroup", NULL, "cgroup /web: is missing" },
		{ ERR_CGROUP, EACCES, "/web", "delete", NULL, "delete: cgroup /web: access denied" },
		{ ERR_HOOK, 0, "hook /bin/x: exit status 1", NULL, "sh: y: No such file or directory",
		  "hook /bin/x: exit status 1: sh: y: is missing" },
		{ ERR_HOOK, 0, "hook", NULL, "the file does not exist, Permission Denied",
		  "hook: the file is missing, access denied" },
		{ ERR_MOUNT, EISDIR, "/x", NULL, NULL, "/x: is not a file but a directory" },
		{ ERR_CONTAINER_UNKNOWN, ENOENT, "web", NULL, NULL, "container does not exist: web" },
		{ ERR_CONTAINER_EXISTS, EEXIST, "web", NULL, NULL,
		  "container with given ID already exists: web" },
		{ ERR_CONTAINER_NOT_STOPPED, 0, "web that is not stopped: running", NULL, NULL,
		  "cannot delete container web that is not stopped: running" },
		{ ERR_CONFIG_TYPE, EINVAL, "expected a number", NULL, NULL, "wrong type: expected a number" },
		{ ERR_READONLY, EROFS, "/proc\x1b[2J", NULL, NULL,
		  "cannot make /proc\\x1b[2J read-only: read-only file system" },
	};

	(void) state;
	for (size_t i = 0; i < ELEMENTSOF(rows); i++)
		check(&rows[i]);
}

static void shows_the_call_of_system_errors(void **state)
{
	struct error e = ERROR_INIT;
	char buf[ERROR_SENTENCE_SIZE];

	(void) state;
	error_note_call(ENOENT, "openat(3, \"a\")");
	error_set(&e, ERR_SYSTEM, ENOENT, "random device");
	(void) error_format(&e, buf, sizeof(buf));
	assert_string_equal(buf, "random device (openat(3, \"a\")): is missing");
	e.code = ERR_MOUNT;
	(void) error_format(&e, buf, sizeof(buf));
	assert_string_equal(buf, "random device: does not exist");
}

/* No code but those about the user's program may ever produce a phrase that engines act on. */
static void keeps_phrases_out(void **state)
{
	static const char *const phrases[] = { "no such file or directory", "permission denied",
					       "operation not permitted", "is a directory",
					       "executable file not found" };

	(void) state;
	for (int code = ERR_NONE + 1; code < ERR_CODE_MAX; code++) {
		if (code == ERR_EXEC || code == ERR_CWD)
			continue;
		for (int errnum = 0; errnum < 134; errnum++) {
			struct error e = ERROR_INIT;
			char buf[ERROR_SENTENCE_SIZE];

			error_set(&e, (enum error_code) code, errnum, "Permission denied");
			error_add_cause(&e, "x: No such file or directory, Is a directory");
			error_add_step(&e, "executable file not found");
			(void) error_format(&e, buf, sizeof(buf));
			for (char *p = buf; *p; p++)
				*p = (char) tolower((unsigned char) *p);
			for (size_t i = 0; i < ELEMENTSOF(phrases); i++)
				assert_null(strstr(buf, phrases[i]));
		}
	}
}

static void says_where(void **state)
{
	struct error e = ERROR_INIT;
	char buf[ERROR_WHERE_SIZE];

	(void) state;
	error_set(&e, ERR_MOUNT, ENOENT, "x");
	assert_int_equal(error_format_where(&e, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "");
	error_add_pointer(&e, "/mounts/4/source", 61, 5);
	(void) error_format_where(&e, buf, sizeof(buf));
	assert_string_equal(buf, " (at config.json line 61, /mounts/4/source)");
	error_add_hint(&e, "\"/srv\" exists, permission denied");
	(void) error_format_where(&e, buf, sizeof(buf));
	assert_string_equal(buf, " (at config.json line 61, /mounts/4/source) \xc2\xb7 hint: \"/srv\" exists, "
				 "access denied");
	e = ERROR_INIT;
	error_set(&e, ERR_CONFIG_SYNTAX, 0, "x");
	error_add_pointer(&e, "", 3, 9);
	(void) error_format_where(&e, buf, sizeof(buf));
	assert_string_equal(buf, " (at config.json line 3 column 9)");
	assert_false(error_ends_line(&e));
	e.code = ERR_EXEC;
	assert_true(error_ends_line(&e));
}

static void survives_any_size(void **state)
{
	struct error e = ERROR_INIT;
	char buf[ERROR_SENTENCE_SIZE + ERROR_WHERE_SIZE];

	(void) state;
	e.code = ERR_EXEC;
	e.errnum = ENOENT;
	memset(e.step, '\n', sizeof(e.step) - 1);
	memset(e.subject, '\n', sizeof(e.subject) - 1);
	memset(e.cause, 'c', sizeof(e.cause) - 1);
	memset(e.pointer, '\n', sizeof(e.pointer) - 1);
	memset(e.hint, '\n', sizeof(e.hint) - 1);
	for (size_t size = 1; size <= sizeof(buf); size++) {
		assert_true(error_format(&e, buf, size) < size);
		assert_true(error_format_where(&e, buf, size) < size);
	}
	/* The end of the longest sentence, on which engines rely, is still there. */
	(void) error_format(&e, buf, ERROR_SENTENCE_SIZE);
	assert_non_null(strstr(buf, "ccc: no such file or directory"));
	e.code = 9999;
	assert_string_equal(error_code_name(e.code), "unknown");
	(void) error_format(&e, buf, sizeof(buf));
	assert_string_equal(error_code_name(ERR_CONTAINER_EXISTS), "container-exists");
}

static void names_errnos(void **state)
{
	(void) state;
	assert_string_equal(errno_words(ENOENT), "no such file or directory");
	assert_string_equal(errno_name(ENOENT), "ENOENT");
	assert_string_equal(errno_words(EHWPOISON), "memory page has hardware error");
	assert_string_equal(errno_words(0), "unknown error");
	assert_string_equal(errno_words(-1), "unknown error");
	assert_string_equal(errno_words(100000), "unknown error");
	assert_string_equal(errno_name(100000), "unknown");
	for (int i = 1; i <= EHWPOISON; i++)
		for (const char *p = errno_words(i); *p; p++)
			assert_false(*p >= 'A' && *p <= 'Z');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_set_once),
		cmocka_unit_test(takes_over_the_call),
		cmocka_unit_test(words_sentences),
		cmocka_unit_test(shows_the_call_of_system_errors),
		cmocka_unit_test(keeps_phrases_out),
		cmocka_unit_test(says_where),
		cmocka_unit_test(survives_any_size),
		cmocka_unit_test(names_errnos),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
