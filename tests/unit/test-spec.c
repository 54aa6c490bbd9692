/* SPDX-License-Identifier: Apache-2.0 */
/* Valid configurations: every property, the encoders of the engines, and where values came from. */
#include "tests/unit/test-spec.h"

#include <stdio.h>

/* Every property once, in the order and form in which config_write() writes. */
static const char everything[] =
	"{\"ociVersion\":\"1.3.0\",\"process\":{\"terminal\":true,\"consoleSize\":{\"height\":24,"
	"\"width\":80},"
	"\"user\":{\"uid\":4294967295,\"gid\":2,\"umask\":18,\"additionalGids\":[3,4],\"username\":\"u\"},"
	"\"args\":[\"a\",\"\"],\"commandLine\":\"c\",\"env\":[\"A=1\"],\"cwd\":\"/\","
	"\"capabilities\":{\"bounding\":[\"B\"],\"effective\":[\"E\"],\"inheritable\":[\"I\"],"
	"\"permitted\":[\"P\"],\"ambient\":[\"A\"]},"
	"\"rlimits\":[{\"type\":\"RLIMIT_AS\",\"hard\":18446744073709551615,\"soft\":0}],"
	"\"noNewPrivileges\":false,\"apparmorProfile\":\"p\",\"oomScoreAdj\":-1000,"
	"\"scheduler\":{\"policy\":\"SCHED_DEADLINE\",\"nice\":-20,\"priority\":-2147483648,"
	"\"flags\":[\"F\"],"
	"\"runtime\":1,\"deadline\":2,\"period\":3},\"selinuxLabel\":\"l\","
	"\"ioPriority\":{\"class\":\"IOPRIO_CLASS_BE\",\"priority\":2147483647},"
	"\"execCPUAffinity\":{\"initial\":\"0-3,7\",\"final\":\"\"}},"
	"\"root\":{\"path\":\"r\",\"readonly\":true},\"hostname\":\"h\",\"domainname\":\"d\","
	"\"mounts\":[{\"destination\":\"/m\",\"type\":\"t\",\"source\":\"s\",\"options\":[\"ro\"],"
	"\"uidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":2}],"
	"\"gidMappings\":[{\"containerID\":3,\"hostID\":4,\"size\":5}]}],"
	"\"hooks\":{\"prestart\":[{\"path\":\"/1\",\"args\":[\"x\"],\"env\":[],\"timeout\":1}],"
	"\"createRuntime\":[{\"path\":\"/2\"}],\"createContainer\":[{\"path\":\"/3\"}],"
	"\"startContainer\":[{\"path\":\"/4\"}],\"poststart\":[{\"path\":\"/5\"}],\"poststop\":[]},"
	"\"annotations\":{\"k\":\"v\",\"\\\"\":\"\\\\\\n\\u0001\"},\"linux\":{"
	"\"uidMappings\":[{\"containerID\":0,\"hostID\":1000,\"size\":65536}],"
	"\"gidMappings\":[{\"containerID\":0,\"hostID\":2000,\"size\":65536}],"
	"\"sysctl\":{\"a.b\":\"1\"},\"resources\":{"
	"\"devices\":[{\"allow\":false,\"type\":\"c\",\"major\":-1,\"minor\":5,\"access\":\"rwm\"}],"
	"\"memory\":{\"limit\":-1,\"reservation\":-9223372036854775808,\"swap\":9223372036854775807,"
	"\"kernel\":1,"
	"\"kernelTCP\":2,\"swappiness\":60,\"disableOOMKiller\":true,\"useHierarchy\":false,"
	"\"checkBeforeUpdate\":true},"
	"\"cpu\":{\"shares\":1024,\"quota\":-1,\"burst\":1,\"period\":2,\"realtimeRuntime\":3,"
	"\"realtimePeriod\":4,\"cpus\":\"0\",\"mems\":\"\",\"idle\":1},\"pids\":{\"limit\":0},"
	"\"blockIO\":{\"weight\":65535,\"leafWeight\":10,"
	"\"weightDevice\":[{\"major\":8,\"minor\":0,\"weight\":1,\"leafWeight\":2}],"
	"\"throttleReadBpsDevice\":[{\"major\":8,\"minor\":1,\"rate\":1}],"
	"\"throttleWriteBpsDevice\":[{\"major\":8,\"minor\":2,\"rate\":2}],"
	"\"throttleReadIOPSDevice\":[{\"major\":8,\"minor\":3,\"rate\":3}],"
	"\"throttleWriteIOPSDevice\":[{\"major\":8,\"minor\":4,\"rate\":4}]},"
	"\"hugepageLimits\":[{\"pageSize\":\"2MB\",\"limit\":9223372036854775808}],"
	"\"network\":{\"classID\":1048577,\"priorities\":[{\"name\":\"lo\",\"priority\":500}]},"
	"\"rdma\":{\"mlx\":{\"hcaHandles\":1,\"hcaObjects\":2}},\"unified\":{\"memory.high\":\"max\"}},"
	"\"cgroupsPath\":\"/c\",\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"network\",\"path\":\"/n\"}],"
	"\"devices\":[{\"path\":\"/dev/x\",\"type\":\"c\",\"major\":1,\"minor\":2,\"fileMode\":438,\"uid\":0,"
	"\"gid\":1},{\"path\":\"/dev/p\",\"type\":\"p\"}],\"netDevices\":{\"eth0\":{\"name\":\"e\"},"
	"\"eth1\":{}},"
	"\"seccomp\":{\"defaultAction\":\"D\",\"defaultErrnoRet\":1,\"architectures\":[\"X\"],\"flags\":[],"
	"\"listenerPath\":\"/s\",\"listenerMetadata\":\"m\",\"syscalls\":[{\"names\":[\"read\",\"write\"],"
	"\"action\":\"A\",\"errnoRet\":2,\"args\":[{\"index\":0,\"value\":18446744073709551615,"
	"\"valueTwo\":1,"
	"\"op\":\"SCMP_CMP_EQ\"}]}]},\"rootfsPropagation\":\"slave\",\"maskedPaths\":[\"/a\"],"
	"\"readonlyPaths\":[\"/b\"],\"mountLabel\":\"ml\",\"intelRdt\":{\"closID\":\"c\","
	"\"schemata\":[\"L3\"],"
	"\"l3CacheSchema\":\"L3:0=f\",\"memBwSchema\":\"MB:0=1\",\"enableMonitoring\":true},"
	"\"memoryPolicy\":{\"mode\":\"MPOL_BIND\",\"nodes\":\"0\",\"flags\":[\"f\"]},"
	"\"personality\":{\"domain\":\"LINUX32\",\"flags\":[\"g\"]},"
	"\"timeOffsets\":{\"monotonic\":{\"secs\":-5,\"nanosecs\":999999999},\"boottime\":{\"secs\":7}}}}";

