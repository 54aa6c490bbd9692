# SPDX-License-Identifier: Apache-2.0
UNIT_TESTS += tests/unit/test-ps
tests_unit_test_ps_SOURCES = tests/unit/test-ps.c
UNIT_TESTS += tests/unit/test-run tests/unit/test-run-command
tests_unit_test_run_SOURCES = tests/unit/test-run.c tests/unit/test-init-driver.c tests/unit/test-init-driver.h
tests_unit_test_run_command_SOURCES = tests/unit/test-run-command.c
UNIT_TESTS += tests/unit/test-systemd-bus
tests_unit_test_systemd_bus_SOURCES = tests/unit/test-systemd-bus.c
