# SPDX-License-Identifier: Apache-2.0
UNIT_TESTS += tests/unit/test-cgroup tests/unit/test-cgroup-detect
tests_unit_test_cgroup_SOURCES = tests/unit/test-cgroup.c
tests_unit_test_cgroup_detect_SOURCES = tests/unit/test-cgroup-detect.c
UNIT_TESTS += tests/unit/test-cgroup-update
tests_unit_test_cgroup_update_SOURCES = tests/unit/test-cgroup-update.c
UNIT_TESTS += tests/unit/test-cgroup-stats
tests_unit_test_cgroup_stats_SOURCES = tests/unit/test-cgroup-stats.c
# The kernel is simulated at the wrappers of its calls.
UNIT_TESTS += tests/unit/test-resctrl
tests_unit_test_resctrl_SOURCES = tests/unit/test-resctrl.c
tests_unit_test_resctrl_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=sys_mkdirat,--wrap=sys_unlinkat \
	-Wl,--wrap=sys_write_all,--wrap=sys_is_resctrl
