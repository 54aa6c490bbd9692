/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/launch.h"

int cmd_start(struct context *ctx)
{
	_cleanup_(state_root_close) struct state_root root = { .fd = -1 };
	const char *id = ctx->args.operands[0];
	int r = state_check_id(id, &ctx->err);

	if (r == 0)
		r = open_known_root(ctx, &root);
	return r < 0 ? r : container_start(&root, id, ctx->args.value[OPT_TRACE], &ctx->err);
}
