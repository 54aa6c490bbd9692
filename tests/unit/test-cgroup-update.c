/* SPDX-License-Identifier: Apache-2.0 */
/* Values to go back to, and what the kernel makes of those that were written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/str.h"
#include "libcontainer/cgroup/internal.h"

struct value_case {
	const char *file, *want, *got;
	bool same;
};

static const struct value_case values[] = {
	{ "memory.limit_in_bytes", "67108864", "67108864", true },
	{ "memory.limit_in_bytes", "67108865", "67108864", true },
	{ "memory.limit_in_bytes", "67108864", "67043328", false },
	{ "memory.limit_in_bytes", "67108864", "67112960", false },
	{ "memory.limit_in_bytes", "-1", "9223372036854771712", true },
	{ "memory.limit_in_bytes", "-1", "67108864", false },
	{ "memory.memsw.limit_in_bytes", "67108864", "9223372036854771712", false },
	{ "memory.max", "max", "max", true },
	{ "memory.max", "67108864", "max", false },
	{ "memory.swap.max", "0", "0", true },
	{ "cpu.cfs_quota_us", "50000", "50000", true },
	{ "cpu.cfs_quota_us", "50000", "-1", false },
	{ "cpu.shares", "1", "2", true },
	{ "cpuset.cpus", "0,1,2", "0-2", true },
	{ "cpuset.cpus", "2,0-1", "0-2", true },
	{ "cpuset.cpus", "0-2,1-3", "0-3", true },
	{ "cpuset.cpus", "0-3", "0-1,2-3", true },
	{ "cpuset.cpus", "0-1", "0-2", false },
	{ "cpuset.cpus", "0-2", "0-1", false },
	{ "cpuset.cpus", "0-2", "0,2", false },
	{ "cpuset.cpus", "0", "", false },
	{ "cpuset.cpus", "0-65535", "0-65535", true },
	{ "cpuset.cpus", "0", "x", false },
	{ "cpuset.cpus", "0", "99999999999", false },
	{ "pids.max", "max", "max", true },
	{ "pids.max", "5", "max", false },
	{ "memory.unknown", "1", "2", true },
};

static void test_values(void **state _unused_)
{
	for (size_t i = 0; i < ELEMENTSOF(values); i++)
		if (cgroup_value_is(values[i].file, values[i].want, values[i].got) != values[i].same)
			fail_msg("%s: \"%s\", \"%s\"", values[i].file, values[i].want, values[i].got);
}

struct saved_case {
	const char *file, *content, *value, *saved;
};

static const struct saved_case saved[] = {
	{ "memory.limit_in_bytes", "9223372036854771712\n", "5", "9223372036854771712" },
	{ "cpu.max", "max 100000\n", "5 6", "max 100000" },
	{ "cpuset.cpus", "\n", "0", "\n" },
	{ "memory.oom_control", "oom_kill_disable 1\nunder_oom 0\noom_kill 3\n", "0", "1" },
	{ "blkio.throttle.read_bps_device", "8:16 5\n8:1 7\n", "8:1 9", "8:1 7" },
	{ "blkio.throttle.read_bps_device", "8:16 5\n", "8:1 9", "8:1 0" },
	{ "blkio.throttle.read_bps_device", "", "8:1 9", "8:1 0" },
	{ "blkio.bfq.weight_device", "8:0 200\n", "8:16 300", "8:16 default" },
	{ "net_prio.ifpriomap", "lo 0\neth0 3\n", "eth0 5", "eth0 3" },
	{ "rdma.max", "mlx5_0 hca_handle=2 hca_object=max\n", "mlx5_0 hca_handle=3",
	  "mlx5_0 hca_handle=2 hca_object=max" },
	{ "rdma.max", "", "mlx5_0 hca_handle=3", "mlx5_0 hca_handle=max hca_object=max" },
	{ "io.max", "8:0 rbps=5 wbps=max riops=max wiops=max\n", "8:0 wbps=7",
	  "8:0 rbps=5 wbps=max riops=max wiops=max" },
	{ "io.max", "", "8:0 wbps=7", "8:0 rbps=max wbps=max riops=max wiops=max" },
	{ "io.weight", "default 100\n8:0 50\n", "default 7", "default 100" },
	{ "io.bfq.weight", "default 100\n", "8:0 7", "8:0 default" },
};

static void test_saved(void **state _unused_)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	char dir[] = "/tmp/berth-unit.XXXXXX";

	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < ELEMENTSOF(saved); i++) {
		char *path = arena_printf(&arena, "%s/%s", dir, saved[i].file), *got = NULL;
		struct error err = ERROR_INIT;
		FILE *f = fopen(path, "we");

		assert_non_null(f);
		fputs(saved[i].content, f);
		fclose(f);
		assert_int_equal(cgroup_saved_value(dir, saved[i].file, saved[i].value, &arena, &got, &err), 0);
		assert_string_equal(got, saved[i].saved);
		unlink(path);
		assert_int_equal(cgroup_saved_value(dir, saved[i].file, saved[i].value, &arena, &got, &err),
				 -ENOENT);
		assert_false(error_is_set(&err));
	}
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_saved),
	};

	return cmocka_run_group_tests_name("cgroup-update", tests, NULL, NULL);
}
