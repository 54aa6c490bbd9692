/* SPDX-License-Identifier: Apache-2.0 */
/* config.json: process and hooks. */
#include "spec/check.h"
#include "spec/config-tables.h"

static const struct row console_size_rows[] = {
	ROW_PLAIN(struct config_console_size, "height", height, ROW_U64, .flags = ROW_REQUIRED),
	ROW_PLAIN(struct config_console_size, "width", width, ROW_U64, .flags = ROW_REQUIRED),
};
static const struct table console_size_table =
	TABLE("console size", struct config_console_size, console_size_rows);

static const struct row user_rows[] = {
	ROW_OPT(struct config_user, "uid", uid, ROW_U32),
	ROW_OPT(struct config_user, "gid", gid, ROW_U32),
	ROW_OPT(struct config_user, "umask", umask, ROW_U32),
	ROW_MANY(struct config_user, "additionalGids", additional_gids, n_additional_gids, ROW_U32S),
	ROW_STR(struct config_user, "username", username),
};
static const struct table user_table = TABLE("user", struct config_user, user_rows);

static const struct row capabilities_rows[] = {
	ROW_WORDS(struct config_capabilities, "bounding", bounding),
	ROW_WORDS(struct config_capabilities, "effective", effective),
	ROW_WORDS(struct config_capabilities, "inheritable", inheritable),
	ROW_WORDS(struct config_capabilities, "permitted", permitted),
	ROW_WORDS(struct config_capabilities, "ambient", ambient),
};
static const struct table capabilities_table =
	TABLE("capabilities", struct config_capabilities, capabilities_rows);

static const struct row rlimit_rows[] = {
	ROW_STR(struct config_rlimit, "type", type, .flags = ROW_REQUIRED, .check = &check_rlimit),
	ROW_PLAIN(struct config_rlimit, "hard", hard, ROW_U64, .flags = ROW_REQUIRED),
	ROW_PLAIN(struct config_rlimit, "soft", soft, ROW_U64, .flags = ROW_REQUIRED),
};
static const struct table rlimit_table = TABLE("rlimit", struct config_rlimit, rlimit_rows);

static const struct row io_priority_rows[] = {
	ROW_STR(struct config_io_priority, "class", class_, .flags = ROW_REQUIRED),
	ROW_OPT(struct config_io_priority, "priority", priority, ROW_I32),
};
static const struct table io_priority_table =
	TABLE("I/O priority", struct config_io_priority, io_priority_rows);

static const struct row scheduler_rows[] = {
	ROW_STR(struct config_scheduler, "policy", policy, .flags = ROW_REQUIRED),
	ROW_OPT(struct config_scheduler, "nice", nice, ROW_I32),
	ROW_OPT(struct config_scheduler, "priority", priority, ROW_I32),
	ROW_WORDS(struct config_scheduler, "flags", flags),
	ROW_OPT(struct config_scheduler, "runtime", runtime, ROW_U64),
	ROW_OPT(struct config_scheduler, "deadline", deadline, ROW_U64),
	ROW_OPT(struct config_scheduler, "period", period, ROW_U64),
};
static const struct table scheduler_table = TABLE("scheduler", struct config_scheduler, scheduler_rows);

static const struct row cpu_affinity_rows[] = {
	ROW_STR(struct config_exec_cpu_affinity, "initial", initial, .check = &check_cpu_list),
	ROW_STR(struct config_exec_cpu_affinity, "final", final, .check = &check_cpu_list),
};
static const struct table cpu_affinity_table =
	TABLE("CPU affinity", struct config_exec_cpu_affinity, cpu_affinity_rows);

static const struct row process_rows[] = {
	ROW_OPT(struct config_process, "terminal", terminal, ROW_BOOL),
	ROW_PTR(struct config_process, "consoleSize", console_size, &console_size_table),
	ROW_IN(struct config_process, "user", user, &user_table),
	ROW_WORDS(struct config_process, "args", args),
	ROW_STR(struct config_process, "commandLine", command_line),
	ROW_WORDS(struct config_process, "env", env),
	ROW_STR(struct config_process, "cwd", cwd, .flags = ROW_REQUIRED, .check = &check_absolute),
	ROW_PTR(struct config_process, "capabilities", capabilities, &capabilities_table),
	ROW_LIST(struct config_process, "rlimits", rlimits, n_rlimits, &rlimit_table),
	ROW_OPT(struct config_process, "noNewPrivileges", no_new_privileges, ROW_BOOL),
	ROW_STR(struct config_process, "apparmorProfile", apparmor_profile),
	ROW_OPT(struct config_process, "oomScoreAdj", oom_score_adj, ROW_I64),
	ROW_PTR(struct config_process, "scheduler", scheduler, &scheduler_table),
	ROW_STR(struct config_process, "selinuxLabel", selinux_label),
	ROW_PTR(struct config_process, "ioPriority", io_priority, &io_priority_table),
	ROW_PTR(struct config_process, "execCPUAffinity", exec_cpu_affinity, &cpu_affinity_table),
};
const struct table config_process_table = TABLE("process", struct config_process, process_rows);

static const struct row hook_rows[] = {
	ROW_STR(struct config_hook, "path", path, .flags = ROW_REQUIRED, .check = &check_absolute),
	ROW_WORDS(struct config_hook, "args", args),
	ROW_WORDS(struct config_hook, "env", env, .flags = ROW_PRESENT,
		  .present_offset = offsetof(struct config_hook, has_env)),
	ROW_OPT_FLAGS(struct config_hook, "timeout", timeout, ROW_I64, ROW_RANGE, .min = 1, .max = INT64_MAX),
};
static const struct table hook_table = TABLE("hook", struct config_hook, hook_rows);

#define HOOKS(name_, kind_) \
	ROW_LIST(struct config_hooks, name_, kind[kind_].v, kind[kind_].n, &hook_table)

/* In the order of enum hook_kind. */
static const struct row hooks_rows[HOOK_KIND_MAX] = {
	HOOKS("prestart", HOOK_PRESTART),
	HOOKS("createRuntime", HOOK_CREATE_RUNTIME),
	HOOKS("createContainer", HOOK_CREATE_CONTAINER),
	HOOKS("startContainer", HOOK_START_CONTAINER),
	HOOKS("poststart", HOOK_POSTSTART),
	HOOKS("poststop", HOOK_POSTSTOP),
};
const struct table config_hooks_table = TABLE("hooks", struct config_hooks, hooks_rows);

const char *hook_kind_name(enum hook_kind kind)
{
	return (unsigned) kind < HOOK_KIND_MAX ? hooks_rows[kind].name : NULL;
}
