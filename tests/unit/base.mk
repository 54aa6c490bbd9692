# SPDX-License-Identifier: Apache-2.0
UNIT_TESTS += tests/unit/test-base tests/unit/test-base-error tests/unit/test-base-log
tests_unit_test_base_SOURCES = tests/unit/test-base.c
tests_unit_test_base_error_SOURCES = tests/unit/test-base-error.c
tests_unit_test_base_log_SOURCES = tests/unit/test-base-log.c
UNIT_TESTS += tests/unit/test-units
tests_unit_test_units_SOURCES = tests/unit/test-units.c
