/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of operations and the check of a block that came from elsewhere. berth-init maps the block it
 * is given and believes nothing in it before program_check() has passed: an offset that points outside
 * would let whoever can write the block read or redirect memory of a privileged process.
 */
#include "libcontainer/program.h"

#include "base/macro.h"

#include <errno.h>
#include <string.h>

#define HOOK_KINDS 6u     /* enum hook_kind of spec/config.h */
#define PROGRAM_FLAGS \
	(PROGRAM_TERMINAL | PROGRAM_NEW_USERNS | PROGRAM_NO_PROCESS | PROGRAM_SECCOMP_NOTIFY)

/* berth-init checks by the table, but has no use for the names. */
#ifdef BERTH_INIT
#define NAME(member) "operand"
#else
#define NAME(member) #member
#endif
#define F(type, member, kind) { NAME(member), FIELD_##kind, offsetof(struct type, member), 0, 0 }
#define F_LIMIT(type, member, kind, limit) { NAME(member), FIELD_##kind, offsetof(struct type, member), 0, limit }
#define F_BLOB(type, member, size) { NAME(member), FIELD_BLOB, offsetof(struct type, member), size, 0 }

static const struct field op_cgroup_create_fields[] = {
	F(op_cgroup_create, dir, STR_REQUIRED),
	F(op_cgroup_create, mount, STR_REQUIRED),
	F(op_cgroup_create, controllers, STR_REQUIRED),
	F_LIMIT(op_cgroup_create, version, U32, 3),
	F_LIMIT(op_cgroup_create, flags, HEX32, 2),
};

static const struct field op_cgroup_controllers_fields[] = {
	F(op_cgroup_controllers, dir, STR_REQUIRED),
	F(op_cgroup_controllers, mount, STR_REQUIRED),
	F(op_cgroup_controllers, needed, STR_REQUIRED),
	F_LIMIT(op_cgroup_controllers, flags, HEX32, 2),
};

static const struct field op_cgroup_set_fields[] = {
	F(op_cgroup_set, dir, STR_REQUIRED),
	F(op_cgroup_set, file, STR_REQUIRED),
	F(op_cgroup_set, value, STR_REQUIRED),
	F_LIMIT(op_cgroup_set, flags, HEX32, 16),
	F(op_cgroup_set, other_file, STR),
	F(op_cgroup_set, other_value, STR),
};

static const struct field op_cgroup_devices_fields[] = {
	F(op_cgroup_devices, dir, STR_REQUIRED),
	F_LIMIT(op_cgroup_devices, flags, HEX32, 4),
	F_BLOB(op_cgroup_devices, filter, CGROUP_DEVICES_INSN_SIZE),
	F(op_cgroup_devices, rules, STR),
};

static const struct field op_cgroup_owner_fields[] = {
	F(op_cgroup_owner, dir, STR_REQUIRED),
	F(op_cgroup_owner, uid, U32),
	F_LIMIT(op_cgroup_owner, flags, HEX32, 4),
};

static const struct field op_cgroup_descend_fields[] = {
	F(op_cgroup_descend, parent, STR_REQUIRED),
	F(op_cgroup_descend, dir, STR_REQUIRED),
};

static const struct field op_namespace_join_fields[] = {
	F(op_namespace_join, type, HEX32),
	F(op_namespace_join, path, STR_REQUIRED),
};

static const struct field op_clone_fields[] = {
	F(op_clone, flags, HEX64),
	F(op_clone, cgroup, STR),
};

static const struct field op_id_map_fields[] = {
	F(op_id_map, uid_map, STR_REQUIRED),
	F(op_id_map, gid_map, STR_REQUIRED),
	F(op_id_map, deny_setgroups, BOOL),
};

