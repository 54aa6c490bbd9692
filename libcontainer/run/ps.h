/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_PS_H
#define BERTH_RUN_PS_H

/* Tables of processes. pids are sorted. */

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Writes the columns of "ps -ef", from /proc; a process that has ended meanwhile is left out. */
int ps_own_table(const pid_t *pids, size_t n, struct buf *out, struct error *err);

/*
 * Takes the header and the lines about these processes out of what ps(1) has printed. A header without
 * a column PID is an error. text is terminated.
 */
int ps_filter(const char *text, const pid_t *pids, size_t n, struct buf *out, struct error *err);

/* One process as /proc/PID/stat and status show it. */
struct ps_process {
	pid_t pid, ppid;
	uid_t uid;
	unsigned terminal;      /* device number */
	uint64_t cpu_ticks, start_ticks;
};

/* For the text of both files; false when they are not like that. */
bool ps_parse(const char *stat, const char *status, struct ps_process *ret);

/* "pts/3", "tty1", "?" */
void ps_terminal_name(unsigned device, char *buf, size_t size);

#endif
