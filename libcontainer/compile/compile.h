/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_COMPILE_H
#define BERTH_COMPILE_H

/*
 * Configuration -> launch program. Pure: no system calls, no privileges, no side effects; what must be
 * known about the host comes in struct host, what the caller asked for in struct compile_options. Every
 * error that the configuration can have is found here, before anything has changed.
 */

#include "base/arena.h"
#include "base/error.h"
#include "libcontainer/program.h"
#include "spec/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One mounted cgroup hierarchy. */
struct host_hierarchy {
	const char *mount;        /* mount point, e.g. "/sys/fs/cgroup/cpu,cpuacct" */
	const char *controllers;  /* "cpu,cpuacct", "name=systemd", "" for v2 */
	uint32_t version;         /* 1 or 2 */
	const char *own;          /* path of the calling process in it, relative to the mount point */
	const char *available;    /* v2: the controllers of its top, "cpu,memory"; NULL for v1 */
};

#define HOST_LIMITS 16u /* RLIMIT_ numbers of Linux */

struct host {
	struct host_hierarchy *hierarchies;
	size_t n_hierarchies;
	bool unified;             /* v2 only: no v1 hierarchy is mounted */
	const char *resctrl;      /* where it is mounted; NULL: nowhere, or nobody asked */
	bool apparmor, selinux;   /* enabled in the kernel */
	bool in_userns;           /* we are not in the initial user namespace */
	uint32_t euid;
	uint32_t outer_uid;       /* what euid is outside of our user namespace */
	uint32_t last_cap;        /* highest capability that the kernel knows */
	uint64_t caps;            /* our bounding set: what cannot be granted is a warning */
	uint32_t audit_arch;      /* AUDIT_ARCH_* of the machine */
	uint64_t hard_limits[HOST_LIMITS]; /* ours, which every process of ours begins with; 0: not known */
	uint32_t umask;           /* not used for the container, which gets 0022 when none is configured */
};

enum cgroup_manager { CGROUP_MANAGER_CGROUPFS, CGROUP_MANAGER_SYSTEMD, CGROUP_MANAGER_DISABLED };

struct compile_options {
	const char *id;
	const char *bundle;          /* absolute */
	const char *pid_file;        /* as given (already absolute or relative to the cwd), or NULL */
	const char *pidfd_socket;    /* or NULL */
	bool have_console_socket;
	bool detached;               /* create and run --detach */
	bool no_pivot;
	bool no_new_keyring;
	bool foreground_terminal;    /* run in the foreground relays the terminal itself */
	enum cgroup_manager cgroup_manager;
	uint32_t preserve_fds, listen_fds;
	const char *listen_names;    /* of the listen_fds, as LISTEN_FDNAMES has them, or NULL */
	const char *notify_socket;   /* host directory to bind at /run/notify, or NULL */
};

struct compiled {
	void *program;       /* the block, in the arena, for program_check() */
	size_t program_size;
	void *keep;          /* what exec will repeat of it, for keep_read() */
	size_t keep_size;
	char **warnings;     /* e.g. capabilities that are unknown or cannot be granted */
	size_t n_warnings;
};

/* 0, or a negative errno with *err set; *ret lives in the arena. */
int compile(const struct document *doc, const struct config *config, const struct host *host,
	    const struct compile_options *options, struct arena *arena, struct compiled *ret,
	    struct error *err);

/* One of the cgroups of a running container. */
struct exec_cgroup {
	const char *dir;          /* full host path */
	const char *controllers;  /* as in struct host_hierarchy */
	uint32_t version;
};

/* The running container that exec adds a process to. */
struct exec_base {
	const struct program *keep;            /* from keep_read() */
	const struct string_map *annotations;
	const struct exec_cgroup *cgroups;
	size_t n_cgroups;
	uint32_t namespaces;                   /* CLONE_NEW* of those of init that are not our own */
	int32_t oom_score_adj;                 /* of init */
	const char *const *sub_cgroups;        /* values of --cgroup */
	size_t n_sub_cgroups;
};

/* compile() for one more process in a running container. doc is the one that process came from. */
int compile_exec(const struct document *doc, const struct config_process *process,
		 const struct exec_base *base, const struct host *host, const struct compile_options *options,
		 struct arena *arena, struct compiled *ret, struct error *err);

/*
 * Reads a block that compile() gave out as keep, perhaps of another version of berth: its operations are
 * given the numbers of this one. The block (8-byte aligned) is changed, and *ret borrows it.
 */
int keep_read(void *block, size_t size, struct program *ret, struct error *err);

/*
 * For update. update_normalise() takes out what it does not change: device rules, kernel memory, and 0 where
 * that means "as it is". update_complete() takes from what was recorded (NULL: nothing) the values without
 * which those that are asked for make no sense: a limit for its swap, a quota for its period.
 */
void update_normalise(struct config_resources *asked);
void update_complete(struct config_resources *asked, const struct config_resources *recorded);

/*
 * resources -> a program of OP_CGROUP_SET operations. The mount point of each of host's hierarchies is the
 * directory of the container in it. 0, or a negative errno with *err set; *ret lives in the arena.
 */
int compile_update(const struct document *doc, struct config_resources *resources, const struct host *host,
		   struct arena *arena, struct compiled *ret, struct error *err);

/* What a group of resctrl can be called: one name, and none that the file system gives a meaning. */
bool rdt_is_group_name(const char *name);

/*
 * Prints a program for people and golden files: one line per operation with index, place, name, origin
 * and every operand in words ("attr_set=ro,nosuid"). json: the same as one JSON document.
 */
struct buf;
int explain(const struct program *program, bool json, struct buf *out, struct error *err);

/* The names that the features document lists; arrays end with NULL. */
extern const char *const compile_mount_options[];
extern const char *const compile_namespaces[];
extern const char *const compile_capabilities[];
extern const char *const compile_annotations[]; /* that change what a launch does */
extern const char *const compile_hook_annotations[2]; /* files for standard output and error of hooks */
extern const char *const compile_memory_policy_modes[];
extern const char *const compile_memory_policy_flags[];
const char *compile_capability_name(unsigned cap); /* "CAP_CHOWN", or NULL */

#endif
