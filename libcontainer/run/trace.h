/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_TRACE_H
#define BERTH_RUN_TRACE_H

/*
 * --trace FILE: where the time went, as a JSON document for Perfetto and chrome://tracing, with a span
 * for each operation of runtime and init: wall clock as the span, CPU time as an argument. Off, it asks
 * no clock.
 */

#include "base/error.h"
#include "libcontainer/dialogue.h"

#include <stdbool.h>
#include <sys/types.h>

struct trace_span {
	const char *name;
	uint32_t op;          /* UINT32_MAX: no operation of the program */
	struct op_times times;
};

struct trace {
	bool on;
	const char *path;
	struct trace_span *spans;
	size_t n, size;
};

/* path NULL: off. */
void trace_init(struct trace *t, const char *path);
void trace_done(struct trace *t);

/* name must live on. Spans of the runtime do not nest. */
void trace_begin(struct trace *t, const char *name, uint32_t op);
void trace_end(struct trace *t);

/* Writes the file. page (may be NULL): with the times of init, whose process id in the trace is pid. */
int trace_write(const struct trace *t, const struct page *page, pid_t pid, struct error *err);

#endif
