/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_BASE_LOG_H
#define BERTH_BASE_LOG_H

/*
 * Where messages go. cmd/ opens the log from the global options; every other room only hands in
 * warnings and debug text. The final error of a command is written by log_error(), once, by cmd/.
 *
 * Contract with the engines: the file is created at once even if nothing is written; one record is
 * one write(2) of at most 4 KiB; JSON records have level, msg and time (RFC 3339); an error goes to
 * standard error as well as to the log; at the default level a failing command writes exactly one
 * record, and a command that succeeds writes none unless it has a warning.
 */

#include "base/error.h"
#include "base/macro.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

/*
 * destination is NULL (standard error only), the path of a file, "file:PATH", "journald:NAME" or "syslog:NAME". A file
 * is opened at once; a daemon is only asked when there is a message, and without it there is standard error. The string
 * is not copied. 0 or a negative errno with *err set.
 */
int log_open(const char *destination, enum log_format format, enum log_level level, struct error *err);
void log_close(void);

/* Writes the error as the one record of a failing command; prefix is "berth: create web: " or NULL. */
void log_error(const struct error *err, const char *prefix);

/*
 * Warnings are held back until log_flush_warnings(): a failing command folds them away (engines
 * want a single record), a succeeding one writes them. Debug text is written at once, if asked for.
 */
void log_warning(const char *fmt, ...) _printf_(1, 2);
/* The sentence of an error that does not end the command. */
void log_error_as_warning(const struct error *err);
void log_debug(const char *fmt, ...) _printf_(1, 2);
void log_flush_warnings(void);

#endif
