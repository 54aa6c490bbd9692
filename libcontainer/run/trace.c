/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/run/trace.h"

#include "base/buf.h"
#include "base/fd.h"
#include "libcontainer/program.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/times.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

void trace_init(struct trace *t, const char *path)
{
	*t = (struct trace){ .on = path != NULL, .path = path };
}

void trace_done(struct trace *t)
{
	free(t->spans);
	*t = (struct trace){ 0 };
}

void trace_begin(struct trace *t, const char *name, uint32_t op)
{
	if (!t->on)
		return;
	if (t->n == t->size) {
		size_t size = t->size ? t->size * 2 : 64;
		struct trace_span *bigger = realloc(t->spans, size * sizeof(*bigger));

		if (!bigger) {
			t->on = false; /* a trace is not worth a failed container */
			return;
		}
		t->spans = bigger;
		t->size = size;
	}
	t->spans[t->n++] = (struct trace_span){
		.name = name,
		.op = op,
		.times = { .wall_start = sys_wall_ns(), .cpu_start = sys_cpu_ns() },
	};
}

void trace_end(struct trace *t)
{
	if (!t->on || t->n == 0)
		return;
	t->spans[t->n - 1].times.wall_end = sys_wall_ns();
	t->spans[t->n - 1].times.cpu_end = sys_cpu_ns();
}

static void span(struct buf *b, const char *name, uint32_t op, const struct op_times *times, pid_t pid)
{
	uint64_t cpu = times->cpu_end - times->cpu_start;

	if (times->wall_start == 0 || times->wall_end < times->wall_start)
		return;
	buf_addf(b,
		 ",\n{\"name\":\"%s\",\"ph\":\"X\",\"ts\":%" PRIu64 ".%03u,\"dur\":%" PRIu64
		 ".%03u,\"pid\":%d,\"tid\":%d,\"args\":{",
		 name, times->wall_start / 1000, (unsigned)(times->wall_start % 1000),
		 (times->wall_end - times->wall_start) / 1000,
		 (unsigned)((times->wall_end - times->wall_start) % 1000), (int)pid, (int)pid);
	if (op != UINT32_MAX)
		buf_addf(b, "\"op\":%u,", op);
	buf_addf(b, "\"cpu\":%" PRIu64 ".%03u}}", cpu / 1000, (unsigned)(cpu % 1000));
}

static void process_name(struct buf *b, const char *name, pid_t pid, const char *separator)
{
	buf_addf(b,
		 "%s\n{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":%d,\"tid\":%d,"
		 "\"args\":{\"name\":\"%s\"}}",
		 separator, (int)pid, (int)pid, name);
}

int trace_write(const struct trace *t, const struct page *page, pid_t pid, struct error *err)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	_cleanup_close_ int fd = -1;
	const uint16_t *types;
	int r;

	if (!t->on)
		return 0;
	buf_adds(&b, "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[");
	process_name(&b, "berth", getpid(), "");
	process_name(&b, "berth-init", pid, ",");
	for (size_t i = 0; i < t->n; i++)
		span(&b, t->spans[i].name, t->spans[i].op, &t->spans[i].times, getpid());
	if (page && page->trace) {
		types = (const uint16_t *)(const void *)((const char *)page + page->op_types);
		for (uint32_t i = 0; i < page->n_ops && i < page->n_times; i++)
			if (types[i] < OP_MAX)
				span(&b, op_info(types[i])->name, i, &page->times[i], pid);
	}
	buf_adds(&b, "\n]}\n");
	if (b.failed)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "trace");
	r = fd = sys_openat(AT_FDCWD, t->path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (r >= 0)
		r = sys_write_all(fd, b.data, b.len);
	return r < 0 ? error_set(err, ERR_FILE_OUTPUT, -r, "trace %s", t->path) : 0;
}