static const struct field op_systemd_unit_fields[] = {
	F(op_systemd_unit, unit, STR_REQUIRED),
	F(op_systemd_unit, group, STR_REQUIRED),
	F(op_systemd_unit, dir, STR_REQUIRED),
	F_LIMIT(op_systemd_unit, flags, HEX32, 4),
	F(op_systemd_unit, properties, STRV),
};

static const struct field op_oom_score_fields[] = {
	F(op_oom_score, value, I32),
	F(op_oom_score, best_effort, BOOL),
};

static const struct field op_rlimit_fields[] = {
	F_LIMIT(op_rlimit, resource, U32, 16),
	F(op_rlimit, soft, U64),
	F(op_rlimit, hard, U64),
};

static const struct field op_scheduler_fields[] = {
	F_LIMIT(op_scheduler, policy, U32, 7),
	F(op_scheduler, nice, I32),
	F_LIMIT(op_scheduler, priority, U32, 100),
	F(op_scheduler, flags, HEX64),
	F(op_scheduler, runtime, U64),
	F(op_scheduler, deadline, U64),
	F(op_scheduler, period, U64),
};

static const struct field op_io_priority_fields[] = {
	F_LIMIT(op_io_priority, value, HEX32, 0x10000),
};

static const struct field op_rdt_fields[] = {
	F(op_rdt, mount, STR_REQUIRED),
	F(op_rdt, group, STR),
	F(op_rdt, schemata, STRV),
	F(op_rdt, monitor, STR),
	F_LIMIT(op_rdt, flags, HEX32, 4),
};

static const struct field op_net_device_fields[] = {
	F(op_net_device, host_name, STR_REQUIRED),
	F(op_net_device, name, STR_REQUIRED),
};

static const struct field op_hook_output_fields[] = {
	F_LIMIT(op_hook_output, stream, U32, 2),
	F(op_hook_output, path, STR_REQUIRED),
};

static const struct field op_hook_fields[] = {
	F_LIMIT(op_hook, kind, U32, HOOK_KINDS),
	F(op_hook, index, U32),
	F(op_hook, path, STR_REQUIRED),
	F(op_hook, has_env, BOOL),
	F(op_hook, args, STRV),
	F(op_hook, env, STRV),
	F(op_hook, timeout, U32),
};

static const struct field op_cgroup_enter_fields[] = {
	F(op_cgroup_enter, file, STR_REQUIRED),
	F_LIMIT(op_cgroup_enter, flags, HEX32, 2),
};

static const struct field op_unshare_fields[] = {
	F(op_unshare, flags, HEX32),
};

static const struct field op_affinity_fields[] = {
	F_BLOB(op_affinity, mask, sizeof(uint64_t)),
	F(op_affinity, cpus, STR_REQUIRED),
};

static const struct field op_time_offsets_fields[] = {
	F(op_time_offsets, text, STR_REQUIRED),
};

static const struct field op_name_fields[] = {
	F(op_name, name, STR_REQUIRED),
};

static const struct field op_keyring_fields[] = {
	F(op_keyring, name, STR_REQUIRED),
	F(op_keyring, label, STR),
};

static const struct field op_root_open_fields[] = {
	F(op_root_open, path, STR_REQUIRED),
	F(op_root_open, propagation, HEX32),
	F_LIMIT(op_root_open, flags, HEX32, 2),
};

static const struct field op_mount_fields[] = {
	F_LIMIT(op_mount, kind, U32, MOUNT_KIND_MAX),
	F_LIMIT(op_mount, flags, HEX32, 0x400),
	F(op_mount, fstype, STR),
	F(op_mount, source, STR),
	F(op_mount, target, STR_REQUIRED),
	F(op_mount, data, STR),
	F(op_mount, sb_set, HEX32),
	F(op_mount, sb_clear, HEX32),
	F(op_mount, attr_set, HEX64),
	F(op_mount, attr_clear, HEX64),
	F(op_mount, rattr_set, HEX64),
	F(op_mount, rattr_clear, HEX64),
	F(op_mount, propagation, HEX32),
	F(op_mount, n_propagation, U32),
	F_BLOB(op_mount, propagations, sizeof(uint32_t)),
	F(op_mount, uid_map, STR),
	F(op_mount, gid_map, STR),
	F(op_mount, label, STR),
	F(op_mount, index, U32),
	F(op_mount, fallback, STR),
};

