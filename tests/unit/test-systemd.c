/* SPDX-License-Identifier: Apache-2.0 */
/* The systemd cgroup manager: names of units, GVariant texts, properties. Nothing here talks to systemd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/str.h"
#include "libcontainer/compile/systemd.h"
#include "libcontainer/program.h"
#include "libcontainer/systemd-words.h"
#include "tests/unit/compile-fixture.h"

#include <stdio.h>
#include <stdlib.h>

static struct host_hierarchy session_hierarchies[] = {
	{ .mount = "/sys/fs/cgroup", .controllers = "", .version = 2,
	  .own = "/user.slice/user-1000.slice/session-1.scope" },
};
static struct host_hierarchy service_hierarchies[] = {
	{ .mount = "/sys/fs/cgroup", .controllers = "", .version = 2,
	  .own = "/a/user@7.service/app.slice/x.service" },
};

enum place_in { IN_SYSTEM, IN_SESSION, IN_SERVICE };

static void compile_unit(const char *path, const char *id, const char *annotations, enum place_in where,
			 struct program *ret, struct arena *arena, struct error *err)
{
	const struct compile_options options = { .id = id, .bundle = "/b",
						 .cgroup_manager = CGROUP_MANAGER_SYSTEMD };
	struct host host = unified_host;
	struct document doc = DOCUMENT_INIT;
	struct compiled compiled = { 0 };
	struct config *config;
	char text[2048];

	if (where != IN_SYSTEM) {
		host.hierarchies = where == IN_SESSION ? session_hierarchies : service_hierarchies;
		host.euid = 1000;
		host.outer_uid = 1000;
	}
	(void)snprintf(text, sizeof(text),
		       "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"r\"},\"annotations\":{%s},"
		       "\"linux\":{\"cgroupsPath\":\"%s\",\"namespaces\":[{\"type\":\"mount\"}]}}",
		       annotations, path);
	*err = ERROR_INIT;
	*ret = (struct program){ 0 };
	assert_int_equal(config_read(&doc, text, strlen(text), &config, err), 0);
	if (compile(&doc, config, &host, &options, arena, &compiled, err) == 0)
		assert_int_equal(program_check(compiled.program, compiled.program_size, ret, err), 0);
	document_done(&doc);
}

static const struct op_systemd_unit *find_unit(const struct program *p)
{
	bool cloned = false;

	for (uint32_t i = 0; p->header && i < p->header->n_ops; i++) {
		if (p->ops[i].type == OP_CLONE) {
			const struct op_clone *op = program_data(p, &p->ops[i]);

			assert_false(op->cgroup);
			cloned = true;
		}
		if (p->ops[i].type == OP_SYSTEMD_UNIT) {
			assert_true(cloned);
			return program_data(p, &p->ops[i]);
		}
		assert_int_not_equal(p->ops[i].type, OP_CGROUP_CREATE);
	}
	return NULL;
}

struct unit_case {
	const char *path;
	const char *unit, *group; /* unit NULL: refused, with group in the words */
	enum place_in where;
};

