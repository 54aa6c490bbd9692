/* SPDX-License-Identifier: Apache-2.0 */
/* The command line, as engines write it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "base/str.h"
#include "cmd/command.h"
#include "cmd/signal.h"

#include <errno.h>

#define WORDS_MAX 16

/* The table of commands names these; the tests only look at which one was found. */
#define COMMAND(name) int name(struct context *ctx) { (void)ctx; return -ENOSYS; }
COMMAND(cmd_completion)
COMMAND(cmd_create)
COMMAND(cmd_delete)
COMMAND(cmd_events)
COMMAND(cmd_exec)
COMMAND(cmd_explain)
COMMAND(cmd_features)
COMMAND(cmd_kill)
COMMAND(cmd_list)
COMMAND(cmd_pause)
COMMAND(cmd_ps)
COMMAND(cmd_resume)
COMMAND(cmd_run)
COMMAND(cmd_spec)
COMMAND(cmd_start)
COMMAND(cmd_state)
COMMAND(cmd_update)

struct line {
	const char *words[WORDS_MAX];
	const char *command;              /* NULL: none is given */
	const char *operands[3];
	struct {
		enum option_id id;
		const char *value;        /* NULL: a switch that is on; "": one that is off */
	} options[6];                     /* ended by a row of zeros: the first option takes a value */
	const char *errors[3];            /* words of the sentence; none: it is accepted */
};

