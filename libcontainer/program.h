/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_PROGRAM_H
#define BERTH_PROGRAM_H

/*
 * The launch program: what libcontainer/compile makes of a configuration and what the runtime and
 * berth-init execute. It is one block of memory without pointers, so that it can be handed to init
 * in a sealed memfd and mapped there as it is.
 *
 * The list of operations is a total order over both processes. Each operation has one place; the
 * runtime and init walk the same list, each does its own and skips the other's. Where the order
 * matters across a change of place, the compiler inserts OP_SYNC: init reports that it has arrived
 * and waits; the runtime, arriving at the same OP_SYNC, waits for that report, executes its own
 * operations up to the next one of init, and lets init go on. Operations behind OP_WAIT_START belong to
 * `start`; everything before it to `create`.
 *
 * Layout: header, then data (operands, string arrays, strings) and the array of struct program_op, in
 * whatever order; the last byte of the block is 0. Offsets count from the start of the block; 0 means
 * "absent". program_check() verifies once that every offset
 * an operation can name lies inside the block, that strings end inside it and that numbers name known
 * things; after that the accessors below cannot leave it.
 */

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROGRAM_MAGIC 0x68747265u /* "erth" */
#define PROGRAM_VERSION 1
#define PROGRAM_MAX_SIZE (64u << 20)
#define PROGRAM_MAX_OPS 65536u

typedef uint32_t pstr;                         /* offset of a NUL-terminated string, 0: none */
struct pstrv { uint32_t n; uint32_t off; };    /* off: array of n pstr, none of them 0 */
struct pblob { uint32_t len; uint32_t off; };  /* off is 8-byte aligned */

enum place {
	PLACE_RUNTIME, /* in berth, on the host; has an undo */
	PLACE_INIT,    /* in berth-init, inside the container */
	PLACE_BOTH,    /* OP_SYNC, OP_WAIT_START */
};

enum op_type {
#define OP(symbol, name, place, type) OP_##symbol,
#include "libcontainer/program-ops.h"
#undef OP
	OP_MAX,
};

struct program_header {
	uint32_t magic;
	uint32_t version;
	uint32_t size;   /* of the whole block */
	uint32_t n_ops;
	uint32_t ops;    /* offset of struct program_op[n_ops] */
	uint32_t wait;   /* index of OP_WAIT_START; n_ops if there is none */
	uint32_t flags;  /* PROGRAM_ flags */
	/*
	 * The state document for hooks, in two parts: head + STATUS + "\",\"pid\":" + PID + tail is the
	 * compact JSON text. Both processes fill in status and pid as they see it (runtime-spec, State).
	 */
	pstr state_head;
	pstr state_tail;
	uint32_t reserved;
};

#define PROGRAM_TERMINAL 1u     /* process.terminal */
#define PROGRAM_NEW_USERNS 2u   /* init lives in a new user namespace */
#define PROGRAM_NO_PROCESS 4u   /* no process object: start must fail */
#define PROGRAM_SECCOMP_NOTIFY 8u

struct program_op {
	uint16_t type;   /* enum op_type */
	uint16_t place;  /* enum place; equals the table's, kept for readers without it */
	uint32_t data;   /* offset of the operand struct, 8-byte aligned; 0 when the op has none */
	pstr origin;     /* JSON pointer that asked for it, or 0 for an operation of berth's own */
	uint32_t line;   /* in the configuration, 0 if unknown */
};

/* ---- operands; one struct per row of program-ops.h, fixed-size members only ---- */

struct op_none { uint64_t unused; };

