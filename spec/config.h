/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SPEC_CONFIG_H
#define BERTH_SPEC_CONFIG_H

/*
 * The Linux part of an OCI config.json (runtime-spec 1.3) in memory. Nothing here knows Linux: words
 * stay words, numbers stay numbers; libcontainer/compile gives them a meaning.
 *
 * Everything lives in the document's arena. Absent strings and objects are NULL, absent arrays have
 * n == 0 and a NULL pointer (a present empty array: n == 0 and a pointer that is not NULL), absent
 * numbers and booleans have set == false. JSON null counts as absent.
 */

#include "spec/document.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct opt_bool { bool set; bool v; };
struct opt_i64 { bool set; int64_t v; };
struct opt_u64 { bool set; uint64_t v; };
struct opt_i32 { bool set; int32_t v; };
struct opt_u32 { bool set; uint32_t v; };
struct opt_u16 { bool set; uint16_t v; };

struct strings { char **v; size_t n; };

struct string_pair { char *name; char *value; };
struct string_map { struct string_pair *v; size_t n; };

struct id_mapping { uint32_t container_id, host_id, size; };
struct id_mappings { struct id_mapping *v; size_t n; };

struct config_root {
	char *path; /* required */
	struct opt_bool readonly;
};

struct config_mount {
	char *destination; /* required */
	char *source;
	char *type;
	struct strings options;
	struct id_mappings uid_mappings;
	struct id_mappings gid_mappings;
};

struct config_console_size { uint64_t height, width; };

struct config_user {
	struct opt_u32 uid, gid, umask;
	uint32_t *additional_gids;
	size_t n_additional_gids;
	char *username;
};

struct config_capabilities {
	struct strings bounding, permitted, effective, inheritable, ambient;
};

struct config_rlimit { char *type; uint64_t soft, hard; /* all required */ };

struct config_io_priority { char *class_; struct opt_i32 priority; };

struct config_scheduler {
	char *policy; /* required */
	struct opt_i32 nice, priority;
	struct strings flags;
	struct opt_u64 runtime, deadline, period;
};

struct config_exec_cpu_affinity { char *initial, *final; };

struct config_process {
	struct opt_bool terminal;
	struct config_console_size *console_size;
	char *cwd; /* required */
	struct strings env;
	struct strings args;
	char *command_line; /* Windows; ignored */
	struct config_rlimit *rlimits;
	size_t n_rlimits;
	char *apparmor_profile;
	struct config_capabilities *capabilities;
	struct opt_bool no_new_privileges;
	struct opt_i64 oom_score_adj;
	struct config_scheduler *scheduler;
	char *selinux_label;
	struct config_io_priority *io_priority;
	struct config_exec_cpu_affinity *exec_cpu_affinity;
	struct config_user user;
};

struct config_hook {
	char *path; /* required */
	struct strings args;
	struct strings env;
	bool has_env; /* "env" is present, perhaps empty */
	struct opt_i64 timeout;
};

struct config_hook_list { struct config_hook *v; size_t n; };

/* In the order in which they run. */
enum hook_kind {
	HOOK_PRESTART,
	HOOK_CREATE_RUNTIME,
	HOOK_CREATE_CONTAINER,
	HOOK_START_CONTAINER,
	HOOK_POSTSTART,
	HOOK_POSTSTOP,
	HOOK_KIND_MAX,
};

struct config_hooks { struct config_hook_list kind[HOOK_KIND_MAX]; };

struct config_namespace { char *type; /* required */ char *path; };

struct config_device {
	char *type; /* required */
	char *path; /* required */
	struct opt_i64 major, minor;
	struct opt_u32 file_mode, uid, gid;
};

struct config_net_device { char *host_name; /* the key */ char *name; };

struct config_device_rule {
	struct opt_bool allow; /* required */
	char *type;
	struct opt_i64 major, minor;
	char *access;
};

struct config_memory {
	struct opt_i64 limit, reservation, swap, kernel, kernel_tcp;
	struct opt_u64 swappiness;
	struct opt_bool disable_oom_killer, use_hierarchy, check_before_update;
};

struct config_cpu {
	struct opt_u64 shares, burst, period, realtime_period;
	struct opt_i64 quota, realtime_runtime, idle;
	char *cpus, *mems;
};

struct config_pids { struct opt_i64 limit; /* required */ };

struct config_weight_device {
	struct opt_i64 major, minor; /* required */
	struct opt_u16 weight, leaf_weight;
};

struct config_throttle_device {
	struct opt_i64 major, minor; /* required */
	struct opt_u64 rate;
};

struct config_throttle_list { struct config_throttle_device *v; size_t n; };

