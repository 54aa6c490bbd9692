/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fd.h"
#include "base/str.h"
#include "cmd/launch.h"
#include "cmd/signal.h"

#include <errno.h>
#include <signal.h>

/*
 * Without a signal on the command line the image's own stop signal counts (runtime-spec, Annotations:
 * org.opencontainers.image.stopSignal), else TERM.
 */
static int default_signal(const struct state_root *root, const char *id, int *ret, struct error *err)
{
	_cleanup_document_ struct document doc = DOCUMENT_INIT;
	_cleanup_close_ int dir = -1;
	struct record record;
	int r;

	*ret = SIGTERM;
	r = state_open(root, id, STATE_LOCK_NONE, &dir, err);
	if (r == 0)
		r = record_read(dir, &doc, &record, err);
	if (r < 0)
		return r == -ENOENT && !error_is_set(err) ? 0 : r;
	for (size_t i = 0; i < record.annotations.n; i++)
		if (streq(record.annotations.v[i].name, "org.opencontainers.image.stopSignal"))
			return signal_parse(record.annotations.v[i].value, ret, err);
	return 0;
}

int cmd_kill(struct context *ctx)
{
	_cleanup_(state_root_close) struct state_root root = { .fd = -1 };
	const char *id = ctx->args.operands[0];
	int signum = SIGTERM, r;

	if (ctx->args.n_operands > 1) {
		r = signal_parse(ctx->args.operands[1], &signum, &ctx->err);
		if (r < 0)
			return r;
	}
	r = state_check_id(id, &ctx->err);
	if (r == 0)
		r = open_known_root(ctx, &root);
	if (r == 0 && ctx->args.n_operands == 1)
		r = default_signal(&root, id, &signum, &ctx->err);
	return r < 0 ? r : container_kill(&root, id, signum, ctx->args.set[OPT_ALL], &ctx->err);
}