/* runtime: cgroups */
#define CGROUP_CREATE_OPTIONAL 1u /* a user who may not make it runs without */
struct op_cgroup_create {
	pstr dir;          /* full host path, e.g. "/sys/fs/cgroup/cpu/docker/abc" */
	pstr mount;        /* mount point part of dir, e.g. "/sys/fs/cgroup/cpu" */
	pstr controllers;  /* "cpu", "cpu,cpuacct", "name=systemd", "" for v2 */
	uint32_t version;  /* 1 or 2 */
	uint32_t flags;
	uint32_t unused;
};
#define CGROUP_CONTROLLERS_ALL 1u /* also those that nothing needs, as far as that can be had */
/* v2: enables controllers in the parents of dir, from mount down. */
struct op_cgroup_controllers { pstr dir; pstr mount; pstr needed; /* "cpu,memory" */ uint32_t flags; };
#define CGROUP_SET_IF_NEW 1u    /* only when this create made the cgroup */
#define CGROUP_SET_OPTIONAL 2u  /* a missing file is no error */
#define CGROUP_SET_CHECK_USAGE 4u /* memory.checkBeforeUpdate: refuse below present usage */
#define CGROUP_SET_SECOND 8u    /* the value is the second word of the file, whose first one stays */
struct op_cgroup_set {
	pstr dir;
	pstr file;
	pstr value;
	uint32_t flags;
	pstr other_file;  /* written instead when there is no such file, or 0 */
	pstr other_value;
};
#define CGROUP_DEVICES_INSN_SIZE 8u
/* v2: the device list as a BPF program. flags: CGROUP_SET_IF_NEW, _OPTIONAL (a user who may not attach it) */
struct op_cgroup_devices {
	pstr dir;
	uint32_t flags;
	struct pblob filter;  /* struct bpf_insn[] of CGROUP_DEVICES_INSN_SIZE each */
	pstr rules;           /* for explain */
	uint32_t unused;
};
/* v2: hands a directory that this create made over to the container's user. */
struct op_cgroup_owner { pstr dir; uint32_t uid; uint32_t flags; /* CGROUP_SET_OPTIONAL */ uint32_t unused; };
/* v2: makes a cgroup below one that this create made, moves init there, and enables its controllers. */
struct op_cgroup_descend { pstr parent; pstr dir; };

/* runtime: process */
struct op_namespace_join { uint32_t type; /* CLONE_NEW* */ pstr path; };
struct op_clone {
	uint64_t flags;   /* CLONE_NEW* of the new namespaces (never NEWCGROUP, NEWTIME) */
	pstr cgroup;      /* v2 directory for CLONE_INTO_CGROUP, or 0 */
};
/* A unit of systemd with init in it. */
#define SYSTEMD_UNIT_USER 1u  /* of the user's manager */
#define SYSTEMD_UNIT_SLICE 2u /* a slice: init is moved into it afterwards */
struct op_systemd_unit {
	pstr unit;                 /* "libpod-abc.scope" */
	pstr group;                /* where systemd is expected to put it, "/machine.slice/libpod-abc.scope" */
	pstr dir;                  /* the same as a host path */
	uint32_t flags;
	struct pstrv properties;   /* in the form of systemd-words.h */
};
struct op_id_map { pstr uid_map; pstr gid_map; /* kernel's text */ uint32_t deny_setgroups; };
struct op_oom_score { int32_t value; uint32_t best_effort; /* nobody asked for it: may fail */ };
struct op_rlimit { uint32_t resource; uint32_t unused; uint64_t soft, hard; };
struct op_scheduler {
	uint32_t policy; int32_t nice; uint32_t priority; uint32_t unused;
	uint64_t flags, runtime, deadline, period;
};
struct op_io_priority { uint32_t value; /* as for ioprio_set(2) */ uint32_t unused; };
struct op_net_device { pstr host_name; pstr name; /* in the container; may have a "%d" */ };

#define RDT_MUST_EXIST 1u  /* a group of the host's, without limits of ours */
#define RDT_OWN 2u         /* named after the container, which nobody shares it with; 0: made or compared */
struct op_rdt {
	pstr mount;            /* where resctrl is mounted */
	pstr group;            /* or 0: the root group */
	struct pstrv schemata; /* lines, without their newline */
	pstr monitor;          /* monitoring group, or 0 */
	uint32_t flags;
};

/* both: hooks. place: prestart, createRuntime, poststart, poststop runtime; others init */
struct op_hook {
	uint32_t kind;      /* enum hook_kind of spec/config.h */
	uint32_t index;     /* within its kind */
	pstr path;
	uint32_t has_env;
	struct pstrv args;  /* n == 0: path is argv[0] */
	struct pstrv env;
	uint32_t timeout;   /* seconds, 0: none */
	uint32_t unused;
};

/* A file to which what hooks write is appended. */
struct op_hook_output {
	pstr path;
	uint32_t stream;  /* 0: standard output, 1: standard error */
};

