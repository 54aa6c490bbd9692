/* SPDX-License-Identifier: Apache-2.0 */
/* The script for fish: one line for each command and option. */
#include "cmd/completion.h"

#include <stdio.h>

/* "-x": no file names, only the words of -a. */
static const char *const words[COMPLETE_MAX] = {
	[COMPLETE_DIR] = "(__fish_complete_directories)",
	[COMPLETE_FILE] = "(__fish_complete_path)",
	[COMPLETE_ID] = "(__berth_ids)",
	[COMPLETE_SIGNAL] = "HUP INT QUIT KILL USR1 USR2 TERM CONT STOP WINCH",
	[COMPLETE_SHELL] = "bash fish zsh",
};

/* Between single quotes fish knows \\ and \' only. */
static void print_quoted(const char *text)
{
	putchar('\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('\'');
}

static void print_option(const char *condition, const struct option *o)
{
	if (!o->help)
		return;
	printf("complete -c berth -n %s -l %s", condition, o->name);
	if (o->letter)
		printf(" -s %c", o->letter);
	if (o->argument && o->values) {
		printf(" -x -a '");
		for (const char *const *v = o->values; *v; v++)
			printf("%s%s", v == o->values ? "" : " ", *v);
		putchar('\'');
	} else if (o->argument) {
		const char *offer = words[option_completion(o)];

		printf(" -x");
		if (offer)
			printf(" -a '%s'", offer);
	}
	printf(" -d ");
	print_quoted(o->help);
	putchar('\n');
}

/*
 * The words before the cursor without options: the command and its operands. Only global options can
 * stand in front of the command.
 */
static void print_functions(void)
{
	printf("function __berth_words\n"
	       "\tset -l words (commandline -opc)\n"
	       "\tset -l skip 0\n"
	       "\tfor word in $words[2..-1]\n"
	       "\t\tif test $skip -eq 1\n"
	       "\t\t\tset skip 0\n"
	       "\t\t\tcontinue\n"
	       "\t\tend\n"
	       "\t\tswitch $word\n"
	       "\t\t\tcase");
	for (const struct option *o = global_options; o->id != OPT_MAX; o++)
		if (o->argument)
			printf(" --%s", o->name);
	printf("\n\t\t\t\tset skip 1\n"
	       "\t\t\tcase '-*'\n"
	       "\t\t\tcase '*'\n"
	       "\t\t\t\techo $word\n"
	       "\t\tend\n"
	       "\tend\n"
	       "end\n\n"
	       "function __berth_no_command\n\ttest (count (__berth_words)) -eq 0\nend\n\n"
	       "function __berth_command\n"
	       "\tset -l words (__berth_words)\n"
	       "\tset -q words[1]; and test $words[1] = $argv[1]\n"
	       "end\n\n"
	       "function __berth_ids\n"
	       "\tset -l root (string match -rg -- '--root[= ](\\S+)' (commandline -p))\n"
	       "\tif set -q root[1]\n"
	       "\t\tberth --root $root[1] list --quiet 2>/dev/null\n"
	       "\telse\n"
	       "\t\tberth list --quiet 2>/dev/null\n"
	       "\tend\n"
	       "end\n\n");
}

static void print_command(const struct command *c)
{
	char condition[80];

	printf("complete -c berth -n __berth_no_command -a %s -d ", c->name);
	print_quoted(c->summary);
	putchar('\n');
	snprintf(condition, sizeof(condition), "'__berth_command %s'", c->name);
	for (const struct option *o = c->options; o->id != OPT_MAX; o++)
		print_option(condition, o);
	for (int i = 0; i < c->max_operands && i < 3; i++) {
		const char *offer = words[operand_completion(c, i)];

		if (offer)
			printf("complete -c berth -n %s -a '%s'\n", condition, offer);
	}
}

void completion_fish(void)
{
	printf("# fish completion for berth; made from its table of commands\n\n");
	print_functions();
	printf("complete -c berth -f\n");
	for (const struct option *o = global_options; o->id != OPT_MAX; o++)
		print_option("__berth_no_command", o);
	for (const struct command *c = commands; c->name; c++)
		print_command(c);
}
