/* SPDX-License-Identifier: Apache-2.0 */
/* Statistics from recorded files, and the record of `events` that is made of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/str.h"
#include "libcontainer/cgroup/stats-parse.h"
#include "libcontainer/run/stats.h"

static struct arena arena;
static struct cgroup_stats stats;
static struct resctrl_stats rdt;

static int start(void **state _unused_)
{
	arena = ARENA_INIT;
	stats = (struct cgroup_stats){ 0 };
	rdt = (struct resctrl_stats){ 0 };
	return 0;
}

static int finish(void **state _unused_)
{
	arena_done(&arena);
	return 0;
}

#define AT(member) offsetof(struct cgroup_stats, member)

static void parse_with(const struct stats_file *file, const char *content)
{
	char *text = arena_strdup(&arena, content);

	assert_non_null(text);
	/* As cgroup_read() hands it out. */
	if (*text && text[strlen(text) - 1] == '\n')
		text[strlen(text) - 1] = '\0';
	assert_int_equal(file->parse(file, text, &arena, &stats), 0);
}

#define PARSE(parser, member, content) \
	parse_with(&(struct stats_file){ .parse = stats_parse_##parser, .offset = AT(member), .max = 9 }, content)

static void test_number(void **state _unused_)
{
	PARSE(number, pids.current, "18446744073709551615\n");
	assert_true(stats.pids.current == UINT64_MAX);
	PARSE(number, pids.limit, "max\n");
	assert_int_equal(stats.pids.limit, 9);
	PARSE(number, cpuset.sched_relax_domain_level, "-1\n");
	assert_true((int64_t)stats.cpuset.sched_relax_domain_level == -1);
	/* What is no number changes nothing. */
	PARSE(number, pids.limit, "maximum\n");
	PARSE(number, pids.limit, "");
	PARSE(number, pids.limit, "18446744073709551616\n");
	assert_int_equal(stats.pids.limit, 9);
}

static void test_keys(void **state _unused_)
{
	static const struct stats_key_row rows[] = {
		{ "usage_usec", AT(cpu.total), 1000 },
		{ "nr_periods", AT(cpu.periods), 1 },
		{ "throttled_usec", AT(cpu.throttled_time), 1000 },
		{ NULL, 0, 0 },
	};
	const struct stats_file file = { .parse = stats_parse_keys, .keys = rows };

	parse_with(&file, "usage_usec 3141\nuser_usec 5\nnr_periods 7\nnonsense\nnr_periods\nthrottled_usec "
			  "18446744073709551615\n");
	assert_int_equal(stats.cpu.total, 3141000);
	assert_int_equal(stats.cpu.periods, 7);
	assert_true(stats.cpu.throttled_time == UINT64_MAX);
}

static void test_raw(void **state _unused_)
{
	PARSE(raw, memory.raw, "cache 4096\nrss 0\nhierarchical_memory_limit 9223372036854771712\nbad\nx y\n");
	assert_int_equal(stats.memory.raw.n, 3);
	assert_string_equal(stats.memory.raw.v[0].name, "cache");
	assert_int_equal(stats.memory.raw.v[0].value, 4096);
	assert_string_equal(stats.memory.raw.v[2].name, "hierarchical_memory_limit");
}

static void expect_numbers(const struct stats_numbers *list, const uint64_t *v, size_t n)
{
	assert_int_equal(list->n, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(list->v[i], v[i]);
}

static void test_numbers(void **state _unused_)
{
	static const uint64_t times[] = { 52034, 0, 1, 99 }, cpus[] = { 0, 1, 2, 7, 9 };

	PARSE(numbers, cpu.percpu, "52034 0 1 99 \n");
	expect_numbers(&stats.cpu.percpu, times, ELEMENTSOF(times));
	PARSE(list, cpuset.cpus, "0-2,7,9\n");
	expect_numbers(&stats.cpuset.cpus, cpus, ELEMENTSOF(cpus));
	PARSE(list, cpuset.mems, "\n");
	PARSE(list, cpuset.mems, "x,1-y,70000,5-4");
	assert_int_equal(stats.cpuset.mems.n, 0);
}

static void test_percpu(void **state _unused_)
{
	static const uint64_t user[] = { 1000, 30 }, system[] = { 2000, 40 };

	PARSE(percpu, cpu, "cpu user system\n0 1000 2000\n1 30 40\n2 7\n");
	expect_numbers(&stats.cpu.percpu_user, user, 2);
	expect_numbers(&stats.cpu.percpu_kernel, system, 2);
}

static void test_devices(void **state _unused_)
{
	PARSE(devices, blkio.bytes, "8:16 Read 4096\n8:16 Write 0\n8:16 Total 4096\n8 Read 5\nx:1 Read 5\nTotal 4096\n");
	assert_int_equal(stats.blkio.bytes.n, 3);
	assert_int_equal(stats.blkio.bytes.v[0].major, 8);
	assert_int_equal(stats.blkio.bytes.v[0].minor, 16);
	assert_string_equal(stats.blkio.bytes.v[0].op, "Read");
	assert_int_equal(stats.blkio.bytes.v[0].value, 4096);
	PARSE(devices, blkio.time, "254:0 77\n");
	assert_null(stats.blkio.time.v[0].op);
	assert_int_equal(stats.blkio.time.v[0].value, 77);
	/* The first file that says something counts. */
	PARSE(devices, blkio.bytes, "8:16 Read 1\n");
	assert_int_equal(stats.blkio.bytes.n, 3);
}

static void test_io(void **state _unused_)
{
	PARSE(io, blkio, "8:16 rbytes=180224 wbytes=5 rios=3 wios=4 dbytes=6 dios=7 cost.usage=9\n254:0 \n"
			 "8 rbytes=5\n8:0 rbytes rios=x\n");
	assert_int_equal(stats.blkio.bytes.n, 3);
	assert_int_equal(stats.blkio.serviced.n, 3);
	assert_string_equal(stats.blkio.bytes.v[1].op, "Write");
	assert_int_equal(stats.blkio.bytes.v[1].value, 5);
	assert_string_equal(stats.blkio.serviced.v[2].op, "Discard");
	assert_int_equal(stats.blkio.serviced.v[2].value, 7);
	assert_int_equal(stats.blkio.serviced.v[0].minor, 16);
}

static void test_pressure(void **state _unused_)
{
	PARSE(pressure, cpu.pressure, "some avg10=10.62 avg60=0.05 avg300=100.00 total=603359468\n"
				      "full avg10=0.00 avg60=bad avg300=1.5 total=7 new=3\nother avg10=5.00\n");
	assert_true(stats.cpu.pressure.set);
	assert_int_equal(stats.cpu.pressure.some.avg10, 1062);
	assert_int_equal(stats.cpu.pressure.some.avg60, 5);
	assert_int_equal(stats.cpu.pressure.some.avg300, 10000);
	assert_int_equal(stats.cpu.pressure.some.total, 603359468);
	assert_int_equal(stats.cpu.pressure.full.avg60, 0);
	assert_int_equal(stats.cpu.pressure.full.avg300, 0);
	assert_int_equal(stats.cpu.pressure.full.total, 7);
}

static void expect_event(const struct cgroup_stats *s, const char *expected)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct error err = ERROR_INIT;

	struct container_stats all = { .rdt = rdt };

	if (s)
		all.cgroup = *s;
	assert_int_equal(event_write("web", &(struct event){ .stats = s ? &all : NULL }, &out, &err), 0);
	assert_string_equal(out.data, expected);
}

static void test_pressure_event(void **state _unused_)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct error err = ERROR_INIT;

	assert_int_equal(event_write("web", &(struct event){ .pressure = "low" }, &out, &err), 0);
	assert_string_equal(out.data, "{\"type\":\"pressure\",\"id\":\"web\",\"data\":{\"level\":\"low\"}}\n");
}

#define COUNTER_ZERO "{\"limit\":0,\"usage\":0,\"max\":0,\"failcnt\":0}"

static void test_events(void **state _unused_)
{
	struct stats_hugetlb huge = { "2MB", 1, 2, 3 };

	expect_event(NULL, "{\"type\":\"oom\",\"id\":\"web\"}\n");
	PARSE(numbers, cpu.percpu, "1 2");
	PARSE(list, cpuset.cpus, "0-1");
	PARSE(number, cpuset.sched_relax_domain_level, "-1");
	PARSE(raw, memory.raw, "cache 5");
	PARSE(devices, blkio.bytes, "8:0 Read 1\n");
	PARSE(devices, blkio.sectors, "8:0 9\n");
	PARSE(pressure, memory.pressure, "some avg10=0.25 avg60=12.00 avg300=0.01 total=4\n");
	stats.memory.usage = (struct stats_counter){ UINT64_MAX, 2, 3, 4 };
	stats.hugetlb.v = &huge;
	stats.hugetlb.n = 1;
	expect_event(&stats,
		"{\"type\":\"stats\",\"id\":\"web\",\"data\":{\"cpu\":{\"usage\":{\"total\":0,\"percpu\":[1,2],"
		"\"kernel\":0,\"user\":0},\"throttling\":{\"periods\":0,\"throttledPeriods\":0,\"throttledTime\":0}},"
		"\"cpuset\":{\"cpus\":[0,1],\"cpu_exclusive\":0,\"mem_hardwall\":0,\"mem_exclusive\":0,"
		"\"memory_migrate\":0,\"memory_spread_page\":0,\"memory_spread_slab\":0,\"memory_pressure\":0,"
		"\"sched_load_balance\":0,\"sched_relax_domain_level\":-1},\"memory\":{\"cache\":0,"
		"\"usage\":{\"limit\":18446744073709551615,\"usage\":2,\"max\":3,\"failcnt\":4},"
		"\"swap\":" COUNTER_ZERO ",\"kernel\":" COUNTER_ZERO ",\"kernelTCP\":" COUNTER_ZERO ","
		"\"raw\":{\"cache\":5},\"psi\":{\"some\":{\"avg10\":0.25,\"avg60\":12.00,\"avg300\":0.01,\"total\":4},"
		"\"full\":{\"avg10\":0.00,\"avg60\":0.00,\"avg300\":0.00,\"total\":0}}},"
		"\"pids\":{\"current\":0,\"limit\":0},\"blkio\":{\"ioServiceBytesRecursive\":[{\"major\":8,\"minor\":0,"
		"\"op\":\"Read\",\"value\":1}],\"sectorsRecursive\":[{\"major\":8,\"minor\":0,\"value\":9}]},"
		"\"hugetlb\":{\"2MB\":{\"usage\":1,\"max\":2,\"failcnt\":3}},\"intel_rdt\":{},"
		"\"network_interfaces\":null}}\n");
}

/* The part of the record about caches and bandwidth. */
static void expect_rdt(const char *expected)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct container_stats all = { .rdt = rdt };
	struct error err = ERROR_INIT;
	const char *part;

	assert_int_equal(event_write("web", &(struct event){ .stats = &all }, &out, &err), 0);
	part = strstr(out.data, "\"intel_rdt\":");
	assert_non_null(part);
	assert_string_equal(part, expected);
}

