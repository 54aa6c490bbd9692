/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program in words. The table of operations says which operands there are; the tables here say which
 * of them are more than numbers. Operands that are absent, zero or empty are left out of the text.
 */
#include "base/buf.h"
#include "base/str.h"
#include "libcontainer/compile/compile.h"
#include "libcontainer/program.h"
#include "spec/json-write.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <string.h>
#include <sys/stat.h>

/* How the value of one operand is worded. */
enum wording { WORD_FLAGS, WORD_ONE, WORD_CAPS, WORD_ATTR, WORD_NUMBER };

struct word_row {
	enum op_type op;
	const char *field;
	enum wording wording;
	const struct name_value *names;
};

static const struct name_value clone_names[] = {
	{ "user", CLONE_NEWUSER }, { "ipc", CLONE_NEWIPC },       { "uts", CLONE_NEWUTS },
	{ "net", CLONE_NEWNET },   { "pid", CLONE_NEWPID },       { "cgroup", CLONE_NEWCGROUP },
	{ "time", CLONE_NEWTIME }, { "mount", CLONE_NEWNS },      { NULL, 0 },
};

static const struct name_value sb_names[] = {
	{ "ro", MS_RDONLY },        { "sync", MS_SYNCHRONOUS }, { "dirsync", MS_DIRSYNC },
	{ "lazytime", MS_LAZYTIME }, { "mand", MS_MANDLOCK },   { "silent", MS_SILENT },
	{ "iversion", MS_I_VERSION }, { NULL, 0 },
};

static const struct name_value attr_names[] = {
	{ "ro", MOUNT_ATTR_RDONLY },         { "nosuid", MOUNT_ATTR_NOSUID },
	{ "nodev", MOUNT_ATTR_NODEV },       { "noexec", MOUNT_ATTR_NOEXEC },
	{ "nodiratime", MOUNT_ATTR_NODIRATIME }, { "nosymfollow", MOUNT_ATTR_NOSYMFOLLOW },
	{ NULL, 0 },
};

static const struct name_value atime_names[] = {
	{ "noatime", MOUNT_ATTR_NOATIME }, { "strictatime", MOUNT_ATTR_STRICTATIME }, { NULL, 0 },
};

static const struct name_value propagation_names[] = {
	{ "shared", MS_SHARED },         { "slave", MS_SLAVE },
	{ "private", MS_PRIVATE },       { "unbindable", MS_UNBINDABLE },
	{ "rshared", MS_SHARED | MS_REC },   { "rslave", MS_SLAVE | MS_REC },
	{ "rprivate", MS_PRIVATE | MS_REC }, { "runbindable", MS_UNBINDABLE | MS_REC },
	{ NULL, 0 },
};

static const struct name_value mount_kinds[] = {
	{ "new", MOUNT_KIND_NEW }, { "bind", MOUNT_KIND_BIND }, { "remount", MOUNT_KIND_REMOUNT }, { NULL, 0 },
};

static const struct name_value mount_flags[] = {
	{ "recursive", MOUNT_RECURSIVE },       { "real-dir", MOUNT_REAL_DIR },
	{ "tmpcopyup", MOUNT_TMPCOPYUP },       { "from-runtime", MOUNT_FROM_RUNTIME },
	{ "copy-symlink", MOUNT_COPY_SYMLINK }, { "src-nofollow", MOUNT_SRC_NOFOLLOW },
	{ "dest-nofollow", MOUNT_DEST_NOFOLLOW }, { "idmap", MOUNT_IDMAP },
	{ "idmap-recursive", MOUNT_IDMAP_RECURSIVE }, { "optional", MOUNT_OPTIONAL }, { NULL, 0 },
};

static const struct name_value cgroup_create_flags[] = { { "optional", CGROUP_CREATE_OPTIONAL }, { NULL, 0 } };
static const struct name_value cgroup_controllers_flags[] = { { "all", CGROUP_CONTROLLERS_ALL }, { NULL, 0 } };

