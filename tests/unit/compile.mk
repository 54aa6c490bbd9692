# SPDX-License-Identifier: Apache-2.0
UNIT_TESTS += tests/unit/test-golden
tests_unit_test_golden_SOURCES = tests/unit/test-golden.c tests/unit/compile-fixture.h
EXTRA_DIST += tests/golden
