/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/launch.h"

static int change(struct context *ctx,
		  int (*verb)(const struct state_root *root, const char *id, struct error *err))
{
	_cleanup_(state_root_close) struct state_root root = { .fd = -1 };
	const char *id = ctx->args.operands[0];
	int r = state_check_id(id, &ctx->err);

	if (r == 0)
		r = open_known_root(ctx, &root);
	return r < 0 ? r : verb(&root, id, &ctx->err);
}

int cmd_pause(struct context *ctx)
{
	return change(ctx, container_pause);
}

int cmd_resume(struct context *ctx)
{
	return change(ctx, container_resume);
}