/* Without the blanks between the tokens; no string of the text above holds one. */
static void compact(struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->len; i++)
		if (!strchr("\n\t ", b->data[i]))
			b->data[n++] = b->data[i];
	b->data[n] = '\0';
}

static void test_everything(void **state)
{
	_cleanup_reading_ struct reading a = read_string(everything), b = { 0 };
	_cleanup_buf_ struct buf written = BUF_INIT;

	(void) state;
	assert_int_equal(a.r, 0);
	assert_int_equal(a.doc.n_warnings, 0);
	assert_int_equal(config_write(a.config, &written, &a.err), 0);
	b = read_text(written.data, written.len);
	assert_int_equal(b.r, 0);
	compact(&written);
	assert_string_equal(written.data, everything);
}

static void test_values(void **state)
{
	_cleanup_reading_ struct reading a = read_string(everything);
	const struct config *c = a.config;
	const struct config_resources *res;

	(void) state;
	assert_int_equal(a.r, 0);
	res = c->linux_->resources;
	assert_true(c->process->user.uid.set && c->process->user.uid.v == UINT32_MAX);
	assert_int_equal(c->process->user.n_additional_gids, 2);
	assert_int_equal(c->process->user.additional_gids[1], 4);
	assert_true(c->process->rlimits[0].hard == UINT64_MAX);
	assert_true(c->process->no_new_privileges.set && !c->process->no_new_privileges.v);
	assert_true(c->process->scheduler->priority.v == INT32_MIN);
	assert_true(res->memory->reservation.v == INT64_MIN && res->memory->swap.v == INT64_MAX);
	assert_int_equal(res->block_io->weight.v, 65535);
	assert_string_equal(res->rdma[0].device, "mlx");
	assert_string_equal(c->linux_->net_devices[1].host_name, "eth1");
	assert_null(c->linux_->net_devices[1].name);
	assert_true(c->linux_->seccomp->has_flags && c->linux_->seccomp->flags.v);
	assert_true(c->hooks->kind[HOOK_PRESTART].v[0].has_env);
	assert_false(c->hooks->kind[HOOK_CREATE_RUNTIME].v[0].has_env);
	assert_non_null(c->hooks->kind[HOOK_POSTSTOP].v);
	assert_int_equal(c->hooks->kind[HOOK_POSTSTOP].n, 0);
	assert_string_equal(c->annotations.v[1].name, "\"");
	assert_string_equal(c->annotations.v[1].value, "\\\n\001");
	assert_true(c->linux_->time_offsets[0].secs.v == -5);
	assert_string_equal(hook_kind_name(HOOK_START_CONTAINER), "startContainer");
}

