/* SPDX-License-Identifier: Apache-2.0 */
/* The process: its terminal, identity, environment and program. */
#include "libcontainer/compile/compiler.h"
#include "libcontainer/compile/seccomp.h"

#include "base/str.h"

#include <linux/sched.h>
#include <string.h>

#define UMASK_DEFAULT 0022
#define PERSONALITY_LINUX 0u
#define PERSONALITY_LINUX32 8u
#define CONSOLE_SIZE_MAX UINT16_MAX

static int check_terminal(struct compiler *c)
{
	const struct config_process *p = c->process;

	if (p->terminal.v && c->options->detached && !c->options->have_console_socket)
		return compiler_error(c, &p->terminal, USAGE,
				      "cannot allocate tty if berth will detach without setting console socket");
	if (c->options->have_console_socket && (!p->terminal.v || !c->options->detached))
		return compiler_error(c, p->terminal.set ? (const void *)&p->terminal : p, USAGE,
				      "cannot use console socket if berth will not detach or allocate tty");
	if (p->terminal.v && p->console_size
	    && (p->console_size->width > CONSOLE_SIZE_MAX || p->console_size->height > CONSOLE_SIZE_MAX))
		return compiler_error(c, &p->console_size, CONFIG_RANGE, "consoleSize");
	return 0;
}

static int check_labels(struct compiler *c)
{
	const struct config_process *p = c->process;

	if (!str_is_empty(p->apparmor_profile) && !streq(p->apparmor_profile, "unconfined")
	    && !c->host->apparmor)
		return compiler_error(c, &p->apparmor_profile, CONFIG_UNSUPPORTED,
				      "AppArmor profile \"%s\": AppArmor is not enabled on this host",
				      p->apparmor_profile);
	if (!str_is_empty(p->selinux_label) && !c->host->selinux)
		return compiler_error(c, &p->selinux_label, CONFIG_UNSUPPORTED,
				      "SELinux label \"%s\": SELinux is not enabled on this host",
				      p->selinux_label);
	return 0;
}

static bool is_mapped(const struct id_mappings *map, uint32_t id)
{
	for (size_t i = 0; i < map->n; i++)
		if (id >= map->v[i].container_id && id - map->v[i].container_id < map->v[i].size)
			return true;
	return false;
}

/* An id that the kernel would not take, or that would be -1, "leave it as it is", to a setter. */
static int check_id(struct compiler *c, const void *slot, const struct id_mappings *map, const char *word,
		    uint32_t id)
{
	if (id == UINT32_MAX)
		return compiler_error(c, slot, CONFIG_RANGE, "%s %u", word, id);
	if ((c->ns_new & CLONE_NEWUSER) && !is_mapped(map, id))
		return compiler_error(c, slot, CONFIG_CONFLICT, "%s %u is not mapped in the user namespace",
				      word, id);
	return 0;
}

/* As engines of rootless containers ask for: the caller's groups instead of any that are configured. */
static bool keeps_groups(const struct compiler *c)
{
	return annotation_find(c, ANNOTATION_KEEP_GROUPS) != NULL;
}

static int check_user(struct compiler *c)
{
	const struct config_user *u = &c->process->user;
	int r = check_id(c, u->uid.set ? (const void *)&u->uid : u, &c->linux_->uid_mappings, "uid", u->uid.v);

	if (r == 0)
		r = check_id(c, u->gid.set ? (const void *)&u->gid : u, &c->linux_->gid_mappings, "gid",
			     u->gid.v);
	for (size_t i = 0; r == 0 && i < u->n_additional_gids; i++)
		r = check_id(c, &u->additional_gids[i], &c->linux_->gid_mappings, "gid",
			     u->additional_gids[i]);
	if (r == 0 && u->n_additional_gids && c->deny_setgroups && !keeps_groups(c))
		return compiler_error(c, &u->additional_gids, CONFIG_CONFLICT,
				      "additionalGids need setgroups(2), which this user namespace denies");
	if (r == 0 && u->umask.v > 07777)
		return compiler_error(c, &u->umask, CONFIG_RANGE, "umask %u", u->umask.v);
	return r;
}