/* init: entering */
struct op_cgroup_enter {
	pstr file;       /* host path of a v1 "tasks" file; write "0" */
	uint32_t flags;  /* CGROUP_CREATE_OPTIONAL: it may not have been made */
};
struct op_unshare { uint32_t flags; /* CLONE_NEW* */ };
struct op_affinity {
	struct pblob mask;  /* uint64_t[], a bit for each CPU */
	pstr cpus;          /* as configured */
	uint32_t unused;
};
/* Written to timens_offsets; monotonic and boottime in one operation, before entering the namespace. */
struct op_time_offsets { pstr text; };
struct op_name { pstr name; };
struct op_keyring { pstr name; pstr label; };

/* init: root file system and mounts */
#define ROOT_NO_MOUNT_NS 1u     /* no mount namespace: nothing is mounted, chroot at the end */
struct op_root_open {
	pstr path;             /* absolute host path */
	uint32_t propagation;  /* MS_SHARED/MS_SLAVE/MS_PRIVATE/MS_UNBINDABLE (| MS_REC) for the old "/" first */
	uint32_t flags;
};

enum mount_kind {
	MOUNT_KIND_NEW,      /* fsopen(fstype), or mount(2) */
	MOUNT_KIND_BIND,     /* open_tree(source) */
	MOUNT_KIND_REMOUNT,  /* change the mount that is at target */
	MOUNT_KIND_MAX,
};
#define MOUNT_RECURSIVE 0x01u       /* rbind */
#define MOUNT_REAL_DIR 0x02u        /* target (all components) must be a real directory: proc, sysfs, ... */
#define MOUNT_TMPCOPYUP 0x04u
#define MOUNT_FROM_RUNTIME 0x08u    /* ask the runtime to open the source (user namespace, idmap) */
#define MOUNT_COPY_SYMLINK 0x10u    /* source is a symlink: recreate it at target */
#define MOUNT_SRC_NOFOLLOW 0x20u
#define MOUNT_DEST_NOFOLLOW 0x40u
#define MOUNT_IDMAP 0x80u           /* idmapped by uid_map/gid_map */
#define MOUNT_IDMAP_RECURSIVE 0x100u
#define MOUNT_OPTIONAL 0x200u       /* a missing source (e.g. the cgroup of an absent hierarchy) is no error */
struct op_mount {
	uint32_t kind;
	uint32_t flags;
	pstr fstype;
	pstr source;          /* bind: absolute host path; new: the source string */
	pstr target;          /* inside the rootfs, begins with "/" */
	pstr data;            /* file-system-specific options joined by commas */
	uint32_t sb_set;      /* MS_RDONLY|MS_SYNCHRONOUS|MS_DIRSYNC|MS_LAZYTIME|MS_MANDLOCK|MS_SILENT|MS_I_VERSION */
	uint32_t sb_clear;
	uint64_t attr_set, attr_clear;    /* MOUNT_ATTR_*, this mount only; for mount_setattr(2) */
	uint64_t rattr_set, rattr_clear;  /* recursive */
	uint32_t propagation;             /* 0, or one MS_ propagation flag, perhaps | MS_REC */
	uint32_t n_propagation;           /* more than one in order: see propagations */
	struct pblob propagations;        /* uint32_t[n_propagation] */
	pstr uid_map, gid_map;            /* kernel's text, with MOUNT_IDMAP; 0: those of init's user namespace */
	pstr label;                       /* complete "context=\"...\"" option, or 0 */
	uint32_t index;                   /* in config's mounts, UINT32_MAX for berth's own */
	pstr fallback;                    /* EPERM, EBUSY: bind this host path recursively instead, or 0 */
	uint32_t unused;
};

#define DEVICE_DEFAULT 1u   /* one of the spec's default devices */
#define DEVICE_BIND 2u      /* bind from the host instead of mknod (user namespace) */
struct op_device {
	pstr path;
	uint32_t type;  /* S_IFCHR, S_IFBLK, S_IFIFO */
	uint32_t major, minor;
	uint32_t mode, uid, gid;
	uint32_t flags;
};
#define SYMLINK_IF_TARGET 1u  /* only when the target exists in the container */
#define SYMLINK_REPLACE 2u    /* replace an existing non-directory */
struct op_symlink { pstr target; pstr path; uint32_t flags; };