static const struct name_value cgroup_set_flags[] = {
	{ "if-new", CGROUP_SET_IF_NEW }, { "optional", CGROUP_SET_OPTIONAL },
	{ "check-usage", CGROUP_SET_CHECK_USAGE }, { "second-word", CGROUP_SET_SECOND }, { NULL, 0 },
};

static const struct name_value rdt_flags[] = {
	{ "must-exist", RDT_MUST_EXIST }, { "own", RDT_OWN }, { NULL, 0 },
};

static const struct name_value device_flags[] = {
	{ "default", DEVICE_DEFAULT }, { "bind", DEVICE_BIND }, { NULL, 0 },
};

static const struct name_value device_types[] = {
	{ "c", S_IFCHR }, { "b", S_IFBLK }, { "p", S_IFIFO }, { NULL, 0 },
};

static const struct name_value symlink_flags[] = {
	{ "if-target", SYMLINK_IF_TARGET }, { "replace", SYMLINK_REPLACE }, { NULL, 0 },
};

static const struct name_value enter_methods[] = {
	{ "pivot", ROOT_ENTER_PIVOT }, { "move", ROOT_ENTER_MOVE }, { "chroot", ROOT_ENTER_CHROOT }, { NULL, 0 },
};

static const struct name_value root_flags[] = { { "no-mount-namespace", ROOT_NO_MOUNT_NS }, { NULL, 0 } };
static const struct name_value user_flags[] = { { "keep-groups", USER_KEEP_GROUPS }, { NULL, 0 } };
static const struct name_value caps_flags[] = { { "keep-admin", CAPS_KEEP_ADMIN }, { NULL, 0 } };

static const struct name_value hook_kinds[] = {
	{ "prestart", HOOK_PRESTART },
	{ "createRuntime", HOOK_CREATE_RUNTIME },
	{ "createContainer", HOOK_CREATE_CONTAINER },
	{ "startContainer", HOOK_START_CONTAINER },
	{ "poststart", HOOK_POSTSTART },
	{ "poststop", HOOK_POSTSTOP },
	{ NULL, 0 },
};

static const struct name_value streams[] = { { "stdout", 0 }, { "stderr", 1 }, { NULL, 0 } };

static const struct name_value rlimit_names[] = {
	{ "cpu", 0 },      { "fsize", 1 },   { "data", 2 },   { "stack", 3 },
	{ "core", 4 },     { "rss", 5 },     { "nproc", 6 },  { "nofile", 7 },
	{ "memlock", 8 },  { "as", 9 },      { "locks", 10 }, { "sigpending", 11 },
	{ "msgqueue", 12 }, { "nice", 13 },  { "rtprio", 14 }, { "rttime", 15 },
	{ NULL, 0 },
};

static const struct name_value personality_names[] = { { "linux", 0 }, { "linux32", 8 }, { NULL, 0 } };

static const struct name_value memory_policies[] = {
	{ "default", 0 },    { "preferred", 1 },      { "bind", 2 },                { "interleave", 3 },
	{ "local", 4 },      { "preferred-many", 5 }, { "weighted-interleave", 6 }, { NULL, 0 },
};

static const struct name_value memory_policy_flags[] = {
	{ "static", 1 << 15 }, { "relative", 1 << 14 }, { "numa-balancing", 1 << 13 }, { NULL, 0 },
};

static const struct name_value policy_names[] = {
	{ "other", SCHED_NORMAL }, { "fifo", SCHED_FIFO }, { "rr", SCHED_RR },           { "batch", SCHED_BATCH },
	{ "iso", 4 },              { "idle", SCHED_IDLE }, { "deadline", SCHED_DEADLINE }, { NULL, 0 },
};