static int check_affinity(struct compiler *c)
{
	const struct config_exec_cpu_affinity *a = c->process->exec_cpu_affinity;

	/* For exec alone; what is wrong in it is said now all the same. */
	if (a && !str_is_empty(a->initial) && !is_cpu_list(a->initial))
		return compiler_error(c, &a->initial, CONFIG_VALUE, "\"%s\" is not a list such as \"0-3,7\"",
				      a->initial);
	if (a && !str_is_empty(a->final) && !is_cpu_list(a->final))
		return compiler_error(c, &a->final, CONFIG_VALUE, "\"%s\" is not a list such as \"0-3,7\"",
				      a->final);
	return 0;
}

int process_read(struct compiler *c)
{
	const struct config_process *p = c->process;
	int r;

	if (!p) {
		if (c->options->have_console_socket)
			return error_set(c->err, ERR_USAGE, 0,
					 "cannot use console socket if berth will not detach or allocate tty");
		return 0;
	}
	if (!p->args.n || !*p->args.v[0])
		return compiler_error(c, p->args.v ? (const void *)&p->args : p, CONFIG_MISSING, "process.args");
	if (!p->cwd || p->cwd[0] != '/')
		return compiler_error(c, p->cwd ? (const void *)&p->cwd : p, CONFIG_VALUE,
				      "cwd \"%s\" is not an absolute path", p->cwd ? p->cwd : "");
	r = check_terminal(c);
	if (r == 0)
		r = check_labels(c);
	if (r == 0)
		r = check_user(c);
	if (r == 0)
		r = check_affinity(c);
	c->keep_admin = (c->exec ? exec_keeps(c, OP_SECCOMP)
				 : c->linux_->seccomp || annotation_find(c, ANNOTATION_SECCOMP_DATA)) &&
			!p->no_new_privileges.v;
	return r;
}

int process_emit_console(struct compiler *c)
{
	const struct config_process *p = c->process;
	struct op_console op = { 0 };

	if (!p || !p->terminal.v)
		return 0;
	if (p->console_size) {
		op.width = (uint32_t)p->console_size->width;
		op.height = (uint32_t)p->console_size->height;
	}
	op.uid = p->user.uid.v;
	op.gid = p->user.gid.v;
	/* /dev/console is that of the first process. */
	op.mount = !c->exec && has_namespace(c, CLONE_NEWNS);
	compiler_emit(c, OP_CONSOLE, &op, &p->terminal);
	return 0;
}

static int emit_personality(struct compiler *c)
{
	static const struct name_value domains[] = {
		{ "LINUX", PERSONALITY_LINUX }, { "LINUX32", PERSONALITY_LINUX32 }, { NULL, 0 },
	};
	const struct config_personality *p = c->linux_->personality;
	const struct name_value *row;
	struct op_value op = { 0 };

	if (!p)
		return 0;
	row = p->domain ? name_find(domains, p->domain) : NULL;
	if (!row)
		return compiler_error(c, p->domain ? (const void *)&p->domain : p, CONFIG_VALUE,
				      "personality domain \"%s\"", p->domain ? p->domain : "");
	if (p->flags.n)
		return compiler_error(c, &p->flags.v[0], CONFIG_VALUE,
				      "personality flag \"%s\": the specification defines none", p->flags.v[0]);
	op.value = (uint32_t)row->value;
	compiler_emit(c, OP_PERSONALITY, &op, &c->linux_->personality);
	return 0;
}

static void emit_lsm(struct compiler *c)
{
	const struct config_process *p = c->process;
	const char *apparmor = c->host->apparmor && !str_is_empty(p->apparmor_profile) ? p->apparmor_profile
											: NULL;
	const char *selinux = str_is_empty(p->selinux_label) ? NULL : p->selinux_label;
	struct op_lsm op;

	if (!apparmor && !selinux)
		return;
	op.apparmor = emit_str(&c->emit, apparmor);
	op.selinux = emit_str(&c->emit, selinux);
	compiler_emit(c, OP_LSM, &op, apparmor ? &p->apparmor_profile : &p->selinux_label);
}

