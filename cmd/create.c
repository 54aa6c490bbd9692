/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/launch.h"

int cmd_create(struct context *ctx)
{
	_cleanup_launch_ struct launch l = { .doc = DOCUMENT_INIT, .arena = ARENA_INIT };
	_cleanup_(state_root_close) struct state_root root = { .fd = -1 };
	struct launch_request request;
	int r = launch_options(ctx, &l, ctx->args.operands[0]);

	if (r < 0)
		return r;
	l.options.detached = true;
	r = launch_open(ctx, &l, &root, &request);
	if (r < 0)
		return r;
	return container_create(&request, &ctx->err);
}
