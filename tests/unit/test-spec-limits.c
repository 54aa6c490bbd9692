/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that are made to exhaust, confuse or crash a reader. Each must end soon, in a clear way. */
#include "tests/unit/test-spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MIB (1024u * 1024)
#define V "\"ociVersion\":\"1.0.0\""

/* Generous: sanitizers, valgrind and busy machines are slow; quadratic work would take minutes. */
#define SECONDS_MOST 20.0

static double now(void)
{
	struct timespec t;

	(void) clock_gettime(CLOCK_MONOTONIC, &t);
	return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

static struct reading read_timed(const struct buf *text)
{
	double start = now();
	struct reading reading;

	assert_false(text->failed);
	reading = read_text(text->data, text->len);
	assert_true(now() - start < SECONDS_MOST);
	return reading;
}

static void add_many(struct buf *text, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_adds(text, s);
}

static void test_many_mounts(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_reading_ struct reading a = { 0 };
	char where[64];

	(void) state;
	buf_adds(&text, "{" V ",\"mounts\":[{\"destination\":\"/first\"}");
	for (unsigned i = 1; i < 10000; i++)
		buf_addf(&text, ",\n{\"destination\":\"/m%u\",\"type\":\"tmpfs\",\"options\":[\"ro\","
				"\"nosuid\"]}", i);
	buf_adds(&text, "]}");
	a = read_timed(&text);
	assert_int_equal(a.r, 0);
	assert_int_equal(a.config->n_mounts, 10000);
	assert_string_equal(a.config->mounts[9999].destination, "/m9999");
	assert_true(document_where(&a.doc, &a.config->mounts[9999].options.v[1], where, sizeof(where), NULL,
				   NULL));
	assert_string_equal(where, "/mounts/9999/options/1");
}

static void test_many_seccomp_rules(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_reading_ struct reading a = { 0 };

	(void) state;
	buf_adds(&text, "{" V ",\"linux\":{\"seccomp\":{\"defaultAction\":\"A\",\"syscalls\":[");
	for (unsigned i = 0; i < 100000; i++)
		buf_addf(&text, "%s{\"names\":[\"read\"],\"action\":\"B\",\"args\":[{\"index\":0,"
				"\"value\":%u,"
			 "\"op\":\"E\"}]}", i ? "," : "", i);
	buf_adds(&text, "]}}}");
	a = read_timed(&text);
	assert_int_equal(a.r, 0);
	assert_int_equal(a.config->linux_->seccomp->n_syscalls, 100000);
	assert_int_equal(a.config->linux_->seccomp->syscalls[99999].args[0].value, 99999);
}

static void test_long_string(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT, longer = BUF_INIT;
	_cleanup_reading_ struct reading a = { 0 }, b = { 0 };

	(void) state;
	buf_adds(&text, "{" V ",\"hostname\":\"");
	add_many(&text, "\\u00e4aaaaaaaaaa", 900000);
	buf_adds(&text, "\"}");
	a = read_timed(&text);
	assert_int_equal(a.r, 0);
	assert_int_equal(strlen(a.config->hostname), 900000 * 12);

	buf_adds(&longer, "{\"hostname\":\"");
	add_many(&longer, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 100 * MIB / 64);
	buf_adds(&longer, "\"}");
	b = read_timed(&longer);
	assert_int_equal(b.err.code, ERR_CONFIG_LIMIT);
}

static void test_size(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_reading_ struct reading a = { 0 }, b = { 0 };

	(void) state;
	buf_adds(&text, "{" V "}");
	while (text.len < 16 * MIB)
		buf_addc(&text, '\n');
	a = read_timed(&text);
	assert_int_equal(a.r, 0);
	buf_addc(&text, '\n');
	b = read_timed(&text);
	assert_int_equal(b.err.code, ERR_CONFIG_LIMIT);
}

static void test_depth(void **state)
{
	_cleanup_buf_ struct buf deep = BUF_INIT, objects = BUF_INIT, most = BUF_INIT, over = BUF_INIT;
	_cleanup_reading_ struct reading a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };

	(void) state;
	buf_adds(&deep, "{\"new\":");
	add_many(&deep, "[", 100000);
	a = read_timed(&deep);
	assert_int_equal(a.err.code, ERR_CONFIG_LIMIT);
	assert_int_equal(a.err.column, 8 + 63);
	add_many(&objects, "{\"a\":", 100000);
	b = read_timed(&objects);
	assert_int_equal(b.err.code, ERR_CONFIG_LIMIT);
	assert_true(strncmp(b.err.pointer, "/a/a/a/", 7) == 0);

	buf_adds(&most, "{" V ",\"new\":");
	buf_add(&over, most.data, most.len);
	add_many(&most, "[", 63);
	add_many(&most, "]", 63);
	buf_adds(&most, "}");
	c = read_timed(&most);
	assert_int_equal(c.r, 0);
	add_many(&over, "[", 64);
	add_many(&over, "]", 64);
	buf_adds(&over, "}");
	d = read_timed(&over);
	assert_int_equal(d.err.code, ERR_CONFIG_LIMIT);
}

