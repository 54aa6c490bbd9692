/* SPDX-License-Identifier: Apache-2.0 */
/* Wrong configurations: which error, and where. */
#include "tests/unit/test-spec.h"

#define V "\"ociVersion\":\"1.0.0\""

struct wrong {
	const char *text;
	enum error_code code;
	const char *pointer;
	unsigned line, column;
};

static void check(const struct wrong *w)
{
	_cleanup_reading_ struct reading a = read_string(w->text);

	if (a.err.code != (int) w->code || !streq(a.err.pointer, w->pointer) || a.err.line != w->line ||
	    a.err.column != w->column)
		fail_msg("%s: got %s (%s) at \"%s\" %u:%u", w->text, error_code_name(a.err.code),
			 a.err.subject,
			 a.err.pointer, a.err.line, a.err.column);
	assert_true(a.err.subject[0] != '\0');
}

static void check_all(const struct wrong *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check(&rows[i]);
}

static void test_syntax(void **state)
{
	static const struct wrong rows[] = {
		{ "", ERR_CONFIG_SYNTAX, "", 1, 1 },
		{ " \n ", ERR_CONFIG_SYNTAX, "", 2, 2 },
		{ "\xef\xbb\xbf{" V "}", ERR_CONFIG_SYNTAX, "", 1, 1 },
		{ "{", ERR_CONFIG_SYNTAX, "", 1, 2 },
		{ "{" V, ERR_CONFIG_SYNTAX, "/ociVersion", 1, 22 },
		{ "{" V ",}", ERR_CONFIG_SYNTAX, "/ociVersion", 1, 24 },
		{ "{" V "} x", ERR_CONFIG_SYNTAX, "", 1, 25 },
		{ "{" V "}{}", ERR_CONFIG_SYNTAX, "", 1, 24 },
		{ "{" V ",/* c */\"hostname\":\"a\"}", ERR_CONFIG_SYNTAX, "/ociVersion", 1, 23 },
		{ "{\"hostname\":\"a\nb\"}", ERR_CONFIG_SYNTAX, "/hostname", 1, 15 },
		{ "{\"hostname\":\"a", ERR_CONFIG_SYNTAX, "/hostname", 1, 15 },
		{ "{\"hostname\":\"\\x\"}", ERR_CONFIG_SYNTAX, "/hostname", 1, 14 },
		{ "{\"hostname\":\"\\u12g4\"}", ERR_CONFIG_SYNTAX, "/hostname", 1, 14 },
		{ "{\"hostname\":\"\\ud800\"}", ERR_CONFIG_SYNTAX, "/hostname", 1, 14 },
		{ "{\"hostname\":\"\\ud800\\u0041\"}", ERR_CONFIG_SYNTAX, "/hostname", 1, 14 },
		{ "{\"hostname\":\"\\udc00\"}", ERR_CONFIG_SYNTAX, "/hostname", 1, 14 },
		{ "{\"hostname\":\"\\ud800\\", ERR_CONFIG_SYNTAX, "/hostname", 1, 14 },
		{ "{\"hostname\":\"\\ud8", ERR_CONFIG_SYNTAX, "/hostname", 1, 14 },
		{ "{\"hostname\":\"\xff\"}", ERR_CONFIG_SYNTAX, "/hostname", 1, 14 },
		{ "{\"hostname\":\"\xc0\x80\"}", ERR_CONFIG_SYNTAX, "/hostname", 1, 14 },
		{ "{\"hostname\":\"\xed\xa0\x80\"}", ERR_CONFIG_SYNTAX, "/hostname", 1, 14 },
		{ "{\"hostname\":\"\xf4\x90\x80\x80\"}", ERR_CONFIG_SYNTAX, "/hostname", 1, 14 },
		{ "{\"hostname\":\"\xc3", ERR_CONFIG_SYNTAX, "/hostname", 1, 14 },
		{ "{\"\xff\":1}", ERR_CONFIG_SYNTAX, "", 1, 3 },
		{ "{\"hostname\":\xc3\xa4}", ERR_CONFIG_SYNTAX, "/hostname", 1, 13 },
		/* What is wrong first is reported, whoever finds it. */
		{ "{\"hostname\":1,\"domainname\":\"\\ud800\"}", ERR_CONFIG_TYPE, "/hostname", 1, 13 },
	};

	(void) state;
	check_all(rows, ELEMENTSOF(rows));
}