/* ---- environment ---- */

struct environment {
	char **v;
	size_t n;
};

/*
 * The variables in order; of several with one name the last one counts. An entry without '=' is a
 * name of its own: engines pass such through, and the program sees what was configured.
 */
static int env_dedupe(struct compiler *c, char **in, size_t n, struct environment *ret)
{
	size_t max = 16, kept = n;
	uint32_t *table;

	while (max < n * 2)
		max *= 2;
	table = arena_calloc(c->arena, max, sizeof(*table));
	ret->v = arena_calloc(c->arena, n + 1, sizeof(*ret->v));
	if (!table || !ret->v)
		return compiler_no_memory(c);
	/* From the end, so that the first one met is the one that counts. */
	for (size_t i = n; i-- > 0;) {
		size_t len = strcspn(in[i], "=");
		size_t at = emit_hash(in[i], len) & (max - 1);

		while (table[at]) {
			const char *have = in[table[at] - 1];

			if (strncmp(have, in[i], len) == 0 && (have[len] == '=' || !have[len]))
				break;
			at = (at + 1) & (max - 1);
		}
		if (table[at])
			continue;
		table[at] = (uint32_t)i + 1;
		ret->v[--kept] = in[i];
	}
	ret->v += kept;
	ret->n = n - kept;
	return 0;
}

static int env_make(struct compiler *c, struct environment *ret)
{
	const struct strings *env = &c->process->env;
	char **v = arena_calloc(c->arena, env->n + 5, sizeof(*v));
	size_t n = env->n;

	if (!v)
		return compiler_no_memory(c);
	for (size_t i = 0; i < n; i++)
		v[i] = env->v[i];
	if (c->options->listen_fds) {
		v[n++] = arena_printf(c->arena, "LISTEN_FDS=%u", c->options->listen_fds);
		/* The program is the first process of its pid namespace, which is what the protocol needs. */
		v[n++] = arena_strdup(c->arena, "LISTEN_PID=1");
		if (c->options->listen_names)
			v[n++] = arena_printf(c->arena, "LISTEN_FDNAMES=%s", c->options->listen_names);
	}
	if (c->options->notify_socket)
		v[n++] = arena_strdup(c->arena, "NOTIFY_SOCKET=/run/notify/notify.sock");
	for (size_t i = env->n; i < n; i++)
		if (!v[i])
			return compiler_no_memory(c);
	return env_dedupe(c, v, n, ret);
}

static const char *env_get(const struct environment *env, const char *prefix)
{
	for (size_t i = 0; i < env->n; i++) {
		const char *value = str_after(env->v[i], prefix);

		if (value)
			return value;
	}
	return NULL;
}

/* ---- the operations ---- */

static struct op_user user_operand(struct compiler *c)
{
	const struct config_user *u = &c->process->user;
	struct op_user op = { .uid = u->uid.v, .gid = u->gid.v };

	if (keeps_groups(c)) {
		op.flags = USER_KEEP_GROUPS;
		return op;
	}
	op.n_groups = (uint32_t)u->n_additional_gids;
	op.groups = emit_blob(&c->emit, u->additional_gids, u->n_additional_gids * sizeof(uint32_t));
	return op;
}

static void emit_identity(struct compiler *c, const struct environment *env)
{
	const struct config_process *p = c->process;
	struct op_user user = user_operand(c);
	struct op_value umask = { .value = p->user.umask.set ? p->user.umask.v : UMASK_DEFAULT };
	struct op_home home = { .uid = p->user.uid.v };
	struct op_path cwd = { .path = emit_str(&c->emit, p->cwd) };
	struct op_bounding bounding = { .keep = caps_bounding(c) };

	compiler_emit(c, OP_UMASK, &umask, p->user.umask.set ? &p->user.umask : NULL);
	compiler_emit(c, OP_STDIO, &user, &p->user);
	emit_lsm(c);
	if (!env_get(env, "HOME="))
		compiler_emit_own(c, OP_HOME, &home);
	compiler_emit(c, OP_CWD, &cwd, &p->cwd);
	compiler_emit(c, OP_BOUNDING, &bounding, p->capabilities ? &p->capabilities->bounding : NULL);
	compiler_emit(c, OP_USER, &user, &p->user);
}

