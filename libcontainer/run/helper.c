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

/* Where `make install` puts it; elsewhere in test builds only, for it runs with our privileges. */
static const char *helper_path(const struct helper *h, struct arena *arena)
{
	const char *dir = BERTH_HELPER_DIR;

#ifdef BERTH_FAULTS
	if (getenv("BERTH_HELPER_DIR"))
		dir = getenv("BERTH_HELPER_DIR");
#endif
	return arena_printf(arena, "%s/%s", dir, h->name);
}

static int run_program(const struct helper *h, int input, struct watch *watch, struct command_result *result,
		       struct error *err)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	char *argv[] = { (char *)(uintptr_t)h->name, NULL };
	const struct command command = {
		.path = helper_path(h, &arena),
		.argv = argv,
		.envp = h->envp,
		.cwd = "/",
		.input = input,
		.timeout_ms = h->timeout_ms + GRACE_MS,
		.other_child = h->other_child,
	};
	int r;

	if (!command.path)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "%s", h->name);
	r = command_run(&command, watch, result, err);
	if (r == 0 && result->errnum) {
		r = error_set(err, h->code, result->errnum, "%s cannot be run", command.path);
		error_add_hint(err, "%s needs this program, a part of berth's installation", h->needed_by);
	}
	return r;
}

int helper_run(const struct helper *h, struct watch *watch, void *reply, size_t size,
	       struct command_result *result, struct error *err)
{
	_cleanup_close_ int ours = -1, its = -1;
	int pair[2], r;

	*result = (struct command_result){ 0 };
	r = sys_socketpair(SOCK_SEQPACKET, pair);
	if (r < 0)
		return error_set(err, ERR_SYSTEM, -r, "cannot make a socket pair");
	ours = pair[0];
	its = pair[1];
	r = h->send(ours, h->request, err);
	if (r == 0)
		r = run_program(h, its, watch, result, err);
	if (r < 0)
		return r;
	/* Closed first: without an answer, reading ends at once. */
	fd_close(&its);
	return sys_read(ours, reply, size) == (ssize_t)size;
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
