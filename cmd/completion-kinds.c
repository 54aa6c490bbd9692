/* SPDX-License-Identifier: Apache-2.0 */
/* What the words of the table that stand for arguments ("DIR", "ID") mean to a shell. */
#include "cmd/completion.h"

#include <string.h>

static const struct {
	const char *word;
	enum completion_kind kind;
} kinds[] = {
	{ "BUNDLE", COMPLETE_DIR },
	{ "DIR", COMPLETE_DIR },
	{ "FILE", COMPLETE_FILE },
	{ "ID", COMPLETE_ID },
	{ "PATH", COMPLETE_FILE },
	{ "SHELL", COMPLETE_SHELL },
	{ "SIGNAL", COMPLETE_SIGNAL },
};

static enum completion_kind kind_of(const char *word, size_t len)
{
	for (size_t i = 0; i < ELEMENTSOF(kinds); i++)
		if (strlen(kinds[i].word) == len && memcmp(kinds[i].word, word, len) == 0)
			return kinds[i].kind;
	return COMPLETE_NOTHING;
}

enum completion_kind option_completion(const struct option *option)
{
	if (!option->argument)
		return COMPLETE_NOTHING;
	return option->values ? COMPLETE_WORDS : kind_of(option->argument, strlen(option->argument));
}

/* What takes a bundle makes a container: its id is a new one. */
static bool makes_container(const struct command *command)
{
	for (const struct option *o = command->options; o->id != OPT_MAX; o++)
		if (o->id == OPT_BUNDLE)
			return true;
	return false;
}

enum completion_kind operand_completion(const struct command *command, int index)
{
	const char *p = command->operands;
	enum completion_kind kind = COMPLETE_NOTHING;

	/* "ID [SIGNAL]": words, some in brackets. */
	for (int i = 0; *p && i <= index; i++) {
		size_t len;

		p += strspn(p, " []");
		len = strcspn(p, " []");
		kind = i == index ? kind_of(p, len) : COMPLETE_NOTHING;
		p += len;
	}
	return kind == COMPLETE_ID && makes_container(command) ? COMPLETE_NOTHING : kind;
}
