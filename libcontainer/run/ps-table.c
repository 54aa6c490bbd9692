/* SPDX-License-Identifier: Apache-2.0 */
/* The columns of "ps -ef" from /proc, for hosts without ps(1). */
#define _GNU_SOURCE
#include "libcontainer/run/ps.h"

#include "base/str.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#define COMMAND_MAX 4096

/* Fields of /proc/PID/stat, counted from the one behind the name, the state. */
enum { STAT_PPID = 1, STAT_TERMINAL = 4, STAT_UTIME = 11, STAT_STIME = 12, STAT_START = 19, STAT_MAX };

/* What all lines need. */
struct clock {
	uint64_t ticks;        /* per second */
	uint64_t boot, now;    /* seconds since 1970 */
	struct tm today;
};

/* The number behind blanks at *s, which moves behind it. What the kernel writes fits. */
static uint64_t take_number(const char **s)
{
	uint64_t v = 0;

	*s += strspn(*s, " \t");
	for (; **s >= '0' && **s <= '9'; (*s)++)
		v = v * 10 + (uint64_t)(**s - '0');
	return v;
}

static uint64_t number_at(const char *s)
{
	return take_number(&s);
}

bool ps_parse(const char *stat, const char *status, struct ps_process *ret)
{
	const char *fields[STAT_MAX], *s = strrchr(stat, ')'), *uid = strstr(status, "\nUid:");

	for (int i = 0; i < STAT_MAX && s; i++) {
		s = strchr(s, ' ');
		fields[i] = s ? ++s : NULL;
	}
	if (!s || !uid)
		return false;
	uid += strlen("\nUid:");
	(void)take_number(&uid); /* the real one; behind it the effective one */
	*ret = (struct ps_process){
		.pid = (pid_t)number_at(stat),
		.ppid = (pid_t)number_at(fields[STAT_PPID]),
		.uid = (uid_t)number_at(uid),
		.terminal = (unsigned)number_at(fields[STAT_TERMINAL]),
		.cpu_ticks = number_at(fields[STAT_UTIME]) + number_at(fields[STAT_STIME]),
		.start_ticks = number_at(fields[STAT_START]),
	};
	return true;
}

/* Majors 136 to 143 are pseudo terminals, 4 has the virtual consoles and, from minor 64 on, serial lines. */
void ps_terminal_name(unsigned device, char *buf, size_t size)
{
	unsigned ma = major(device), mi = minor(device);

	if (ma >= 136 && ma <= 143)
		(void)snprintf(buf, size, "pts/%u", (ma - 136) * 256 + mi);
	else if (ma == 4 && mi < 64)
		(void)snprintf(buf, size, "tty%u", mi);
	else if (ma == 4)
		(void)snprintf(buf, size, "ttyS%u", mi - 64);
	else
		(void)str_copy(buf, size, "?");
}

static int clock_read(struct clock *c, struct error *err)
{
	char uptime[64];
	time_t now = time(NULL);
	long ticks = sysconf(_SC_CLK_TCK);
	ssize_t n = sys_read_file(AT_FDCWD, "/proc/uptime", uptime, sizeof(uptime));

	if (n < 0)
		return error_set(err, ERR_SYSTEM, (int)-n, "/proc/uptime");
	if (ticks > 0)
		c->ticks = (uint64_t)ticks;
	c->now = (uint64_t)now;
	c->boot = c->now - MIN(number_at(uptime), c->now);
	(void)localtime_r(&now, &c->today);
	return 0;
}

/* "08:15" for a process of today, else "Nov25", else the year. */
static void format_start(const struct clock *c, const struct ps_process *p, char *buf, size_t size)
{
	time_t start = (time_t)(c->boot + p->start_ticks / c->ticks);
	struct tm tm = { 0 };
	size_t n;

	(void)localtime_r(&start, &tm);
	if (tm.tm_year != c->today.tm_year)
		n = strftime(buf, size, "%Y", &tm);
	else if (tm.tm_yday != c->today.tm_yday)
		n = strftime(buf, size, "%b%d", &tm);
	else
		n = strftime(buf, size, "%H:%M", &tm);
	if (n == 0)
		buf[0] = '\0';
}

/* Arguments joined by blanks, or [name] of a process that has none. Never a line end: it could fake a line. */
static void add_command(struct buf *out, const char *stat, pid_t pid)
{
	char path[32], raw[COMMAND_MAX], shown[COMMAND_MAX];
	const char *name = strchr(stat, '('), *end = strrchr(stat, ')');
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	n = sys_read_file(AT_FDCWD, path, raw, sizeof(raw));
	if (n == -EFBIG) /* longer than is shown; what fits has been read */
		n = sizeof(raw) - 1;
	if (n <= 0) {
		(void)snprintf(raw, sizeof(raw), "[%.*s]", name && end > name ? (int)(end - name - 1) : 0,
			       name ? name + 1 : "");
	} else {
		raw[n] = '\0';
		while (n > 0 && raw[n - 1] == '\0')
			n--;
		for (ssize_t i = 0; i < n; i++)
			raw[i] = raw[i] == '\0' ? ' ' : raw[i];
	}
	(void)str_escape(raw, shown, sizeof(shown));
	buf_adds(out, shown);
}

static void add_line(struct buf *out, const struct clock *c, pid_t pid)
{
	char path[32], stat[2048], status[4096], start[16], terminal[16];
	struct ps_process p;
	uint64_t cpu, age;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (sys_read_file(AT_FDCWD, path, stat, sizeof(stat)) < 0)
		return;
	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (sys_read_file(AT_FDCWD, path, status, sizeof(status)) < 0 || !ps_parse(stat, status, &p))
		return;
	format_start(c, &p, start, sizeof(start));
	ps_terminal_name(p.terminal, terminal, sizeof(terminal));
	cpu = p.cpu_ticks / c->ticks;
	age = c->now - MIN(c->boot + p.start_ticks / c->ticks, c->now);
	buf_addf(out, "%-8u %7d %7d %2" PRIu64 " %5s %-8s %02" PRIu64 ":%02" PRIu64 ":%02" PRIu64 " ", p.uid,
		 (int)p.pid, (int)p.ppid, age ? MIN(cpu * 100 / age, 99u) : 0, start, terminal, cpu / 3600,
		 cpu / 60 % 60, cpu % 60);
	add_command(out, stat, p.pid);
	buf_addc(out, '\n');
}

int ps_own_table(const pid_t *pids, size_t n, struct buf *out, struct error *err)
{
	struct clock c = { .ticks = 1 };
	int r = clock_read(&c, err);

	if (r < 0)
		return r;
	buf_addf(out, "%-8s %7s %7s %2s %5s %-8s %8s %s\n", "UID", "PID", "PPID", "C", "STIME", "TTY", "TIME",
		 "CMD");
	for (size_t i = 0; i < n; i++)
		add_line(out, &c, pids[i]);
	return out->failed ? error_set(err, ERR_NO_MEMORY, ENOMEM, "table of processes") : 0;
}
