/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of processes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdint.h>
#include <sys/sysmacros.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "libcontainer/run/ps.h"

static const pid_t pids[] = { 7, 4194304 };

static void expect_filtered(const char *text, const char *expected)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct error err = ERROR_INIT;

	assert_int_equal(ps_filter(text, pids, ELEMENTSOF(pids), &out, &err), 0);
	assert_string_equal(out.data, expected);
}

static void test_filter(void **state _unused_)
{
	expect_filtered("UID PID CMD\n", "UID PID CMD\n");
	expect_filtered("UID  PID CMD\nroot   7 a b\nroot  70 7\n  0\t4194304 c\n",
			"UID  PID CMD\nroot   7 a b\n  0\t4194304 c\n");
	/* No newline at the end, short lines, numbers that are none. */
	expect_filtered("  PID\n7\n\n 8\n-7\n07x\n99999999999999999999\n7", "  PID\n7\n7\n");
	/* PPID is not PID. */
	expect_filtered("PPID PID\n7 1\n1 7\n", "PPID PID\n1 7\n");
}

static void test_filter_without_column(void **state _unused_)
{
	static const char *const texts[] = { "", "\n", "CMD\nPID\n", "PPID pid\n7 7\n" };

	for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
		_cleanup_buf_ struct buf out = BUF_INIT;
		struct error err = ERROR_INIT;

		assert_true(ps_filter(texts[i], pids, ELEMENTSOF(pids), &out, &err) < 0);
		assert_int_equal(err.code, ERR_USAGE);
	}
}

#define STATUS "Name:\tx\nUid:\t1000\t1001\t1002\t1003\nGid:\t5\n"

static void test_parse(void **state _unused_)
{
	struct ps_process p;

	/* A name that tries to look like the rest of the line. */
	assert_true(ps_parse("42 (a) S 1 (b)) R 41 42 42 34816 42 4194304 1 2 3 4 500 60 7 8 20 0 1 0 12345 99 "
			     "1\n", STATUS, &p));
	assert_int_equal(p.pid, 42);
	assert_int_equal(p.ppid, 41);
	assert_int_equal(p.uid, 1001);
	assert_int_equal(p.terminal, 34816);
	assert_int_equal(p.cpu_ticks, 560);
	assert_int_equal(p.start_ticks, 12345);
	assert_false(ps_parse("42 (a) R 41 42", STATUS, &p));
	assert_false(ps_parse("42", STATUS, &p));
	assert_false(ps_parse("", "", &p));
	assert_false(ps_parse("42 (a) R 41 42 42 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 9 9\n", "Name:\tx\n", &p));
}

static void test_terminal(void **state _unused_)
{
	static const struct { unsigned major, minor; const char *name; } rows[] = {
		{ 136, 3, "pts/3" }, { 137, 1, "pts/257" }, { 4, 1, "tty1" }, { 4, 64, "ttyS0" },
		{ 0, 0, "?" },	     { 5, 1, "?" },
	};
	char name[16];

	for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
		ps_terminal_name((unsigned)makedev(rows[i].major, rows[i].minor), name, sizeof(name));
		assert_string_equal(name, rows[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_filter_without_column),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_terminal),
	};

	return cmocka_run_group_tests_name("ps", tests, NULL, NULL);
}