struct config_block_io {
	struct opt_u16 weight, leaf_weight;
	struct config_weight_device *weight_device;
	size_t n_weight_device;
	struct config_throttle_list read_bps, write_bps, read_iops, write_iops;
};

struct config_hugepage_limit { char *page_size; uint64_t limit; /* both required */ };

struct config_net_priority { char *name; uint32_t priority; /* both required */ };

struct config_net_cgroup {
	struct opt_u32 class_id;
	struct config_net_priority *priorities;
	size_t n_priorities;
};

struct config_rdma { char *device; /* the key */ struct opt_u32 hca_handles, hca_objects; };

struct config_resources {
	struct config_device_rule *devices;
	size_t n_devices;
	struct config_memory *memory;
	struct config_cpu *cpu;
	struct config_pids *pids;
	struct config_block_io *block_io;
	struct config_hugepage_limit *hugepage_limits;
	size_t n_hugepage_limits;
	struct config_net_cgroup *network;
	struct config_rdma *rdma;
	size_t n_rdma;
	struct string_map unified;
};

struct config_seccomp_arg {
	uint32_t index;      /* required */
	uint64_t value;      /* required */
	struct opt_u64 value_two;
	char *op;            /* required */
};

struct config_seccomp_rule {
	struct strings names; /* required */
	char *action;         /* required */
	struct opt_u32 errno_ret;
	struct config_seccomp_arg *args;
	size_t n_args;
};

struct config_seccomp {
	char *default_action; /* required */
	struct opt_u32 default_errno_ret;
	struct strings architectures;
	struct strings flags;
	bool has_flags; /* "flags" is present, perhaps empty */
	char *listener_path;
	char *listener_metadata;
	struct config_seccomp_rule *syscalls;
	size_t n_syscalls;
};

struct config_intel_rdt {
	char *clos_id;
	struct strings schemata;
	char *l3_cache_schema;
	char *mem_bw_schema;
	struct opt_bool enable_monitoring;
};

struct config_memory_policy {
	char *mode;
	char *nodes;
	struct strings flags;
};

struct config_personality { char *domain; struct strings flags; };

struct config_time_offset { char *clock; /* the key */ struct opt_i64 secs; struct opt_u32 nanosecs; };

struct config_linux {
	struct config_device *devices;
	size_t n_devices;
	struct config_net_device *net_devices;
	size_t n_net_devices;
	struct id_mappings uid_mappings, gid_mappings;
	struct config_namespace *namespaces;
	size_t n_namespaces;
	struct config_resources *resources;
	char *cgroups_path;
	char *rootfs_propagation;
	struct config_seccomp *seccomp;
	struct string_map sysctl;
	struct strings masked_paths;
	struct strings readonly_paths;
	char *mount_label;
	struct config_intel_rdt *intel_rdt;
	struct config_memory_policy *memory_policy;
	struct config_personality *personality;
	struct config_time_offset *time_offsets;
	size_t n_time_offsets;
};

struct config {
	char *oci_version; /* required */
	struct config_root *root;
	struct config_mount *mounts;
	size_t n_mounts;
	struct config_process *process;
	char *hostname;
	char *domainname;
	struct config_hooks *hooks;
	struct string_map annotations;
	struct config_linux *linux_; /* "linux" itself is a macro of some compilers */
};

/*
 * Reads a config.json text. On success *ret points into the arena of *doc and stays valid until
 * document_done(). Checks all that a JSON schema would check, and ociVersion; what a value means for
 * Linux is checked by libcontainer/compile. 0 or a negative errno with *err set.
 */
int config_read(struct document *doc, const char *text, size_t len, struct config **ret,
		struct error *err);

/* The same for a single process object (exec --process) and a resources object (update). */
int config_read_process(struct document *doc, const char *text, size_t len,
			struct config_process **ret, struct error *err);
int config_read_resources(struct document *doc, const char *text, size_t len,
			  struct config_resources **ret, struct error *err);

/*
 * For the record of a container: the resources as JSON in one line, without the device rules, which no
 * later command changes; and what an update asks for (over) laid over what there was (base, or NULL).
 */
struct buf;
int config_write_resources(const struct config_resources *resources, struct buf *out, struct error *err);
struct config_resources *config_overlay_resources(const struct config_resources *base,
						  const struct config_resources *over, struct arena *arena);

/* Writes the configuration as JSON, indented by tabs as `runc spec` users know it. */
int config_write(const struct config *config, struct buf *out, struct error *err);

/* The process object alone, in one line. */
int config_write_process(const struct config_process *process, struct buf *out, struct error *err);

/* The property name of a hook kind, such as "createRuntime". */
const char *hook_kind_name(enum hook_kind kind);

#endif
