/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands and options. */
#include "cmd/command.h"

#include "libcontainer/cgroup/pressure-levels.h"

#include <limits.h>

static const char *const log_formats[] = { "text", "json", NULL };
const char *const log_levels[] = { "error", "warning", "info", "debug", NULL };
static const char *const managers[] = { "cgroupfs", "systemd", "disabled", NULL };
static const char *const rootless_values[] = { "true", "false", "auto", NULL };
static const char *const list_formats[] = { "table", "json", NULL };
static const char *const explain_formats[] = { "text", "json", NULL };

#define LEVEL_WORD(word, trigger) word,
static const char *const pressure_levels[] = { PRESSURE_LEVELS(LEVEL_WORD) NULL };

const struct option global_options[] = {
	{ OPT_ROOT, "root", 0, "DIR", "directory for the state of containers (default /run/berth)", NULL },
	{ OPT_LOG, "log", 0, "FILE", "write messages to FILE, journald:NAME or syslog:NAME as well as to "
				   "standard error", NULL },
	{ OPT_LOG_FORMAT, "log-format", 0, "FORMAT", "text or json", log_formats },
	{ OPT_LOG_LEVEL, "log-level", 0, "LEVEL", "error, warning, info or debug", log_levels },
	{ OPT_DEBUG, "debug", 0, NULL, "the same as --log-level debug", NULL },
	{ OPT_SYSTEMD_CGROUP, "systemd-cgroup", 0, NULL, "let systemd manage the cgroup", NULL },
	{ OPT_CGROUP_MANAGER, "cgroup-manager", 0, "NAME", "cgroupfs, systemd or disabled", managers },
	{ OPT_ROOTLESS, "rootless", 0, "MODE", "true, false or auto; detected in any case",
	  rootless_values },
	{ OPT_CRIU, "criu", 0, "PATH", NULL, NULL },
	{ OPT_HELP, "help", 'h', NULL, "show this help", NULL },
	{ OPT_USAGE, "usage", 0, NULL, "show the form of the command line", NULL },
	{ OPT_VERSION, "version", 'v', NULL, "show the version", NULL },
	OPTIONS_END,
};

#define LAUNCH_OPTIONS                                                                                    \
	{ OPT_BUNDLE, "bundle", 'b', "DIR", "bundle directory (default: the current one)", NULL },        \
	{ OPT_CONFIG, "config", 'f', "FILE", "configuration (default: config.json in the bundle)", NULL }, \
	{ OPT_CONSOLE_SOCKET, "console-socket", 0, "PATH", "send the terminal's master to this socket",   \
	  NULL },                                                                                         \
	{ OPT_PIDFD_SOCKET, "pidfd-socket", 0, "PATH", "send a pidfd of the init to this socket", NULL }, \
	{ OPT_PID_FILE, "pid-file", 0, "FILE", "write the pid of the init to FILE", NULL },               \
	{ OPT_NO_PIVOT, "no-pivot", 0, NULL, "move the root mount instead of pivot_root", NULL },         \
	{ OPT_NO_NEW_KEYRING, "no-new-keyring", 0, NULL, "keep the caller's session keyring", NULL },     \
	{ OPT_PRESERVE_FDS, "preserve-fds", 0, "N", "pass N more descriptors, from 3 on", NULL },         \
	{ OPT_TRACE, "trace", 0, "FILE", "write a timeline of all operations to FILE", NULL }

static const struct option create_options[] = {
	LAUNCH_OPTIONS,
	{ OPT_NO_SUBREAPER, "no-subreaper", 0, NULL, NULL, NULL },
	{ OPT_DETACH, "detach", 'd', NULL, NULL, NULL },
	OPTIONS_END,
};

static const struct option run_options[] = {
	LAUNCH_OPTIONS,
	{ OPT_DETACH, "detach", 'd', NULL, "return as soon as the program runs", NULL },
	{ OPT_KEEP, "keep", 0, NULL, "do not delete the container when it has ended", NULL },
	{ OPT_NO_SUBREAPER, "no-subreaper", 0, NULL, "do not adopt orphaned processes while waiting", NULL },
	OPTIONS_END,
};

static const struct option start_options[] = {
	{ OPT_TRACE, "trace", 0, "FILE", "write a timeline of all operations to FILE", NULL },
	OPTIONS_END,
};

static const struct option kill_options[] = {
	{ OPT_ALL, "all", 'a', NULL, "signal every process of the container", NULL },
	{ OPT_REGEX, "regex", 'r', NULL, "ID is a pattern: signal all containers that match", NULL },
	OPTIONS_END,
};

