# SPDX-License-Identifier: Apache-2.0
UNIT_TESTS += tests/unit/test-spec
tests_unit_test_spec_SOURCES = tests/unit/test-spec.c tests/unit/test-spec.h

UNIT_TESTS += tests/unit/test-spec-errors
tests_unit_test_spec_errors_SOURCES = tests/unit/test-spec-errors.c tests/unit/test-spec.h

UNIT_TESTS += tests/unit/test-spec-limits
tests_unit_test_spec_limits_SOURCES = tests/unit/test-spec-limits.c tests/unit/test-spec.h

UNIT_TESTS += tests/unit/test-spec-write
tests_unit_test_spec_write_SOURCES = tests/unit/test-spec-write.c tests/unit/test-spec.h
