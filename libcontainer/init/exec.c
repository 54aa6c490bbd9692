/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/str.h"
#include "libcontainer/init/init.h"
#include "libcontainer/sys/child.h"
#include "libcontainer/sys/cred.h"

#include <limits.h>
#include <linux/close_range.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

char **exec_strings(const struct init *i, struct pstrv v, const char *extra)
{
	char **list = sys_map_memory(((size_t) v.n + 2) * sizeof(*list));
	uint32_t k;

	if (!list)
		return NULL;
	for (k = 0; k < v.n; k++)
		list[k] = (char *) (uintptr_t) program_strv(&i->program, v, k);
	if (!str_is_empty(extra))
		list[k] = (char *) (uintptr_t) extra;
	return list;
}

/* The search that was left to the last moment, or was never ordered. */
static int exec_find(struct init *i, const struct op_exec *op, struct error *err)
{
	const struct program_op *row = walk_any(i, OP_FIND_PROGRAM);
	const struct op_find_program *find = row ? program_data(&i->program, row) : NULL;

	if (i->path[0])
		return 0;
	if (find)
		return find_program(i, program_str(&i->program, find->file), program_str(&i->program, find->path),
				    err);
	return find_program(i, program_strv(&i->program, op->args, 0), NULL, err);
}

/*
 * The protocol of socket activation wants to know the program's own pid, which in a container that shares its pid
 * namespace, or for exec, is known only here.
 */
static void set_listen_pid(struct init *i, uint32_t n_env)
{
	static char text[32];
	uint32_t k;

	for (k = 0; i->page->listen_fds && k < n_env; k++) {
		if (!str_after(i->envp[k], "LISTEN_PID="))
			continue;
		(void) snprintf(text, sizeof(text), "LISTEN_PID=%d", (int) getpid());
		i->envp[k] = text;
	}
}

int exec_prepare(struct init *i, const struct op_exec *op, struct error *err)
{
	int r;

	if (i->exec_ready)
		return 0;
	if (op->args.n == 0)
		return error_set(err, ERR_EXEC, EINVAL, "no arguments");
	r = exec_find(i, op, err);
	if (r < 0)
		return r;
	i->argv = exec_strings(i, op->args, NULL);
	i->envp = exec_strings(i, op->env, i->home);
	if (!i->argv || !i->envp)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "arguments");
	set_listen_pid(i, op->env.n);
	/* Ours are all close-on-exec. This is for the one that somebody forgets some day. */
	(void) sys_close_range(3 + i->page->preserve_fds, UINT_MAX, CLOSE_RANGE_CLOEXEC);
	process_guard(false);
	i->exec_ready = true;
	return 0;
}

int op_exec(struct init *i, const void *data, struct error *err)
{
	const struct op_exec *op = data;
	int r = exec_prepare(i, op, err);

	if (r < 0)
		return r;
	r = sys_execve(i->path, i->argv, i->envp);
	return find_explain(i->argv[0], i->path, r, err);
}