/* Brackets within strings are no depth. */
static void test_brackets_in_strings(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_reading_ struct reading a = { 0 };

	(void) state;
	buf_adds(&text, "{" V ",\"hostname\":\"");
	add_many(&text, "[{\\\"", 1000);
	buf_adds(&text, "\"}");
	a = read_timed(&text);
	assert_int_equal(a.r, 0);
}

static void test_many_values(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_reading_ struct reading a = { 0 };

	(void) state;
	buf_adds(&text, "{" V ",\"process\":{\"cwd\":\"/\",\"user\":{\"additionalGids\":[0");
	add_many(&text, ",1", 3000000);
	buf_adds(&text, "]}}}");
	a = read_timed(&text);
	assert_int_equal(a.err.code, ERR_CONFIG_LIMIT);
}

/* Names with a long common beginning, in falling and equal order: the worst that a sort can get. */
static void test_many_names(void **state)
{
	_cleanup_buf_ struct buf unknown = BUF_INIT, map = BUF_INIT;
	_cleanup_reading_ struct reading a = { 0 }, b = { 0 };

	(void) state;
	buf_adds(&unknown, "{" V);
	for (unsigned i = 200000; i > 0; i--)
		buf_addf(&unknown, ",\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%u\":0", i);
	buf_adds(&unknown, "}");
	a = read_timed(&unknown);
	assert_int_equal(a.r, 0);
	assert_int_equal(a.doc.n_warnings, 64);

	buf_adds(&map, "{\"annotations\":{\"a\":\"\"");
	add_many(&map, ",\"a\":\"\"", 200000);
	buf_adds(&map, "}}");
	b = read_timed(&map);
	assert_int_equal(b.err.code, ERR_CONFIG_DUPLICATE);
	assert_int_equal(b.err.column, 24);
}

static void test_long_number(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_reading_ struct reading a = { 0 };

	(void) state;
	buf_adds(&text, "{\"process\":{\"oomScoreAdj\":");
	add_many(&text, "9", MIB);
	buf_adds(&text, "}}");
	a = read_timed(&text);
	assert_int_equal(a.err.code, ERR_CONFIG_RANGE);
}

static void test_long_names(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_reading_ struct reading a = { 0 };

	(void) state;
	buf_adds(&text, "{\"");
	add_many(&text, "~/%s", MIB);
	buf_adds(&text, "\":{\"a\":0,\"a\":0}}");
	a = read_timed(&text);
	assert_int_equal(a.err.code, ERR_CONFIG_DUPLICATE);
	assert_int_equal(strlen(a.err.pointer), sizeof(a.err.pointer) - 1);
}

/* Every prefix of a text, and every text with one byte changed: an answer, never a crash. */
static void test_damaged(void **state)
{
	static const char text[] = "{" V ",\"hostname\":\"\\ud83d\\ude00\xc3\xa4\\n\","
				   "\"mounts\":[{\"destination\":\"/\",\"options\":[\"a\"]}],"
				   "\"annotations\":{\"a\":\"b\"},\"x\":[1.5e-3,null,true,{}],"
				   "\"process\":{\"cwd\":\"/\",\"oomScoreAdj\":-5}}";
	static const unsigned char bytes[] = {
		0, '"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', 'e', 'u', 0x80, 0xff,
	};
	size_t len = sizeof(text) - 1;

	(void) state;
	for (size_t n = 0; n < len; n++) {
		_cleanup_reading_ struct reading a = read_text(text, n);

		assert_true(a.r < 0);
	}
	for (size_t i = 0; i < len; i++) {
		for (size_t k = 0; k < sizeof(bytes); k++) {
			char damaged[sizeof(text)];
			struct reading a;

			memcpy(damaged, text, sizeof(text));
			damaged[i] = (char) bytes[k];
			a = read_text(damaged, len);
			reading_done(&a);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_mounts),
		cmocka_unit_test(test_many_seccomp_rules),
		cmocka_unit_test(test_long_string),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_brackets_in_strings),
		cmocka_unit_test(test_many_values),
		cmocka_unit_test(test_many_names),
		cmocka_unit_test(test_long_number),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
