/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fd.h"
#include "base/str.h"
#include "cmd/operands.h"
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

struct kill_request {
	struct state_root root;
	int signum;
	bool given; /* else each container has its own */
};

static int kill_one(const struct context *ctx, const char *id, void *arg, struct error *err)
{
	const struct kill_request *request = arg;
	int signum = request->signum;
	int r = request->given ? 0 : default_signal(&request->root, id, &signum, err);

	return r < 0 ? r : container_kill(&request->root, id, signum, ctx->args.set[OPT_ALL], err);
}

static int kill_each(struct context *ctx, struct kill_request *request)
{
	bool regex = ctx->args.set[OPT_REGEX];
	int r = regex ? 0 : state_check_id(ctx->args.operands[0], &ctx->err);

	if (r == 0)
		r = open_known_root(ctx, &request->root);
	ctx->args.n_operands = 1; /* the signal is none of them any more */
	if (r == 0 && regex)
		r = operands_match(ctx, &request->root, false);
	return r < 0 ? r : operands_each(ctx, kill_one, request);
}

int cmd_kill(struct context *ctx)
{
	struct kill_request request = { .root = { .fd = -1 }, .given = ctx->args.n_operands > 1 };
	int r = 0;

	if (request.given)
		r = signal_parse(ctx->args.operands[1], &request.signum, &ctx->err);
	if (r == 0)
		r = kill_each(ctx, &request);
	state_root_close(&request.root);
	return r;
}