static const struct field op_device_fields[] = {
	F(op_device, path, STR_REQUIRED),
	F(op_device, type, OCTAL),
	F(op_device, major, U32),
	F(op_device, minor, U32),
	F_LIMIT(op_device, mode, OCTAL, 010000),
	F(op_device, uid, U32),
	F(op_device, gid, U32),
	F_LIMIT(op_device, flags, HEX32, 4),
};

static const struct field op_symlink_fields[] = {
	F(op_symlink, target, STR_REQUIRED),
	F(op_symlink, path, STR_REQUIRED),
	F_LIMIT(op_symlink, flags, HEX32, 4),
};

static const struct field op_console_fields[] = {
	F_LIMIT(op_console, width, U32, 0x10000),
	F_LIMIT(op_console, height, U32, 0x10000),
	F(op_console, uid, U32),
	F(op_console, gid, U32),
	F(op_console, mount, BOOL),
};

static const struct field op_sysctl_fields[] = {
	F(op_sysctl, key, STR_REQUIRED),
	F(op_sysctl, value, STR_REQUIRED),
	F(op_sysctl, name, STR_REQUIRED),
};

static const struct field op_root_enter_fields[] = {
	F_LIMIT(op_root_enter, method, U32, ROOT_ENTER_CHROOT + 1),
};

static const struct field op_root_propagation_fields[] = {
	F(op_root_propagation, flags, HEX32),
};

static const struct field op_path_fields[] = {
	F(op_path, path, STR_REQUIRED),
};

static const struct field op_value_fields[] = {
	F(op_value, value, OCTAL),
};

static const struct field op_memory_policy_fields[] = {
	F_LIMIT(op_memory_policy, mode, U32, 7),
	F(op_memory_policy, flags, HEX32),
	F_BLOB(op_memory_policy, mask, sizeof(uint64_t)),
	F(op_memory_policy, nodes, STR),
};

static const struct field op_bounding_fields[] = {
	F(op_bounding, keep, HEX64),
};

static const struct field op_user_fields[] = {
	F(op_user, uid, U32),
	F(op_user, gid, U32),
	F(op_user, n_groups, U32),
	F_LIMIT(op_user, flags, HEX32, 2),
	F_BLOB(op_user, groups, sizeof(uint32_t)),
};

static const struct field op_capabilities_fields[] = {
	F(op_capabilities, effective, HEX64),
	F(op_capabilities, permitted, HEX64),
	F(op_capabilities, inheritable, HEX64),
	F(op_capabilities, ambient, HEX64),
	F_LIMIT(op_capabilities, flags, HEX32, 2),
};

static const struct field op_lsm_fields[] = {
	F(op_lsm, apparmor, STR),
	F(op_lsm, selinux, STR),
};

static const struct field op_home_fields[] = {
	F(op_home, uid, U32),
};

static const struct field op_find_program_fields[] = {
	F(op_find_program, file, STR_REQUIRED),
	F(op_find_program, path, STR),
};

static const struct field op_seccomp_fields[] = {
	F(op_seccomp, flags, HEX32),
	F(op_seccomp, notify, BOOL),
	F_BLOB(op_seccomp, filter, 8),
	F(op_seccomp, listener_path, STR),
	F(op_seccomp, listener_metadata, STR),
	F(op_seccomp, summary, STR),
};

static const struct field op_exec_fields[] = {
	F(op_exec, args, STRV),
	F(op_exec, env, STRV),
};

static const struct field op_output_fields[] = {
	F(op_output, path, STR_REQUIRED),
};

