# SPDX-License-Identifier: Apache-2.0
UNIT_TESTS += tests/unit/test-state tests/unit/test-state-record
tests_unit_test_state_SOURCES = tests/unit/test-state.c
tests_unit_test_state_record_SOURCES = tests/unit/test-state-record.c