static void test_nul(void **state)
{
	static const char raw[] = "{\"hostname\":\"a\0b\"}", outside[] = "{" V "}\0";
	static const struct wrong rows[] = {
		{ "{\"hostname\":\"a\\u0000b\"}", ERR_CONFIG_VALUE, "/hostname", 1, 15 },
		{ "{\"new\":{\"\\u0000\":1}}", ERR_CONFIG_VALUE, "/new", 1, 10 },
	};
	_cleanup_reading_ struct reading a = read_text(raw, sizeof(raw) - 1);
	_cleanup_reading_ struct reading b = read_text(outside, sizeof(outside) - 1);

	(void) state;
	check_all(rows, ELEMENTSOF(rows));
	assert_int_equal(a.err.code, ERR_CONFIG_SYNTAX);
	assert_string_equal(a.err.pointer, "/hostname");
	assert_int_equal(b.err.code, ERR_CONFIG_SYNTAX);
}

static void test_types(void **state)
{
	static const struct wrong rows[] = {
		{ "[]", ERR_CONFIG_TYPE, "", 1, 1 },
		{ " 12", ERR_CONFIG_TYPE, "", 1, 2 },
		{ "null", ERR_CONFIG_TYPE, "", 1, 1 },
		{ "{\n \"hostname\": 1}", ERR_CONFIG_TYPE, "/hostname", 2, 14 },
		{ "{\"hostname\":true}", ERR_CONFIG_TYPE, "/hostname", 1, 13 },
		{ "{\"hostname\":[]}", ERR_CONFIG_TYPE, "/hostname", 1, 13 },
		{ "{\"hostname\":{}}", ERR_CONFIG_TYPE, "/hostname", 1, 13 },
		{ "{\"process\":[]}", ERR_CONFIG_TYPE, "/process", 1, 12 },
		{ "{\"process\":\"x\"}", ERR_CONFIG_TYPE, "/process", 1, 12 },
		{ "{\"process\":{\"user\":3}}", ERR_CONFIG_TYPE, "/process/user", 1, 20 },
		{ "{\"process\":{\"terminal\":1}}", ERR_CONFIG_TYPE, "/process/terminal", 1, 24 },
		{ "{\"process\":{\"terminal\":\"true\"}}", ERR_CONFIG_TYPE, "/process/terminal", 1, 24 },
		{ "{\"process\":{\"args\":{}}}", ERR_CONFIG_TYPE, "/process/args", 1, 20 },
		{ "{\"process\":{\"args\":[\"a\",1]}}", ERR_CONFIG_TYPE, "/process/args/1", 1, 25 },
		{ "{\"process\":{\"args\":[null]}}", ERR_CONFIG_TYPE, "/process/args/0", 1, 21 },
		{ "{\"mounts\":[null]}", ERR_CONFIG_TYPE, "/mounts/0", 1, 12 },
		{ "{\"mounts\":[[]]}", ERR_CONFIG_TYPE, "/mounts/0", 1, 12 },
		{ "{\"process\":{\"user\":{\"additionalGids\":[1,\"2\"]}}}", ERR_CONFIG_TYPE,
		  "/process/user/additionalGids/1", 1, 41 },
		{ "{\"annotations\":{\"a\":1}}", ERR_CONFIG_TYPE, "/annotations/a", 1, 21 },
		{ "{\"annotations\":{\"x/y\":[]}}", ERR_CONFIG_TYPE, "/annotations/x~1y", 1, 23 },
		{ "{\"annotations\":[]}", ERR_CONFIG_TYPE, "/annotations", 1, 16 },
		{ "{\"linux\":{\"netDevices\":{\"e\":1}}}", ERR_CONFIG_TYPE, "/linux/netDevices/e", 1, 29 },
		{ "{\"process\":{\"oomScoreAdj\":1.5}}", ERR_CONFIG_TYPE, "/process/oomScoreAdj", 1, 27 },
		{ "{\"process\":{\"oomScoreAdj\":1e3}}", ERR_CONFIG_TYPE, "/process/oomScoreAdj", 1, 27 },
		{ "{\"process\":{\"oomScoreAdj\":1e999}}", ERR_CONFIG_TYPE, "/process/oomScoreAdj", 1, 27 },
	};

	(void) state;
	check_all(rows, ELEMENTSOF(rows));
}

