/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "config.h"

#include "libcontainer/run/helper.h"

#include "base/arena.h"
#include "base/fd.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/socket.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>

#define GRACE_MS 2000u /* for its start and end */

/* A helper that was started. */
struct helper_process {
	struct command_process process;
	int sock; /* -1: there is none */
};

/* Elsewhere in test builds only: they run with our privileges. */
const char *helper_dir(void)
{
#ifdef BERTH_FAULTS
	if (getenv("BERTH_HELPER_DIR"))
		return getenv("BERTH_HELPER_DIR");
#endif
	return BERTH_HELPER_DIR;
}

static int make_command(const struct helper *h, int input, struct arena *arena, struct command *ret, struct error *err)
{
	*ret = (struct command){
		.path = arena_printf(arena, "%s/%s", helper_dir(), h->name),
		.envp = h->envp,
		.cwd = "/",
		.input = input,
		.timeout_ms = h->timeout_ms + GRACE_MS,
	};
	return ret->path ? 0 : error_set(err, ERR_NO_MEMORY, ENOMEM, "%s", h->name);
}

static int helper_start(const struct helper *h, struct helper_process *ret, struct error *err)
{
	char *argv[] = { (char *)(uintptr_t)h->name, NULL };
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_close_ int its = -1;
	struct command command;
	int pair[2], r;

	*ret = (struct helper_process){ .process = COMMAND_PROCESS_INIT, .sock = -1 };
	r = sys_socketpair(SOCK_SEQPACKET, pair);
	if (r < 0)
		return error_set(err, ERR_SYSTEM, -r, "cannot make a socket pair");
	ret->sock = pair[0];
	its = pair[1];
	r = make_command(h, its, &arena, &command, err);
	if (r < 0)
		return r;
	command.argv = argv;
	return command_start(&command, &ret->process, err);
}

static int not_executed(const struct helper *h, const struct command *command, int errnum, struct error *err)
{
	int r = error_set(err, h->code, errnum, "%s cannot be run", command->path);

	error_add_hint(err, "%s needs this program, a part of berth's installation", h->needed_by);
	return r;
}

static int helper_ask(const struct helper *h, struct helper_process *p, struct watch *watch, void *reply, size_t size,
	       struct command_result *result, struct error *err)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct command command;
	int r;

	*result = (struct command_result){ 0 };
	r = make_command(h, -1, &arena, &command, err);
	if (r == 0)
		r = h->send(p->sock, h->request, err);
	/* One that has ended already tells why by its end. */
	if (r == -EPIPE || r == -ECONNRESET) {
		error_clear(err);
		r = 0;
	}
	if (r == 0)
		r = command_wait(&command, &p->process, p->sock, watch, result, err);
	if (r < 0)
		return r;
	if (!result->timed_out && sys_read(p->sock, reply, size) == (ssize_t)size)
		return 1;
	/* Its end of the socket closes a moment before its end. */
	if (!result->timed_out)
		r = command_wait(&command, &p->process, -1, watch, result, err);
	if (r == 0)
		r = command_end(&p->process, result, err);
	return r == 0 && result->errnum ? not_executed(h, &command, result->errnum, err) : r;
}

static void helper_end(struct helper_process *p)
{
	struct command_result unused = { 0 };
	struct error ignored = ERROR_INIT;

	(void)command_end(&p->process, &unused, &ignored);
	fd_close(&p->sock);
}

int helper_run(const struct helper *h, struct watch *watch, void *reply, size_t size,
	       struct command_result *result, struct error *err)
{
	struct helper_process p;
	int r = helper_start(h, &p, err);

	if (r == 0)
		r = helper_ask(h, &p, watch, reply, size, result, err);
	helper_end(&p);
	return r;
}

void helper_add_cause(const struct helper *h, const struct command_result *result, struct error *err)
{
	if (result->timed_out)
		error_add_cause(err, "no answer within %u s", h->timeout_ms / 1000);
	else if (result->tail[0])
		error_add_cause(err, "%s says: %s", h->name, result->tail);
	else
		error_add_cause(err, "%s ended without an answer", h->name);
}
