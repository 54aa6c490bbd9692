/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/launch.h"

#include <errno.h>

int cmd_delete(struct context *ctx)
{
	_cleanup_(state_root_close) struct state_root root = { .fd = -1 };
	const char *id = ctx->args.operands[0];
	bool force = ctx->args.set[OPT_FORCE];
	int r = state_check_id(id, &ctx->err);

	if (r == 0 && force) {
		r = open_root(ctx, false, &root);
		if (r == -ENOENT && !error_is_set(&ctx->err))
			return 0;
	} else if (r == 0) {
		r = open_known_root(ctx, &root);
	}
	return r < 0 ? r : container_delete(&root, id, force, &ctx->err);
}
