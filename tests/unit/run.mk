# SPDX-License-Identifier: Apache-2.0
UNIT_TESTS += tests/unit/test-ps
tests_unit_test_ps_SOURCES = tests/unit/test-ps.c