static const struct word_row word_rows[] = {
	{ OP_CGROUP_CREATE, "flags", WORD_FLAGS, cgroup_create_flags },
	{ OP_CGROUP_CONTROLLERS, "flags", WORD_FLAGS, cgroup_controllers_flags },
	{ OP_CGROUP_SET, "flags", WORD_FLAGS, cgroup_set_flags },
	{ OP_CGROUP_DEVICES, "flags", WORD_FLAGS, cgroup_set_flags },
	{ OP_CGROUP_OWNER, "uid", WORD_NUMBER, NULL },
	{ OP_CGROUP_OWNER, "flags", WORD_FLAGS, cgroup_set_flags },
	{ OP_CGROUP_ENTER, "flags", WORD_FLAGS, cgroup_create_flags },
	{ OP_NAMESPACE_JOIN, "type", WORD_ONE, clone_names },
	{ OP_CLONE, "flags", WORD_FLAGS, clone_names },
	{ OP_INIT_JOIN, "flags", WORD_FLAGS, clone_names },
	{ OP_UNSHARE, "flags", WORD_FLAGS, clone_names },
	{ OP_RDT, "flags", WORD_FLAGS, rdt_flags },
	{ OP_RLIMIT_RAISE, "resource", WORD_ONE, rlimit_names },
	{ OP_RLIMIT, "resource", WORD_ONE, rlimit_names },
	{ OP_SCHEDULER, "policy", WORD_ONE, policy_names },
	{ OP_HOOK_RUNTIME, "kind", WORD_ONE, hook_kinds },
	{ OP_HOOK_INIT, "kind", WORD_ONE, hook_kinds },
	{ OP_HOOK_RUNTIME, "index", WORD_NUMBER, NULL },
	{ OP_HOOK_INIT, "index", WORD_NUMBER, NULL },
	{ OP_HOOK_OUTPUT, "stream", WORD_ONE, streams },
	{ OP_ROOT_OPEN, "propagation", WORD_ONE, propagation_names },
	{ OP_ROOT_OPEN, "flags", WORD_FLAGS, root_flags },
	{ OP_ROOT_PROPAGATION, "flags", WORD_ONE, propagation_names },
	{ OP_ROOT_ENTER, "method", WORD_ONE, enter_methods },
	{ OP_MOUNT, "kind", WORD_ONE, mount_kinds },
	{ OP_MOUNT, "flags", WORD_FLAGS, mount_flags },
	{ OP_MOUNT, "sb_set", WORD_FLAGS, sb_names },
	{ OP_MOUNT, "sb_clear", WORD_FLAGS, sb_names },
	{ OP_MOUNT, "attr_set", WORD_ATTR, attr_names },
	{ OP_MOUNT, "attr_clear", WORD_ATTR, attr_names },
	{ OP_MOUNT, "rattr_set", WORD_ATTR, attr_names },
	{ OP_MOUNT, "rattr_clear", WORD_ATTR, attr_names },
	{ OP_MOUNT, "propagation", WORD_ONE, propagation_names },
	{ OP_DEVICE, "type", WORD_ONE, device_types },
	{ OP_DEVICE, "major", WORD_NUMBER, NULL },
	{ OP_DEVICE, "minor", WORD_NUMBER, NULL },
	{ OP_DEVICE, "uid", WORD_NUMBER, NULL },
	{ OP_DEVICE, "gid", WORD_NUMBER, NULL },
	{ OP_DEVICE, "flags", WORD_FLAGS, device_flags },
	{ OP_SYMLINK, "flags", WORD_FLAGS, symlink_flags },
	{ OP_OOM_SCORE, "value", WORD_NUMBER, NULL },
	{ OP_MEMORY_POLICY, "mode", WORD_ONE, memory_policies },
	{ OP_MEMORY_POLICY, "flags", WORD_FLAGS, memory_policy_flags },
	{ OP_PERSONALITY, "value", WORD_ONE, personality_names },
	{ OP_UMASK, "value", WORD_NUMBER, NULL },
	{ OP_RLIMIT_RAISE, "soft", WORD_NUMBER, NULL },
	{ OP_RLIMIT_RAISE, "hard", WORD_NUMBER, NULL },
	{ OP_RLIMIT, "soft", WORD_NUMBER, NULL },
	{ OP_RLIMIT, "hard", WORD_NUMBER, NULL },
	{ OP_STDIO, "uid", WORD_NUMBER, NULL },
	{ OP_STDIO, "gid", WORD_NUMBER, NULL },
	{ OP_USER, "uid", WORD_NUMBER, NULL },
	{ OP_USER, "gid", WORD_NUMBER, NULL },
	{ OP_USER, "flags", WORD_FLAGS, user_flags },
	{ OP_STDIO, "flags", WORD_FLAGS, user_flags },
	{ OP_HOME, "uid", WORD_NUMBER, NULL },
	{ OP_BOUNDING, "keep", WORD_CAPS, NULL },
	{ OP_CAPABILITIES, "effective", WORD_CAPS, NULL },
	{ OP_CAPABILITIES, "permitted", WORD_CAPS, NULL },
	{ OP_CAPABILITIES, "inheritable", WORD_CAPS, NULL },
	{ OP_CAPABILITIES, "ambient", WORD_CAPS, NULL },
	{ OP_CAPABILITIES, "flags", WORD_FLAGS, caps_flags },
};

