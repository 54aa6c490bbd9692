/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes and durations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdint.h>

#include "base/macro.h"
#include "base/units.h"

struct row {
	const char *text;
	int result;
	int64_t value;
};

static const struct row sizes[] = {
	{ "0", 0, 0 },
	{ "1048576", 0, 1048576 },
	{ "-1", 0, -1 },
	{ "64M", 0, 64 << 20 },
	{ "64m", 0, 64 << 20 },
	{ "64mb", 0, 64 << 20 },
	{ "64MiB", 0, 64 << 20 },
	{ "512b", 0, 512 },
	{ "1.5g", 0, 1610612736 },
	{ "0.5k", 0, 512 },
	{ "1.0000000000000000000001k", 0, 1024 },
	{ "1p", 0, 1125899906842624 },
	{ "8191p", 0, 8191 * 1125899906842624 },
	{ "8192p", -ERANGE, 0 },
	{ "9223372036854775807", 0, INT64_MAX },
	{ "9223372036854775808", -ERANGE, 0 },
	{ "99999999999999999999", -ERANGE, 0 },
	{ "", -EINVAL, 0 },
	{ "-2", -EINVAL, 0 },
	{ "M", -EINVAL, 0 },
	{ "1x", -EINVAL, 0 },
	{ "1 M", -EINVAL, 0 },
	{ "1Mi", -EINVAL, 0 },
	{ "1Mbb", -EINVAL, 0 },
	{ "1.", -EINVAL, 0 },
	{ ".5M", 0, 512 << 10 },
	{ ".M", -EINVAL, 0 },
	{ "0x10", -EINVAL, 0 },
	{ " 1", -EINVAL, 0 },
};

static const struct row durations[] = {
	{ "0", 0, 0 },
	{ "0s", 0, 0 },
	{ "5s", 0, 5000000000 },
	{ "100ms", 0, 100000000 },
	{ "1m30s", 0, 90000000000 },
	{ "1h1m1s1ms1us1ns", 0, 3661001001001 },
	{ "1\xc2\xb5s", 0, 1000 },
	{ "1.5h", 0, 5400000000000 },
	{ "0.1s", 0, 100000000 },
	{ "-5s", 0, -5000000000 },
	{ "+5s", 0, 5000000000 },
	{ "2562047h", 0, 9223369200000000000 },
	{ "2562048h", -ERANGE, 0 },
	{ "2562047h2562047h", -ERANGE, 0 },
	{ "", -EINVAL, 0 },
	{ "5", -EINVAL, 0 },
	{ "s", -EINVAL, 0 },
	{ "5 s", -EINVAL, 0 },
	{ "5d", -EINVAL, 0 },
	{ "5s ", -EINVAL, 0 },
	{ "5s5", -EINVAL, 0 },
	{ "--5s", -EINVAL, 0 },
	{ "1e3s", -EINVAL, 0 },
};

static void expect(int (*parse)(const char *s, int64_t *ret), const struct row *row)
{
	int64_t value = 42;
	int r = parse(row->text, &value);

	if (r != row->result || value != (r < 0 ? 42 : row->value))
		fail_msg("\"%s\": %d, %lld", row->text, r, (long long)value);
}

static void test_sizes(void **state _unused_)
{
	for (size_t i = 0; i < ELEMENTSOF(sizes); i++)
		expect(size_parse, &sizes[i]);
}

static void test_durations(void **state _unused_)
{
	for (size_t i = 0; i < ELEMENTSOF(durations); i++)
		expect(duration_parse, &durations[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_durations),
	};

	return cmocka_run_group_tests_name("units", tests, NULL, NULL);
}
