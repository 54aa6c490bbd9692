# SPDX-License-Identifier: Apache-2.0
UNIT_TESTS += tests/unit/test-cmd
tests_unit_test_cmd_SOURCES = tests/unit/test-cmd.c cmd/parse.c cmd/commands.c cmd/signal.c