static void test_minimal(void **state)
{
	_cleanup_reading_ struct reading a = read_string(" {\"ociVersion\" : \"1.0.0\"}\r\n");

	(void) state;
	assert_int_equal(a.r, 0);
	assert_null(a.config->process);
	assert_null(a.config->mounts);
	assert_null(a.config->annotations.v);
}

/* Go writes nil slices, maps and pointers as null, and what has no omitempty as "" or {}. */
static void test_go_encoder(void **state)
{
	_cleanup_reading_ struct reading a = read_string(
		"{\"ociVersion\":\"1.0.2-dev\",\"process\":{\"consoleSize\":null,\"user\":{},\"args\":null,"
		"\"env\":null,\"cwd\":\"/\",\"capabilities\":null,\"rlimits\":null,\"selinuxLabel\":\"\","
		"\"oomScoreAdj\":null},\"root\":null,\"hostname\":\"\",\"mounts\":null,"
		"\"hooks\":{\"prestart\":null},"
		"\"annotations\":null,\"linux\":{\"resources\":{\"devices\":null,\"memory\":{\"limit\":null},"
		"\"pids\":null,\"unified\":null},\"namespaces\":[{\"type\":\"pid\",\"path\":\"\"}],"
		"\"seccomp\":null,"
		"\"sysctl\":{},\"maskedPaths\":null,\"intelRdt\":{}},\"windows\":{\"layerFolders\":[1]},"
		"\"vm\":null}");
	const struct config *c = a.config;

	(void) state;
	assert_int_equal(a.r, 0);
	assert_int_equal(a.doc.n_warnings, 0);
	assert_null(c->root);
	assert_null(c->process->args.v);
	assert_false(c->process->oom_score_adj.set);
	assert_false(c->linux_->resources->memory->limit.set);
	assert_null(c->linux_->resources->devices);
	assert_string_equal(c->hostname, "");
	assert_non_null(c->linux_->sysctl.v);
	assert_non_null(c->linux_->intel_rdt);
}

static void test_unknown(void **state)
{
	_cleanup_reading_ struct reading a = read_string(
		"{\"new\":[{\"a\":1,\"b\":[]},{\"a\":2}],\"ociVersion\":\"1.9.0\",\"linux\":{\"a/b~c\":{},"
		"\"namespaces\":[{\"type\":\"pid\",\"x\":1e999}]},\"zos\":{\"y\":1}}");

	(void) state;
	assert_int_equal(a.r, 0);
	assert_int_equal(a.doc.n_warnings, 3);
	assert_string_equal(a.doc.warnings[0], "/new: unknown property");
	assert_string_equal(a.doc.warnings[1], "/linux/a~1b~0c: unknown property");
	assert_string_equal(a.doc.warnings[2], "/linux/namespaces/0/x: unknown property");
}

