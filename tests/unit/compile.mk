# SPDX-License-Identifier: Apache-2.0
UNIT_TESTS += tests/unit/test-compile tests/unit/test-devices tests/unit/test-exec tests/unit/test-golden \
	tests/unit/test-program tests/unit/test-systemd
tests_unit_test_compile_SOURCES = tests/unit/test-compile.c tests/unit/compile-fixture.h
tests_unit_test_devices_SOURCES = tests/unit/test-devices.c tests/unit/compile-fixture.h
tests_unit_test_exec_SOURCES = tests/unit/test-exec.c tests/unit/compile-fixture.h
tests_unit_test_golden_SOURCES = tests/unit/test-golden.c tests/unit/compile-fixture.h
tests_unit_test_program_SOURCES = tests/unit/test-program.c
tests_unit_test_systemd_SOURCES = tests/unit/test-systemd.c tests/unit/compile-fixture.h
# test-golden reads $srcdir/tests/golden; without the variable, the present directory's.
EXTRA_DIST += tests/golden
