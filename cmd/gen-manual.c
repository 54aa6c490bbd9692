/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs while berth is built, on the machine that builds, with the same table of commands as berth:
 *	gen-manual			the name of each command, one a line
 *	gen-manual berth		berth(8)
 *	gen-manual COMMAND		berth-COMMAND(8)
 *	gen-manual --completion SHELL	the completion script
 */
#include "config.h"

#include "base/str.h"
#include "cmd/completion.h"
#include "cmd/manual-text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* Text for roff: nothing in it may be taken for a request or an escape. */
static void print_text(const char *s)
{
	bool at_line_start = true;

	for (; *s; s++) {
		if (at_line_start && (*s == '.' || *s == '\''))
			printf("\\&");
		at_line_start = *s == '\n';
		if (*s == '\n' && s[1] == '\n')
			printf("\n.PP"); /* its line ends with the second one */
		else if (*s == '-')
			printf("\\-");
		else if (*s == '\\')
			printf("\\e");
		else if (*s == '"')
			printf("\\(dq");
		else
			putchar(*s);
	}
	putchar('\n');
}

static void print_title(const char *name)
{
	printf(".\\\" Made from berth's table of commands; changes belong there.\n.TH ");
	for (const char *p = name; *p; p++)
		putchar(toupper((unsigned char)*p));
	printf(" 8 " MANUAL_DATE " \"berth " BERTH_VERSION "\" \"System administration\"\n");
}

static void print_option(const struct option *o)
{
	printf(".TP\n");
	if (o->letter)
		printf("\\fB\\-%c\\fR, ", o->letter);
	printf("\\fB\\-\\-");
	for (const char *p = o->name; *p; p++)
		printf(*p == '-' ? "\\-" : "%c", *p);
	printf("\\fR");
	if (o->argument)
		printf(" \\fI%s\\fR", o->argument);
	putchar('\n');
	print_text(o->help);
}

static void print_options(const char *title, const struct option *options)
{
	bool any = false;

	for (const struct option *o = options; o->id != OPT_MAX; o++) {
		if (!o->help)
			continue;
		if (!any)
			printf(".SH %s\n", title);
		any = true;
		print_option(o);
	}
}

static void print_example(const char *example)
{
	if (!example)
		return;
	printf(".SH EXAMPLES\n.EX\n");
	print_text(example);
	printf(".EE\n");
}

static void print_exit_status(void)
{
	printf(".SH EXIT STATUS\n"
	       "0 for success; 1 when berth failed, with one line on standard error that says why;\n"
	       "\\fBberth run\\fR and \\fBberth exec\\fR return the exit status of the program.\n");
}

static const struct manual_text *text_of(const char *command)
{
	for (const struct manual_text *t = manual_texts; t->command; t++)
		if (streq(t->command, command))
			return t;
	return NULL;
}

static void print_command_page(const struct command *c)
{
	const struct manual_text *text = text_of(c->name);
	char title[80];

	snprintf(title, sizeof(title), "berth-%s", c->name);
	print_title(title);
	printf(".SH NAME\nberth\\-%s \\- ", c->name);
	print_text(c->summary);
	printf(".SH SYNOPSIS\n.B berth\n[\\fIGLOBAL OPTION\\fR]...\n.B %s\n[\\fIOPTION\\fR]...\n", c->name);
	if (c->operands[0])
		printf("\\fI%s\\fR\n", c->operands);
	printf(".SH DESCRIPTION\n");
	print_text(text ? text->description : c->summary);
	print_options("OPTIONS", c->options);
	printf(".PP\nThe global options are described in\n.BR berth (8).\n");
	print_exit_status();
	print_example(text ? text->example : NULL);
	printf(".SH SEE ALSO\n.BR berth (8)\n");
}

static void print_commands(void)
{
	for (const struct command *c = commands; c->name; c++) {
		printf(".TP\n\\fB%s\\fR", c->name);
		if (c->operands[0])
			printf(" \\fI%s\\fR", c->operands);
		printf("\n");
		print_text(c->summary);
	}
}

static void print_berth_page(void)
{
	print_title("berth");
	printf(".SH NAME\nberth \\- OCI container runtime\n"
	       ".SH SYNOPSIS\n.B berth\n[\\fIGLOBAL OPTION\\fR]...\n\\fICOMMAND\\fR\n"
	       "[\\fIOPTION\\fR]...\n[\\fIARGUMENT\\fR]...\n"
	       ".SH DESCRIPTION\n"
	       "berth is an OCI runtime: the program that container engines call to turn a bundle, a\n"
	       "directory with a root file system and a configuration\n.RI ( config.json ),\n"
	       "into a running, confined process. It takes the command line of runc and can be used by hand\n"
	       "as well.\n"
	       ".PP\n"
	       "Values of options follow as the next word or behind \\(dq=\\(dq. Global options may also stand\n"
	       "behind the command.\n"
	       ".SH COMMANDS\n");
	print_commands();
	print_options("OPTIONS", global_options);
	print_exit_status();
	printf(".SH FILES\n"
	       ".TP\n.I /run/berth\nThe state of containers, a directory each; another place is chosen with\n"
	       ".BR \\-\\-root .\n"
	       ".TP\n.I config.json\nThe configuration of a container, in its bundle.\n"
	       ".SH ENVIRONMENT\n"
	       ".TP\n.B XDG_RUNTIME_DIR\nFor ordinary users: the state is kept in its directory\n.IR berth .\n"
	       ".TP\n.B NOTIFY_SOCKET\nReadiness of the program is passed on to this socket; see\n"
	       ".BR sd_notify (3).\n"
	       ".TP\n.BR LISTEN_FDS \", \" LISTEN_PID \", \" LISTEN_FDNAMES\n"
	       "Descriptors of socket activation, and their names, are passed to the program; see\n"
	       ".BR sd_listen_fds (3).\n");
	print_example("mkdir -p bundle/rootfs && cd bundle\nberth spec\nberth run hello");
	printf(".SH SEE ALSO\n");
	for (const struct command *c = commands; c->name; c++)
		printf(".BR berth\\-%s (8)%s\n", c->name, c[1].name ? "," : "");
}

static int print_completion(const char *shell)
{
	if (streq(shell, "bash"))
		completion_bash();
	else if (streq(shell, "fish"))
		completion_fish();
	else if (streq(shell, "zsh"))
		completion_zsh();
	else
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	if (argc == 3 && streq(argv[1], "--completion"))
		return print_completion(argv[2]);
	if (argc == 2 && streq(argv[1], "berth")) {
		print_berth_page();
		return EXIT_SUCCESS;
	}
	for (const struct command *c = commands; c->name; c++) {
		if (argc == 1)
			puts(c->name);
		else if (streq(argv[1], c->name)) {
			print_command_page(c);
			return EXIT_SUCCESS;
		}
	}
	return argc == 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