static void test_ranges(void **state)
{
#define USER(v) "{\"process\":{\"user\":{\"uid\":" v "}}}"
#define MEMORY(v) "{\"linux\":{\"resources\":{\"memory\":{" v "}}}}"
	static const struct wrong rows[] = {
		{ USER("4294967296"), ERR_CONFIG_RANGE, "/process/user/uid", 1, 27 },
		{ USER("-1"), ERR_CONFIG_RANGE, "/process/user/uid", 1, 27 },
		{ USER("99999999999999999999999999999999"), ERR_CONFIG_RANGE, "/process/user/uid", 1, 27 },
		{ MEMORY("\"limit\":9223372036854775808"), ERR_CONFIG_RANGE, "/linux/resources/memory/limit",
		  1, 42 },
		{ MEMORY("\"limit\":-9223372036854775809"), ERR_CONFIG_RANGE, "/linux/resources/memory/limit",
		  1, 42 },
		{ MEMORY("\"swappiness\":18446744073709551616"), ERR_CONFIG_RANGE,
		  "/linux/resources/memory/swappiness", 1, 47 },
		{ "{\"linux\":{\"resources\":{\"blockIO\":{\"weight\":65536}}}}", ERR_CONFIG_RANGE,
		  "/linux/resources/blockIO/weight", 1, 44 },
		{ "{\"process\":{\"scheduler\":{\"nice\":-2147483649}}}", ERR_CONFIG_RANGE,
		  "/process/scheduler/nice", 1, 33 },
		{ "{\"linux\":{\"devices\":[{\"fileMode\":65536}]}}", ERR_CONFIG_RANGE,
		  "/linux/devices/0/fileMode", 1, 34 },
		{ "{\"linux\":{\"timeOffsets\":{\"boottime\":{\"nanosecs\":1000000000}}}}", ERR_CONFIG_RANGE,
		  "/linux/timeOffsets/boottime/nanosecs", 1, 49 },
		{ "{\"hooks\":{\"poststop\":[{\"path\":\"/a\",\"timeout\":0}]}}", ERR_CONFIG_RANGE,
		  "/hooks/poststop/0/timeout", 1, 46 },
		{ "{\"hooks\":{\"poststop\":[{\"path\":\"/a\",\"timeout\":-1}]}}", ERR_CONFIG_RANGE,
		  "/hooks/poststop/0/timeout", 1, 46 },
	};

	(void) state;
	check_all(rows, ELEMENTSOF(rows));
}

static void test_missing(void **state)
{
	static const struct wrong rows[] = {
		{ "{}", ERR_CONFIG_MISSING, "", 1, 1 },
		{ "{\"ociVersion\":null}", ERR_CONFIG_MISSING, "", 1, 1 },
		{ "{\"process\":{}}", ERR_CONFIG_MISSING, "/process", 1, 12 },
		{ "{\"root\":{\"path\":null}}", ERR_CONFIG_MISSING, "/root", 1, 9 },
		{ "{\"mounts\":[{\"destination\":\"/\"},\n{\"source\":\"a\"}]}", ERR_CONFIG_MISSING,
		  "/mounts/1", 2, 1 },
		{ "{\"process\":{\"consoleSize\":{\"width\":1}}}", ERR_CONFIG_MISSING, "/process/consoleSize",
		  1, 27 },
		{ "{\"process\":{\"rlimits\":[{\"type\":\"RLIMIT_AS\",\"soft\":1}]}}", ERR_CONFIG_MISSING,
		  "/process/rlimits/0", 1, 24 },
		{ "{\"hooks\":{\"prestart\":[{}]}}", ERR_CONFIG_MISSING, "/hooks/prestart/0", 1, 23 },
		{ "{\"linux\":{\"namespaces\":[{}]}}", ERR_CONFIG_MISSING, "/linux/namespaces/0", 1, 25 },
		{ "{\"linux\":{\"uidMappings\":[{\"hostID\":1,\"size\":1}]}}", ERR_CONFIG_MISSING,
		  "/linux/uidMappings/0", 1, 26 },
		{ "{\"linux\":{\"devices\":[{\"path\":\"/d\",\"type\":\"c\",\"major\":1}]}}",
		  ERR_CONFIG_MISSING,
		  "/linux/devices/0", 1, 22 },
		{ "{\"linux\":{\"resources\":{\"devices\":[{\"access\":\"r\"}]}}}", ERR_CONFIG_MISSING,
		  "/linux/resources/devices/0", 1, 35 },
		{ "{\"linux\":{\"resources\":{\"pids\":{}}}}", ERR_CONFIG_MISSING, "/linux/resources/pids", 1,
		  31 },
		{ "{\"linux\":{\"resources\":{\"rdma\":{\"m\":{}}}}}", ERR_CONFIG_MISSING,
		  "/linux/resources/rdma/m", 1, 36 },
		{ "{\"linux\":{\"resources\":{\"blockIO\":{\"weightDevice\":[{\"major\":1,\"minor\":1}]}}}}",
		  ERR_CONFIG_MISSING, "/linux/resources/blockIO/weightDevice/0", 1, 51 },
		{ "{\"linux\":{\"seccomp\":{}}}", ERR_CONFIG_MISSING, "/linux/seccomp", 1, 21 },
		{ "{\"linux\":{\"seccomp\":{\"syscalls\":[{\"action\":\"A\"}]}}}", ERR_CONFIG_MISSING,
		  "/linux/seccomp/syscalls/0", 1, 34 },
	};

	(void) state;
	check_all(rows, ELEMENTSOF(rows));
}