/* What a row of program-ops.h becomes; op_none has no fields and its rows have no operand. */
#define FIELDS_OF(type) _Generic((type *)0, \
	struct op_none *: NULL, \
	struct op_cgroup_create *: op_cgroup_create_fields, \
	struct op_cgroup_controllers *: op_cgroup_controllers_fields, \
	struct op_cgroup_set *: op_cgroup_set_fields, \
	struct op_cgroup_devices *: op_cgroup_devices_fields, \
	struct op_cgroup_owner *: op_cgroup_owner_fields, \
	struct op_cgroup_descend *: op_cgroup_descend_fields, \
	struct op_namespace_join *: op_namespace_join_fields, \
	struct op_clone *: op_clone_fields, \
	struct op_id_map *: op_id_map_fields, \
	struct op_systemd_unit *: op_systemd_unit_fields, \
	struct op_oom_score *: op_oom_score_fields, \
	struct op_rlimit *: op_rlimit_fields, \
	struct op_scheduler *: op_scheduler_fields, \
	struct op_io_priority *: op_io_priority_fields, \
	struct op_rdt *: op_rdt_fields, \
	struct op_net_device *: op_net_device_fields, \
	struct op_hook *: op_hook_fields, \
	struct op_hook_output *: op_hook_output_fields, \
	struct op_cgroup_enter *: op_cgroup_enter_fields, \
	struct op_unshare *: op_unshare_fields, \
	struct op_affinity *: op_affinity_fields, \
	struct op_time_offsets *: op_time_offsets_fields, \
	struct op_name *: op_name_fields, \
	struct op_keyring *: op_keyring_fields, \
	struct op_root_open *: op_root_open_fields, \
	struct op_mount *: op_mount_fields, \
	struct op_device *: op_device_fields, \
	struct op_symlink *: op_symlink_fields, \
	struct op_console *: op_console_fields, \
	struct op_sysctl *: op_sysctl_fields, \
	struct op_root_enter *: op_root_enter_fields, \
	struct op_root_propagation *: op_root_propagation_fields, \
	struct op_path *: op_path_fields, \
	struct op_value *: op_value_fields, \
	struct op_memory_policy *: op_memory_policy_fields, \
	struct op_bounding *: op_bounding_fields, \
	struct op_user *: op_user_fields, \
	struct op_capabilities *: op_capabilities_fields, \
	struct op_lsm *: op_lsm_fields, \
	struct op_home *: op_home_fields, \
	struct op_find_program *: op_find_program_fields, \
	struct op_seccomp *: op_seccomp_fields, \
	struct op_exec *: op_exec_fields, \
	struct op_output *: op_output_fields)

#define N(type, list) struct type *: ELEMENTSOF(list)
#define N_FIELDS_OF(type) _Generic((type *)0, \
	struct op_none *: 0, \
	N(op_cgroup_create, op_cgroup_create_fields), N(op_cgroup_set, op_cgroup_set_fields), \
	N(op_cgroup_controllers, op_cgroup_controllers_fields), \
	N(op_cgroup_devices, op_cgroup_devices_fields), N(op_cgroup_owner, op_cgroup_owner_fields), \
	N(op_cgroup_descend, op_cgroup_descend_fields), \
	N(op_namespace_join, op_namespace_join_fields), N(op_clone, op_clone_fields), \
	N(op_systemd_unit, op_systemd_unit_fields), N(op_id_map, op_id_map_fields), \
	N(op_oom_score, op_oom_score_fields), \
	N(op_rlimit, op_rlimit_fields), N(op_scheduler, op_scheduler_fields), \
	N(op_io_priority, op_io_priority_fields), N(op_rdt, op_rdt_fields), N(op_hook, op_hook_fields), \
	N(op_hook_output, op_hook_output_fields), \
	N(op_net_device, op_net_device_fields), \
	N(op_cgroup_enter, op_cgroup_enter_fields), N(op_unshare, op_unshare_fields), \
	N(op_affinity, op_affinity_fields), \
	N(op_time_offsets, op_time_offsets_fields), N(op_name, op_name_fields), \
	N(op_keyring, op_keyring_fields), N(op_root_open, op_root_open_fields), \
	N(op_mount, op_mount_fields), N(op_device, op_device_fields), \
	N(op_symlink, op_symlink_fields), N(op_console, op_console_fields), \
	N(op_sysctl, op_sysctl_fields), N(op_root_enter, op_root_enter_fields), \
	N(op_root_propagation, op_root_propagation_fields), N(op_path, op_path_fields), \
	N(op_memory_policy, op_memory_policy_fields), \
	N(op_value, op_value_fields), N(op_bounding, op_bounding_fields), N(op_user, op_user_fields), \
	N(op_capabilities, op_capabilities_fields), N(op_lsm, op_lsm_fields), \
	N(op_home, op_home_fields), N(op_find_program, op_find_program_fields), \
	N(op_seccomp, op_seccomp_fields), N(op_exec, op_exec_fields), N(op_output, op_output_fields))

