/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/str.h"
#include "cmd/launch.h"
#include "spec/json-write.h"

#include <stdio.h>
#include <stdlib.h>

static int ps_json(const struct state_root *root, const char *id, struct error *err)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct json_writer json;
	pid_t *pids = NULL;
	size_t n = 0;
	int r = container_pids(root, id, &pids, &n, err);

	if (r < 0)
		return r;
	json_start(&json, &out, NULL);
	json_open(&json, '[');
	for (size_t i = 0; i < n; i++)
		json_i64(&json, pids[i]);
	json_close(&json);
	free(pids);
	r = json_finish(&json, err);
	if (r == 0)
		puts(out.data);
	return r;
}

static int ps_table(const struct state_root *root, const struct arguments *args, struct error *err)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	int r = container_ps(root, args->operands[0], args->operands + 1, (size_t)args->n_operands - 1, &out,
			     err);

	if (r == 0)
		fwrite(out.data, 1, out.len, stdout);
	return r;
}

int cmd_ps(struct context *ctx)
{
	_cleanup_(state_root_close) struct state_root root = { .fd = -1 };
	bool json = ctx->args.set[OPT_FORMAT] && streq(ctx->args.value[OPT_FORMAT], "json");
	const char *id = ctx->args.operands[0];
	int r = state_check_id(id, &ctx->err);

	if (r == 0)
		r = open_known_root(ctx, &root);
	if (r < 0)
		return r;
	if (json && ctx->args.n_operands > 1)
		return error_set(&ctx->err, ERR_USAGE, 0, "ps: options for ps such as \"%s\" go with --format table",
				 ctx->args.operands[1]);
	return json ? ps_json(&root, id, &ctx->err) : ps_table(&root, &ctx->args, &ctx->err);
}
