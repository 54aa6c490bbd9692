# SPDX-License-Identifier: Apache-2.0
# Built by ./check bench and ./check vm, in whatever build is measured.
EXTRA_PROGRAMS = tests/bench/bench tests/bench/filter
tests_bench_bench_SOURCES = tests/bench/bench.c
# It also runs in guests, which have another libc.
tests_bench_bench_LDFLAGS = $(AM_LDFLAGS) $(STATIC_FIRST)
tests_bench_bench_LDADD = $(STATIC_LAST)
tests_bench_filter_SOURCES = tests/bench/filter.c
