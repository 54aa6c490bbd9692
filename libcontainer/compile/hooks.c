/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/compile/compiler.h"

bool hooks_any(const struct compiler *c, enum hook_kind kind)
{
	return c->config->hooks && c->config->hooks->kind[kind].n;
}

int hooks_emit_output(struct compiler *c)
{
	for (uint32_t i = 0; i < ELEMENTSOF(compile_hook_annotations); i++) {
		const struct string_pair *pair = annotation_find(c, compile_hook_annotations[i]);
		struct op_hook_output op = { .stream = i };

		if (!pair)
			continue;
		op.path = emit_str(&c->emit, pair->value);
		compiler_emit(c, OP_HOOK_OUTPUT, &op, pair);
	}
	return 0;
}

static int emit_one(struct compiler *c, enum hook_kind kind, size_t index, enum op_type type)
{
	const struct config_hook *hook = &c->config->hooks->kind[kind].v[index];
	struct op_hook op = { .kind = kind, .index = (uint32_t)index, .has_env = hook->has_env };

	/* A relative path would depend on the working directory of whoever runs the hook. */
	if (hook->path[0] != '/')
		return compiler_error(c, &hook->path, CONFIG_VALUE, "hook path \"%s\" is not absolute",
				      hook->path);
	if (hook->timeout.set && (hook->timeout.v <= 0 || hook->timeout.v > UINT32_MAX))
		return compiler_error(c, &hook->timeout, CONFIG_RANGE, "timeout %lld",
				      (long long)hook->timeout.v);
	op.timeout = (uint32_t)hook->timeout.v;
	op.path = emit_str(&c->emit, hook->path);
	op.args = emit_strv(&c->emit, hook->args.v, hook->args.n);
	op.env = emit_strv(&c->emit, hook->env.v, hook->env.n);
	compiler_emit(c, type, &op, hook);
	return 0;
}

int hooks_emit(struct compiler *c, enum hook_kind kind, enum op_type type)
{
	if (!hooks_any(c, kind))
		return 0;
	for (size_t i = 0; i < c->config->hooks->kind[kind].n; i++) {
		int r = emit_one(c, kind, i, type);

		if (r < 0)
			return r;
	}
	return 0;
}
