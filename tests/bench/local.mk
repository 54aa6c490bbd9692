# SPDX-License-Identifier: Apache-2.0
# Built by ./check bench, in whatever build is measured.
EXTRA_PROGRAMS = tests/bench/bench tests/bench/filter
tests_bench_bench_SOURCES = tests/bench/bench.c
tests_bench_filter_SOURCES = tests/bench/filter.c