struct op_console {
	uint32_t width, height;  /* 0: leave */
	uint32_t uid, gid;       /* owner of the slave */
	uint32_t mount;          /* bind it on /dev/console */
	uint32_t unused;
};
struct op_sysctl { pstr key; /* path below /proc/sys, with '/' */ pstr value; pstr name; /* as configured */ };

enum root_enter_method { ROOT_ENTER_PIVOT, ROOT_ENTER_MOVE, ROOT_ENTER_CHROOT };
struct op_root_enter { uint32_t method; };
struct op_root_propagation { uint32_t flags; /* MS_* (| MS_REC) for the new "/" */ };
struct op_path { pstr path; };  /* masked and read-only paths */

/* init: the process */
struct op_value { uint32_t value; };  /* personality, umask */
struct op_memory_policy {
	uint32_t mode;       /* MPOL_* of linux/mempolicy.h */
	uint32_t flags;      /* MPOL_F_* */
	struct pblob mask;   /* uint64_t[], a bit for each memory node; empty: none */
	pstr nodes;          /* the same in words, for explain */
	uint32_t unused;
};
struct op_bounding { uint64_t keep; };
#define USER_KEEP_GROUPS 1u   /* run.oci.keep_original_groups: no setgroups */
struct op_user { uint32_t uid, gid; uint32_t n_groups; uint32_t flags; struct pblob groups; /* uint32_t[] */ };
#define CAPS_KEEP_ADMIN 1u    /* keep CAP_SYS_ADMIN until the filter is loaded: no_new_privs is off */
struct op_capabilities {
	uint64_t effective, permitted, inheritable, ambient;
	uint32_t flags;
	uint32_t unused;
};
struct op_lsm { pstr apparmor; pstr selinux; };
struct op_home { uint32_t uid; };
struct op_find_program { pstr file; /* args[0] */ pstr path; /* value of PATH, or 0 */ };
struct op_seccomp {
	uint32_t flags;        /* SECCOMP_FILTER_FLAG_* */
	uint32_t notify;       /* a listener is wanted */
	struct pblob filter;   /* struct sock_filter[] */
	pstr listener_path;
	pstr listener_metadata;
	pstr summary;          /* for explain */
	uint32_t unused;
};
struct op_exec { struct pstrv args; struct pstrv env; };

/* runtime: files that others read */
struct op_output { pstr path; };

/* ---- reading ---- */

struct program {
	const uint8_t *base;
	const struct program_header *header;
	const struct program_op *ops;
};

/*
 * Verifies a block of `size` bytes and fills *ret, which borrows it. -EINVAL with *err set
 * (ERR_PROGRAM_INVALID) when anything in it is out of bounds or unknown. No allocation.
 */
int program_check(const void *block, size_t size, struct program *ret, struct error *err);

static inline const char *program_str(const struct program *p, pstr off)
{
	return off ? (const char *)(p->base + off) : NULL;
}

static inline const void *program_data(const struct program *p, const struct program_op *op)
{
	return p->base + op->data;
}

static inline const char *program_strv(const struct program *p, struct pstrv v, uint32_t i)
{
	return program_str(p, ((const pstr *)(const void *)(p->base + v.off))[i]);
}

static inline const void *program_blob(const struct program *p, struct pblob b)
{
	return b.len ? p->base + b.off : NULL;
}

/* ---- the table of operations ---- */

enum field_kind {
	FIELD_U32, FIELD_I32, FIELD_U64, FIELD_HEX32, FIELD_HEX64, FIELD_OCTAL, FIELD_BOOL,
	FIELD_STR, FIELD_STR_REQUIRED, FIELD_STRV, FIELD_BLOB,
};

struct field {
	const char *name;
	enum field_kind kind;
	uint32_t offset;
	uint32_t item_size;   /* FIELD_BLOB: size of one element */
	uint32_t limit;       /* numbers: values >= limit are refused; 0: any */
};

struct op_info {
	const char *name;     /* "cgroup-create" */
	enum place place;
	uint32_t size;        /* of the operand, 0 if none */
	const struct field *fields;
	uint32_t n_fields;
};

/* Never NULL for type < OP_MAX. Both programs link this table. */
const struct op_info *op_info(uint32_t type);

#endif
