# SPDX-License-Identifier: Apache-2.0
UNIT_TESTS += tests/unit/test-cgroup tests/unit/test-cgroup-detect
tests_unit_test_cgroup_SOURCES = tests/unit/test-cgroup.c
tests_unit_test_cgroup_detect_SOURCES = tests/unit/test-cgroup-detect.c
UNIT_TESTS += tests/unit/test-cgroup-update
tests_unit_test_cgroup_update_SOURCES = tests/unit/test-cgroup-update.c
UNIT_TESTS += tests/unit/test-cgroup-stats
tests_unit_test_cgroup_stats_SOURCES = tests/unit/test-cgroup-stats.c
