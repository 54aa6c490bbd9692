/* SPDX-License-Identifier: Apache-2.0 */
/* Writing: JSON as such, the state in its three forms, features, and tables of one's own. */
#include "tests/unit/test-spec.h"

#include "spec/features.h"
#include "spec/json-write.h"
#include "spec/state.h"
#include "spec/table.h"

static struct string_pair pairs[] = { { (char *) "k", (char *) "v" } };
static const struct string_map annotations = { pairs, 1 };

static const struct oci_state example = {
	.oci_version = "1.3.0",
	.id = "web",
	.status = "created",
	.pid = 42,
	.bundle = "/b",
	.rootfs = "/b/rootfs",
	.created = "2026-01-02T03:04:05.678Z",
	.owner = "",
	.annotations = &annotations,
};

static void test_state(void **state)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct error err = ERROR_INIT;

	(void) state;
	assert_int_equal(oci_state_write(&example, &out, &err), 0);
	assert_string_equal(out.data, "{\n  \"ociVersion\": \"1.3.0\",\n  \"id\": \"web\",\n  \"pid\": 42,\n"
				      "  \"status\": \"created\",\n  \"bundle\": \"/b\","
				      "\n  \"rootfs\": \"/b/rootfs\",\n"
				      "  \"created\": \"2026-01-02T03:04:05.678Z\",\n  \"annotations\": {\n"
				      "    \"k\": \"v\"\n  },\n  \"owner\": \"\"\n}\n");
}

static void test_state_stopped(void **state)
{
	const struct oci_state stopped = { .oci_version = "1.3.0", .id = "a", .status = "stopped",
					  .bundle = "/b" };
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct error err = ERROR_INIT;

	(void) state;
	assert_int_equal(oci_state_write(&stopped, &out, &err), 0);
	assert_string_equal(out.data, "{\n  \"ociVersion\": \"1.3.0\",\n  \"id\": \"a\",\n  \"pid\": 0,\n"
				      "  \"status\": \"stopped\",\n  \"bundle\": \"/b\"\n}\n");
}

#define HOOK_FORM "{\"ociVersion\":\"1.3.0\",\"id\":\"web\",\"status\":\"created\",\"pid\":42," \
		  "\"bundle\":\"/b\"," \
		  "\"annotations\":{\"k\":\"v\"}}"

static void test_state_for_others(void **state)
{
	_cleanup_buf_ struct buf hook = BUF_INIT, agent = BUF_INIT;
	struct error err = ERROR_INIT;

	(void) state;
	assert_int_equal(oci_state_write_hook(&example, &hook, &err), 0);
	assert_string_equal(hook.data, HOOK_FORM);
	assert_int_equal(oci_state_write_seccomp(&example, 43, "m\n", &agent, &err), 0);
	assert_string_equal(agent.data, "{\"ociVersion\":\"1.3.0\",\"fds\":[\"seccompFd\"],\"pid\":43,"
					"\"metadata\":\"m\\n\",\"state\":" HOOK_FORM "}");
}

static void test_list(void **state)
{
	const struct oci_state one = { .oci_version = "1", .id = "a", .status = "s", .bundle = "/" };
	_cleanup_buf_ struct buf out = BUF_INIT, none = BUF_INIT;
	struct error err = ERROR_INIT;
	struct json_writer w;

	(void) state;
	json_start(&w, &out, NULL);
	json_open(&w, '[');
	oci_state_write_value(&one, &w);
	oci_state_write_value(&one, &w);
	json_close(&w);
	assert_int_equal(json_finish(&w, &err), 0);
#define ONE "{\"ociVersion\":\"1\",\"id\":\"a\",\"pid\":0,\"status\":\"s\",\"bundle\":\"/\"}"
	assert_string_equal(out.data, "[" ONE "," ONE "]");
	json_start(&w, &none, "  ");
	json_open(&w, '[');
	json_close(&w);
	assert_int_equal(json_finish(&w, &err), 0);
	assert_string_equal(none.data, "[]\n");
}

static void test_strings(void **state)
{
	static const struct { const char *s, *json; } rows[] = {
		{ "", "\"\"" },
		{ "a\"\\/\b\f\n\r\t\001\033", "\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001B\"" },
		{ "\xc3\xa4\xf0\x9f\x98\x80", "\"\xc3\xa4\xf0\x9f\x98\x80\"" },
		{ "a\xff" "b\xc3", "\"a\xef\xbf\xbd" "b\xef\xbf\xbd\"" },
		{ "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xc0\xaf\xf5", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	};

	(void) state;
	for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
		_cleanup_buf_ struct buf out = BUF_INIT;
		struct error err = ERROR_INIT;
		struct json_writer w;

		json_start(&w, &out, NULL);
		json_string(&w, rows[i].s);
		assert_int_equal(json_finish(&w, &err), 0);
		assert_string_equal(out.data, rows[i].json);
	}
}

static void test_numbers(void **state)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct error err = ERROR_INIT;
	struct json_writer w;

	(void) state;
	json_start(&w, &out, NULL);
	json_open(&w, '{');
	json_member_u64(&w, "u", UINT64_MAX);
	json_member_i64(&w, "i", INT64_MIN);
	json_member_bool(&w, "b", false);
	json_member_string(&w, "left out", NULL);
	json_member_open(&w, "o", '{');
	json_close(&w);
	json_key(&w, "n");
	json_null(&w);
	json_close(&w);
	assert_int_equal(json_finish(&w, &err), 0);
	assert_string_equal(out.data, "{\"u\":18446744073709551615,\"i\":-9223372036854775808,\"b\":false,"
				      "\"o\":{},"
				      "\"n\":null}");
}

