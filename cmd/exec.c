/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/exec.h"

#include "base/log.h"

#include <errno.h>

/* The values of --cgroup, which the compiler understands. */
static int sub_cgroups(struct context *ctx, struct exec_process *p, struct exec_target *t)
{
	const char **list = arena_calloc(&p->arena, (size_t)ctx->args.n_given + 1, sizeof(*list));
	const char *value;
	size_t n = 0;
	int at = 0;

	if (!list)
		return error_set(&ctx->err, ERR_NO_MEMORY, ENOMEM, "cgroup options");
	while ((value = option_next(&ctx->args, OPT_CGROUP, &at)) != NULL)
		list[n++] = value;
	t->base.sub_cgroups = list;
	t->base.n_sub_cgroups = n;
	return 0;
}

static int exec_compile(struct context *ctx, struct exec_target *t, struct exec_process *p,
			const struct compile_options *options, struct compiled *ret)
{
	struct host host;
	int r = exec_process_make(ctx, t, p);

	if (r == 0)
		r = sub_cgroups(ctx, p, t);
	if (r < 0)
		return r;
	host_detect_process(&host);
	r = compile_exec(exec_process_document(ctx, p), p->process, &t->base, &host, options, &p->arena, ret,
			 &ctx->err);
	for (size_t i = 0; r == 0 && i < ret->n_warnings; i++)
		log_warning("%s", ret->warnings[i]);
	for (size_t i = 0; r == 0 && i < p->file_doc.n_warnings; i++)
		log_debug("%s", p->file_doc.warnings[i]);
	return r;
}

static int exec_in(struct context *ctx, const struct state_root *root, struct exec_target *t,
		   struct exec_process *p, const struct compile_options *options)
{
	struct launch_request request = {
		.root = root,
		.options = options,
		.fixed_cgroup = ctx->args.set[OPT_CGROUP],
		.console_socket = ctx->args.value[OPT_CONSOLE_SOCKET],
		.trace = ctx->args.value[OPT_TRACE],
	};
	struct compiled compiled;
	int r = exec_compile(ctx, t, p, options, &compiled);

	if (r == 0) {
		request.program = compiled.program;
		request.program_size = compiled.program_size;
		r = container_exec(t, &request, ctx->args.set[OPT_NO_SUBREAPER], &ctx->exit_status, &ctx->err);
	}
	if (r < 0)
		exec_process_place(ctx, &ctx->err);
	return r;
}

int cmd_exec(struct context *ctx)
{
	_cleanup_(exec_process_done) struct exec_process p = {
		.base_doc = DOCUMENT_INIT, .file_doc = DOCUMENT_INIT, .arena = ARENA_INIT
	};
	_cleanup_(exec_target_done) struct exec_target target = EXEC_TARGET_INIT;
	_cleanup_(state_root_close) struct state_root root = { .fd = -1 };
	struct compile_options options;
	int r = launch_common_options(ctx, &options, ctx->args.operands[0]);

	if (r < 0)
		return r;
	/* Engines tell by its existence whether the process was started. */
	if (options.pid_file)
		pid_file_forget(options.pid_file);
	r = open_known_root(ctx, &root);
	if (r == 0)
		r = exec_target_open(&root, options.id, ctx->args.set[OPT_IGNORE_PAUSED], &target, &ctx->err);
	return r < 0 ? r : exec_in(ctx, &root, &target, &p, &options);
}