static void test_forms(void **state)
{
	static const struct wrong rows[] = {
		{ "{\"annotations\":{\"\":\"x\"}}", ERR_CONFIG_VALUE, "/annotations/", 1, 17 },
		{ "{\"process\":{\"cwd\":\"x\"}}", ERR_CONFIG_VALUE, "/process/cwd", 1, 19 },
		{ "{\"process\":{\"cwd\":\"\"}}", ERR_CONFIG_VALUE, "/process/cwd", 1, 19 },
		{ "{\"root\":{\"path\":\"\"}}", ERR_CONFIG_VALUE, "/root/path", 1, 17 },
		{ "{\"process\":{\"rlimits\":[{\"type\":\"NOFILE\"}]}}", ERR_CONFIG_VALUE,
		  "/process/rlimits/0/type", 1, 32 },
		{ "{\"process\":{\"rlimits\":[{\"type\":\"RLIMIT_\"}]}}", ERR_CONFIG_VALUE,
		  "/process/rlimits/0/type", 1, 32 },
		{ "{\"process\":{\"execCPUAffinity\":{\"initial\":\"a\"}}}", ERR_CONFIG_VALUE,
		  "/process/execCPUAffinity/initial", 1, 42 },
		{ "{\"hooks\":{\"prestart\":[{\"path\":\"h\"}]}}", ERR_CONFIG_VALUE, "/hooks/prestart/0/path",
		  1, 31 },
		{ "{\"linux\":{\"namespaces\":[{\"type\":\"pid\",\"path\":\"x\"}]}}", ERR_CONFIG_VALUE,
		  "/linux/namespaces/0/path", 1, 46 },
		{ "{\"linux\":{\"devices\":[{\"type\":\"x\"}]}}", ERR_CONFIG_VALUE, "/linux/devices/0/type",
		  1, 30 },
		{ "{\"linux\":{\"maskedPaths\":[\"/a\",\"b\"]}}", ERR_CONFIG_VALUE, "/linux/maskedPaths/1", 1,
		  31 },
		{ "{\"linux\":{\"timeOffsets\":{\"realtime\":{}}}}", ERR_CONFIG_VALUE,
		  "/linux/timeOffsets/realtime", 1, 26 },
		{ "{\"linux\":{\"intelRdt\":{\"memBwSchema\":\"L3:\"}}}", ERR_CONFIG_VALUE,
		  "/linux/intelRdt/memBwSchema", 1, 37 },
		{ "{\"linux\":{\"intelRdt\":{\"memBwSchema\":\"MB:\\n\"}}}", ERR_CONFIG_VALUE,
		  "/linux/intelRdt/memBwSchema", 1, 37 },
		{ "{\"linux\":{\"resources\":{\"hugepageLimits\":[{\"pageSize\":\"02MB\"}]}}}",
		  ERR_CONFIG_VALUE,
		  "/linux/resources/hugepageLimits/0/pageSize", 1, 54 },
		{ "{\"linux\":{\"seccomp\":{\"syscalls\":[{\"names\":[]}]}}}", ERR_CONFIG_VALUE,
		  "/linux/seccomp/syscalls/0/names", 1, 43 },
	};

	(void) state;
	check_all(rows, ELEMENTSOF(rows));
}