static const struct line lines[] = {
	/* both forms of values, options of the program in front of and behind the command */
	{ { "--root", "/r", "state", "a" }, "state", { "a" }, { { OPT_ROOT, "/r" } }, { 0 } },
	{ { "--root=/r", "state", "a" }, "state", { "a" }, { { OPT_ROOT, "/r" } }, { 0 } },
	{ { "state", "--root", "/r", "a" }, "state", { "a" }, { { OPT_ROOT, "/r" } }, { 0 } },
	{ { "--root", "/r", "--log-format=json", "--log", "/l", "--systemd-cgroup", "create", "--bundle=/b",
	    "--pid-file", "/p", "--console-socket", "/c", "a" },
	  "create", { "a" },
	  { { OPT_ROOT, "/r" }, { OPT_LOG_FORMAT, "json" }, { OPT_LOG, "/l" }, { OPT_BUNDLE, "/b" },
	    { OPT_PID_FILE, "/p" }, { OPT_SYSTEMD_CGROUP, NULL } }, { 0 } },
	{ { "--root=", "state", "a" }, "state", { "a" }, { { OPT_ROOT, "" } }, { 0 } },
	{ { "--root", "--log", "state", "a" }, "state", { "a" }, { { OPT_ROOT, "--log" } }, { 0 } },
	{ { "--root=a=b", "state", "a" }, "state", { "a" }, { { OPT_ROOT, "a=b" } }, { 0 } },
	/* one dash, letters */
	{ { "run", "-no-subreaper", "a" }, "run", { "a" }, { { OPT_NO_SUBREAPER, NULL } }, { 0 } },
	{ { "run", "-bundle", "/b", "a" }, "run", { "a" }, { { OPT_BUNDLE, "/b" } }, { 0 } },
	{ { "run", "-b", "/b", "-d", "a" }, "run", { "a" }, { { OPT_BUNDLE, "/b" }, { OPT_DETACH, NULL } }, { 0 } },
	{ { "run", "-b=/b", "a" }, "run", { "a" }, { { OPT_BUNDLE, "/b" } }, { 0 } },
	/* a letter means what the command says: the same one is --config, --force, --format and --file */
	{ { "run", "-f", "x", "a" }, "run", { "a" }, { { OPT_CONFIG, "x" } }, { 0 } },
	{ { "delete", "-f", "a" }, "delete", { "a" }, { { OPT_FORCE, NULL } }, { 0 } },
	{ { "list", "-f", "json" }, "list", { 0 }, { { OPT_FORMAT, "json" } }, { 0 } },
	{ { "spec", "-f", "x" }, "spec", { 0 }, { { OPT_FILE, "x" } }, { 0 } },
	/* repeated: the last one counts */
	{ { "--root", "/1", "--root=/2", "--systemd-cgroup", "--systemd-cgroup", "state", "--root", "/3", "a" },
	  "state", { "a" }, { { OPT_ROOT, "/3" }, { OPT_SYSTEMD_CGROUP, NULL } }, { 0 } },
	{ { "--debug", "--debug=false", "state", "a" }, "state", { "a" }, { { OPT_DEBUG, "" } }, { 0 } },
	{ { "--debug=false", "--debug=true", "state", "a" }, "state", { "a" }, { { OPT_DEBUG, NULL } }, { 0 } },
	/* options between, before and behind operands */
	{ { "kill", "--all", "a", "9" }, "kill", { "a", "9" }, { { OPT_ALL, NULL } }, { 0 } },
	{ { "kill", "-a", "a", "KILL" }, "kill", { "a", "KILL" }, { { OPT_ALL, NULL } }, { 0 } },
	{ { "kill", "a", "--all", "9" }, "kill", { "a", "9" }, { { OPT_ALL, NULL } }, { 0 } },
	{ { "kill", "a", "9", "-a" }, "kill", { "a", "9" }, { { OPT_ALL, NULL } }, { 0 } },
	{ { "kill", "-r", "^a", "9" }, "kill", { "^a", "9" }, { { OPT_REGEX, NULL } }, { 0 } },
	{ { "delete", "a$", "--regex", "b" }, "delete", { "a$", "b" }, { { OPT_REGEX, NULL } }, { 0 } },
	{ { "delete", "--force", "a" }, "delete", { "a" }, { { OPT_FORCE, NULL } }, { 0 } },
	{ { "delete", "a", "--force" }, "delete", { "a" }, { { OPT_FORCE, NULL } }, { 0 } },
	/* behind "--" everything is an operand, and so is a dash alone */
	{ { "state", "--", "--help" }, "state", { "--help" }, { { OPT_ALL, "" } }, { 0 } },
	{ { "kill", "--", "-a", "--" }, "kill", { "-a", "--" }, { { OPT_ALL, "" } }, { 0 } },
	{ { "state", "-" }, "state", { "-" }, { { OPT_ALL, "" } }, { 0 } },
	/* unknown: the word itself is in the sentence */
	{ { "--invalidflag", "state", "a" }, NULL, { 0 }, { { OPT_ALL, "" } }, { "unknown option", "invalidflag" } },
	{ { "state", "--invalidflag", "a" }, "state", { 0 }, { { OPT_ALL, "" } }, { "unknown option", "invalidflag" } },
	{ { "state", "-z", "a" }, "state", { 0 }, { { OPT_ALL, "" } }, { "unknown option", "-z" } },
	{ { "state", "---root", "a" }, "state", { 0 }, { { OPT_ALL, "" } }, { "unknown option", "---root" } },
	{ { "state", "--roo", "a" }, "state", { 0 }, { { OPT_ALL, "" } }, { "unknown option", "--roo" } },
	{ { "state", "--all", "a" }, "state", { 0 }, { { OPT_ALL, "" } }, { "unknown option", "--all" } },
	{ { "run", "-db", "a" }, "run", { 0 }, { { OPT_ALL, "" } }, { "unknown option", "-db" } },
	{ { "--=x", "state" }, NULL, { 0 }, { { OPT_ALL, "" } }, { "unknown option", "--=x" } },
	{ { "frobnicate" }, NULL, { 0 }, { { OPT_ALL, "" } }, { "unknown command", "frobnicate" } },
	{ { "" }, NULL, { 0 }, { { OPT_ALL, "" } }, { "unknown command" } },
	/* a missing value: both phrases, for a probe looks for either */
	{ { "--root" }, NULL, { 0 }, { { OPT_ALL, "" } }, { "flag needs an argument", "requires an argument", "--root" } },
	{ { "create", "a", "--bundle" }, "create", { 0 }, { { OPT_ALL, "" } },
	  { "flag needs an argument", "requires an argument", "--bundle" } },
	{ { "run", "-b" }, "run", { 0 }, { { OPT_ALL, "" } }, { "flag needs an argument", "requires an argument" } },
	{ { "--debug=yes", "state", "a" }, NULL, { 0 }, { { OPT_ALL, "" } }, { "--debug takes no value", "yes" } },
	{ { "--log-format", "xml", "state", "a" }, NULL, { 0 }, { { OPT_ALL, "" } }, { "log-format", "xml", "text or json" } },
	{ { "--rootless=maybe", "state", "a" }, NULL, { 0 }, { { OPT_ALL, "" } }, { "rootless", "maybe" } },
	/* operands */
	{ { "state" }, "state", { 0 }, { { OPT_ALL, "" } }, { "state: missing ID" } },
	{ { "start" }, "start", { 0 }, { { OPT_ALL, "" } }, { "start: missing ID" } },
	{ { "kill" }, "kill", { 0 }, { { OPT_ALL, "" } }, { "kill: missing ID" } },
	{ { "delete", "--force" }, "delete", { 0 }, { { OPT_ALL, "" } }, { "delete: missing ID" } },
	{ { "create", "--bundle", "/b" }, "create", { 0 }, { { OPT_ALL, "" } }, { "create: missing ID" } },
	{ { "run" }, "run", { 0 }, { { OPT_ALL, "" } }, { "run: missing ID" } },
	{ { "state", "a", "b" }, "state", { 0 }, { { OPT_ALL, "" } }, { "unexpected argument", "\"b\"" } },
	{ { "kill", "a", "9", "b" }, "kill", { 0 }, { { OPT_ALL, "" } }, { "unexpected argument", "\"b\"" } },
	{ { "features", "a" }, "features", { 0 }, { { OPT_ALL, "" } }, { "unexpected argument", "\"a\"" } },
	/* help asks for nothing else, whatever is missing */
	{ { "--help" }, NULL, { 0 }, { { OPT_HELP, NULL } }, { 0 } },
	{ { "-h" }, NULL, { 0 }, { { OPT_HELP, NULL } }, { 0 } },
	{ { "--version" }, NULL, { 0 }, { { OPT_VERSION, NULL } }, { 0 } },
	{ { "-v" }, NULL, { 0 }, { { OPT_VERSION, NULL } }, { 0 } },
	{ { "--usage" }, NULL, { 0 }, { { OPT_USAGE, NULL } }, { 0 } },
	{ { "exec", "--usage" }, "exec", { 0 }, { { OPT_USAGE, NULL } }, { 0 } },
	{ { "create", "--help" }, "create", { 0 }, { { OPT_HELP, NULL } }, { 0 } },
	{ { "state", "a", "b", "--help" }, "state", { 0 }, { { OPT_HELP, NULL } }, { 0 } },
	{ { 0 }, NULL, { 0 }, { { OPT_HELP, "" } }, { 0 } },
	/* accepted for the sake of callers */
	{ { "--criu", "/c", "--rootless=auto", "--cgroup-manager", "cgroupfs", "--log-level=debug", "--debug", "create",
	    "--no-subreaper", "--no-new-keyring", "--no-pivot", "--detach", "a" },
	  "create", { "a" },
	  { { OPT_ROOTLESS, "auto" }, { OPT_CGROUP_MANAGER, "cgroupfs" }, { OPT_LOG_LEVEL, "debug" },
	    { OPT_NO_NEW_KEYRING, NULL }, { OPT_NO_PIVOT, NULL }, { OPT_DETACH, NULL } }, { 0 } },
	{ { "spec", "--rootless" }, "spec", { 0 }, { { OPT_ROOTLESS, NULL } }, { 0 } },
};

