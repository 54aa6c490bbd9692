/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fd.h"
#include "cmd/launch.h"
#include "cmd/view.h"

#include <stdio.h>

int cmd_state(struct context *ctx)
{
	_cleanup_(state_root_close) struct state_root root = { .fd = -1 };
	_cleanup_(view_done) struct view view = VIEW_INIT;
	_cleanup_buf_ struct buf out = BUF_INIT;
	const char *id = ctx->args.operands[0];
	int r = state_check_id(id, &ctx->err);

	if (r == 0)
		r = open_known_root(ctx, &root);
	if (r == 0)
		r = view_open(&root, id, &view, &ctx->err);
	if (r == 0)
		r = oci_state_write(&view.state, &out, &ctx->err);
	if (r == 0)
		fputs(out.data, stdout);
	return r;
}
