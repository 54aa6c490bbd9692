# SPDX-License-Identifier: Apache-2.0
UNIT_TESTS += tests/unit/test-seccomp tests/unit/test-seccomp-oracle
tests_unit_test_seccomp_SOURCES = tests/unit/test-seccomp.c \
	tests/unit/test-seccomp-bpf.c tests/unit/test-seccomp-bpf.h
tests_unit_test_seccomp_oracle_SOURCES = tests/unit/test-seccomp-oracle.c \
	tests/unit/test-seccomp-judge.c tests/unit/test-seccomp-judge.h \
	tests/unit/test-seccomp-bpf.c tests/unit/test-seccomp-bpf.h
# libseccomp is what the filters are compared with; nothing else links it.
tests_unit_test_seccomp_oracle_LDADD = $(LDADD) -lseccomp