static const struct word_row *word_find(uint32_t op, const char *field)
{
	for (size_t i = 0; i < ELEMENTSOF(word_rows); i++)
		if (word_rows[i].op == op && streq(word_rows[i].field, field))
			return &word_rows[i];
	return NULL;
}

static void add_separator(struct buf *out)
{
	if (out->len)
		buf_addc(out, ',');
}

/* Bits with names, then what is left of them as a number. */
static void word_bits(struct buf *out, const struct name_value *names, uint64_t v)
{
	for (; names->name; names++)
		if (names->value && (v & names->value) == names->value) {
			add_separator(out);
			buf_adds(out, names->name);
			v &= ~names->value;
		}
	if (v) {
		add_separator(out);
		buf_addf(out, "0x%" PRIx64, v);
	}
}

/* The access time is one value of several bits: all of them in a mask to clear are "atime". */
static void word_attr(struct buf *out, uint64_t v)
{
	uint64_t atime = v & MOUNT_ATTR__ATIME;

	if (atime == MOUNT_ATTR__ATIME)
		buf_adds(out, "atime");
	else if (atime)
		word_bits(out, atime_names, atime);
	word_bits(out, attr_names, v & ~(uint64_t)MOUNT_ATTR__ATIME);
}

static void word_caps(struct buf *out, uint64_t v)
{
	for (unsigned cap = 0; cap < 64; cap++) {
		const char *name = compile_capability_name(cap);

		if (!(v & (1ull << cap)))
			continue;
		add_separator(out);
		if (name)
			buf_adds(out, name);
		else
			buf_addf(out, "%u", cap);
	}
	if (!v)
		buf_adds(out, "none");
}

static uint64_t field_number(const struct field *f, const void *operand)
{
	const uint8_t *p = (const uint8_t *)operand + f->offset;
	uint64_t wide;
	uint32_t v;

	if (f->kind == FIELD_U64 || f->kind == FIELD_HEX64) {
		memcpy(&wide, p, sizeof(wide));
		return wide;
	}
	memcpy(&v, p, sizeof(v));
	return f->kind == FIELD_I32 ? (uint64_t)(int64_t)(int32_t)v : v;
}

static void word_number(struct buf *out, const struct field *f, uint64_t v)
{
	if (f->kind == FIELD_I32)
		buf_addf(out, "%" PRId64, (int64_t)v);
	else if (f->kind == FIELD_OCTAL)
		buf_addf(out, "0%" PRIo64, v);
	else if (f->kind == FIELD_HEX32 || f->kind == FIELD_HEX64)
		buf_addf(out, "0x%" PRIx64, v);
	else if (v == UINT64_MAX)
		buf_adds(out, "max");
	else
		buf_addf(out, "%" PRIu64, v);
}

