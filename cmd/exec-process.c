/* SPDX-License-Identifier: Apache-2.0 */
/* From the command line of exec to a process object. */
#include "cmd/exec.h"

#include "base/str.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#define PROCESS_MAX_SIZE (256u << 20) /* what is read at all; the reader has its own, stricter limits */

void exec_process_done(struct exec_process *p)
{
	arena_done(&p->arena);
	document_done(&p->base_doc);
	document_done(&p->file_doc);
}

static int no_memory(struct context *ctx)
{
	return error_set(&ctx->err, ERR_NO_MEMORY, ENOMEM, "process");
}

/* Appends a string; the list may be one that is not ours to change. */
static int add_string(struct context *ctx, struct exec_process *p, struct strings *list, const char *s)
{
	char **v = arena_calloc(&p->arena, list->n + 2, sizeof(*v));

	if (!v)
		return no_memory(ctx);
	for (size_t i = 0; i < list->n; i++)
		v[i] = list->v[i];
	v[list->n] = (char *)(uintptr_t)s;
	*list = (struct strings){ .v = v, .n = list->n + 1 };
	return 0;
}

static bool has_string(const struct strings *list, const char *s)
{
	for (size_t i = 0; i < list->n; i++)
		if (streq(list->v[i], s))
			return true;
	return false;
}

/* ---- options ---- */

static int take_env(struct context *ctx, struct exec_process *p)
{
	const char *value;
	int at = 0, r = 0;

	while (r == 0 && (value = option_next(&ctx->args, OPT_ENV, &at)) != NULL)
		r = str_is_empty(value) || value[0] == '='
			    ? error_set(&ctx->err, ERR_USAGE, 0,
					"invalid env option \"%s\": it takes NAME=VALUE", value)
			    : add_string(ctx, p, &p->process->env, value);
	return r;
}

static int take_cwd(struct context *ctx, struct exec_process *p)
{
	const char *value = ctx->args.value[OPT_CWD];

	if (!value)
		return 0;
	if (value[0] != '/')
		return error_set(&ctx->err, ERR_USAGE, 0,
				 "invalid cwd option \"%s\": it takes an absolute path", value);
	p->process->cwd = (char *)(uintptr_t)value;
	return 0;
}

/* Names would have to be looked up in files of the container, which may say anything. */
static int take_user(struct context *ctx, struct exec_process *p)
{
	const char *value = ctx->args.value[OPT_USER], *colon;
	struct config_user *user = &p->process->user;
	char uid[16];
	bool good;

	if (!value)
		return 0;
	colon = strchr(value, ':');
	good = snprintf(uid, sizeof(uid), "%.*s", (int)(colon ? colon - value : (ptrdiff_t)strlen(value)), value) <
		       (int)sizeof(uid) &&
	       str_to_u32(uid, &user->uid.v) == 0 && user->uid.v != UINT32_MAX;
	user->uid.set = true;
	if (good && colon) {
		good = str_to_u32(colon + 1, &user->gid.v) == 0 && user->gid.v != UINT32_MAX;
		user->gid.set = true;
	}
	return good ? 0
		    : error_set(&ctx->err, ERR_USAGE, 0, "invalid user option \"%s\": it takes UID[:GID], as numbers",
				value);
}

static int take_groups(struct context *ctx, struct exec_process *p)
{
	struct config_user *user = &p->process->user;
	const char *value;
	uint32_t *groups;
	int at = 0;

	while ((value = option_next(&ctx->args, OPT_ADDITIONAL_GIDS, &at)) != NULL) {
		groups = arena_calloc(&p->arena, user->n_additional_gids + 1, sizeof(*groups));
		if (!groups)
			return no_memory(ctx);
		for (size_t i = 0; i < user->n_additional_gids; i++)
			groups[i] = user->additional_gids[i];
		if (str_to_u32(value, &groups[user->n_additional_gids]) < 0 ||
		    groups[user->n_additional_gids] == UINT32_MAX)
			return error_set(&ctx->err, ERR_USAGE, 0,
					 "invalid additional-gids option \"%s\": it takes a number", value);
		user->additional_gids = groups;
		user->n_additional_gids++;
	}
	return 0;
}

static int check_capability(struct context *ctx, const char *name)
{
	for (const char *const *known = compile_capabilities; *known; known++)
		if (streq(*known, name))
			return 0;
	return error_set(&ctx->err, ERR_USAGE, 0, "invalid cap option \"%s\": no such capability", name);
}

/*
 * A capability that is added is permitted and effective, and never inheritable (CVE-2022-29162). Programs of other
 * users keep it only if it is ambient, which it can be only if the configuration has made it inheritable.
 */
static int take_caps(struct context *ctx, struct exec_process *p)
{
	struct config_capabilities *caps;
	const char *value;
	int at = 0, r = 0;

	if (!ctx->args.set[OPT_CAP])
		return 0;
	caps = arena_calloc(&p->arena, 1, sizeof(*caps));
	if (!caps)
		return no_memory(ctx);
	if (p->process->capabilities)
		*caps = *p->process->capabilities;
	p->process->capabilities = caps;
	while (r == 0 && (value = option_next(&ctx->args, OPT_CAP, &at)) != NULL) {
		struct strings *const sets[] = { &caps->bounding, &caps->permitted, &caps->effective, &caps->ambient };

		r = check_capability(ctx, value);
		for (size_t i = 0; r == 0 && i < ELEMENTSOF(sets); i++)
			if (sets[i] != &caps->ambient || has_string(&caps->inheritable, value))
				r = add_string(ctx, p, sets[i], value);
	}
	return r;
}

