/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/operands.h"

#include <errno.h>

static int delete_one(const struct context *ctx, const char *id, void *arg _unused_, struct error *err)
{
	_cleanup_(state_root_close) struct state_root root = { .fd = -1 };
	bool force = ctx->args.set[OPT_FORCE];
	int r = state_check_id(id, err);

	if (r == 0)
		r = state_root_open(ctx->args.value[OPT_ROOT], false, &root, err);
	if (r == -ENOENT && !error_is_set(err))
		return force ? 0 : error_set(err, ERR_CONTAINER_UNKNOWN, 0, "%s", id);
	return r < 0 ? r : container_delete(&root, id, force, err);
}

static int find_matching(struct context *ctx)
{
	_cleanup_(state_root_close) struct state_root root = { .fd = -1 };
	int r = open_root(ctx, false, &root);

	if (r < 0 && (r != -ENOENT || error_is_set(&ctx->err)))
		return r;
	return operands_match(ctx, &root, ctx->args.set[OPT_FORCE]);
}

int cmd_delete(struct context *ctx)
{
	int r = ctx->args.set[OPT_REGEX] ? find_matching(ctx) : 0;

	return r < 0 ? r : operands_each(ctx, delete_one, NULL);
}
