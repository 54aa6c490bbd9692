/* SPDX-License-Identifier: Apache-2.0 */
/* ps: which processes a container has, and what the host's ps(1) says about them. */
#define _GNU_SOURCE
#include "libcontainer/run/ps.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/run/command.h"
#include "libcontainer/run/container.h"
#include "libcontainer/run/run.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define PS_TIMEOUT_MS 30000

int container_pids(const struct state_root *root, const char *id, pid_t **ret, size_t *ret_n,
		   struct error *err)
{
	_cleanup_container_ struct container c = CONTAINER_INIT;
	struct error ended = ERROR_INIT;
	int r = container_open(root, id, STATE_LOCK_NONE, &c, err);

	if (r < 0)
		return r;
	if (c.record.cgroup.n > 0 || container_check_alive(&c, &ended) < 0)
		return cgroup_pids(&c.record.cgroup, ret, ret_n, err);
	*ret = malloc(sizeof(**ret));
	if (!*ret)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "processes of %s", id);
	**ret = c.record.init.pid;
	*ret_n = 1;
	return 0;
}

/* The word at *s, which moves behind it; 0 at the end of the line. */
static size_t next_word(const char **s, const char *end, const char **ret)
{
	const char *p = *s;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	*ret = p;
	while (p < end && *p != ' ' && *p != '\t')
		p++;
	*s = p;
	return (size_t)(p - *ret);
}

/* The number of the column with that name, or -1. */
static int find_column(const char *line, const char *end, const char *name)
{
	const char *word;
	size_t len;

	for (int i = 0; (len = next_word(&line, end, &word)) > 0; i++)
		if (len == strlen(name) && memcmp(word, name, len) == 0)
			return i;
	return -1;
}

static bool line_is_about(const char *line, const char *end, int column, const pid_t *pids, size_t n)
{
	const char *word = line;
	char number[16];
	size_t len = 0;
	uint32_t pid;

	for (int i = 0; i <= column; i++)
		len = next_word(&line, end, &word);
	if (len == 0 || len >= sizeof(number))
		return false;
	memcpy(number, word, len);
	number[len] = '\0';
	if (str_to_u32(number, &pid) < 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (pids[i] == (pid_t)pid)
			return true;
	return false;
}

int ps_filter(const char *text, const pid_t *pids, size_t n, struct buf *out, struct error *err)
{
	int column = -1;

	for (const char *line = text, *end; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		if (column < 0) {
			column = find_column(line, end, "PID");
			if (column < 0)
				break;
		} else if (!line_is_about(line, end, column, pids, n)) {
			continue;
		}
		buf_add(out, line, (size_t)(end - line));
		buf_addc(out, '\n');
	}
	if (column < 0)
		return error_set(err, ERR_USAGE, 0, "ps: its table has no column PID with these options");
	return out->failed ? error_set(err, ERR_NO_MEMORY, ENOMEM, "table of processes") : 0;
}

static int run_ps(const char *path, char *const *options, size_t n_options, struct buf *out,
		  struct error *err)
{
	_cleanup_close_ int null = sys_openat(AT_FDCWD, "/dev/null", O_RDONLY, 0);
	struct command command = {
		.path = path,
		.envp = environ,
		.cwd = "/",
		.input = null,
		.timeout_ms = PS_TIMEOUT_MS,
		.output = out,
	};
	struct command_result result;
	char **argv = calloc(n_options + 3, sizeof(*argv));
	int r;

	if (!argv || null < 0) {
		free(argv);
		return error_set(err, ERR_SYSTEM, null < 0 ? -null : ENOMEM, "cannot start %s", path);
	}
	argv[0] = (char *)(uintptr_t)"ps";
	argv[1] = (char *)(uintptr_t)"-ef";
	for (size_t i = 0; i < n_options; i++)
		argv[i + 1] = options[i];
	command.argv = argv;
	r = command_run(&command, NULL, &result, err);
	free(argv);
	if (r < 0)
		return r;
	if (result.errnum)
		return error_set(err, ERR_SYSTEM, result.errnum, "cannot execute %s", path);
	if (result.timed_out || result.too_long || out->failed)
		return error_set(err, ERR_SYSTEM, result.timed_out ? ETIMEDOUT : EFBIG, "output of %s", path);
	if (result.status != 0) {
		(void)error_set(err, ERR_SYSTEM, 0, "%s failed", path);
		error_add_cause(err, "%s", result.tail);
		return -EINVAL;
	}
	return 0;
}

int container_ps(const struct state_root *root, const char *id, char *const *options, size_t n_options,
		 struct buf *out, struct error *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	pid_t *pids = NULL;
	char path[4096];
	size_t n = 0;
	int r = container_pids(root, id, &pids, &n, err);

	if (r < 0)
		return r;
	if (command_find("ps", path, sizeof(path))) {
		r = run_ps(path, options, n_options, &text, err);
		if (r == 0)
			r = ps_filter(text.data ? text.data : "", pids, n, out, err);
	} else if (n_options > 0) {
		r = error_set(err, ERR_USAGE, 0, "ps: \"%s\" is an option for ps, which this host does not have",
			      options[0]);
	} else {
		r = ps_own_table(pids, n, out, err);
	}
	free(pids);
	return r;
}