/* The words of a line as main() gets them: an array that the parser may change. */
static int parse(const char *const words[], struct context *ctx, const struct command **ret)
{
	static char *argv[WORDS_MAX + 2];
	static struct arena arena; /* of the last line; the program has only one */
	int argc = 1, r;

	argv[0] = (char *)(uintptr_t)"berth";
	for (; argc <= WORDS_MAX && words[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
	argv[argc] = NULL;
	*ctx = (struct context){ 0 };
	arena_done(&arena);
	r = command_line_parse(argc, argv, ctx, ret);
	arena = ctx->args.arena;
	return r;
}

static void check_options(const struct line *l, const struct context *ctx)
{
	for (size_t i = 0; i < ELEMENTSOF(l->options); i++) {
		enum option_id id = l->options[i].id;
		const char *value = l->options[i].value;

		if ((int)id == 0 && !value && i > 0)
			break;
		if (value && ctx->args.value[id])
			assert_string_equal(ctx->args.value[id], value);
		else
			assert_int_equal(ctx->args.set[id], !value);
	}
}

static void check_line(const struct line *l)
{
	const struct command *command;
	struct context ctx;
	char words[ERROR_SENTENCE_SIZE] = "";
	int r = parse(l->words, &ctx, &command), n = 0;

	(void)error_format(&ctx.err, words, sizeof(words));
	for (size_t i = 0; i < ELEMENTSOF(l->errors) && l->errors[i]; i++)
		if (!strstr(words, l->errors[i]))
			fail_msg("no \"%s\" in \"%s\"", l->errors[i], words);
	if ((r < 0) != (l->errors[0] != NULL))
		fail_msg("%s %s: %d %s", l->words[0], l->words[1], r, words);
	if (l->command)
		assert_string_equal(command->name, l->command);
	else
		assert_null(command);
	if (r < 0) {
		assert_int_equal(ctx.err.code, ERR_USAGE);
		return;
	}
	check_options(l, &ctx);
	for (; n < 3 && l->operands[n]; n++)
		assert_string_equal(ctx.args.operands[n], l->operands[n]);
	if (!ctx.args.set[OPT_HELP])
		assert_int_equal(ctx.args.n_operands, n);
}

static void command_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTSOF(lines); i++)
		check_line(&lines[i]);
}

