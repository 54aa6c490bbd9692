/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_CGROUP_STATS_PARSE_H
#define BERTH_CGROUP_STATS_PARSE_H

/*
 * The forms in which the kernel writes statistics. Each parser takes the text of a file apart (it may change
 * it) and puts what it understands where it belongs; what it does not understand is skipped: kernels
 * add lines. 0 or -ENOMEM.
 */

#include "libcontainer/cgroup/stats.h"

/* A line "name value" of a file and where its number goes, times a factor. */
struct stats_key_row {
	const char *key;
	size_t offset; /* in struct cgroup_stats */
	uint64_t factor;
};

struct stats_file;

typedef int stats_parser(const struct stats_file *file, char *text, struct arena *arena,
			 struct cgroup_stats *stats);

/* One row of the tables in stats.c: a file, its form, and its place in struct cgroup_stats. */
struct stats_file {
	const char *controller; /* v1; NULL: the v2 tree */
	const char *file;
	stats_parser *parse;
	size_t offset;
	uint64_t max;                      /* stats_parse_number: what "max" is */
	const struct stats_key_row *keys;  /* stats_parse_keys: ended by a NULL key */
};

/* A number, perhaps with a sign, or "max". */
stats_parser stats_parse_number;
/* "a 1\nb 2\n": the keys that file->keys names; all of them. */
stats_parser stats_parse_keys, stats_parse_raw;
/* "1 2 3", "0-2,5" */
stats_parser stats_parse_numbers, stats_parse_list;
/* cpuacct.usage_all: a line of headings, then "cpu user system" a line. */
stats_parser stats_parse_percpu;
/* "8:0 Read 5\n8:0 Total 5\nTotal 5\n", or without an operation. A list that has something is left alone. */
stats_parser stats_parse_devices;
/* "8:0 rbytes=5 wbytes=6 rios=1 ..." */
stats_parser stats_parse_io;
/* "some avg10=0.12 avg60=0.00 avg300=0.00 total=5\nfull ..." */
stats_parser stats_parse_pressure;

#endif
