/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The script for bash. Functions with a case per option answer what a fixed part asks; it needs nothing of
 * the bash-completion package.
 */
#include "cmd/completion.h"

#include <stdio.h>

/* bash makes three words of "--option=value". */
static const char fixed_part[] =
	"_berth_offer()\n"
	"{\n"
	"	local cur=$2 root=$3 words\n"
	"	case $1 in\n"
	"	file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\") ;;\n"
	"	dir) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$cur\") ;;\n"
	"	id)\n"
	"		words=$(berth ${root:+--root \"$root\"} list --quiet 2>/dev/null)\n"
	"		mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	"		;;\n"
	"	signal)\n"
	"		words=$(compgen -A signal | sed -n 's/^SIG//p')\n"
	"		mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	"		;;\n"
	"	words*) mapfile -t COMPREPLY < <(compgen -W \"${1#words}\" -- \"$cur\") ;;\n"
	"	esac\n"
	"}\n"
	"\n"
	"_berth()\n"
	"{\n"
	"	local cur=${COMP_WORDS[COMP_CWORD]} word option= want= command= root= operands=0 i\n"
	"	COMPREPLY=()\n"
	"	for ((i = 1; i < COMP_CWORD; i++)); do\n"
	"		word=${COMP_WORDS[i]}\n"
	"		if [[ $word == = ]]; then\n"
	"			continue\n"
	"		elif [[ -n $want ]]; then\n"
	"			[[ $option != --root ]] || root=$word\n"
	"			want=\n"
	"		elif [[ $word == -?* ]]; then\n"
	"			option=$word\n"
	"			want=$(_berth_value \"$command\" \"$option\")\n"
	"		elif [[ -z $command ]]; then\n"
	"			command=$word\n"
	"		else\n"
	"			operands=$((operands + 1))\n"
	"		fi\n"
	"	done\n"
	"	[[ $cur != = ]] || cur=\n"
	"	if [[ -n $want ]]; then\n"
	"		_berth_offer \"$want\" \"$cur\" \"$root\"\n"
	"	elif [[ $cur == -* ]]; then\n"
	"		_berth_offer \"words $(_berth_options \"$command\")\" \"$cur\"\n"
	"	elif [[ -z $command ]]; then\n"
	"		_berth_offer \"words $_berth_commands\" \"$cur\"\n"
	"	else\n"
	"		_berth_offer \"$(_berth_operand \"$command\" $operands)\" \"$cur\" \"$root\"\n"
	"	fi\n"
	"}\n"
	"\n"
	"complete -F _berth berth\n";

static const char *const kind_words[COMPLETE_MAX] = {
	[COMPLETE_NOTHING] = "nothing",
	[COMPLETE_FILE] = "file",
	[COMPLETE_DIR] = "dir",
	[COMPLETE_WORDS] = "nothing", /* printed with the words themselves */
	[COMPLETE_ID] = "id",
	[COMPLETE_SIGNAL] = "signal",
	[COMPLETE_SHELL] = "words bash fish zsh",
};

static void print_names(const struct option *options)
{
	for (const struct option *o = options; o->id != OPT_MAX; o++) {
		if (!o->help)
			continue;
		if (o->letter)
			printf(" -%c", o->letter);
		printf(" --%s", o->name);
	}
}

static void print_option_names(void)
{
	printf("_berth_options()\n{\n\tcase $1 in\n");
	for (const struct command *c = commands; c->name; c++) {
		printf("\t%s) echo '", c->name);
		print_names(c->options);
		printf("' ;;\n");
	}
	printf("\tesac\n\techo '");
	print_names(global_options);
	printf("'\n}\n\n");
}

/* Switches have a row as well: a global option of that name may take a value. */
static void print_values(const char *command, const struct option *options)
{
	for (const struct option *o = options; o->id != OPT_MAX; o++) {
		printf("\t%s:--%s", command, o->name);
		if (o->letter)
			printf(" | %s:-%c", command, o->letter);
		printf(")");
		if (o->argument && o->values) {
			printf(" echo 'words");
			for (const char *const *v = o->values; *v; v++)
				printf(" %s", *v);
			printf("'");
		} else if (o->argument) {
			printf(" echo %s", kind_words[option_completion(o)]);
		}
		printf(" ;;\n");
	}
}

static void print_operands(void)
{
	printf("_berth_operand()\n{\n\tcase $1:$2 in\n");
	for (const struct command *c = commands; c->name; c++) {
		for (int i = 0; i < c->max_operands; i++) {
			enum completion_kind kind = operand_completion(c, i);

			if (kind != COMPLETE_NOTHING)
				printf("\t%s:%d) echo '%s' ;;\n", c->name, i, kind_words[kind]);
			else if (i > 1)
				break;
		}
	}
	printf("\tesac\n}\n\n");
}

void completion_bash(void)
{
	printf("# bash completion for berth; made from its table of commands\n\n_berth_commands='");
	for (const struct command *c = commands; c->name; c++)
		printf(" %s", c->name);
	printf("'\n\n");
	print_option_names();
	printf("_berth_value()\n{\n\tcase $1:$2 in\n");
	for (const struct command *c = commands; c->name; c++)
		print_values(c->name, c->options);
	print_values("*", global_options);
	printf("\tesac\n}\n\n");
	print_operands();
	fputs(fixed_part, stdout);
}