/* A number in words; nothing is added when it is zero and zero says nothing. */
static void word_value(struct buf *out, uint32_t op, const struct field *f, uint64_t v)
{
	const struct word_row *row = word_find(op, f->name);
	const struct name_value *name;

	if (row && row->wording == WORD_CAPS) {
		word_caps(out, v);
	} else if (row && row->wording == WORD_ATTR) {
		word_attr(out, v);
	} else if (row && row->wording == WORD_FLAGS) {
		word_bits(out, row->names, v);
	} else if (row && row->wording == WORD_ONE) {
		name = name_of(row->names, v);
		if (name)
			buf_adds(out, name->name);
		else if (v)
			word_number(out, f, v);
	} else if (v || row) {
		word_number(out, f, v);
	}
}

/* Array elements, numbers and program lengths of blobs. */
static void word_blob(struct buf *out, const struct program *p, uint32_t op, const struct pblob *b)
{
	const uint32_t *v = program_blob(p, *b);

	if (op == OP_SECCOMP || op == OP_CGROUP_DEVICES) {
		/* Those of a filter and those of a device program have the same size. */
		buf_addf(out, "%zu instructions", b->len / sizeof(struct sock_filter));
		return;
	}
	for (uint32_t i = 0; i < b->len / sizeof(*v); i++) {
		const struct name_value *name = op == OP_MOUNT ? name_of(propagation_names, v[i]) : NULL;

		add_separator(out);
		if (name)
			buf_adds(out, name->name);
		else
			buf_addf(out, "%u", v[i]);
	}
}

/* ---- text ---- */

/* Quotes what would not read as one word. */
static void add_string(struct buf *out, const char *s)
{
	char escaped[4096];
	bool plain = *s && !strpbrk(s, " \t\n\"\\=");

	str_escape(s, escaped, sizeof(escaped));
	if (!plain)
		buf_addc(out, '"');
	for (const char *p = escaped; *p; p++) {
		if (*p == '"')
			buf_addc(out, '\\');
		buf_addc(out, *p);
	}
	if (!plain)
		buf_addc(out, '"');
}

static void text_strv(struct buf *out, const struct program *p, const struct pstrv *v)
{
	buf_addc(out, '[');
	for (uint32_t i = 0; i < v->n; i++) {
		if (i)
			buf_addc(out, ' ');
		add_string(out, program_strv(p, *v, i));
	}
	buf_addc(out, ']');
}

/* What is said by another operand already, or to nobody. */
static bool is_silent(const struct program_op *op, const struct field *f)
{
	return (op->type == OP_MOUNT && (streq(f->name, "index") || streq(f->name, "n_propagation")))
	       || streq(f->name, "n_groups") || (op->type == OP_MEMORY_POLICY && streq(f->name, "mask"));
}

static void text_field(struct buf *out, const struct program *p, const struct program_op *op,
		       const struct field *f)
{
	const uint8_t *member = p->base + op->data + f->offset;
	_cleanup_buf_ struct buf value = BUF_INIT;
	pstr s;

	switch (f->kind) {
	case FIELD_STR:
	case FIELD_STR_REQUIRED:
		memcpy(&s, member, sizeof(s));
		if (s)
			add_string(&value, program_str(p, s));
		break;
	case FIELD_STRV:
		if (((const struct pstrv *)(const void *)member)->n)
			text_strv(&value, p, (const void *)member);
		break;
	case FIELD_BLOB:
		word_blob(&value, p, op->type, (const void *)member);
		break;
	default:
		word_value(&value, op->type, f, field_number(f, p->base + op->data));
		break;
	}
	if (value.len)
		buf_addf(out, " %s=%s", f->name, value.data);
	out->failed = out->failed || value.failed;
}

static const char *const place_names[] = { "runtime", "init", "both" };

