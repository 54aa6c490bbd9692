/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/completion.h"

#include "base/str.h"

static const struct {
	const char *shell;
	void (*print)(void);
} shells[] = {
	{ "bash", completion_bash },
	{ "fish", completion_fish },
	{ "zsh", completion_zsh },
};

int cmd_completion(struct context *ctx)
{
	const char *shell = ctx->args.operands[0];

	for (size_t i = 0; i < ELEMENTSOF(shells); i++) {
		if (streq(shells[i].shell, shell)) {
			shells[i].print();
			return 0;
		}
	}
	return error_set(&ctx->err, ERR_USAGE, 0, "unknown shell \"%s\": bash, fish or zsh", shell);
}
