/* SPDX-License-Identifier: Apache-2.0 */
/* config.json: linux.seccomp. */
#include "spec/config-tables.h"

static const struct row arg_rows[] = {
	ROW_PLAIN(struct config_seccomp_arg, "index", index, ROW_U32, .flags = ROW_REQUIRED),
	ROW_PLAIN(struct config_seccomp_arg, "value", value, ROW_U64, .flags = ROW_REQUIRED),
	ROW_OPT(struct config_seccomp_arg, "valueTwo", value_two, ROW_U64),
	ROW_STR(struct config_seccomp_arg, "op", op, .flags = ROW_REQUIRED),
};
static const struct table arg_table = TABLE("seccomp argument", struct config_seccomp_arg, arg_rows);

static const struct row rule_rows[] = {
	ROW_WORDS(struct config_seccomp_rule, "names", names, .flags = ROW_REQUIRED | ROW_NONEMPTY),
	ROW_STR(struct config_seccomp_rule, "action", action, .flags = ROW_REQUIRED),
	ROW_OPT(struct config_seccomp_rule, "errnoRet", errno_ret, ROW_U32),
	ROW_LIST(struct config_seccomp_rule, "args", args, n_args, &arg_table),
};
static const struct table rule_table = TABLE("seccomp rule", struct config_seccomp_rule, rule_rows);

static const struct row seccomp_rows[] = {
	ROW_STR(struct config_seccomp, "defaultAction", default_action, .flags = ROW_REQUIRED),
	ROW_OPT(struct config_seccomp, "defaultErrnoRet", default_errno_ret, ROW_U32),
	ROW_WORDS(struct config_seccomp, "architectures", architectures),
	ROW_WORDS(struct config_seccomp, "flags", flags, .flags = ROW_PRESENT,
		  .present_offset = offsetof(struct config_seccomp, has_flags)),
	ROW_STR(struct config_seccomp, "listenerPath", listener_path),
	ROW_STR(struct config_seccomp, "listenerMetadata", listener_metadata),
	ROW_LIST(struct config_seccomp, "syscalls", syscalls, n_syscalls, &rule_table),
};
const struct table config_seccomp_table = TABLE("seccomp profile", struct config_seccomp, seccomp_rows);
