/* SPDX-License-Identifier: Apache-2.0 */
/* Sorting argv into options and operands, by the tables of cmd/commands.c. */
#include "base/str.h"
#include "cmd/command.h"

#include <errno.h>

struct cursor {
	int argc;
	char **argv;
	int at;
};

static const struct option *find_long(const struct option *table, const char *word, size_t len)
{
	for (const struct option *o = table; o && o->id != OPT_MAX; o++)
		if (strlen(o->name) == len && memcmp(o->name, word, len) == 0)
			return o;
	return NULL;
}

static const struct option *find_letter(const struct option *table, char letter)
{
	for (const struct option *o = table; o && o->id != OPT_MAX; o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

/*
 * Long options are taken with one dash as well: containerd's restore sends "-no-subreaper". *ret_value
 * points behind '=' when the value is part of the word.
 */
static const struct option *find_option(const struct command *command, const char *word,
					const char **ret_value)
{
	const struct option *own = command ? command->options : NULL;
	const char *name = word[1] == '-' ? word + 2 : word + 1;
	const char *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct option *o = NULL;

	*ret_value = equals ? equals + 1 : NULL;
	if (word[1] != '-' && len == 1) {
		o = find_letter(own, *name);
		return o ? o : find_letter(global_options, *name);
	}
	o = find_long(own, name, len);
	return o ? o : find_long(global_options, name, len);
}

static bool value_is_known(const struct option *o, const char *value)
{
	for (const char *const *v = o->values; v && *v; v++)
		if (streq(*v, value))
			return true;
	return !o->values;
}

/* A switch may carry "=true" or "=false", as Go programs write it. */
static int set_switch(struct context *ctx, const struct option *o, const char *value)
{
	if (value && !streq(value, "true") && !streq(value, "false"))
		return error_set(&ctx->err, ERR_USAGE, 0, "option --%s takes no value, not \"%s\"", o->name,
				 value);
	ctx->args.set[o->id] = !value || streq(value, "true");
	return 0;
}

const char *option_next(const struct arguments *args, enum option_id id, int *at)
{
	while (*at < args->n_given) {
		const struct given *g = &args->given[(*at)++];

		if (g->id == id)
			return g->value;
	}
	return NULL;
}

static int keep_value(const struct cursor *c, struct context *ctx, enum option_id id, const char *value)
{
	struct arguments *a = &ctx->args;

	if (!a->given)
		a->given = arena_calloc(&a->arena, (size_t)c->argc, sizeof(*a->given));
	if (!a->given)
		return error_set(&ctx->err, ERR_NO_MEMORY, ENOMEM, "command line");
	a->given[a->n_given++] = (struct given){ .id = id, .value = value };
	a->set[id] = true;
	a->value[id] = value;
	return 0;
}

static int take_option(struct cursor *c, struct context *ctx, const struct command *command)
{
	const char *word = c->argv[c->at++];
	const char *value;
	const struct option *o = find_option(command, word, &value);

	if (!o)
		return error_set(&ctx->err, ERR_USAGE, 0, "unknown option %s (see berth %s%s--help)", word,
				 command ? command->name : "", command ? " " : "");
	if (!o->argument)
		return set_switch(ctx, o, value);
	if (!value && c->at >= c->argc)
		/* Podman's probe looks for either of the two phrases. */
		return error_set(&ctx->err, ERR_USAGE, 0,
				 "flag needs an argument: --%s (option requires an argument: %s)", o->name,
				 o->argument);
	if (!value)
		value = c->argv[c->at++];
	if (!value_is_known(o, value))
		return error_set(&ctx->err, ERR_USAGE, 0, "invalid %s option \"%s\": it takes %s", o->name,
				 value, o->help ? o->help : o->argument);
	return keep_value(c, ctx, o->id, value);
}

/* Levenshtein distance, for short words only: which command was meant? */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[32];
	size_t n = MIN(strlen(b), ELEMENTSOF(row) - 1);

	for (size_t j = 0; j <= n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; *a; a++, i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= n; j++) {
			unsigned substitute = diagonal + (*a != b[j - 1]);

			diagonal = row[j];
			row[j] = MIN(substitute, MIN(row[j], row[j - 1]) + 1);
		}
	}
	return row[n];
}

static int find_command(const char *word, struct context *ctx, const struct command **ret)
{
	const struct command *nearest = NULL;
	unsigned best = 3;

	for (const struct command *c = commands; c->name; c++) {
		unsigned d = distance(word, c->name);

		if (d == 0) {
			*ret = c;
			return 0;
		}
		if (d < best) {
			best = d;
			nearest = c;
		}
	}
	error_set(&ctx->err, ERR_USAGE, 0, "unknown command \"%s\" (see berth --help)", word);
	if (nearest)
		error_add_hint(&ctx->err, "did you mean \"%s\"?", nearest->name);
	return -EINVAL;
}

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0';
}

static int check_operands(struct context *ctx, const struct command *command)
{
	int n = ctx->args.n_operands;

	if (n < command->min_operands)
		return error_set(&ctx->err, ERR_USAGE, 0, "%s: missing %s", command->name,
				 command->operands);
	if (n > command->max_operands)
		return error_set(&ctx->err, ERR_USAGE, 0, "%s: unexpected argument \"%s\"", command->name,
				 ctx->args.operands[command->max_operands]);
	return 0;
}

int command_line_parse(int argc, char **argv, struct context *ctx, const struct command **ret_command)
{
	struct cursor c = { .argc = argc, .argv = argv, .at = 1 };
	const struct command *command = NULL;
	bool options = true;
	int r;

	*ret_command = NULL;
	ctx->args.operands = argv; /* operands are gathered at the front, behind what was read already */
	while (c.at < argc) {
		char *word = argv[c.at];

		if (options && streq(word, "--")) {
			options = false;
			c.at++;
			continue;
		}
		if (options && is_option(word)) {
			r = take_option(&c, ctx, command);
			if (r < 0)
				return r;
			continue;
		}
		c.at++;
		if (command) {
			argv[ctx->args.n_operands++] = word;
			options &= command->n_parsed == 0 || ctx->args.n_operands < command->n_parsed;
			continue;
		}
		r = find_command(word, ctx, &command);
		if (r < 0)
			return r;
		*ret_command = command;
	}
	if (!command || ctx->args.set[OPT_HELP] || ctx->args.set[OPT_USAGE])
		return 0;
	return check_operands(ctx, command);
}

int option_number(struct context *ctx, enum option_id id, const char *name, uint32_t max, uint32_t *ret)
{
	uint32_t value = 0;

	if (ctx->args.set[id] && (str_to_u32(ctx->args.value[id], &value) < 0 || value > max))
		return error_set(&ctx->err, ERR_USAGE, 0, "invalid %s option \"%s\": it takes a number up to %u",
				 name, ctx->args.value[id], max);
	*ret = value;
	return 0;
}
