/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_INIT_H
#define BERTH_INIT_H

/*
 * berth-init: enters the container and walks init's side of the launch program.
 *
 * One struct init is the whole state. It owns every descriptor in it. Each op_ function does one
 * operation: 0, or a negative errno with *err set; walk.c adds step, pointer and line.
 */

#include "base/error.h"
#include "libcontainer/dialogue.h"
#include "libcontainer/program.h"
#include "libcontainer/sys/procfs.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/* What sys_getdents() delivers: the kernel's struct linux_dirent64. */
struct directory_entry {
	uint64_t ino;
	int64_t off;
	uint16_t len;
	uint8_t type;
	char name[];
};

/* Large, and not in use while init waits: its pages are given back then, which makes it all zeros again. */
struct scratch {
	struct message message;
	struct error err;
};

struct init {
	struct page *page;
	struct program program;
	int fd_page;
	int fd_program;
	int fd_wire;          /* -1 after the commit of create */
	int fd_listen;
	int fd_console;
	int fd_start;         /* the connection of `start` */
	uint32_t at;          /* index of the present operation */

	int fd_root;          /* the rootfs, or "/" after entering; -1: not opened yet */
	bool own_root;        /* this program prepares the rootfs: missing directories may be made */
	bool entered;
	struct procfs proc;
	bool target_was_new;  /* the mount point made last was missing before */

	int fd_node_dir;      /* the directory of the device node or link that was made last, see device.c */
	const char *node_path;
	uint32_t node_at;     /* the operation that made it */

	int fd_mask_file;     /* sources of masks, see mask.c */
	int fd_mask_dir;
	bool mask_attached, mask_old_way;

	bool time_unshared;
	int64_t clock_shift;  /* ns that a new time namespace has moved the clock by */

	const char *cwd;      /* still to be entered, after the change of user */
	bool filtered;        /* our own filter is in force: as few system calls as possible */
	bool exec_ready;
	char **argv, **envp;
	char **environ;       /* the caller's, for hooks without an environment */
	const char *home;     /* "HOME=...", or NULL; in text */
	char *path;           /* the program's file, or empty; PATH_MAX bytes, in text */
	struct scratch *scratch;
	/* Home and path are short, and one behind the other: one page, that of this structure, for all of them. */
	char text[2 * PATH_MAX];
};

/* walk.c. Does all operations; returns the exit status. */
int walk(struct init *i);
/* Whether the program, behind the present operation, has one of that type. */
const struct program_op *walk_later(const struct init *i, enum op_type type);

/* The first of that type in the whole program. */
const struct program_op *walk_any(const struct init *i, enum op_type type);

/* wait.c: everything that waits for the runtime or for `start`. *ret_gone: it went away, leave silently. */
int wait_sync(struct init *i, bool *ret_gone, struct error *err);
int wait_start(struct init *i, bool *ret_gone, struct error *err);
/* Asks the runtime for the source of the present mount: a detached mount, or -ENOSYS where there is no such thing. */
int wait_source(struct init *i, struct error *err);

/* root.c */
int init_root(struct init *i, struct error *err); /* opens "/" when the program has no rootfs of its own */
int init_proc(struct init *i, struct error *err);
/*
 * Sets MS_ propagation flags (perhaps | MS_REC) on the mount that fd is the root of. -ENOSYS when the
 * mount is detached and the kernel, or a filter, has no mount_setattr(2).
 */
int root_propagate(struct init *i, int fd, bool attached, uint32_t flags);
/* hide.c: takes the host's procfs and sysfs away. */
int root_hide_kernel_mounts(struct init *i);
int op_root_open(struct init *i, const void *data, struct error *err);
int op_root_enter(struct init *i, const void *data, struct error *err);
int op_root_propagation(struct init *i, const void *data, struct error *err);
int op_root_readonly(struct init *i, const void *data, struct error *err);

/* mount.c, mount-new.c, mount-legacy.c, tmpcopyup.c */
int op_mount(struct init *i, const void *data, struct error *err);
/*
 * A detached mount of a new file system; -ENOSYS (*err not set) when mount(2) has to do it. target_mode:
 * see mount_default_mode().
 */
int mount_new(struct init *i, const struct op_mount *op, int target_mode, struct error *err);
int mount_reconfigure(struct init *i, const struct op_mount *op, int target, struct error *err);
int mount_fail(const struct init *i, const struct op_mount *op, int r, const char *what, struct error *err);
/*
 * Sets and clears attributes of the mount that fd is the root of. Without mount_setattr(2): -ENOSYS for a
 * detached mount, mount(2) for an attached one, -EOPNOTSUPP for a recursive change, which mount(2) cannot do.
 */
