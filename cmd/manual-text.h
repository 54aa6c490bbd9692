/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_CMD_MANUAL_TEXT_H
#define BERTH_CMD_MANUAL_TEXT_H

/*
 * What the manual pages say beyond the table of commands. Kept out of the table, which is part of the
 * program: these texts are only linked into the generator.
 */

#define MANUAL_DATE "2026-11-25" /* of the last change of a text */

struct manual_text {
	const char *command;
	const char *description; /* paragraphs, separated by an empty line */
	const char *example;     /* lines of a shell, or NULL */
};

/* Ended by a row without a command. A row whose command the table does not have is not used. */
extern const struct manual_text manual_texts[];

#endif