static const struct unit_case units[] = {
	{ "system.slice:docker:abc", "docker-abc.scope", "/system.slice/docker-abc.scope", IN_SYSTEM },
	{ ":docker:abc", "docker-abc.scope", "/system.slice/docker-abc.scope", IN_SYSTEM },
	{ "machine.slice::abc", "abc.scope", "/machine.slice/abc.scope", IN_SYSTEM },
	{ "-:docker:abc", "docker-abc.scope", "/docker-abc.scope", IN_SYSTEM },
	{ "-.slice:docker:abc", "docker-abc.scope", "/docker-abc.scope", IN_SYSTEM },
	{ "kubepods-burstable-pod1_2.slice:cri-containerd:f00",
	  "cri-containerd-f00.scope",
	  "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice/cri-containerd-f00.scope",
	  IN_SYSTEM },
	{ "machine.slice:x:a-b.slice", "a-b.slice", "/a.slice/a-b.slice", IN_SYSTEM },
	{ "", "berth-we\\x2bb.scope", "/system.slice/berth-we\\x2bb.scope", IN_SYSTEM },
	{ "x.slice:p:a+b", "p-a\\x2bb.scope", "/x.slice/p-a\\x2bb.scope", IN_SYSTEM },
	{ "x.slice::memory.a", "memory.a.scope", "/x.slice/_memory.a.scope", IN_SYSTEM },
	{ "x.slice::_a", "_a.scope", "/x.slice/__a.scope", IN_SYSTEM },
	{ "machine.slice", "berth-we\\x2bb.scope", "/machine.slice/berth-we\\x2bb.scope", IN_SYSTEM },
	{ "/a.slice/a-b.slice", "berth-we\\x2bb.scope", "/a.slice/a-b.slice/berth-we\\x2bb.scope", IN_SYSTEM },
	{ "name", "name.scope", "/system.slice/name.scope", IN_SYSTEM },
	{ "/foo/bar", "foo-bar.scope", "/system.slice/foo-bar.scope", IN_SYSTEM },
	{ "name.scope", "name.scope", "/system.slice/name.scope", IN_SYSTEM },
	{ "user.slice:libpod:abc", "libpod-abc.scope",
	  "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-abc.scope", IN_SESSION },
	{ "", "berth-we\\x2bb.scope", "/a/user@7.service/user.slice/berth-we\\x2bb.scope", IN_SERVICE },
	{ "a:b", NULL, "slice:prefix:name", IN_SYSTEM },
	{ "a.slice:b:c:d", NULL, "slice:prefix:name", IN_SYSTEM },
	{ "a.slice:b:", NULL, "name is empty", IN_SYSTEM },
	{ "a:b:c", NULL, "slice", IN_SYSTEM },
	{ "a--b.slice:b:c", NULL, "slice", IN_SYSTEM },
	{ "-a.slice:b:c", NULL, "slice", IN_SYSTEM },
	{ "a-.slice:b:c", NULL, "slice", IN_SYSTEM },
	{ "a/b.slice:b:c", NULL, "slice", IN_SYSTEM },
	{ ".slice:b:c", NULL, "slice", IN_SYSTEM },
	{ "a.slice:b/x:c", NULL, "no \"/\"", IN_SYSTEM },
	{ "a.slice:..:c", NULL, "..", IN_SYSTEM },
	{ "/../x", NULL, "..", IN_SYSTEM },
	{ "a.slice:b:-.slice", NULL, "slice", IN_SYSTEM },
	{ "/", NULL, "names no unit", IN_SYSTEM },
};

static void test_units(void **state _unused_)
{
	for (size_t i = 0; i < ELEMENTSOF(units); i++) {
		_cleanup_arena_ struct arena arena = ARENA_INIT;
		const struct unit_case *t = &units[i];
		const struct op_systemd_unit *op;
		struct program p;
		struct error err;

		compile_unit(t->path, "we+b", "", t->where, &p, &arena, &err);
		op = find_unit(&p);
		if (!t->unit) {
			assert_null(op);
			assert_int_equal(err.code, ERR_CONFIG_VALUE);
			assert_string_equal(err.pointer, "/linux/cgroupsPath");
			if (!strstr(err.subject, t->group))
				fail_msg("no %s in %s", t->group, err.subject);
			continue;
		}
		if (!op)
			fail_msg("%s: %s", t->path, err.subject);
		assert_string_equal(program_str(&p, op->unit), t->unit);
		assert_string_equal(program_str(&p, op->group), t->group);
		assert_true(str_after(program_str(&p, op->dir), "/sys/fs/cgroup"));
		assert_int_equal(op->flags & SYSTEMD_UNIT_USER, t->where != IN_SYSTEM);
	}
}

static void test_name_too_long(void **state _unused_)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	char path[600] = "a.slice:b:";
	struct program p;
	struct error err;

	memset(path + 10, 'x', 300);
	compile_unit(path, "web", "", IN_SYSTEM, &p, &arena, &err);
	assert_int_equal(err.code, ERR_CONFIG_VALUE);
}

/* The words of a list, with "|" between them. */
static const char *joined(const struct word_list *list)
{
	static char text[1024];
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < list->n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i ? "|" : "", list->v[i]);
	return text;
}

