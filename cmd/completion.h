/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_CMD_COMPLETION_H
#define BERTH_CMD_COMPLETION_H

/*
 * Completion scripts for shells, written to standard output from the table of commands. The program that
 * makes the files of `make install` links this as well.
 */

#include "cmd/command.h"

void completion_bash(void);
void completion_fish(void);
void completion_zsh(void);

/* What a shell may offer for a value or an operand. */
enum completion_kind {
	COMPLETE_NOTHING,
	COMPLETE_FILE,
	COMPLETE_DIR,
	COMPLETE_WORDS,   /* the words of the option */
	COMPLETE_ID,      /* containers that there are */
	COMPLETE_SIGNAL,
	COMPLETE_SHELL,
	COMPLETE_MAX,
};

enum completion_kind option_completion(const struct option *option);

/* For the operand with this index (from 0) of a command. */
enum completion_kind operand_completion(const struct command *command, int index);

#endif
