/* SPDX-License-Identifier: Apache-2.0 */
/* The script for zsh: one call of _arguments for the program and one for each command. */
#include "cmd/completion.h"

#include <stdio.h>
#include <string.h>

static const char *const kind_actions[COMPLETE_MAX] = {
	[COMPLETE_NOTHING] = "",
	[COMPLETE_FILE] = "_files",
	[COMPLETE_DIR] = "_directories",
	[COMPLETE_WORDS] = "", /* printed with the words themselves */
	[COMPLETE_ID] = "_berth_ids",
	[COMPLETE_SIGNAL] = "_signals",
	[COMPLETE_SHELL] = "(bash fish zsh)",
};

/* Text between single quotes in which the characters of `special` end something. */
static void print_quoted(const char *text, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			printf("'\\'");
		else if (strchr(special, *text))
			putchar('\\');
		putchar(*text);
	}
}

static void print_specification(const struct option *o, const char *dash, char letter)
{
	if (letter)
		printf("\t\t'-%c%s[", letter, o->argument ? "+" : "");
	else
		printf("\t\t'%s%s%s[", dash, o->name, o->argument ? "=" : "");
	print_quoted(o->help, "[]:\\");
	putchar(']');
	if (o->argument && o->values) {
		printf(":%s:(", o->argument);
		for (const char *const *v = o->values; *v; v++)
			printf("%s%s", v == o->values ? "" : " ", *v);
		putchar(')');
	} else if (o->argument) {
		printf(":%s:%s", o->argument, kind_actions[option_completion(o)]);
	}
	printf("' \\\n");
}

static void print_options(const struct option *options)
{
	for (const struct option *o = options; o->id != OPT_MAX; o++) {
		if (!o->help)
			continue;
		print_specification(o, "--", 0);
		if (o->letter)
			print_specification(o, "-", o->letter);
	}
}

static void print_command(const struct command *c)
{
	printf("\t%s)\n\t\t_arguments \\\n", c->name);
	print_options(c->options);
	for (int i = 0; i < c->max_operands && i < 3; i++)
		printf("\t\t'%s:%s:%s' \\\n", i < c->min_operands ? "" : ":", "argument",
		       kind_actions[operand_completion(c, i)]);
	printf("\t\t&& return ;;\n");
}

void completion_zsh(void)
{
	printf("#compdef berth\n# zsh completion for berth; made from its table of commands\n\n"
	       "_berth_ids() {\n"
	       "\tlocal -a ids\n"
	       "\tids=(${(f)\"$(berth ${opt_args[--root]:+--root ${opt_args[--root]}} list --quiet 2>/dev/null)\"})\n"
	       "\tcompadd -a ids\n"
	       "}\n\n"
	       "_berth() {\n"
	       "\tlocal curcontext=$curcontext state line\n"
	       "\tlocal -A opt_args\n"
	       "\tlocal -a commands\n"
	       "\tcommands=(\n");
	for (const struct command *c = commands; c->name; c++) {
		printf("\t\t'%s:", c->name);
		print_quoted(c->summary, "\\");
		printf("'\n");
	}
	printf("\t)\n\t_arguments -C \\\n");
	print_options(global_options);
	printf("\t\t'1:command:->command' \\\n\t\t'*::argument:->argument' && return\n"
	       "\tcase $state in\n"
	       "\tcommand) _describe command commands && return ;;\n"
	       "\tesac\n"
	       "\tcase $line[1] in\n");
	for (const struct command *c = commands; c->name; c++)
		print_command(c);
	printf("\tesac\n}\n\n_berth \"$@\"\n");
}