int mount_attributes(struct init *i, int fd, bool attached, bool recursive, uint64_t set, uint64_t clear);
/*
 * A tmpfs without a mode option gets the mode of the directory that it covers (target_mode; -1: none was
 * there), as with other runtimes: images rely on it for /tmp. Whether that applies, and the option's value.
 */
bool mount_default_mode(const struct init *i, const struct op_mount *op, int target_mode, char buf[8]);
/* The options of one string for mount(2); -E2BIG when they do not fit. */
int mount_legacy_data(const struct init *i, const struct op_mount *op, int target_mode, char *buf,
		      size_t size);
/* mount(2) on an object given by descriptor. source_fd >= 0 replaces source. */
int mount_legacy(struct init *i, const char *source, int source_fd, int target, const char *fstype,
		 unsigned long flags, const char *data);
int tmpcopyup(int from, int to, struct error *err);

/* device.c */
int op_device(struct init *i, const void *data, struct error *err);
int op_symlink(struct init *i, const void *data, struct error *err);
/* A verified character device of the host, O_PATH. */
int device_open_host(const char *path, uint32_t type, uint32_t major, uint32_t minor, struct error *err);
/* Binds the object (descriptor) over the file path of the container, which is made if missing. */
int device_bind(struct init *i, int source, const char *path, struct error *err);

/* mask.c */
int mask_prepare(struct init *i, struct error *err); /* before the host's root goes away */
void mask_close(struct init *i);
int op_masked_path(struct init *i, const void *data, struct error *err);
int op_readonly_path(struct init *i, const void *data, struct error *err);

/* console.c */
int op_console(struct init *i, const void *data, struct error *err);
int op_stdio(struct init *i, const void *data, struct error *err);

/* hook.c */
int op_hook(struct init *i, const void *data, struct error *err);

/* namespace.c */
int op_cgroup_enter(struct init *i, const void *data, struct error *err);
int op_unshare(struct init *i, const void *data, struct error *err);
int op_affinity(struct init *i, const void *data, struct error *err);
int op_time_offsets(struct init *i, const void *data, struct error *err);
int op_userns_root(struct init *i, const void *data, struct error *err);
int op_hostname(struct init *i, const void *data, struct error *err);
int op_domainname(struct init *i, const void *data, struct error *err);
int op_loopback(struct init *i, const void *data, struct error *err);
int op_keyring(struct init *i, const void *data, struct error *err);
int op_sysctl(struct init *i, const void *data, struct error *err);
uint64_t clock_now(const struct init *i);

/* process.c */
/* Not dumpable, and killed with the runtime: both are undone by the kernel when ids change. */
void process_guard(bool die_with_parent);
int op_memory_policy(struct init *i, const void *data, struct error *err);
int op_personality(struct init *i, const void *data, struct error *err);
int op_umask(struct init *i, const void *data, struct error *err);
int op_lsm(struct init *i, const void *data, struct error *err);
int op_bounding(struct init *i, const void *data, struct error *err);
int op_user(struct init *i, const void *data, struct error *err);
int op_capabilities(struct init *i, const void *data, struct error *err);
int op_rlimit(struct init *i, const void *data, struct error *err);
int op_no_new_privs(struct init *i, const void *data, struct error *err);
int lsm_keyring_label(struct init *i, const char *label, struct error *err);

/* home.c */
/* Takes the directory as the current one, made if this program prepares the rootfs. */
int cwd_enter(struct init *i, const char *path, struct error *err);
int op_cwd(struct init *i, const void *data, struct error *err);
int op_home(struct init *i, const void *data, struct error *err);

/* seccomp.c, exec.c, find.c */
int op_seccomp(struct init *i, const void *data, struct error *err);
int op_exec(struct init *i, const void *data, struct error *err);
/* Everything that can be done before the filter is loaded. */
int exec_prepare(struct init *i, const struct op_exec *op, struct error *err);
/* The strings as an array for execve; NULL when memory is short. extra may be NULL or "". */
char **exec_strings(const struct init *i, struct pstrv v, const char *extra);
int op_find_program(struct init *i, const void *data, struct error *err);
int find_program(struct init *i, const char *file, const char *path, struct error *err);
/* Words for a failed execve of the file. */
int find_explain(const char *file, const char *path, int r, struct error *err);

#endif
