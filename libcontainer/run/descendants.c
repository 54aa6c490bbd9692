/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/run/descendants.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/clock.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/pidfd.h"
#include "libcontainer/sys/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define ROUNDS 20 /* a program that forks faster than it can be killed */

struct process {
	pid_t pid, parent;
	unsigned long long start;
	bool doomed, zombie;
};

int descendants_adopt(bool on)
{
	int was = 0;

	if (on && prctl(PR_GET_CHILD_SUBREAPER, &was, 0, 0, 0) == 0 && was)
		return 0;
	return sys_prctl(PR_SET_CHILD_SUBREAPER, on) < 0 ? -1 : 1;
}

/* The n-th word (from 0) behind text as a number; 0 when there is none. */
static unsigned long long stat_field(const char *text, unsigned n)
{
	char word[24];
	uint64_t value;
	size_t len;

	for (; n > 0 && *text; n--) {
		text += strcspn(text, " ");
		text += strspn(text, " ");
	}
	len = strcspn(text, " \n");
	if (len >= sizeof(word))
		return 0;
	memcpy(word, text, len);
	word[len] = '\0';
	return str_to_u64(word, &value) == 0 ? value : 0;
}

/* False when it is gone. The name in brackets may hold anything. */
static bool process_look(const char *pid, struct process *ret)
{
	char path[64], text[512];
	uint32_t number;
	const char *end;
	char state;

	snprintf(path, sizeof(path), "/proc/%.16s/stat", pid);
	if (sys_read_file(AT_FDCWD, path, text, sizeof(text)) < 0)
		return false;
	end = strrchr(text, ')');
	if (!end || end[1] != ' ' || !end[2] || str_to_u32(pid, &number) < 0)
		return false;
	state = end[2];
	*ret = (struct process){ .pid = (pid_t)number, .zombie = state == 'Z' };
	/* Fields count from 1; the state, behind the name, is the third. */
	ret->parent = (int)stat_field(end + 2, 4 - 3);
	ret->start = stat_field(end + 2, 22 - 3);
	return state != 'X';
}

static struct process *process_list(size_t *ret_n)
{
	DIR *dir = opendir("/proc");
	struct process *v = NULL;
	const struct dirent *e;
	size_t n = 0, size = 0;

	while (dir && (e = readdir(dir))) {
		struct process p;

		if (e->d_name[0] < '1' || e->d_name[0] > '9' || !process_look(e->d_name, &p))
			continue;
		if (n == size) {
			struct process *bigger = realloc(v, (size ? size * 2 : 256) * sizeof(*v));

			if (!bigger)
				break;
			v = bigger;
			size = size ? size * 2 : 256;
		}
		v[n++] = p;
	}
	if (dir)
		closedir(dir);
	*ret_n = n;
	return v;
}

static void mark(struct process *v, size_t n, pid_t root, pid_t other, bool orphans)
{
	pid_t self = getpid();
	bool changed = true;

	while (changed) {
		changed = false;
		for (size_t i = 0; i < n; i++) {
			struct process *p = &v[i];
			bool doom = p->parent == root || (orphans && p->parent == self);
			bool spare = p->pid == other || p->pid == root || p->zombie;

			for (size_t j = 0; j < n && !doom; j++)
				doom = v[j].pid == p->parent && v[j].doomed;
			if (spare || !doom || p->doomed)
				continue;
			p->doomed = true;
			changed = true;
		}
	}
}

static unsigned kill_marked(const struct process *v, size_t n)
{
	unsigned killed = 0;

	for (size_t i = 0; i < n; i++) {
		_cleanup_close_ int pidfd = -1;
		struct process now;
		char text[16];

		if (!v[i].doomed)
			continue;
		/* The descriptor pins the process; looked at again to exclude that the pid was reused. */
		pidfd = sys_pidfd_open(v[i].pid);
		snprintf(text, sizeof(text), "%d", (int)v[i].pid);
		if (pidfd < 0 || !process_look(text, &now) || now.start != v[i].start || now.zombie)
			continue;
		killed++;
		(void)sys_pidfd_send_signal(pidfd, SIGKILL);
	}
	return killed;
}

void descendants_reap(pid_t root, pid_t other)
{
	pid_t self = getpid();
	size_t n;
	struct process *v = process_list(&n);

	for (size_t i = 0; i < n; i++) {
		int status;

		if (v[i].zombie && v[i].parent == self && v[i].pid != root && v[i].pid != other)
			(void)sys_reap(v[i].pid, &status, true);
	}
	free(v);
}

void descendants_kill(pid_t root, pid_t other, bool orphans)
{
	for (unsigned round = 0; round < ROUNDS; round++) {
		size_t n;
		struct process *v = process_list(&n);
		unsigned killed;

		mark(v, n, root, other, orphans);
		killed = kill_marked(v, n);
		free(v);
		if (killed == 0)
			return;
		sys_sleep_us(1000);
	}
}