static void test_gvariant(void **state _unused_)
{
	static const struct {
		const char *text, *words; /* NULL: not understood */
	} cases[] = {
		{ "true", "b|true" },
		{ " false ", "b|false" },
		{ "15", "i|15" },
		{ "-3", "i|-3" },
		{ "0x10", "i|16" },
		{ "010", "i|8" },
		{ "uint64 5000000", "t|5000000" },
		{ "@t 18446744073709551615", "t|18446744073709551615" },
		{ "byte 255", "y|255" },
		{ "int64 -9223372036854775808", "x|-9223372036854775808" },
		{ "1.5", "d|1.5" },
		{ "double 2", "d|2" },
		{ "'a b'", "s|a b" },
		{ "\"it's\"", "s|it's" },
		{ "'a\\'b\\n'", "s|a'b\n" },
		{ "objectpath '/a'", "o|/a" },
		{ "['a.service', 'b.service']", "as|2|a.service|b.service" },
		{ "@as []", "as|0" },
		{ "[uint32 1, 2]", "au|2|1|2" },
		{ "[('a', uint64 1), ('b', 2)]", "a(st)|2|a|1|b|2" },
		{ "('a', true)", "(sb)|a|true" },
		{ "@(st) ('a', 1)", "(st)|a|1" },
		{ "<uint32 1>", "v|u|1" },
		{ "[<1>, <'a'>]", "av|2|i|1|s|a" },
		{ "(1,)", "(i)|1" },
		{ "", NULL },
		{ "abc", NULL },
		{ "'a", NULL },
		{ "'a\\", NULL },
		{ "1 2", NULL },
		{ "--1", NULL },
		{ "+", NULL },
		{ "1x", NULL },
		{ "2147483648", NULL },
		{ "byte 256", NULL },
		{ "uint32 -1", NULL },
		{ "uint64 18446744073709551616", NULL },
		{ "[]", NULL },
		{ "[1, 'a']", NULL },
		{ "[1,", NULL },
		{ "[1 2]", NULL },
		{ "()", NULL },
		{ "@(st) ('a')", NULL },
		{ "@(st) ('a', 1, 2)", NULL },
		{ "@as 1", NULL },
		{ "@ 1", NULL },
		{ "@z 1", NULL },
		{ "uint64", NULL },
		{ "uint64 'a'", NULL },
		{ "<1", NULL },
		{ "{'a': 1}", NULL },
		{ "true 1", NULL },
		{ "[[[[[[[[[[1]]]]]]]]]]", NULL },
		{ "@u @u @u @u @u @u @u @u @u @u @u 1", NULL },
	};

	for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
		_cleanup_arena_ struct arena arena = ARENA_INIT;
		struct word_list list = { .arena = &arena };
		size_t at;
		int r = gvariant_parse(cases[i].text, &list, &at);

		if ((r == 0) != (cases[i].words != NULL))
			fail_msg("%s: %d, %s", cases[i].text, r, joined(&list));
		assert_true(at <= strlen(cases[i].text));
		if (r == 0)
			assert_string_equal(joined(&list), cases[i].words);
	}
}

static void test_types(void **state _unused_)
{
	static const struct {
		const char *text;
		size_t len;
	} cases[] = {
		{ "s", 1 }, { "as", 2 }, { "a(st)x", 5 }, { "((s)s)", 6 }, { "", 0 }, { "a", 0 },
		{ "(", 0 }, { "()", 0 }, { ")", 0 }, { "a{sv}", 0 }, { "(s", 0 }, { "(a)", 0 },
	};

	for (size_t i = 0; i < ELEMENTSOF(cases); i++)
		assert_int_equal(systemd_type_length(cases[i].text), cases[i].len);
}

