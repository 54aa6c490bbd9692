/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/launch.h"

int cmd_run(struct context *ctx)
{
	_cleanup_launch_ struct launch l = { .doc = DOCUMENT_INIT, .arena = ARENA_INIT };
	_cleanup_(state_root_close) struct state_root root = { .fd = -1 };
	struct launch_request request;
	int r = launch_options(ctx, &l, ctx->args.operands[0]);

	if (r < 0)
		return r;
	l.options.foreground_terminal = !l.options.detached && !l.options.have_console_socket;
	r = launch_open(ctx, &l, &root, &request);
	if (r < 0)
		return r;
	return container_run(&request, ctx->args.set[OPT_KEEP], ctx->args.set[OPT_NO_SUBREAPER],
			     &ctx->exit_status, &ctx->err);
}
