/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Injected failures of system calls, for tests of every error path; compiled in by --enable-faults
 * only, because an environment variable that makes a runtime fail has no place in a real one.
 */
#include "libcontainer/sys/call.h"

#ifdef BERTH_FAULTS

#include "base/fd.h"
#include "base/str.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef BERTH_INIT
#define FAULT_VARIABLE "BERTH_INIT_FAULT"
#define FAULT_PROGRAM "berth-init "
#else
#define FAULT_VARIABLE "BERTH_FAULT"
#define FAULT_PROGRAM "berth "
#endif

static struct {
	bool ready;
	unsigned left; /* calls until the one that fails, 0: none will */
	int errnum;
} fault;

void sys_fault_arm(unsigned n, int errnum)
{
	fault.ready = true;
	fault.left = n;
	fault.errnum = errnum;
}

/* Reads "N:ERRNUM", both in decimal, from the environment. Anything else means no fault. */
static void fault_read_environment(void)
{
	const char *text = getenv(FAULT_VARIABLE);
	const char *colon = text ? strchr(text, ':') : NULL;
	uint32_t n, errnum;
	char count[16];

	fault.ready = true;
	if (!colon || (size_t) (colon - text) >= sizeof(count))
		return;
	(void) str_copy(count, (size_t) (colon - text) + 1, text);
	if (str_to_u32(count, &n) < 0 || str_to_u32(colon + 1, &errnum) < 0 || errnum > 4095)
		return;
	sys_fault_arm(n, (int) errnum);
}

/* Tells the test which call it has hit; without such a line its loop over N has come to its end. */
static void fault_report(const char *call)
{
	const char *path = getenv("BERTH_FAULT_LOG");
	_cleanup_close_ int fd = -1;
	char line[96];
	size_t n;

	if (!path)
		return;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return;
	n = str_copy(line, sizeof(line) - 1, FAULT_PROGRAM);
	n += str_copy(line + n, sizeof(line) - 1 - n, call);
	line[n++] = '\n';
	(void) !write(fd, line, n);
}

int sys_fault(const char *call)
{
	if (!fault.ready)
		fault_read_environment();
	if (fault.left == 0 || --fault.left > 0)
		return 0;
	fault_report(call);
	return -fault.errnum;
}

#endif
