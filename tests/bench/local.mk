# SPDX-License-Identifier: Apache-2.0

check_PROGRAMS += tests/bench/bench
tests_bench_bench_SOURCES = tests/bench/bench.c
EXTRA_DIST += tests/bench/bundles tests/bench/run tests/bench/table.awk