static void test_duplicates(void **state)
{
	static const struct wrong rows[] = {
		{ "{" V ",\n" V "}", ERR_CONFIG_DUPLICATE, "/ociVersion", 2, 1 },
		{ "{\"hostname\":null,\"hostname\":null}", ERR_CONFIG_DUPLICATE, "/hostname", 1, 18 },
		{ "{\"hostname\":\"a\",\"host\\u006eame\":\"b\"}", ERR_CONFIG_DUPLICATE, "/hostname", 1, 17 },
		{ "{\"new\":1,\"new\":2}", ERR_CONFIG_DUPLICATE, "/new", 1, 10 },
		{ "{\"new\":[{\"b\":1,\"a\":1,\"b\":1,\"a\":1}]}", ERR_CONFIG_DUPLICATE, "/new/0/b", 1, 22 },
		{ "{\"windows\":{\"a\":1,\"\\u0061\":1}}", ERR_CONFIG_DUPLICATE, "/windows/a", 1, 19 },
		{ "{\"annotations\":{\"a\":\"1\",\"ab\":\"1\",\"a\":\"2\"}}", ERR_CONFIG_DUPLICATE,
		  "/annotations/a", 1, 34 },
		{ "{\"linux\":{\"netDevices\":{\"e\":{},\"e\":{}}}}", ERR_CONFIG_DUPLICATE,
		  "/linux/netDevices/e", 1, 32 },
	};

	(void) state;
	check_all(rows, ELEMENTSOF(rows));
}

static void test_collect(void **state)
{
	static const char text[] = "{\"hostname\":1,\"mounts\":[{\"destination\":[1,{\"x\":1}]},3,"
				   "{\"destination\":\"/b\"}],"
				   "\"process\":{\"cwd\":\"x\",\"cwd\":\"/\",\"args\":{\"a\":1},"
				   "\"user\":{\"uid\":-1}}}";
	static const struct { enum error_code code; const char *pointer; } want[] = {
		{ ERR_CONFIG_TYPE, "/hostname" },
		{ ERR_CONFIG_TYPE, "/mounts/0/destination" },
		{ ERR_CONFIG_TYPE, "/mounts/1" },
		{ ERR_CONFIG_VALUE, "/process/cwd" },
		{ ERR_CONFIG_DUPLICATE, "/process/cwd" },
		{ ERR_CONFIG_TYPE, "/process/args" },
		{ ERR_CONFIG_RANGE, "/process/user/uid" },
		{ ERR_CONFIG_MISSING, "" },
	};
	_cleanup_document_ struct document doc = { .collect = true };
	struct error err = ERROR_INIT;
	struct config *config;

	(void) state;
	assert_true(config_read(&doc, text, sizeof(text) - 1, &config, &err) < 0);
	assert_string_equal(err.pointer, "/hostname");
	assert_int_equal(doc.n_errors, ELEMENTSOF(want));
	for (size_t i = 0; i < ELEMENTSOF(want); i++) {
		assert_int_equal(doc.errors[i].code, want[i].code);
		assert_string_equal(doc.errors[i].pointer, want[i].pointer);
	}
}

static void test_collect_cap(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_document_ struct document doc = { .collect = true };
	struct error err = ERROR_INIT;
	struct config *config;

	(void) state;
	buf_adds(&text, "{\"mounts\":[0");
	for (int i = 0; i < 1000; i++)
		buf_adds(&text, ",0");
	buf_adds(&text, "]}");
	assert_true(config_read(&doc, text.data, text.len, &config, &err) < 0);
	assert_int_equal(doc.n_errors, 100);
	assert_string_equal(doc.errors[99].pointer, "/mounts/99");
}

/* A syntax error behind others is the last of those that are collected. */
static void test_collect_syntax(void **state)
{
	static const char text[] = "{\"hostname\":1,\"domainname\":2,x";
	_cleanup_document_ struct document doc = { .collect = true };
	struct error err = ERROR_INIT;
	struct config *config;

	(void) state;
	assert_true(config_read(&doc, text, sizeof(text) - 1, &config, &err) < 0);
	assert_int_equal(doc.n_errors, 3);
	assert_int_equal(doc.errors[2].code, ERR_CONFIG_SYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_collect),
		cmocka_unit_test(test_collect_cap),
		cmocka_unit_test(test_collect_syntax),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
