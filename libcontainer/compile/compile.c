/* SPDX-License-Identifier: Apache-2.0 */
/* The order of everything. Each subject has a file of its own. */
#include "libcontainer/compile/compile.h"

#include "base/buf.h"
#include "base/str.h"
#include "libcontainer/compile/systemd.h"
#include "spec/json-write.h"

#include <errno.h>
#include <linux/sched.h>
#include <string.h>

#define OCI_VERSION "1.3.0"

int compiler_no_memory(struct compiler *c)
{
	return error_set(c->err, ERR_NO_MEMORY, ENOMEM, "compiling the configuration");
}

void compiler_emit_sized(struct compiler *c, enum op_type type, const void *operand, const void *slot,
			 size_t slot_size)
{
	char pointer[256];
	unsigned line = 0, column;

	if (!slot || !document_where_sized(c->doc, slot, slot_size, pointer, sizeof(pointer),
					   &line, &column)) {
		emit_op(&c->emit, type, operand, NULL, 0);
		return;
	}
	emit_op(&c->emit, type, operand, pointer, line);
}

int compiler_warn(struct compiler *c, const char *fmt, ...)
{
	struct compiled *out = c->compiled;
	char **v = out->warnings;
	va_list ap;

	v = arena_regrow(c->arena, v, out->n_warnings, out->n_warnings + 1, sizeof(*v));
	if (!v)
		return compiler_no_memory(c);
	out->warnings = v;
	va_start(ap, fmt);
	v[out->n_warnings] = arena_vprintf(c->arena, fmt, ap);
	va_end(ap);
	if (!v[out->n_warnings])
		return compiler_no_memory(c);
	out->n_warnings++;
	return 0;
}

char *compiler_clean_path(struct compiler *c, const char *path)
{
	char *out = arena_alloc(c->arena, strlen(path) + 2);
	size_t len = 0;

	if (!out)
		return NULL;
	while (*path) {
		size_t n = strcspn(path, "/");

		if (n == 2 && path[0] == '.' && path[1] == '.') {
			while (len && out[--len] != '/')
				;
		} else if (n && !(n == 1 && path[0] == '.')) {
			out[len++] = '/';
			memcpy(out + len, path, n);
			len += n;
		}
		path += n;
		path += *path == '/';
	}
	if (!len)
		out[len++] = '/';
	out[len] = 0;
	return out;
}

bool compiler_number(const char **s, uint32_t *ret)
{
	const char *p = *s;
	uint64_t v = 0;

	for (; *p >= '0' && *p <= '9'; p++) {
		v = v * 10 + (uint64_t)(*p - '0');
		if (v > UINT32_MAX)
			return false;
	}
	if (p == *s)
		return false;
	*s = p;
	*ret = (uint32_t)v;
	return true;
}

/* A label that nothing would enforce is an error, not a comfort. */
static int check_mount_label(struct compiler *c)
{
	const struct config_linux *l = c->linux_;

	if (!str_is_empty(l->mount_label) && !c->host->selinux)
		return compiler_error(c, &l->mount_label, CONFIG_UNSUPPORTED,
				      "mountLabel \"%s\": SELinux is not enabled on this host", l->mount_label);
	return 0;
}

static int emit_cgroups_now(struct compiler *c)
{
	int r;

	if (!c->cgroup_path)
		return cgroup_has_limits(c)
			       ? compiler_warn(c, "linux.resources has no effect without cgroups") : 0;
	r = c->systemd ? 0 : cgroup_emit_create(c);
	if (r == 0)
		r = cgroup_emit_values(c);
	if (r == 0)
		r = cgroup_emit_devices(c);
	if (r < 0)
		return r;
	cgroup_emit_subgroup(c);
	return cgroup_emit_owner(c);
}

/* Systemd makes no cgroup without a process in it, so that then the clone comes first. */
static int emit_cgroups(struct compiler *c)
{
	return c->systemd ? 0 : emit_cgroups_now(c);
}

static int emit_systemd_cgroups(struct compiler *c)
{
	return c->systemd ? emit_cgroups_now(c) : 0;
}

static int emit_keyring(struct compiler *c)
{
	struct op_keyring op;

	if (c->options->no_new_keyring)
		return 0;
	op.name = emit_strf(&c->emit, "_ses.%s", c->options->id);
	op.label = c->process && !str_is_empty(c->process->selinux_label)
			   ? emit_str(&c->emit, c->process->selinux_label)
			   : 0;
	compiler_emit_own(c, OP_KEYRING, &op);
	return 0;
}

static int emit_runtime_hooks(struct compiler *c)
{
	int r;

	if (!hooks_any(c, HOOK_PRESTART) && !hooks_any(c, HOOK_CREATE_RUNTIME))
		return 0;
	compiler_emit_own(c, OP_SYNC, NULL);
	r = hooks_emit(c, HOOK_PRESTART, OP_HOOK_RUNTIME);
	return r < 0 ? r : hooks_emit(c, HOOK_CREATE_RUNTIME, OP_HOOK_RUNTIME);
}

static int emit_create_container_hooks(struct compiler *c)
{
	return hooks_emit(c, HOOK_CREATE_CONTAINER, OP_HOOK_INIT);
}

static int emit_state_reserve(struct compiler *c)
{
	compiler_emit_own(c, OP_STATE_RESERVE, NULL);
	return 0;
}

static int emit_join(struct compiler *c)
{
	namespaces_emit_join(c);
	return 0;
}

void compiler_emit_first_sync(struct compiler *c)
{
	const struct emit *e = &c->emit;

	if (e->n_ops > 0 && e->ops[e->n_ops - 1].type != OP_CLONE)
		compiler_emit_own(c, OP_SYNC, NULL);
}

