/* SPDX-License-Identifier: Apache-2.0 */
/* The help texts, printed from the same tables that parse the command line. */
#include "cmd/command.h"

#include <stdio.h>

static void print_options(const char *title, const struct option *options)
{
	bool any = false;

	for (const struct option *o = options; o->id != OPT_MAX; o++) {
		char names[64];

		if (!o->help)
			continue;
		if (!any)
			printf("\n%s:\n", title);
		any = true;
		if (o->letter)
			snprintf(names, sizeof(names), "-%c, --%s%s%s", o->letter, o->name,
				 o->argument ? " " : "", o->argument ? o->argument : "");
		else
			snprintf(names, sizeof(names), "    --%s%s%s", o->name, o->argument ? " " : "",
				 o->argument ? o->argument : "");
		printf("  %-28s %s\n", names, o->help);
	}
}

void command_usage(const struct command *command)
{
	if (command)
		printf("Usage: berth [GLOBAL OPTION]... %s [OPTION]... %s\n", command->name, command->operands);
	else
		printf("Usage: berth [GLOBAL OPTION]... COMMAND [OPTION]... [ARGUMENT]...\n");
}

void command_help(const struct command *command)
{
	command_usage(command);
	if (command) {
		printf("\n%s\n", command->summary);
		print_options("Options", command->options);
		print_options("Global options", global_options);
		return;
	}
	printf("\nAn OCI container runtime for Linux.\n\nCommands:\n");
	for (const struct command *c = commands; c->name; c++)
		printf("  %-10s %s\n", c->name, c->summary);
	print_options("Global options", global_options);
	printf("\n\"berth COMMAND --help\" shows the options of a command.\n");
}