int process_emit_create(struct compiler *c)
{
	const struct config_process *p = c->process;
	struct op_find_program find;
	struct environment env;
	int r = emit_personality(c);

	if (r < 0 || !p)
		return r;
	r = env_make(c, &env);
	if (r < 0)
		return r;
	emit_identity(c, &env);
	r = caps_emit(c);
	if (r < 0)
		return r;
	find.file = emit_str(&c->emit, p->args.v[0]);
	find.path = emit_str(&c->emit, env_get(&env, "PATH="));
	compiler_emit(c, OP_FIND_PROGRAM, &find, &p->args.v[0]);
	return 0;
}

/* A finished filter, given instead of a profile. */
static int emit_seccomp_data(struct compiler *c)
{
	struct op_seccomp op = { 0 };
	int r = annotation_filter(c, &op.filter);

	op.summary = emit_str(&c->emit, "given by annotation");
	if (r == 0)
		compiler_emit(c, OP_SECCOMP, &op, annotation_find(c, ANNOTATION_SECCOMP_DATA));
	return r;
}

static int emit_seccomp(struct compiler *c)
{
	const struct config_seccomp *conf = c->linux_->seccomp;
	const char *receiver = annotation_value(c, ANNOTATION_SECCOMP_RECEIVER);
	const struct seccomp_options options = {
		.native_arch = c->host->audit_arch,
		.have_listener = receiver != NULL,
		.fail_unknown = annotation_find(c, ANNOTATION_SECCOMP_UNKNOWN) != NULL,
	};
	struct seccomp_filter filter;
	struct op_seccomp op = { 0 };
	char summary[512];
	int r;

	if (c->exec)
		return exec_emit_seccomp(c);
	if (annotation_find(c, ANNOTATION_SECCOMP_DATA))
		return emit_seccomp_data(c);
	if (!conf)
		return 0;
	r = seccomp_compile(c->doc, conf, &options, c->arena, &filter, c->err);
	if (r < 0)
		return r;
	seccomp_describe(&filter, summary, sizeof(summary));
	op.flags = filter.flags;
	op.notify = filter.notify;
	op.filter = emit_blob(&c->emit, filter.insns, filter.n * sizeof(*filter.insns));
	if (filter.notify) {
		op.listener_path = emit_str(&c->emit, conf->listener_path ? conf->listener_path : receiver);
		op.listener_metadata = emit_str(&c->emit, conf->listener_metadata);
	}
	op.summary = emit_str(&c->emit, summary);
	compiler_emit(c, OP_SECCOMP, &op, &c->linux_->seccomp);
	c->seccomp_notify = filter.notify;
	return 0;
}

int process_emit_start(struct compiler *c)
{
	const struct config_process *p = c->process;
	struct environment env;
	struct op_exec op;
	int r = limits_emit(c, OP_RLIMIT);

	if (r == 0)
		r = hooks_emit(c, HOOK_START_CONTAINER, OP_HOOK_INIT);
	if (r < 0)
		return r;
	if (p->no_new_privileges.v)
		compiler_emit(c, OP_NO_NEW_PRIVS, NULL, &p->no_new_privileges);
	r = emit_seccomp(c);
	if (r == 0)
		r = env_make(c, &env);
	if (r < 0)
		return r;
	op.args = emit_strv(&c->emit, p->args.v, p->args.n);
	op.env = emit_strv(&c->emit, env.v, env.n);
	compiler_emit(c, OP_EXEC, &op, &p->args);
	return 0;
}