static const struct option delete_options[] = {
	{ OPT_FORCE, "force", 'f', NULL, "kill first; an unknown container is no error", NULL },
	{ OPT_REGEX, "regex", 'r', NULL, "each ID is a pattern: delete all containers that match", NULL },
	OPTIONS_END,
};

static const struct option exec_options[] = {
	{ OPT_PROCESS, "process", 'p', "FILE", "process object, as in config.json, instead of a program", NULL },
	{ OPT_TTY, "tty", 't', NULL, "give it a terminal", NULL },
	{ OPT_ENV, "env", 'e', "NAME=VALUE", "add to the environment; may repeat", NULL },
	{ OPT_CWD, "cwd", 0, "DIR", "working directory in the container", NULL },
	{ OPT_USER, "user", 'u', "UID[:GID]", "user and group, as numbers", NULL },
	{ OPT_ADDITIONAL_GIDS, "additional-gids", 'g', "GID", "add a group; may repeat", NULL },
	{ OPT_CAP, "cap", 'c', "CAP_NAME", "add a capability; may repeat", NULL },
	{ OPT_NO_NEW_PRIVS, "no-new-privs", 0, NULL, "never gain privileges by execve", NULL },
	{ OPT_PROCESS_LABEL, "process-label", 0, "LABEL", "SELinux label", NULL },
	{ OPT_APPARMOR, "apparmor", 0, "PROFILE", "AppArmor profile", NULL },
	{ OPT_CGROUP, "cgroup", 0, "[NAME:]PATH", "an existing cgroup below the container's; may repeat",
	  NULL },
	{ OPT_PRESERVE_FDS, "preserve-fds", 0, "N", "pass N more descriptors, from 3 on", NULL },
	{ OPT_IGNORE_PAUSED, "ignore-paused", 0, NULL, "wait in a paused container until it is resumed", NULL },
	{ OPT_DETACH, "detach", 'd', NULL, "return as soon as the program runs", NULL },
	{ OPT_PID_FILE, "pid-file", 0, "FILE", "write the pid of the process to FILE", NULL },
	{ OPT_CONSOLE_SOCKET, "console-socket", 0, "PATH", "send the terminal's master to this socket", NULL },
	{ OPT_PIDFD_SOCKET, "pidfd-socket", 0, "PATH", "send a pidfd of the process to this socket", NULL },
	{ OPT_NO_SUBREAPER, "no-subreaper", 0, NULL, "do not adopt orphaned processes while waiting", NULL },
	{ OPT_TRACE, "trace", 0, "FILE", "write a timeline of all operations to FILE", NULL },
	OPTIONS_END,
};

static const struct option list_options[] = {
	{ OPT_FORMAT, "format", 'f', "FORMAT", "table or json", list_formats },
	{ OPT_QUIET, "quiet", 'q', NULL, "only the ids", NULL },
	OPTIONS_END,
};

static const struct option events_options[] = {
	{ OPT_INTERVAL, "interval", 0, "TIME", "time between statistics, such as 500ms or 1m30s (default 5s)", NULL },
	{ OPT_PRESSURE, "pressure", 0, "LEVEL", "also tell when processes wait for memory: low, medium or critical",
	  pressure_levels },
	{ OPT_STATS, "stats", 0, NULL, "show the statistics once and end", NULL },
	OPTIONS_END,
};

static const struct option ps_options[] = {
	{ OPT_FORMAT, "format", 'f', "FORMAT", "table or json", list_formats },
	OPTIONS_END,
};

static const struct option spec_options[] = {
	{ OPT_BUNDLE, "bundle", 'b', "DIR", "where to write (default: the current directory)", NULL },
	{ OPT_FILE, "file", 'f', "NAME", "write to NAME instead of config.json", NULL },
	{ OPT_ROOTLESS, "rootless", 0, NULL, "for a container of an ordinary user", NULL },
	OPTIONS_END,
};

static const struct option explain_options[] = {
	{ OPT_CONFIG, "config", 0, "FILE", "configuration (default: config.json in the bundle)", NULL },
	{ OPT_FORMAT, "format", 'f', "FORMAT", "text or json", explain_formats },
	OPTIONS_END,
};

