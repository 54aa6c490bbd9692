/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "base/units.h"
#include "cmd/launch.h"

#include <unistd.h>

#define DEFAULT_INTERVAL_NS 5000000000

/* A Go duration, or whole seconds as other runtimes take them. */
static int read_interval(struct context *ctx, int64_t *ret)
{
	const char *text = ctx->args.value[OPT_INTERVAL];
	uint32_t seconds;

	*ret = DEFAULT_INTERVAL_NS;
	if (!ctx->args.set[OPT_INTERVAL])
		return 0;
	if (str_to_u32(text, &seconds) == 0)
		*ret = (int64_t)seconds * 1000000000;
	else if (duration_parse(text, ret) < 0)
		return error_set(&ctx->err, ERR_USAGE, 0,
				 "invalid interval option \"%s\": it takes a time such as 5s or 100ms", text);
	if (*ret <= 0)
		return error_set(&ctx->err, ERR_USAGE, 0, "invalid interval option \"%s\": it must be greater than 0",
				 text);
	return 0;
}

int cmd_events(struct context *ctx)
{
	_cleanup_(state_root_close) struct state_root root = { .fd = -1 };
	const char *id = ctx->args.operands[0];
	int64_t interval = 0;
	int r = state_check_id(id, &ctx->err);

	if (r == 0 && ctx->args.set[OPT_STATS] && ctx->args.set[OPT_PRESSURE])
		r = error_set(&ctx->err, ERR_USAGE, 0, "--pressure and --stats, which shows the statistics once");
	if (r == 0)
		r = read_interval(ctx, &interval);
	if (r == 0)
		r = open_known_root(ctx, &root);
	if (r == 0)
		r = container_events(&root, id, ctx->args.set[OPT_STATS] ? 0 : (uint64_t)interval,
				     ctx->args.value[OPT_PRESSURE], STDOUT_FILENO, &ctx->err);
	return r;
}