static void test_limits(void **state _unused_)
{
	static const struct {
		const char *file, *value, *words;
	} cases[] = {
		{ "memory.max", "1048576", "MemoryMax|t|1048576" },
		{ "memory.max", "max", "MemoryMax|t|18446744073709551615" },
		{ "memory.max", "0", "" }, /* refused by systemd */
		{ "memory.low", "0", "MemoryLow|t|0" },
		{ "memory.swap.max", "0", "MemorySwapMax|t|0" },
		{ "memory.oom.group", "1", "" }, /* none */
		{ "pids.max", "100", "TasksMax|t|100" },
		{ "pids.max", "0", "" },
		{ "cpu.weight", "59", "CPUWeight|t|59" },
		{ "cpu.idle", "1", "CPUWeight|t|0" },
		{ "cpu.idle", "0", "" },
		{ "cpu.max", "50000 100000", "CPUQuotaPerSecUSec|t|500000|CPUQuotaPeriodUSec|t|100000" },
		{ "cpu.max", "33333 100000", "CPUQuotaPerSecUSec|t|340000|CPUQuotaPeriodUSec|t|100000" },
		{ "cpu.max", "1000 1000000", "CPUQuotaPerSecUSec|t|10000|CPUQuotaPeriodUSec|t|1000000" },
		{ "cpu.max", "20000", "CPUQuotaPerSecUSec|t|200000" },
		{ "cpu.max", "max 50000",
		  "CPUQuotaPerSecUSec|t|18446744073709551615|CPUQuotaPeriodUSec|t|50000" },
		{ "cpuset.cpus", "0", "AllowedCPUs|ay|1|1" },
		{ "cpuset.cpus", "0-1,9", "AllowedCPUs|ay|2|3|2" },
		{ "cpuset.cpus", "0-99999", "" },
		{ "cpuset.mems", "1", "AllowedMemoryNodes|ay|1|2" },
		{ "io.weight", "default 50", "IOWeight|t|50" },
		{ "io.max", "8:16 rbps=1000", "IOReadBandwidthMax|a(st)|1|/dev/block/8:16|1000" },
		{ "io.max", "8:16 wiops=max", "IOWriteIOPSMax|a(st)|1|/dev/block/8:16|18446744073709551615" },
	};

	for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
		_cleanup_arena_ struct arena arena = ARENA_INIT;
		struct word_list list = { .arena = &arena };

		systemd_add_limit(&list, cases[i].file, cases[i].value, 0);
		assert_string_equal(joined(&list), cases[i].words);
	}
}

static void test_annotations(void **state _unused_)
{
	static const struct {
		const char *name, *value;
		const char *words; /* NULL: refused */
	} cases[] = {
		{ "TimeoutStopUSec", "uint64 5", "|TimeoutStopUSec|t|5|" },
		{ "TimeoutStopSec", "uint64 5", "|TimeoutStopUSec|t|5000000|" },
		{ "TimeoutStopSec", "1.5", "|TimeoutStopUSec|t|1500000|" },
		{ "KillSignal", "37", "|KillSignal|i|37|" },
		{ "DefaultDependencies", "true", "|DefaultDependencies|b|true|" },
		{ "After", "['crio.service']", "|After|as|1|crio.service|" },
		{ "CollectMode", "'inactive'", "|CollectMode|s|inactive|" },
		{ "TimeoutStopSec", "'5'", NULL },
		{ "TimeoutStopSec", "-5", NULL },
		{ "TimeoutStopSec", "uint64 18446744073709551615", NULL },
		{ "Ab", "1", NULL },
		{ "", "1", NULL },
		{ "Ab-c", "1", NULL },
		{ "KillSignal", "fifteen", NULL },
		{ "ExecStopPost", "[('/x', ['/x'], false)]", NULL },
		{ "SuccessAction", "'poweroff-force'", NULL },
		{ "OnFailure", "['x.service']", NULL },
		{ "Slice", "'-.slice'", NULL },
		{ "PIDs", "[uint32 1]", NULL },
		{ "MemoryMax", "uint64 1", NULL },
		{ "DeviceAllow", "[('/dev/sda', 'rwm')]", NULL },
	};

	for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
		_cleanup_arena_ struct arena arena = ARENA_INIT;
		struct word_list list = { .arena = &arena };
		const struct op_systemd_unit *op;
		char text[256];
		struct program p;
		struct error err;

		(void)snprintf(text, sizeof(text), "\"org.systemd.property.%s\":\"%s\"", cases[i].name,
			       cases[i].value);
		compile_unit("", "web", text, IN_SYSTEM, &p, &arena, &err);
		op = find_unit(&p);
		if ((op != NULL) != (cases[i].words != NULL))
			fail_msg("%s: %s", text, err.subject);
		if (!op) {
			assert_true(str_after(err.pointer, "/annotations/org.systemd.property."));
			continue;
		}
		word_list_add(&list, "");
		for (uint32_t k = 0; k < op->properties.n; k++)
			word_list_add(&list, program_strv(&p, op->properties, k));
		word_list_add(&list, "");
		if (!strstr(joined(&list), cases[i].words))
			fail_msg("no %s in %s", cases[i].words, joined(&list));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_units),	    cmocka_unit_test(test_name_too_long),
		cmocka_unit_test(test_gvariant),    cmocka_unit_test(test_types),
		cmocka_unit_test(test_limits),	    cmocka_unit_test(test_annotations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
