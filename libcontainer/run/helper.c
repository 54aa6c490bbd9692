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

/* Elsewhere in test builds only: they run with our privileges. */
const char *helper_dir(void)
{
#ifdef BERTH_FAULTS
	if (getenv("BERTH_HELPER_DIR"))
		return getenv("BERTH_HELPER_DIR");
#endif
	return BERTH_HELPER_DIR;
}

static int not_executed(const struct helper *h, const struct command *command, int errnum, struct error *err)
{
	int r = error_set(err, h->code, errnum, "%s cannot be run", command->path);

	error_add_hint(err, "%s needs this program, a part of berth's installation", h->needed_by);
	return r;
}

static int ask(const struct helper *h, const struct command *command, struct command_process *p, int sock,
	       struct watch *watch, void *reply, size_t size, struct command_result *result, struct error *err)
{
	int r = h->send(sock, h->request, err);

	/* One that has ended already tells why by its end. */
	if (r == -EPIPE || r == -ECONNRESET) {
		error_clear(err);
		r = 0;
	}
	if (r == 0)
		r = command_wait(command, p, sock, watch, result, err);
	if (r < 0)
		return r;
	if (!result->timed_out && sys_read(sock, reply, size) == (ssize_t)size)
		return 1;
	/* Its end of the socket closes a moment before its end. */
	if (!result->timed_out)
		r = command_wait(command, p, -1, watch, result, err);
	if (r == 0)
		r = command_end(p, result, err);
	return r == 0 && result->errnum ? not_executed(h, command, result->errnum, err) : r;
}

int helper_run(const struct helper *h, struct watch *watch, void *reply, size_t size,
	       struct command_result *result, struct error *err)
{
	char *argv[] = { (char *)(uintptr_t)h->name, NULL };
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_close_ int ours = -1, its = -1;
	struct command command = {
		.path = arena_printf(&arena, "%s/%s", helper_dir(), h->name),
		.argv = argv,
		.envp = h->envp,
		.cwd = "/",
		.timeout_ms = h->timeout_ms + GRACE_MS,
	};
	struct command_process process = COMMAND_PROCESS_INIT;
	struct command_result unused = { 0 };
	struct error ignored = ERROR_INIT;
	int pair[2], r;

	*result = (struct command_result){ 0 };
	if (!command.path)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "%s", h->name);
	r = sys_socketpair(SOCK_SEQPACKET, pair);
	if (r < 0)
		return error_set(err, ERR_SYSTEM, -r, "cannot make a socket pair");
	ours = pair[0];
	command.input = its = pair[1];
	r = command_start(&command, &process, err);
	fd_close(&its);
	if (r == 0)
		r = ask(h, &command, &process, ours, watch, reply, size, result, err);
	(void)command_end(&process, &unused, &ignored);
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
