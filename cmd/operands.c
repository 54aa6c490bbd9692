/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/operands.h"

#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define PATTERN_MAX 1024

/* An empty pattern is found in every id: more likely a variable that was not set than somebody's wish. */
static int pattern_compile(const char *pattern, regex_t *ret, struct error *err)
{
	char words[128];
	int r;

	if (!pattern[0] || strlen(pattern) > PATTERN_MAX)
		return error_set(err, ERR_USAGE, 0, "a pattern has 1 to %u characters", PATTERN_MAX);
	r = regcomp(ret, pattern, REG_EXTENDED | REG_NOSUB);
	if (r == 0)
		return 0;
	(void)regerror(r, ret, words, sizeof(words));
	return error_set(err, ERR_USAGE, 0, "invalid pattern \"%s\": %s", pattern, words);
}

/* Moves the ids that match to the front of those behind `at`; returns the end of what has matched so far. */
static size_t gather(const regex_t *regex, char **ids, size_t at, size_t n)
{
	for (size_t i = at; i < n; i++) {
		char *id = ids[i];

		if (regexec(regex, id, 0, NULL, 0) != 0)
			continue;
		memmove(&ids[at + 1], &ids[at], (i - at) * sizeof(*ids));
		ids[at++] = id;
	}
	return at;
}

/* Whether any id matches, also one that an earlier pattern has taken. */
static bool any_matches(const regex_t *regex, char *const *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (regexec(regex, ids[i], 0, NULL, 0) == 0)
			return true;
	return false;
}

int operands_match(struct context *ctx, const struct state_root *root, bool none)
{
	struct arguments *a = &ctx->args;
	size_t n = 0, matched = 0;
	int r = root->fd < 0 ? 0 : state_list(root, true, &a->matched, &n, &ctx->err);

	for (; r == 0 && a->n_operands > 0; a->operands++, a->n_operands--) {
		regex_t regex;

		r = pattern_compile(a->operands[0], &regex, &ctx->err);
		if (r < 0)
			return r;
		if (!none && !any_matches(&regex, a->matched, n))
			r = error_set(&ctx->err, ERR_CONTAINER_UNKNOWN, 0, "%s", a->operands[0]);
		matched = gather(&regex, a->matched, matched, n);
		regfree(&regex);
		if (r < 0)
			return r;
	}
	a->operands = a->matched;
	a->n_operands = (int)matched;
	return r;
}

int operands_each(struct context *ctx, operand_fn *one, void *arg)
{
	char **ids = ctx->args.operands;
	int n = ctx->args.n_operands, result = 0;

	for (int i = 0; i < n; i++) {
		struct error err = ERROR_INIT;
		int r = one(ctx, ids[i], arg, &err);

		if (r < 0 && result == 0) {
			result = r;
			ctx->err = err;
			ctx->args.operands = &ids[i]; /* the message names this one */
			ctx->args.n_operands = n - i;
		}
	}
	return result;
}
