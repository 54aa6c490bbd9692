/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_CMD_COMMAND_H
#define BERTH_CMD_COMMAND_H

/*
 * The command line: one table of commands, each with its table of options. Parsing, help, manual
 * pages and completion all come from these tables. A command reads its values from struct arguments,
 * works through libcontainer, and returns 0 or a negative errno with ctx->err set; main() words the
 * error and turns it into the exit status.
 */

#include "base/arena.h"
#include "base/error.h"
#include "base/macro.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every option that any command has; the index into struct arguments. */
enum option_id {
	OPT_ADDITIONAL_GIDS,
	OPT_ALL,
	OPT_APPARMOR,
	OPT_BLKIO_WEIGHT,
	OPT_BUNDLE,
	OPT_CAP,
	OPT_CGROUP,
	OPT_CGROUP_MANAGER,
	OPT_CONFIG,
	OPT_CONSOLE_SOCKET,
	OPT_CPU_BURST,
	OPT_CPU_IDLE,
	OPT_CPU_PERIOD,
	OPT_CPU_QUOTA,
	OPT_CPU_RT_PERIOD,
	OPT_CPU_RT_RUNTIME,
	OPT_CPU_SHARE,
	OPT_CPUSET_CPUS,
	OPT_CPUSET_MEMS,
	OPT_CRIU,
	OPT_CWD,
	OPT_DEBUG,
	OPT_DETACH,
	OPT_ENV,
	OPT_FILE,
	OPT_FORCE,
	OPT_FORMAT,
	OPT_HELP,
	OPT_IGNORE_PAUSED,
	OPT_INTERVAL,
	OPT_KEEP,
	OPT_KERNEL_MEMORY,
	OPT_KERNEL_MEMORY_TCP,
	OPT_L3_CACHE_SCHEMA,
	OPT_LOG,
	OPT_LOG_FORMAT,
	OPT_LOG_LEVEL,
	OPT_MEM_BW_SCHEMA,
	OPT_MEMORY,
	OPT_MEMORY_RESERVATION,
	OPT_MEMORY_SWAP,
	OPT_NO_NEW_KEYRING,
	OPT_NO_NEW_PRIVS,
	OPT_NO_PIVOT,
	OPT_NO_SUBREAPER,
	OPT_PID_FILE,
	OPT_PIDFD_SOCKET,
	OPT_PIDS_LIMIT,
	OPT_PRESERVE_FDS,
	OPT_PRESSURE,
	OPT_PROCESS,
	OPT_PROCESS_LABEL,
	OPT_QUIET,
	OPT_REGEX,
	OPT_RESOURCES,
	OPT_ROOT,
	OPT_ROOTLESS,
	OPT_STATS,
	OPT_SYSTEMD_CGROUP,
	OPT_TRACE,
	OPT_TTY,
	OPT_USAGE,
	OPT_USER,
	OPT_VERSION,
	OPT_MAX,
};

struct option {
	enum option_id id;
	const char *name;          /* long name without dashes */
	char letter;               /* or 0 */
	const char *argument;      /* word for the help, e.g. "FILE"; NULL: a switch */
	const char *help;          /* NULL: accepted, but not shown */
	const char *const *values; /* the words it takes, ended by NULL; NULL: any */
};

#define OPTIONS_END ((struct option){ .id = OPT_MAX })

/* One option with its value, as given. */
struct given {
	enum option_id id;
	const char *value;
};

struct arguments {
	struct arena arena;
	bool set[OPT_MAX];
	const char *value[OPT_MAX]; /* of options with an argument; the last one given wins */
	struct given *given;        /* all of them in their order, for options that may repeat */
	int n_given;
	char **operands;            /* what is not an option: container id and so on */
	int n_operands;
	char **matched;             /* the operands, if patterns have named them; malloc'ed */
};

struct context {
	struct arguments args;
	struct error err;
	int exit_status; /* when the command succeeds */
};

/* Words of another program follow the first operand, as in "ps ID -ef": options end there. */
#define ANY_OPERANDS INT_MAX

struct command {
	const char *name;
	const char *operands; /* for the usage line, e.g. "ID [SIGNAL]" */
	const char *summary;  /* one line */
	const struct option *options;
	int min_operands, max_operands;
	int n_parsed; /* behind so many operands everything is an operand (ps ID -ef); 0: no such place */
	int (*run)(struct context *ctx);
};

/* All commands, ended by a row without a name. */
extern const struct command commands[];
extern const struct option global_options[];

/* The values of --log-level, in the order of enum log_level. */
extern const char *const log_levels[];

/*
 * Sorts argv[1..] into ctx->args; *ret_command is NULL when no command is given (--version, --help).
 * Global options may also stand behind the command, where their names do not clash.
 * ERR_USAGE with the offending word in it.
 */
int command_line_parse(int argc, char **argv, struct context *ctx, const struct command **ret_command);

/* Prints the form of the command line of one command, or of the program when command is NULL. */
void command_usage(const struct command *command);
/* The same, and all commands and options. */
void command_help(const struct command *command);

/*
 * The values of an option that may repeat, in their order: *at is 0 for the first call, NULL the end.
 */
const char *option_next(const struct arguments *args, enum option_id id, int *at);

/* Shared by several commands (cmd/launch.c): the value of a number option, 0 when not given. */
int option_number(struct context *ctx, enum option_id id, const char *name, uint32_t max, uint32_t *ret);

int cmd_completion(struct context *ctx);
int cmd_create(struct context *ctx);
int cmd_delete(struct context *ctx);
int cmd_exec(struct context *ctx);
int cmd_events(struct context *ctx);
int cmd_explain(struct context *ctx);
int cmd_features(struct context *ctx);
int cmd_kill(struct context *ctx);
int cmd_list(struct context *ctx);
int cmd_pause(struct context *ctx);
int cmd_ps(struct context *ctx);
int cmd_resume(struct context *ctx);
int cmd_run(struct context *ctx);
int cmd_spec(struct context *ctx);
int cmd_start(struct context *ctx);
int cmd_state(struct context *ctx);
int cmd_update(struct context *ctx);

#endif
