/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hostile process in a container: tries to trace every other process from the moment on that it can be seen, and
 * prints those that it got while they were still berth-init. Needs CAP_SYS_PTRACE and a procfs. Ends when the
 * file STOP exists.
 *
 *	seize STOP
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define BEHIND 2        /* numbers around the highest one seen that are tried: they are given out in order */
#define AHEAD 4
#define TURNS 10000     /* between two looks at STOP */

static bool is_init(pid_t pid)
{
	char path[32], target[128];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	n = readlink(path, target, sizeof(target) - 1);
	if (n <= 0)
		return false;
	target[n] = '\0';
	return strstr(target, "berth-init") != NULL;
}

/* What is traced goes on as if it were not. */
static void let_go_on(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0)
		if (WIFSTOPPED(status))
			(void)ptrace(PTRACE_CONT, pid, NULL, (void *)(long)(status >> 16 ? 0 : WSTOPSIG(status)));
}

int main(int argc, char **argv)
{
	pid_t highest = getpid();
	unsigned long turns = 0, seized = 0, taken = 0;

	if (argc != 2)
		return 2;
	while (++turns % TURNS || access(argv[1], F_OK) < 0) {
		pid_t from = highest > BEHIND + 1 ? highest - BEHIND : 2;

		for (pid_t pid = from; pid <= highest + AHEAD; pid++) {
			long r = pid == getpid() ? -1 : ptrace(PTRACE_SEIZE, pid, NULL, NULL);

			if (r == 0) {
				taken += is_init(pid);
				seized++;
			}
			if ((r == 0 || errno != ESRCH) && pid > highest)
				highest = pid;
		}
		let_go_on();
	}
	printf("%lu seized, %lu taken\n", seized, taken);
	return 0;
}