static void test_rdt(void **state _unused_)
{
	struct resctrl_domain domains[] = { { 0, 1, 2, 3 }, { 1, 4, 5, 6 } };

	rdt.domains = domains;
	rdt.n = 2;
	/* A machine that counts nothing has domains without files. */
	expect_rdt("\"intel_rdt\":{},\"network_interfaces\":null}}\n");
	rdt.has_occupancy = true;
	expect_rdt("\"intel_rdt\":{\"cmt_stats\":[{\"llc_occupancy\":1},{\"llc_occupancy\":4}]},"
		   "\"network_interfaces\":null}}\n");
	rdt.has_bandwidth = true;
	rdt.l3_root = "L3:0=ff";
	rdt.l3 = "L3:0=f";
	rdt.mb_root = "MB:0=100";
	rdt.mb = "MB:0=20";
	rdt.l3_info.set = true;
	rdt.l3_info.cbm_mask = "fffff";
	rdt.l3_info.min_cbm_bits = 1;
	rdt.l3_info.num_closids = 16;
	rdt.mb_info.set = true;
	rdt.mb_info.bandwidth_gran = 10;
	rdt.mb_info.min_bandwidth = 20;
	rdt.mb_info.num_closids = 8;
	expect_rdt("\"intel_rdt\":{\"l3_cache_info\":{\"cbm_mask\":\"fffff\",\"min_cbm_bits\":1,\"num_closids\":16},"
		   "\"l3_cache_schema_root\":\"L3:0=ff\",\"l3_cache_schema\":\"L3:0=f\",\"mem_bw_info\":"
		   "{\"bandwidth_gran\":10,\"min_bandwidth\":20,\"num_closids\":8},\"mem_bw_schema_root\":\"MB:0=100\","
		   "\"mem_bw_schema\":\"MB:0=20\",\"mbm_stats\":[{\"mbm_total_bytes\":2,\"mbm_local_bytes\":3},"
		   "{\"mbm_total_bytes\":5,\"mbm_local_bytes\":6}],\"cmt_stats\":[{\"llc_occupancy\":1},"
		   "{\"llc_occupancy\":4}]},\"network_interfaces\":null}}\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_number), TEST(test_keys),    TEST(test_raw), TEST(test_numbers),  TEST(test_percpu),
		TEST(test_devices), TEST(test_io),     TEST(test_pressure), TEST(test_events), TEST(test_pressure_event),
		TEST(test_rdt),
	};

	return cmocka_run_group_tests_name("cgroup-stats", tests, NULL, NULL);
}