static int take_options(struct context *ctx, struct exec_process *p)
{
	const struct arguments *a = &ctx->args;
	struct config_process *process = p->process;
	int r = take_env(ctx, p);

	if (r == 0)
		r = take_cwd(ctx, p);
	if (r == 0)
		r = take_user(ctx, p);
	if (r == 0)
		r = take_groups(ctx, p);
	if (r == 0)
		r = take_caps(ctx, p);
	if (a->set[OPT_TTY])
		process->terminal = (struct opt_bool){ true, true };
	if (a->set[OPT_NO_NEW_PRIVS])
		process->no_new_privileges = (struct opt_bool){ true, true };
	if (a->set[OPT_PROCESS_LABEL])
		process->selinux_label = (char *)(uintptr_t)a->value[OPT_PROCESS_LABEL];
	if (a->set[OPT_APPARMOR])
		process->apparmor_profile = (char *)(uintptr_t)a->value[OPT_APPARMOR];
	return r;
}

/* ---- the object ---- */

static int read_base(struct context *ctx, const struct exec_target *t, struct exec_process *p,
		     struct config_process **ret)
{
	*ret = NULL;
	return t->file.process_len
		       ? config_read_process(&p->base_doc, t->file.process, t->file.process_len, ret, &ctx->err)
		       : 0;
}

/*
 * What confines the container's own process confines the one from a file as well, unless the file says
 * something about it.
 */
static void inherit(struct config_process *process, const struct config_process *base)
{
	if (!process->apparmor_profile)
		process->apparmor_profile = base->apparmor_profile;
	if (!process->selinux_label)
		process->selinux_label = base->selinux_label;
	if (!process->capabilities)
		process->capabilities = base->capabilities;
	if (!process->no_new_privileges.set)
		process->no_new_privileges = base->no_new_privileges;
	if (!process->rlimits) {
		process->rlimits = base->rlimits;
		process->n_rlimits = base->n_rlimits;
	}
	if (!process->oom_score_adj.set)
		process->oom_score_adj = base->oom_score_adj;
	if (!process->scheduler)
		process->scheduler = base->scheduler;
	if (!process->io_priority)
		process->io_priority = base->io_priority;
	if (!process->exec_cpu_affinity)
		process->exec_cpu_affinity = base->exec_cpu_affinity;
}

static int from_file(struct context *ctx, struct exec_process *p, const struct config_process *base)
{
	const char *path = ctx->args.value[OPT_PROCESS];
	char *text = NULL;
	ssize_t len;
	int r;

	if (ctx->args.n_operands > 1)
		return error_set(&ctx->err, ERR_USAGE, 0, "the program \"%s\" and --process exclude each other",
				 ctx->args.operands[1]);
	len = sys_read_file_arena(AT_FDCWD, path, PROCESS_MAX_SIZE, &p->arena, &text);
	if (len < 0)
		return error_set(&ctx->err, ERR_CONFIG_OPEN, (int)-len, "%s", path);
	r = config_read_process(&p->file_doc, text, (size_t)len, &p->process, &ctx->err);
	if (r == 0 && base)
		inherit(p->process, base);
	return r;
}

static int from_words(struct context *ctx, struct exec_process *p, const struct config_process *base)
{
	if (ctx->args.n_operands < 2)
		return error_set(&ctx->err, ERR_USAGE, 0, "exec: missing PROGRAM or --process FILE");
	if (!base)
		return error_set(&ctx->err, ERR_CONFIG_MISSING, 0, "process, without it exec needs --process FILE");
	p->process = arena_calloc(&p->arena, 1, sizeof(*p->process));
	if (!p->process)
		return no_memory(ctx);
	*p->process = *base;
	p->process->terminal = (struct opt_bool){ 0 };
	p->process->args = (struct strings){
		.v = ctx->args.operands + 1,
		.n = (size_t)ctx->args.n_operands - 1,
	};
	return 0;
}

int exec_process_make(struct context *ctx, const struct exec_target *target, struct exec_process *p)
{
	struct config_process *base;
	int r = read_base(ctx, target, p, &base);

	if (r == 0)
		r = ctx->args.set[OPT_PROCESS] ? from_file(ctx, p, base) : from_words(ctx, p, base);
	return r == 0 ? take_options(ctx, p) : r;
}

const struct document *exec_process_document(const struct context *ctx, const struct exec_process *p)
{
	return ctx->args.set[OPT_PROCESS] ? &p->file_doc : &p->base_doc;
}

void exec_process_place(const struct context *ctx, struct error *err)
{
	char pointer[sizeof(err->pointer)];

	/* What was kept of the configuration has its place there. */
	if (str_after(err->pointer, "/linux/") || (!err->pointer[0] && !err->line))
		return;
	if (ctx->args.set[OPT_PROCESS]) {
		(void)str_copy(err->document, sizeof(err->document), ctx->args.value[OPT_PROCESS]);
		return;
	}
	(void)str_copy(pointer, sizeof(pointer), err->pointer);
	snprintf(err->pointer, sizeof(err->pointer), "/process%.240s", pointer);
	err->line = err->column = 0;
}