/* An order of calls that makes no JSON is noticed, and nothing leaks. */
static void test_misuse(void **state)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct json_writer w;

	(void) state;
	for (int i = 0; i < 3; i++) {
		struct error err = ERROR_INIT;

		json_start(&w, &out, NULL);
		if (i == 1)
			json_close(&w);
		json_open(&w, '{');
		if (i == 0)
			json_bool(&w, true);
		if (i != 2)
			json_close(&w);
		assert_true(json_finish(&w, &err) < 0);
		assert_true(error_is_set(&err));
	}
}

static const char *const modes[] = { "MPOL_BIND" };

static void test_features(void **state)
{
	struct features_cgroup cgroup = { .v1 = true, .v2 = true };
	struct features_switch on = { true };
	struct features_memory_policy policy = { .modes = { modes, 1 }, .flags = { modes, 0 } };
	struct features_intel_rdt rdt = { true, true, false };
	struct features_mount_extensions extensions = { &on };
	struct features_linux linux_ = {
		.cgroup = &cgroup,
		.memory_policy = &policy,
		.intel_rdt = &rdt,
		.mount_extensions = &extensions,
		.net_devices = &on,
	};
	const struct features features = {
		.oci_version_min = (char *) "1.0.0",
		.oci_version_max = (char *) "1.3.0",
		.linux_ = &linux_,
	};
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct error err = ERROR_INIT;

	(void) state;
	assert_int_equal(features_write(&features, &out, &err), 0);
	assert_string_equal(out.data,
			    "{\n  \"ociVersionMin\": \"1.0.0\",\n  \"ociVersionMax\": \"1.3.0\","
			    "\n  \"linux\": {\n"
			    "    \"cgroup\": {\n      \"v1\": true,\n      \"v2\": true,"
			    "\n      \"systemd\": false,\n"
			    "      \"systemdUser\": false,\n      \"rdma\": false\n    },\n"
			    "    \"memoryPolicy\": {\n      \"modes\": [\n        \"MPOL_BIND\"\n      ],\n"
			    "      \"flags\": []\n    },\n"
			    "    \"intelRdt\": {\n      \"enabled\": true,\n      \"schemata\": true,\n"
			    "      \"monitoring\": false\n    },\n"
			    "    \"mountExtensions\": {\n      \"idmap\": {\n"
			    "        \"enabled\": true\n      }\n    },\n"
			    "    \"netDevices\": {\n      \"enabled\": true\n    }\n  }\n}\n");
}

/* A table as other rooms make them: plain members of every width. */
struct record {
	char *name;
	bool flag;
	int32_t i32;
	int64_t i64;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;
	struct strings words;
	struct string_map map;
};

static const struct row record_rows[] = {
	ROW_STR(struct record, "name", name, .flags = ROW_REQUIRED | ROW_NONEMPTY),
	ROW_PLAIN(struct record, "flag", flag, ROW_BOOL),
	ROW_PLAIN(struct record, "i32", i32, ROW_I32),
	ROW_PLAIN(struct record, "i64", i64, ROW_I64, .flags = ROW_RANGE, .min = -10, .max = 10),
	ROW_PLAIN(struct record, "u16", u16, ROW_U16),
	ROW_PLAIN(struct record, "u32", u32, ROW_U32),
	ROW_PLAIN(struct record, "u64", u64, ROW_U64),
	ROW_WORDS(struct record, "words", words),
	ROW_PAIRS(struct record, "map", map),
};
static const struct table record_table = TABLE("record", struct record, record_rows);

static void test_own_table(void **state)
{
	static const char text[] = "{\"name\":\"n\",\"flag\":true,\"i32\":-7,\"i64\":-10,\"u16\":65535,"
				   "\"u32\":4294967295,"
				   "\"u64\":18446744073709551615,\"words\":[],\"map\":{\"a\":\"b\"}}";
	static const char low[] = "{\"name\":\"n\",\"i64\":-11}", high[] = "{\"name\":\"n\",\"i64\":11}";
	_cleanup_document_ struct document doc = DOCUMENT_INIT, a = DOCUMENT_INIT, b = DOCUMENT_INIT;
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct record record = { 0 }, other = { 0 };
	struct error err = ERROR_INIT, err_a = ERROR_INIT, err_b = ERROR_INIT;

	(void) state;
	assert_int_equal(table_read(&doc, text, sizeof(text) - 1, &record_table, &record, &err), 0);
	assert_int_equal(record.i32, -7);
	assert_int_equal(record.u16, 65535);
	assert_int_equal(table_write(&record_table, &record, NULL, &out, &err), 0);
	assert_string_equal(out.data, text);
	assert_true(table_read(&a, low, sizeof(low) - 1, &record_table, &other, &err_a) < 0);
	assert_int_equal(err_a.code, ERR_CONFIG_RANGE);
	assert_true(table_read(&b, high, sizeof(high) - 1, &record_table, &other, &err_b) < 0);
	assert_int_equal(err_b.code, ERR_CONFIG_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_state_stopped),
		cmocka_unit_test(test_state_for_others),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_misuse),
		cmocka_unit_test(test_features),
		cmocka_unit_test(test_own_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
