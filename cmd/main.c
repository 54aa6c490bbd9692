/* SPDX-License-Identifier: Apache-2.0 */
/*
 * berth: dispatch of the commands, the log, and the one place where an error becomes words on standard
 * error and an exit status.
 */
#include "config.h"

#include "base/log.h"
#include "base/str.h"
#include "cmd/command.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EXIT_ERROR 1
#define EXIT_EXEC_ERROR 255 /* told apart from what the program of exec exits with */

static void print_version(void)
{
	printf("berth version %s\ncommit: %s\nspec: 1.3.0\n+SYSTEMD +SECCOMP +CAP +CGROUPV1\n", BERTH_VERSION,
	       BERTH_COMMIT);
}

/*
 * A caller may have closed 0, 1 or 2. Whatever berth opened next would get that number and later be
 * taken for a standard stream, by berth or by the container; so the holes are filled first.
 */
static int fill_standard_streams(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (sys_openat(AT_FDCWD, "/dev/null", O_RDWR, 0) != fd || sys_set_cloexec(fd, false) < 0)
			return -EBADF;
	}
	return 0;
}

static int index_of(const char *const *words, const char *word)
{
	int i = 0;

	while (words[i] && !streq(words[i], word))
		i++;
	return i;
}

static int open_log(struct context *ctx)
{
	const struct arguments *a = &ctx->args;
	enum log_format format = LOG_FORMAT_TEXT;
	enum log_level level = LOG_LEVEL_WARNING;

	if (a->set[OPT_LOG_FORMAT] && streq(a->value[OPT_LOG_FORMAT], "json"))
		format = LOG_FORMAT_JSON;
	if (a->set[OPT_LOG_LEVEL])
		level = (enum log_level)index_of(log_levels, a->value[OPT_LOG_LEVEL]);
	if (a->set[OPT_DEBUG])
		level = LOG_LEVEL_DEBUG;
	return log_open(a->value[OPT_LOG], format, level, &ctx->err);
}

/* "create web: " in front of the sentence tells which of an engine's many calls failed. */
static void report(const struct context *ctx, const struct command *command)
{
	char prefix[320];

	prefix[0] = '\0';
	if (command && ctx->args.n_operands > 0 && command->min_operands > 0)
		snprintf(prefix, sizeof(prefix), "%s %.256s: ", command->name, ctx->args.operands[0]);
	else if (command)
		snprintf(prefix, sizeof(prefix), "%s: ", command->name);
	log_error(&ctx->err, prefix);
}

static int finish(struct context *ctx, const struct command *command, int r)
{
	if (r >= 0 && (fflush(stdout) != 0 || ferror(stdout)))
		r = error_set(&ctx->err, ERR_FILE_OUTPUT, errno, "standard output");
	if (r < 0) {
		report(ctx, command);
		log_close();
		return command && command->run == cmd_exec ? EXIT_EXEC_ERROR : EXIT_ERROR;
	}
	log_flush_warnings();
	log_close();
	return ctx->exit_status;
}

int main(int argc, char **argv)
{
	static struct context ctx;
	const struct command *command = NULL;
	int r;

	if (fill_standard_streams() < 0)
		return EXIT_ERROR;
	/* A reader that goes away is an error of write(2), not a reason to die half-way. */
	signal(SIGPIPE, SIG_IGN);

	r = command_line_parse(argc, argv, &ctx, &command);
	if (r >= 0 && ctx.args.set[OPT_HELP]) {
		command_help(command);
		return finish(&ctx, command, 0);
	}
	if (r >= 0 && ctx.args.set[OPT_USAGE]) {
		command_usage(command);
		return finish(&ctx, command, 0);
	}
	if (r >= 0 && ctx.args.set[OPT_VERSION]) {
		print_version();
		return finish(&ctx, command, 0);
	}
	if (r >= 0 && !command)
		r = error_set(&ctx.err, ERR_USAGE, 0, "no command given (see berth --help)");
	if (r >= 0)
		r = open_log(&ctx);
	else
		(void)open_log(&ctx); /* as far as the options are known: the message belongs there too */
	if (r >= 0 && command)
		r = command->run(&ctx);
	return finish(&ctx, command, r);
}
