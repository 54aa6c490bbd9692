/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_COMPILE_COMPILER_H
#define BERTH_COMPILE_COMPILER_H

/*
 * What the files of this room share: one struct compiler per compilation, and one function per step of
 * the program, called by compile.c in the order in which the program runs. Every function returns 0 or
 * a negative errno with *c->err set to the first thing that is wrong with the configuration.
 */

#include "libcontainer/compile/compile.h"
#include "libcontainer/compile/emit.h"

#include <linux/sched.h> /* CLONE_NEWTIME, which libc may lack */

/* A value of v2 that waits until all are known. */
struct cgroup_value {
	const char *controller;   /* NULL: a file that every cgroup has */
	struct op_cgroup_set op;
	const void *slot;
	size_t slot_size;
};

struct compiler {
	const struct document *doc;
	const struct config *config;
	const struct exec_base *exec;        /* of an exec; NULL: a whole container */
	const struct config_linux *linux_;   /* never NULL: an absent object is an empty one */
	const struct config_process *process; /* NULL if absent */
	const struct host *host;
	const struct compile_options *options;
	struct arena *arena;
	struct error *err;
	struct emit emit;
	struct compiled *compiled;
	/* namespaces.c */
	uint32_t ns_new, ns_join;            /* CLONE_NEW* */
	bool deny_setgroups;
	/* cgroup.c */
	const char *cgroup_path;             /* "/docker/abc"; NULL: no cgroup of its own */
	const char **cgroup_dirs;            /* of each hierarchy, as far as asked for */
	struct cgroup_value *values;         /* of v2, not emitted yet */
	size_t n_values, max_values;
	const char *cgroup_sub;              /* init's cgroup below that one, or NULL */
	const char *cgroup_delegate;         /* one more below, for the container's user to manage, or NULL */
	struct systemd_unit *systemd;        /* NULL: berth makes the cgroup itself */
	/* mounts.c */
	bool dev_is_bound;                   /* /dev is a bind mount: its contents are not ours */
	struct deferred_readonly *deferred;  /* mounts that become read-only at the end */
	size_t n_deferred, max_deferred;
	/* process.c */
	bool keep_admin;                     /* a filter is loaded without no_new_privs */
	bool seccomp_notify;
};

struct deferred_readonly { pstr target; const struct config_mount *mount; };

static inline bool has_namespace(const struct compiler *c, uint32_t flag)
{
	return (c->ns_new | c->ns_join) & flag;
}

/*
 * In a user namespace init may lack the right to reach the source of a mount, which a privileged runtime
 * never does. An ordinary user's runtime may not clone mounts at all, his init may.
 */
static inline bool runtime_opens_sources(const struct compiler *c)
{
	return has_namespace(c, CLONE_NEWUSER) && c->host->euid == 0;
}

/*
 * compile.c: emits with the origin that slot (NULL: none) has in the document. As document_where(), a
 * macro that passes on the size of what the slot points to.
 */
void compiler_emit_sized(struct compiler *c, enum op_type type, const void *operand, const void *slot,
			 size_t slot_size);
#define compiler_emit(c, type, operand, slot) compiler_emit_sized(c, type, operand, slot, sizeof(*(slot)))
/* An OP_PID_FILE or OP_PIDFD_SOCKET, if there is a path. */
void compiler_emit_output(struct compiler *c, enum op_type type, const char *path);
/* Where a new process waits for what the runtime does to it behind OP_CLONE: ids, limits of the host, devices. */
void compiler_emit_first_sync(struct compiler *c);
/* The flags of the program's header. */
uint32_t compiler_flags(const struct compiler *c);
/* For an operation of berth's own. */
#define compiler_emit_own(c, type, operand) compiler_emit_sized(c, type, operand, NULL, 0)
int compiler_warn(struct compiler *c, const char *fmt, ...) _printf_(2, 3);
#define compiler_error(c, slot, code, ...) document_error((c)->doc, slot, (c)->err, ERR_##code, __VA_ARGS__)
int compiler_no_memory(struct compiler *c);
/* Removes empty, "." and ".." components as a path below "/"; NULL when memory is short. */
char *compiler_clean_path(struct compiler *c, const char *path);
/* Reads the decimal number at *s and moves *s behind it; false when there is none that fits. */
bool compiler_number(const char **s, uint32_t *ret);
/* "1-3,7": digits, commas and rising ranges. */
bool is_cpu_list(const char *s);

/* namespaces.c */
int namespaces_read(struct compiler *c);
void namespaces_emit_join(struct compiler *c);
int namespaces_emit_clone(struct compiler *c);
int namespaces_emit_enter(struct compiler *c);
int id_map_check(struct compiler *c, const struct id_mappings *map);
/* The kernel's text for uid_map. */
pstr id_map_text(struct compiler *c, const struct id_mappings *map);

/* cgroup.c, cgroup-values.c, cgroup-v2.c, cgroup-devices.c */
int hierarchy_read(struct compiler *c);
int cgroup_emit_create(struct compiler *c);
int cgroup_emit_values(struct compiler *c);
int cgroup_emit_devices(struct compiler *c);
int cgroup_emit_owner(struct compiler *c);
/* The configured device rules and those of ours behind them, in order. */
struct device_rule;
int cgroup_device_rules(struct compiler *c, struct device_rule **ret, size_t *ret_n);
bool cgroup_has_limits(const struct compiler *c);
/* An ordinary user, who may run without a cgroup when nothing needs one. */
bool cgroup_is_optional(const struct compiler *c);
void cgroup_emit_enter(struct compiler *c);
/* Fills uid and flags; false when the user is not known, or is who makes the cgroup. */
bool cgroup_new_owner(const struct compiler *c, struct op_cgroup_owner *op);
/* The v1 hierarchy with that controller, or NULL. */
const struct host_hierarchy *hierarchy_find(const struct compiler *c, const char *controller);
const struct host_hierarchy *hierarchy_find_v2(const struct compiler *c);
/* True when the comma list (NULL: an empty one) has the word. */
bool list_has(const char *list, const char *word);
const char *cgroup_dir(struct compiler *c, const struct host_hierarchy *h);
/*
 * Emits a value of a controller (v1 if it is there, else v2; NULL: a file of v2 without controller), or
 * fails naming the property when the host cannot take it.
 */