static void test_escapes(void **state)
{
	_cleanup_reading_ struct reading a = read_string(
		"{\"oci\\u0056ersion\":\"1.0.0\",\"hostname\":\"\\u00e4\\ud83d\\ude00\\/\xc3\xa4\","
		"\"annotations\":{\"\\u006b\":\"v\"}}");

	(void) state;
	assert_int_equal(a.r, 0);
	assert_string_equal(a.config->hostname, "\xc3\xa4\xf0\x9f\x98\x80/\xc3\xa4");
	assert_string_equal(a.config->annotations.v[0].name, "k");
}

#define assert_where(doc, slot, pointer, line, column)                                   \
	do {                                                                             \
		char where_[256];                                                        \
		unsigned line_, column_;                                                 \
		assert_true(document_where(doc, slot, where_, sizeof(where_), &line_, &column_)); \
		assert_string_equal(where_, pointer);                                    \
		assert_int_equal(line_, line);                                           \
		assert_int_equal(column_, column);                                       \
	} while (0)

static void test_where(void **state)
{
	_cleanup_reading_ struct reading a = read_string(
		"{\n\"ociVersion\": \"1.0.0\",\n \"mounts\": [\n{\"destination\":\"/a\"},\n"
		"  {\"destination\" : \"/b\", \"options\":[\"x\",\n\"y\"]}],\n"
		"\"annotations\": {\"a/b\": \"c\"},\n\"process\":{\"user\":{\"uid\":0},\"cwd\":\"/\"},\n"
		"\"linux\":{\"netDevices\":{\"e\":{\"name\":\"f\"}}}}");
	const struct config *c = a.config;
	const void *untyped;
	char buf[64];

	(void) state;
	assert_int_equal(a.r, 0);
	assert_where(&a.doc, c, "", 1, 1);
	assert_where(&a.doc, &c->oci_version, "/ociVersion", 2, 15);
	assert_where(&a.doc, &c->mounts, "/mounts", 3, 12);
	assert_where(&a.doc, &c->mounts[1], "/mounts/1", 5, 3);
	assert_where(&a.doc, &c->mounts[1].destination, "/mounts/1/destination", 5, 20);
	assert_where(&a.doc, &c->mounts[1].options, "/mounts/1/options", 5, 36);
	assert_where(&a.doc, &c->mounts[1].options.v[1], "/mounts/1/options/1", 6, 1);
	untyped = &c->mounts[1];
	assert_where(&a.doc, untyped, "/mounts/1/destination", 5, 20);
	assert_where(&a.doc, &c->annotations.v[0].value, "/annotations/a~1b", 7, 24);
	assert_where(&a.doc, &c->annotations.v[0].name, "/annotations/a~1b", 7, 24);
	assert_where(&a.doc, &c->process, "/process", 8, 11);
	assert_where(&a.doc, &c->process->user, "/process/user", 8, 19);
	assert_where(&a.doc, &c->process->user.uid, "/process/user/uid", 8, 26);
	assert_where(&a.doc, &c->linux_->net_devices[0].host_name, "/linux/netDevices/e", 9, 28);
	assert_where(&a.doc, &c->linux_->net_devices[0].name, "/linux/netDevices/e/name", 9, 36);
	assert_false(document_where(&a.doc, &c->mounts[0].source, buf, sizeof(buf), NULL, NULL));
	assert_string_equal(buf, "");
	assert_false(document_where(&a.doc, &buf, buf, sizeof(buf), NULL, NULL));
}

/* Lists move in memory while they grow; nested ones more than once. */
static void test_where_after_growth(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_reading_ struct reading a = { 0 };
	char want[64];

	(void) state;
	buf_adds(&text, "{\"ociVersion\":\"1.0.0\",\"mounts\":[");
	for (unsigned i = 0; i < 300; i++)
		buf_addf(&text, "%s\n{\"options\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"],"
				"\"destination\":\"/%u\"}",
			 i ? "," : "", i);
	buf_adds(&text, "]}");
	a = read_text(text.data, text.len);
	assert_int_equal(a.r, 0);
	assert_int_equal(a.config->n_mounts, 300);
	for (unsigned i = 0; i < 300; i++) {
		const struct config_mount *m = &a.config->mounts[i];

		(void) snprintf(want, sizeof(want), "/mounts/%u", i);
		assert_where(&a.doc, m, want, i + 2, 1);
		(void) snprintf(want, sizeof(want), "/mounts/%u/destination", i);
		assert_where(&a.doc, &m->destination, want, i + 2, 52);
		(void) snprintf(want, sizeof(want), "/mounts/%u/options/5", i);
		assert_where(&a.doc, &m->options.v[5], want, i + 2, 33);
	}
}