static const struct option update_options[] = {
	{ OPT_RESOURCES, "resources", 'r', "FILE", "read linux.resources as JSON from FILE (-: standard input)",
	  NULL },
	{ OPT_BLKIO_WEIGHT, "blkio-weight", 0, "N", "share of block I/O, 10 to 1000", NULL },
	{ OPT_CPU_PERIOD, "cpu-period", 0, "US", "length of a CPU period in microseconds", NULL },
	{ OPT_CPU_QUOTA, "cpu-quota", 0, "US", "CPU time within a period in microseconds, -1 for no limit", NULL },
	{ OPT_CPU_BURST, "cpu-burst", 0, "US", "CPU time that may be saved up for later periods", NULL },
	{ OPT_CPU_SHARE, "cpu-share", 0, "N", "share of the CPUs against other containers", NULL },
	{ OPT_CPU_RT_PERIOD, "cpu-rt-period", 0, "US", "length of a period of real-time processes", NULL },
	{ OPT_CPU_RT_RUNTIME, "cpu-rt-runtime", 0, "US", "CPU time of real-time processes within their period",
	  NULL },
	{ OPT_CPUSET_CPUS, "cpuset-cpus", 0, "LIST", "CPUs to run on, such as 0-3,7", NULL },
	{ OPT_CPUSET_MEMS, "cpuset-mems", 0, "LIST", "memory nodes to use", NULL },
	{ OPT_CPU_IDLE, "cpu-idle", 0, "0|1", "1: only run when nobody else wants the CPU", NULL },
	{ OPT_KERNEL_MEMORY, "kernel-memory", 0, "SIZE", NULL, NULL },
	{ OPT_KERNEL_MEMORY_TCP, "kernel-memory-tcp", 0, "SIZE", NULL, NULL },
	{ OPT_MEMORY, "memory", 0, "SIZE", "limit of memory, e.g. 64M, -1 for none", NULL },
	{ OPT_MEMORY_RESERVATION, "memory-reservation", 0, "SIZE", "memory that is left when it gets scarce", NULL },
	{ OPT_MEMORY_SWAP, "memory-swap", 0, "SIZE", "limit of memory and swap together, -1 for none", NULL },
	{ OPT_PIDS_LIMIT, "pids-limit", 0, "N", "largest number of processes, -1 for no limit", NULL },
	{ OPT_L3_CACHE_SCHEMA, "l3-cache-schema", 0, "SCHEMA", "share of the L3 cache (Intel RDT)", NULL },
	{ OPT_MEM_BW_SCHEMA, "mem-bw-schema", 0, "SCHEMA", "share of memory bandwidth (Intel RDT)", NULL },
	OPTIONS_END,
};

static const struct option no_options[] = { OPTIONS_END };

const struct command commands[] = {
	{ "completion", "SHELL", "print a completion script for bash, fish or zsh", no_options, 1, 1, 0,
	  cmd_completion },
	{ "create", "ID", "create a container from a bundle; its program waits for start", create_options, 1,
	  1, 0, cmd_create },
	{ "delete", "ID...", "remove containers and all that berth made for them", delete_options, 1, ANY_OPERANDS,
	  0, cmd_delete },
	{ "events", "ID", "show statistics and lack of memory, as lines of JSON", events_options, 1, 1, 0,
	  cmd_events },
	{ "exec", "ID [PROGRAM [ARGUMENT]...]", "run one more process in a container", exec_options, 1, ANY_OPERANDS, 1,
	  cmd_exec },
	{ "explain", "[BUNDLE]", "show what berth would do with a bundle, and with which values",
	  explain_options, 0, 1, 0, cmd_explain },
	{ "features", "", "show what this berth supports, as JSON", no_options, 0, 0, 0, cmd_features },
	{ "kill", "ID [SIGNAL]", "send a signal (default TERM) to a container's init", kill_options, 1, 2, 0,
	  cmd_kill },
	{ "list", "", "list the containers", list_options, 0, 0, 0, cmd_list },
	{ "pause", "ID", "freeze all processes of a container", no_options, 1, 1, 0, cmd_pause },
	{ "ps", "ID [PS OPTION]...", "list the processes of a container", ps_options, 1, ANY_OPERANDS, 1, cmd_ps },
	{ "resume", "ID", "let a paused container go on", no_options, 1, 1, 0, cmd_resume },
	{ "run", "ID", "create a container, start it, wait for its end and delete it", run_options, 1, 1, 0,
	  cmd_run },
	{ "spec", "", "write a configuration to begin with", spec_options, 0, 0, 0, cmd_spec },
	{ "start", "ID", "start the program of a created container", start_options, 1, 1, 0, cmd_start },
	{ "state", "ID", "show the state of a container, as JSON", no_options, 1, 1, 0, cmd_state },
	{ "update", "ID", "change the limits of a container", update_options, 1, 1, 0, cmd_update },
	{ 0 },
};