#define SIZE_OF(type) (N_FIELDS_OF(type) ? (uint32_t)sizeof(type) : 0)

static const struct op_info ops[OP_MAX] = {
#define OP(symbol, name, place, type) \
	[OP_##symbol] = { name, place, SIZE_OF(type), FIELDS_OF(type), N_FIELDS_OF(type) },
#include "libcontainer/program-ops.h"
#undef OP
};

const struct op_info *op_info(uint32_t type)
{
	return &ops[type];
}

struct check {
	const uint8_t *base;
	uint32_t size;
	/*
	 * Elements of string arrays that may still be looked at. Arrays of an honest program do not overlap;
	 * without this, few bytes that name one huge array many times would keep us busy for hours.
	 */
	uint32_t budget;
};

static bool check_range(const struct check *c, uint32_t off, uint64_t len, uint32_t align)
{
	return off >= sizeof(struct program_header) && off % align == 0 && off <= c->size
	       && len <= c->size - off;
}

/* The last byte of the block is 0 (program_check_header), so that any string that starts inside ends inside. */
static bool check_str(const struct check *c, uint32_t off)
{
	return check_range(c, off, 1, 1);
}

static bool check_strv(struct check *c, const struct pstrv *v)
{
	const pstr *p;

	if (!v->n)
		return true;
	if (v->n > c->budget || !check_range(c, v->off, (uint64_t)v->n * sizeof(pstr), sizeof(pstr)))
		return false;
	c->budget -= v->n;
	p = (const pstr *)(const void *)(c->base + v->off);
	for (uint32_t i = 0; i < v->n; i++)
		if (!check_str(c, p[i]))
			return false;
	return true;
}

static bool check_field(struct check *c, const struct field *f, const uint8_t *operand)
{
	const void *p = operand + f->offset;
	uint32_t v;

	switch (f->kind) {
	case FIELD_U64:
	case FIELD_HEX64:
		return true;
	case FIELD_STRV:
		return check_strv(c, p);
	case FIELD_BLOB: {
		const struct pblob *b = p;

		return !b->len || (b->len % f->item_size == 0 && check_range(c, b->off, b->len, 8));
	}
	default:
		break;
	}
	memcpy(&v, p, sizeof(v));
	switch (f->kind) {
	case FIELD_STR:
		return !v || check_str(c, v);
	case FIELD_STR_REQUIRED:
		return check_str(c, v);
	case FIELD_BOOL:
		return v < 2;
	default:
		return !f->limit || v < f->limit;
	}
}

/* Counts that stand beside their array. */
static bool check_counts(uint32_t type, const void *operand)
{
	if (type == OP_MOUNT) {
		const struct op_mount *m = operand;

		return m->propagations.len == (uint64_t)m->n_propagation * sizeof(uint32_t);
	}
	if (type == OP_USER || type == OP_STDIO) {
		const struct op_user *u = operand;

		return u->groups.len == (uint64_t)u->n_groups * sizeof(uint32_t);
	}
	if (type == OP_EXEC)
		return ((const struct op_exec *)operand)->args.n > 0;
	return true;
}

static int check_op(struct check *c, const struct program_header *h, uint32_t index,
		    const struct program_op *op, struct error *err)
{
	const struct op_info *info;

	if (op->type >= OP_MAX)
		return error_set(err, ERR_PROGRAM_INVALID, EINVAL, "operation %u: unknown type", index);
	info = &ops[op->type];
	if (op->place != info->place)
		return error_set(err, ERR_PROGRAM_INVALID, EINVAL, "operation %u: wrong place", index);
	if ((op->type == OP_WAIT_START) != (index == h->wait))
		return error_set(err, ERR_PROGRAM_INVALID, EINVAL, "operation %u: wrong wait index", index);
	if (op->origin && !check_str(c, op->origin))
		return error_set(err, ERR_PROGRAM_INVALID, EINVAL, "operation %u: origin", index);
	if (!info->size) {
		if (op->data)
			return error_set(err, ERR_PROGRAM_INVALID, EINVAL, "operation %u: operand", index);
		return 0;
	}
	if (!check_range(c, op->data, info->size, 8))
		return error_set(err, ERR_PROGRAM_INVALID, EINVAL, "operation %u: operand", index);
	for (uint32_t i = 0; i < info->n_fields; i++)
		if (!check_field(c, &info->fields[i], c->base + op->data))
			return error_set(err, ERR_PROGRAM_INVALID, EINVAL, "operation %u (%s): %s", index,
					 info->name, info->fields[i].name);
	if (!check_counts(op->type, c->base + op->data))
		return error_set(err, ERR_PROGRAM_INVALID, EINVAL, "operation %u (%s): count", index,
				 info->name);
	return 0;
}

static const char *check_header(const void *block, size_t size)
{
	const struct program_header *h = block;

	if (!block || (uintptr_t)block % 8)
		return "alignment";
	if (size < sizeof(*h) + 1 || size > PROGRAM_MAX_SIZE)
		return "size";
	if (h->magic != PROGRAM_MAGIC)
		return "magic number";
	if (h->version != PROGRAM_VERSION)
		return "version";
	if (h->size != size)
		return "size differs from its header";
	if (((const uint8_t *)block)[size - 1])
		return "last byte";
	if (h->n_ops > PROGRAM_MAX_OPS || h->wait > h->n_ops)
		return "number of operations";
	if (h->flags & ~PROGRAM_FLAGS || h->reserved)
		return "flags";
	return NULL;
}

int program_check(const void *block, size_t size, struct program *ret, struct error *err)
{
	const char *wrong = check_header(block, size);
	const struct program_header *h = block;
	const struct program_op *list;
	struct check c;
	int r;

	if (wrong)
		return error_set(err, ERR_PROGRAM_INVALID, EINVAL, "%s", wrong);
	c = (struct check){ .base = block, .size = h->size, .budget = h->size / sizeof(pstr) };
	if (!check_range(&c, h->ops, (uint64_t)h->n_ops * sizeof(*list), 8))
		return error_set(err, ERR_PROGRAM_INVALID, EINVAL, "operations out of bounds");
	if ((h->state_head && !check_str(&c, h->state_head))
	    || (h->state_tail && !check_str(&c, h->state_tail)))
		return error_set(err, ERR_PROGRAM_INVALID, EINVAL, "state document");
	list = (const struct program_op *)(const void *)(c.base + h->ops);
	for (uint32_t i = 0; i < h->n_ops; i++) {
		r = check_op(&c, h, i, &list[i], err);
		if (r < 0)
			return r;
	}
	*ret = (struct program){ .base = block, .header = h, .ops = list };
	return 0;
}
