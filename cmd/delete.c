/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/launch.h"

#include <errno.h>

static int delete_one(struct context *ctx, const char *id, struct error *err)
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

/* Each container is tried; the first failure is the one that is reported. */
int cmd_delete(struct context *ctx)
{
	char **ids = ctx->args.operands;
	int n = ctx->args.n_operands, result = 0;

	for (int i = 0; i < n; i++) {
		struct error err = ERROR_INIT;
		int r = delete_one(ctx, ids[i], &err);

		if (r < 0 && result == 0) {
			result = r;
			ctx->err = err;
			ctx->args.operands = &ids[i]; /* the message names this one */
			ctx->args.n_operands = n - i;
		}
	}
	return result;
}
