/* SPDX-License-Identifier: Apache-2.0 */
/*
 * berth spec: a configuration to begin with. It describes a container with every namespace, a shell on a
 * terminal, few capabilities and the customary masks; people edit it from there.
 */
#include "base/buf.h"
#include "base/fd.h"
#include "base/str.h"
#include "cmd/launch.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define STRINGS(...)                                                        \
	{ .v = (char *[]){ __VA_ARGS__ },                                   \
	  .n = sizeof((char *[]){ __VA_ARGS__ }) / sizeof(char *) }

#define FEW_CAPABILITIES STRINGS("CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE")

static struct config_capabilities capabilities = {
	.bounding = FEW_CAPABILITIES,
	.effective = FEW_CAPABILITIES,
	.permitted = FEW_CAPABILITIES,
};

static struct config_rlimit rlimits[] = { { "RLIMIT_NOFILE", 1024, 1024 } };

static struct config_process process = {
	.terminal = { true, true },
	.user = { .uid = { true, 0 }, .gid = { true, 0 } },
	.args = STRINGS("sh"),
	.env = STRINGS("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"),
	.cwd = "/",
	.capabilities = &capabilities,
	.rlimits = rlimits,
	.n_rlimits = ELEMENTSOF(rlimits),
	.no_new_privileges = { true, true },
};

static struct config_root root_fs = { .path = "rootfs", .readonly = { true, true } };

enum { MOUNT_PTS = 2, MOUNT_SYS = 5 };

static struct config_mount mounts[] = {
	{ .destination = "/proc", .type = "proc", .source = "proc" },
	{ .destination = "/dev",
	  .type = "tmpfs",
	  .source = "tmpfs",
	  .options = STRINGS("nosuid", "strictatime", "mode=755", "size=65536k") },
	{ .destination = "/dev/pts",
	  .type = "devpts",
	  .source = "devpts",
	  .options = STRINGS("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5") },
	{ .destination = "/dev/shm",
	  .type = "tmpfs",
	  .source = "shm",
	  .options = STRINGS("nosuid", "noexec", "nodev", "mode=1777", "size=65536k") },
	{ .destination = "/dev/mqueue",
	  .type = "mqueue",
	  .source = "mqueue",
	  .options = STRINGS("nosuid", "noexec", "nodev") },
	{ .destination = "/sys",
	  .type = "sysfs",
	  .source = "sysfs",
	  .options = STRINGS("nosuid", "noexec", "nodev", "ro") },
	{ .destination = "/sys/fs/cgroup",
	  .type = "cgroup",
	  .source = "cgroup",
	  .options = STRINGS("nosuid", "noexec", "nodev", "relatime", "ro") },
};

static struct config_device_rule device_rules[] = { { .allow = { true, false }, .access = "rwm" } };

static struct config_resources resources = { .devices = device_rules, .n_devices = 1 };

enum { NAMESPACE_NETWORK = 1, NAMESPACE_USER = 6 };

static struct config_namespace namespaces[] = {
	{ .type = "pid" },   { .type = "network" }, { .type = "ipc" },  { .type = "uts" },
	{ .type = "mount" }, { .type = "cgroup" },  { .type = "user" },
};

static struct config_linux linux_part = {
	.resources = &resources,
	.namespaces = namespaces,
	.n_namespaces = NAMESPACE_USER,
	.masked_paths = STRINGS("/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore",
				"/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
				"/proc/sched_debug", "/sys/firmware", "/sys/devices/virtual/powercap",
				"/proc/scsi"),
	.readonly_paths = STRINGS("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
				  "/proc/sysrq-trigger"),
};

static struct config template = {
	.oci_version = "1.3.0",
	.process = &process,
	.root = &root_fs,
	.hostname = "berth",
	.mounts = mounts,
	.n_mounts = ELEMENTSOF(mounts),
	.linux_ = &linux_part,
};

/* An ordinary user gets a user namespace of one id and shares the network; limits need delegation. */
static void make_rootless(void)
{
	static struct id_mapping uid, gid;
	static char *pts_options[] = { "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620" };
	static char *sys_options[] = { "rbind", "nosuid", "noexec", "nodev", "ro" };

	uid = (struct id_mapping){ .container_id = 0, .host_id = getuid(), .size = 1 };
	gid = (struct id_mapping){ .container_id = 0, .host_id = getgid(), .size = 1 };
	linux_part.uid_mappings = (struct id_mappings){ &uid, 1 };
	linux_part.gid_mappings = (struct id_mappings){ &gid, 1 };
	linux_part.n_namespaces = ELEMENTSOF(namespaces);
	/* The network namespace goes; the order of the others does not matter. */
	namespaces[NAMESPACE_NETWORK] = namespaces[--linux_part.n_namespaces];
	linux_part.resources = NULL;
	mounts[MOUNT_PTS].options = (struct strings){ pts_options, ELEMENTSOF(pts_options) };
	mounts[MOUNT_SYS] = (struct config_mount){
		.destination = "/sys",
		.type = "none",
		.source = "/sys",
		.options = { sys_options, ELEMENTSOF(sys_options) },
	};
}

int cmd_spec(struct context *ctx)
{
	const char *name = ctx->args.set[OPT_FILE] ? ctx->args.value[OPT_FILE] : "config.json";
	const char *bundle = ctx->args.set[OPT_BUNDLE] ? ctx->args.value[OPT_BUNDLE] : ".";
	_cleanup_buf_ struct buf out = BUF_INIT;
	_cleanup_close_ int dir = -1;
	_cleanup_close_ int fd = -1;
	int r;

	if (ctx->args.set[OPT_ROOTLESS])
		make_rootless();
	r = config_write(&template, &out, &ctx->err);
	if (r < 0)
		return r;
	dir = sys_openat(AT_FDCWD, bundle, O_PATH | O_DIRECTORY, 0);
	if (dir < 0)
		return error_set(&ctx->err, ERR_BUNDLE, -dir, "%s", bundle);
	fd = sys_openat(dir, name, O_WRONLY | O_CREAT | O_EXCL, 0644);
	if (fd == -EEXIST)
		return error_set(&ctx->err, ERR_FILE_OUTPUT, 0, "%s: it exists already; remove it first",
				 name);
	r = fd < 0 ? fd : sys_write_all(fd, out.data, out.len);
	return r < 0 ? error_set(&ctx->err, ERR_FILE_OUTPUT, -r, "%s", name) : 0;
}