static void test_document_error(void **state)
{
	_cleanup_reading_ struct reading a = read_string("{\"ociVersion\":\"1.0.0\",\n\"hostname\":\"x\"}");
	struct error err = ERROR_INIT;

	(void) state;
	assert_int_equal(a.r, 0);
	assert_true(document_error(&a.doc, &a.config->hostname, &err, ERR_CONFIG_VALUE, "bad %s",
				   "name") < 0);
	assert_int_equal(err.code, ERR_CONFIG_VALUE);
	assert_string_equal(err.subject, "bad name");
	assert_string_equal(err.pointer, "/hostname");
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 12);
	/* The first error stays. */
	assert_true(document_error(&a.doc, &a.config->oci_version, &err, ERR_CONFIG_TYPE, "other") < 0);
	assert_string_equal(err.pointer, "/hostname");
}

static void test_parts(void **state)
{
	static const char process[] = "{\"cwd\":\"/\",\"args\":[\"x\"]}";
	static const char resources[] = "{\"pids\":{\"limit\":7}}";
	_cleanup_document_ struct document a = DOCUMENT_INIT, b = DOCUMENT_INIT;
	struct error err = ERROR_INIT;
	struct config_process *p;
	struct config_resources *r;

	(void) state;
	assert_int_equal(config_read_process(&a, process, sizeof(process) - 1, &p, &err), 0);
	assert_string_equal(p->args.v[0], "x");
	assert_where(&a, &p->args.v[0], "/args/0", 1, 20);
	assert_int_equal(config_read_resources(&b, resources, sizeof(resources) - 1, &r, &err), 0);
	assert_true(r->pids->limit.v == 7);
	/* One document holds one text. */
	assert_true(config_read_resources(&b, resources, sizeof(resources) - 1, &r, &err) < 0);
}

static void test_versions(void **state)
{
	static const struct { const char *version; enum error_code code; } rows[] = {
		{ "1.0.0", ERR_NONE }, { "1.0.2-dev", ERR_NONE }, { "1.3.0+dev", ERR_NONE },
		{ "1.0.0-rc.1+b.01", ERR_NONE }, { "1.99.12", ERR_NONE }, { "1.0.0-0a.0", ERR_NONE },
		{ "2.0.0", ERR_CONFIG_UNSUPPORTED }, { "0.9.0", ERR_CONFIG_UNSUPPORTED },
		{ "10.0.0", ERR_CONFIG_UNSUPPORTED }, { "", ERR_CONFIG_VALUE }, { "1", ERR_CONFIG_VALUE },
		{ "1.0", ERR_CONFIG_VALUE }, { "1.0.", ERR_CONFIG_VALUE }, { "1.0.0.0", ERR_CONFIG_VALUE },
		{ "01.0.0", ERR_CONFIG_VALUE }, { "1.00.0", ERR_CONFIG_VALUE },
		{ "v1.0.0", ERR_CONFIG_VALUE },
		{ "1.0.0-", ERR_CONFIG_VALUE }, { "1.0.0-a..b", ERR_CONFIG_VALUE },
		{ "1.0.0-01", ERR_CONFIG_VALUE },
		{ "1.0.0+", ERR_CONFIG_VALUE }, { "1.0.0 ", ERR_CONFIG_VALUE },
		{ "1.0.0-a_b", ERR_CONFIG_VALUE },
	};

	(void) state;
	for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		_cleanup_reading_ struct reading a = { 0 };

		buf_addf(&text, "{\"ociVersion\":\"%s\"}", rows[i].version);
		a = read_text(text.data, text.len);
		assert_int_equal(a.err.code, rows[i].code);
		if (a.r < 0)
			assert_string_equal(a.err.pointer, "/ociVersion");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_minimal),
		cmocka_unit_test(test_go_encoder),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_where),
		cmocka_unit_test(test_where_after_growth),
		cmocka_unit_test(test_document_error),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