static int emit_enter_cgroups(struct compiler *c)
{
	compiler_emit_first_sync(c);
	cgroup_emit_enter(c);
	return 0;
}

static int emit_deferred(struct compiler *c)
{
	mounts_emit_deferred(c);
	return 0;
}

void compiler_emit_output(struct compiler *c, enum op_type type, const char *path)
{
	struct op_output op = { .path = emit_str(&c->emit, path) };

	if (path)
		compiler_emit_own(c, type, &op);
}

static int emit_end_of_create(struct compiler *c)
{
	compiler_emit_own(c, OP_WAIT_START, NULL);
	compiler_emit_own(c, OP_RECORD, NULL);
	compiler_emit_output(c, OP_PID_FILE, c->options->pid_file);
	/* The caller's own word goes before that of the configuration. */
	compiler_emit_output(c, OP_PIDFD_SOCKET, c->options->pidfd_socket
							 ? c->options->pidfd_socket
							 : annotation_value(c, ANNOTATION_PIDFD_RECEIVER));
	compiler_emit_own(c, OP_COMMIT, NULL);
	return 0;
}

static int emit_start(struct compiler *c)
{
	int r = c->process ? process_emit_start(c) : 0;

	if (r == 0)
		r = hooks_emit(c, HOOK_POSTSTART, OP_HOOK_RUNTIME);
	return r < 0 ? r : hooks_emit(c, HOOK_POSTSTOP, OP_HOOK_RUNTIME);
}

/* First what can be wrong with the whole, then the program in the order in which it runs. */
static int (*const steps[])(struct compiler *c) = {
	check_mount_label,
	annotations_read,
	namespaces_read,
	rootfs_read,
	process_read,
	hierarchy_read,
	cgroup_below_read,
	/* create: the runtime */
	emit_state_reserve,
	hooks_emit_output,
	emit_cgroups,
	emit_join,
	process_emit_oom_score,
	namespaces_emit_clone,
	emit_systemd_cgroups,
	rdt_emit,
	process_emit_runtime,
	net_devices_emit,
	/* create: init */
	emit_enter_cgroups,
	namespaces_emit_enter,
	cgroup_emit_delegate,
	emit_keyring,
	rootfs_emit_open,
	mounts_emit,
	devices_emit,
	process_emit_console,
	emit_runtime_hooks,
	emit_create_container_hooks,
	emit_deferred,
	rootfs_emit_enter,
	sysctl_emit,
	rootfs_emit_paths,
	process_emit_scheduler,
	memory_policy_emit,
	process_emit_create,
	emit_end_of_create,
	/* start */
	emit_start,
};

/*
 * The state document in its two parts. What stands between them, a status of the runtime's and a
 * number, needs no escaping; the rest is written by the JSON writer and cut apart between the status's quotes.
 */
static int make_state(struct compiler *c, pstr *ret_head, pstr *ret_tail)
{
	static const char middle[] = "\",\"pid\":0";
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct json_writer w;
	size_t head;
	int r;

	json_start(&w, &text, NULL);
	json_open(&w, '{');
	json_member_string(&w, "ociVersion", OCI_VERSION);
	json_member_string(&w, "id", c->options->id);
	json_member_string(&w, "status", "");
	head = text.len - 1;
	json_member_u64(&w, "pid", 0);
	json_member_string(&w, "bundle", c->options->bundle);
	if (c->config->annotations.n) {
		json_member_open(&w, "annotations", '{');
		for (size_t i = 0; i < c->config->annotations.n; i++)
			json_member_string(&w, c->config->annotations.v[i].name,
					   c->config->annotations.v[i].value);
		json_close(&w);
	}
	json_close(&w);
	r = json_finish(&w, c->err);
	if (r < 0)
		return r;
	if (text.failed)
		return compiler_no_memory(c);
	*ret_head = emit_strn(&c->emit, text.data, head);
	*ret_tail = emit_str(&c->emit, text.data + head + sizeof(middle) - 1);
	return 0;
}

uint32_t compiler_flags(const struct compiler *c)
{
	uint32_t flags = 0;

	if (!c->process)
		flags |= PROGRAM_NO_PROCESS;
	else if (c->process->terminal.v)
		flags |= PROGRAM_TERMINAL;
	if (c->ns_new & CLONE_NEWUSER)
		flags |= PROGRAM_NEW_USERNS;
	if (c->seccomp_notify)
		flags |= PROGRAM_SECCOMP_NOTIFY;
	return flags;
}

int compile(const struct document *doc, const struct config *config, const struct host *host,
	    const struct compile_options *options, struct arena *arena, struct compiled *ret,
	    struct error *err)
{
	static const struct config_linux no_linux;
	struct compiled compiled = { 0 };
	struct compiler c = { .doc = doc, .config = config, .process = config->process, .host = host,
			      .linux_ = config->linux_ ? config->linux_ : &no_linux, .options = options,
			      .arena = arena, .err = err, .compiled = &compiled };
	pstr head = 0, tail = 0;
	int r;

	emit_init(&c.emit, arena);
	r = make_state(&c, &head, &tail);
	if (r < 0)
		return r;
	for (size_t i = 0; i < ELEMENTSOF(steps); i++) {
		r = steps[i](&c);
		if (r < 0)
			return r;
	}
	r = emit_finish(&c.emit, compiler_flags(&c), head, tail, &compiled.program, &compiled.program_size, err);
	if (r == 0)
		r = keep_make(arena, &compiled, err);
	if (r < 0)
		return r;
	*ret = compiled;
	return 0;
}
