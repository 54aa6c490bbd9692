/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/str.h"
#include "cmd/launch.h"
#include "libcontainer/program.h"

#include <stdio.h>

/* Compiles as `create` would, with an example id, and prints the program instead of running it. */
int cmd_explain(struct context *ctx)
{
	_cleanup_launch_ struct launch l = { .doc = DOCUMENT_INIT, .arena = ARENA_INIT };
	_cleanup_buf_ struct buf out = BUF_INIT;
	const char *bundle = ctx->args.n_operands > 0 ? ctx->args.operands[0] : NULL;
	bool json = ctx->args.set[OPT_FORMAT] && streq(ctx->args.value[OPT_FORMAT], "json");
	struct program program;
	int r = launch_options(ctx, &l, "explain");

	if (r < 0)
		return r;
	l.options.foreground_terminal = true;
	r = launch_prepare(ctx, &l, bundle, ctx->args.value[OPT_CONFIG]);
	if (r == 0)
		r = program_check(l.compiled.program, l.compiled.program_size, &program, &ctx->err);
	if (r == 0)
		r = explain(&program, json, &out, &ctx->err);
	if (r == 0)
		fputs(out.data ? out.data : "", stdout);
	return r;
}