/* "CMD --help" succeeds for every command, and every option with a value says so when it has none. */
static void every_command(void **state)
{
	const struct command *command;
	struct context ctx;

	(void)state;
	for (const struct command *c = commands; c->name; c++) {
		assert_int_equal(parse((const char *[]){ c->name, "--help", NULL }, &ctx, &command), 0);
		assert_ptr_equal(command, c);
		assert_true(ctx.args.set[OPT_HELP]);
		assert_non_null(c->run);
		assert_true(c->min_operands <= c->max_operands);
		for (const struct option *o = c->options; o->id != OPT_MAX; o++) {
			char word[64] = "--";

			(void)str_copy(word + 2, sizeof(word) - 2, o->name);
			if (!o->argument)
				continue;
			assert_true(parse((const char *[]){ c->name, word, NULL }, &ctx, &command) < 0);
			assert_non_null(strstr(ctx.err.subject, word));
		}
	}
}

static void nearest_command(void **state)
{
	const struct command *command;
	struct context ctx;

	(void)state;
	assert_true(parse((const char *[]){ "delet", NULL }, &ctx, &command) < 0);
	assert_non_null(strstr(ctx.err.hint, "\"delete\""));
	assert_true(parse((const char *[]){ "a-very-long-word-that-is-no-command-of-any-runtime", NULL }, &ctx,
			  &command) < 0);
	assert_string_equal(ctx.err.hint, "");
}

static void numbers(void **state)
{
	static const struct {
		const char *text;
		int64_t value; /* -1: refused */
	} rows[] = { { "0", 0 }, { "3", 3 }, { "1000", 1000 }, { "1001", -1 }, { "-1", -1 }, { "", -1 }, { "3x", -1 },
		     { " 3", -1 }, { "4294967296", -1 }, { "99999999999999999999", -1 }, { "0x3", -1 } };
	const struct command *command;
	struct context ctx;
	uint32_t n;

	(void)state;
	for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
		assert_int_equal(parse((const char *[]){ "create", "--preserve-fds", rows[i].text, "a", NULL }, &ctx,
				       &command), 0);
		if (rows[i].value < 0) {
			assert_true(option_number(&ctx, OPT_PRESERVE_FDS, "preserve-fds", 1000, &n) < 0);
			assert_non_null(strstr(ctx.err.subject, "preserve-fds"));
		} else {
			assert_int_equal(option_number(&ctx, OPT_PRESERVE_FDS, "preserve-fds", 1000, &n), 0);
			assert_int_equal(n, rows[i].value);
		}
	}
	assert_int_equal(parse((const char *[]){ "create", "a", NULL }, &ctx, &command), 0);
	assert_int_equal(option_number(&ctx, OPT_PRESERVE_FDS, "preserve-fds", 1000, &n), 0);
	assert_int_equal(n, 0);
}

static void signals(void **state)
{
	static const struct {
		const char *word;
		int signum; /* -1: refused */
	} rows[] = { { "9", 9 }, { "KILL", 9 }, { "SIGKILL", 9 }, { "kill", 9 }, { "sigkill", 9 }, { "SigKill", 9 },
		     { "0", 0 }, { "64", 64 }, { "65", -1 }, { "-9", -1 }, { "", -1 }, { "SIG", -1 }, { "SIGSIGKILL", -1 },
		     { "9x", -1 }, { "TERM", 15 }, { "RTMIN", 34 }, { "SIGRTMIN+3", 37 }, { "rtmax-1", 63 },
		     { "RTMAX", 64 }, { "RTMIN+31", -1 }, { "RTMIN+", -1 }, { "RTMIN-1", -1 }, { "RTMAX+1", -1 },
		     { "WINCH", 28 }, { "IOT", 6 }, { "FOO", -1 } };

	(void)state;
	for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
		struct error err = ERROR_INIT;
		int signum = -1, r = signal_parse(rows[i].word, &signum, &err);

		assert_int_equal(r < 0, rows[i].signum < 0);
		assert_int_equal(signum, rows[i].signum);
		assert_int_equal(err.code, r < 0 ? ERR_SIGNAL_INVALID : ERR_NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_lines),  cmocka_unit_test(every_command), cmocka_unit_test(nearest_command),
		cmocka_unit_test(numbers),        cmocka_unit_test(signals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