static void explain_text(const struct program *p, struct buf *out)
{
	for (uint32_t i = 0; i < p->header->n_ops; i++) {
		const struct program_op *op = &p->ops[i];
		const struct op_info *info = op_info(op->type);
		size_t start = out->len;

		buf_addf(out, "%4u  %-7s  %-16s  ", i, place_names[op->place], info->name);
		add_string(out, op->origin ? program_str(p, op->origin) : "-");
		buf_addc(out, ' ');
		for (uint32_t j = 0; j < info->n_fields; j++)
			if (!is_silent(op, &info->fields[j]))
				text_field(out, p, op, &info->fields[j]);
		while (!out->failed && out->len > start && out->data[out->len - 1] == ' ')
			out->data[--out->len] = 0;
		buf_addc(out, '\n');
	}
}

/* ---- JSON ---- */

static void json_field(struct json_writer *w, const struct program *p, const struct program_op *op,
		       const struct field *f)
{
	const uint8_t *member = p->base + op->data + f->offset;
	_cleanup_buf_ struct buf value = BUF_INIT;
	pstr s;

	switch (f->kind) {
	case FIELD_STR:
	case FIELD_STR_REQUIRED:
		memcpy(&s, member, sizeof(s));
		json_member_string(w, f->name, program_str(p, s));
		return;
	case FIELD_STRV: {
		const struct pstrv *v = (const void *)member;

		json_member_open(w, f->name, '[');
		for (uint32_t i = 0; i < v->n; i++)
			json_string(w, program_strv(p, *v, i));
		json_close(w);
		return;
	}
	case FIELD_BLOB:
		word_blob(&value, p, op->type, (const void *)member);
		break;
	case FIELD_BOOL:
		json_member_bool(w, f->name, field_number(f, p->base + op->data));
		return;
	default:
		if (!word_find(op->type, f->name) || word_find(op->type, f->name)->wording == WORD_NUMBER) {
			if (f->kind == FIELD_I32)
				json_member_i64(w, f->name, (int64_t)field_number(f, p->base + op->data));
			else
				json_member_u64(w, f->name, field_number(f, p->base + op->data));
			return;
		}
		word_value(&value, op->type, f, field_number(f, p->base + op->data));
		break;
	}
	if (value.len)
		json_member_string(w, f->name, value.data);
}

static void json_op(struct json_writer *w, const struct program *p, uint32_t index)
{
	const struct program_op *op = &p->ops[index];
	const struct op_info *info = op_info(op->type);

	json_open(w, '{');
	json_member_u64(w, "index", index);
	json_member_string(w, "place", place_names[op->place]);
	json_member_string(w, "name", info->name);
	json_member_string(w, "origin", program_str(p, op->origin));
	if (op->line)
		json_member_u64(w, "line", op->line);
	if (info->n_fields) {
		json_member_open(w, "operand", '{');
		for (uint32_t i = 0; i < info->n_fields; i++)
			if (!is_silent(op, &info->fields[i]))
				json_field(w, p, op, &info->fields[i]);
		json_close(w);
	}
	json_close(w);
}

static int explain_json(const struct program *p, struct buf *out, struct error *err)
{
	struct json_writer w;

	json_start(&w, out, "  ");
	json_open(&w, '{');
	json_member_u64(&w, "version", p->header->version);
	json_member_u64(&w, "size", p->header->size);
	json_member_bool(&w, "terminal", p->header->flags & PROGRAM_TERMINAL);
	json_member_open(&w, "operations", '[');
	for (uint32_t i = 0; i < p->header->n_ops; i++)
		json_op(&w, p, i);
	json_close(&w);
	json_close(&w);
	return json_finish(&w, err);
}

int explain(const struct program *program, bool json, struct buf *out, struct error *err)
{
	if (json)
		return explain_json(program, out, err);
	explain_text(program, out);
	return out->failed ? error_set(err, ERR_NO_MEMORY, ENOMEM, "explaining the program") : 0;
}