int cgroup_set_sized(struct compiler *c, const void *slot, size_t slot_size, const char *controller,
		     const char *file, uint32_t flags, const char *fmt, ...) _printf_(7, 8);
#define cgroup_set_value(c, slot, ...) cgroup_set_sized(c, slot, sizeof(*(slot)), __VA_ARGS__)

/* cgroup-below.c */
#define CGROUP_BELOW_MAX 128u
int cgroup_below_read(struct compiler *c);
/* The directory that the container's processes see as theirs. */
pstr cgroup_group_dir(struct compiler *c, const struct host_hierarchy *h);
void cgroup_emit_subgroup(struct compiler *c);
int cgroup_emit_delegate(struct compiler *c);

/* mounts.c, mount-options.c, mount-cgroup.c */
int mounts_emit(struct compiler *c);
void mounts_emit_deferred(struct compiler *c);
bool compiler_defer_readonly(struct compiler *c, pstr target, const struct config_mount *m);

struct mount_options {
	struct op_mount op;         /* kind BIND or REMOUNT if an option says so; flags, sb_, attr_, rattr_ */
	bool remount, bind;
	uint64_t atime;             /* the value of the access time enum */
	bool atime_set, ratime_set;
	uint64_t ratime;
	const char *recursive_sb;   /* a word for the superblocks of the mount and all below it */
	bool idmap;
	const char *idmap_text;     /* behind "idmap=" */
	const char *const *data;    /* options for the file system itself, in order */
	size_t n_data;
	uint32_t *propagations;
	size_t n_propagations;
};
int mount_options_read(struct compiler *c, const struct config_mount *m, struct mount_options *ret);
int mount_emit_cgroup(struct compiler *c, const struct config_mount *m, const struct op_mount *op);

/* rootfs.c */
int rootfs_read(struct compiler *c);
int rootfs_emit_open(struct compiler *c);
int rootfs_emit_enter(struct compiler *c);
int rootfs_emit_paths(struct compiler *c);

/* devices.c */
int devices_emit(struct compiler *c);

/* annotations.c */
#define ANNOTATION_DELEGATE_CGROUP "run.oci.delegate-cgroup"
#define ANNOTATION_HOOK_STDERR "run.oci.hooks.stderr"
#define ANNOTATION_HOOK_STDOUT "run.oci.hooks.stdout"
#define ANNOTATION_KEEP_GROUPS "run.oci.keep_original_groups"
#define ANNOTATION_MOUNT_CONTEXT "run.oci.mount_context_type"
#define ANNOTATION_PIDFD_RECEIVER "run.oci.pidfd_receiver"
#define ANNOTATION_SECCOMP_DATA "run.oci.seccomp_bpf_data"
#define ANNOTATION_SECCOMP_RECEIVER "run.oci.seccomp.receiver"
#define ANNOTATION_SECCOMP_UNKNOWN "run.oci.seccomp_fail_unknown_syscall"
#define ANNOTATION_SUBGROUP "run.oci.systemd.subgroup"
#define ANNOTATION_SYSTEMD "org.systemd.property." /* and the name of a property */
int annotations_read(struct compiler *c); /* checks those that berth obeys */
const struct string_pair *annotation_find(const struct compiler *c, const char *name);
const char *annotation_value(const struct compiler *c, const char *name); /* NULL when it is absent */
/* The filter that ANNOTATION_SECCOMP_DATA, which must be there, holds. */
int annotation_filter(struct compiler *c, struct pblob *ret);

/* hooks.c */
int hooks_emit_output(struct compiler *c);
int hooks_emit(struct compiler *c, enum hook_kind kind, enum op_type type);
bool hooks_any(const struct compiler *c, enum hook_kind kind);

/* sysctl.c */
int sysctl_emit(struct compiler *c);

/* process.c, process-limits.c */
int process_read(struct compiler *c);
int process_emit_oom_score(struct compiler *c); /* before the clone, which hands it on */
int process_emit_runtime(struct compiler *c);   /* limits, I/O priority: before init goes on */
int process_emit_scheduler(struct compiler *c); /* in the container's cgroup already */
int process_emit_console(struct compiler *c);
int process_emit_create(struct compiler *c);
int process_emit_start(struct compiler *c);
int limits_emit(struct compiler *c, enum op_type type);

/* net-devices.c */
int net_devices_emit(struct compiler *c);

/* memory-policy.c */
int memory_policy_emit(struct compiler *c);

/* rdt.c */
int rdt_emit(struct compiler *c);

/* exec.c */
bool exec_keeps(const struct compiler *c, enum op_type type);
int exec_emit_seccomp(struct compiler *c);

/* keep.c */
/* Sets keep of what was compiled from its program. */
int keep_make(struct arena *arena, struct compiled *compiled, struct error *err);
/* Appends an operation of another program. */
void keep_copy(struct emit *e, const struct program *from, const struct program_op *op);

/* caps.c */
int caps_emit(struct compiler *c);
uint64_t caps_bounding(struct compiler *c);

#endif
