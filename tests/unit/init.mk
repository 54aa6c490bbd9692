# SPDX-License-Identifier: Apache-2.0
UNIT_TESTS += tests/unit/test-path tests/unit/test-init
tests_unit_test_path_SOURCES = tests/unit/test-path.c
tests_unit_test_init_SOURCES = tests/unit/test-init.c tests/unit/test-init-driver.c tests/unit/test-init-driver.h
