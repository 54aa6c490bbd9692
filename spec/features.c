/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/features.h"

#include "spec/table.h"

static const struct row cgroup_rows[] = {
	ROW_PLAIN(struct features_cgroup, "v1", v1, ROW_BOOL),
	ROW_PLAIN(struct features_cgroup, "v2", v2, ROW_BOOL),
	ROW_PLAIN(struct features_cgroup, "systemd", systemd, ROW_BOOL),
	ROW_PLAIN(struct features_cgroup, "systemdUser", systemd_user, ROW_BOOL),
	ROW_PLAIN(struct features_cgroup, "rdma", rdma, ROW_BOOL),
};
static const struct table cgroup_table = TABLE("cgroup", struct features_cgroup, cgroup_rows);

static const struct row seccomp_rows[] = {
	ROW_PLAIN(struct features_seccomp, "enabled", enabled, ROW_BOOL),
	ROW_WORDS(struct features_seccomp, "actions", actions),
	ROW_WORDS(struct features_seccomp, "operators", operators),
	ROW_WORDS(struct features_seccomp, "archs", archs),
	ROW_WORDS(struct features_seccomp, "knownFlags", known_flags),
	ROW_WORDS(struct features_seccomp, "supportedFlags", supported_flags),
};
static const struct table seccomp_table = TABLE("seccomp", struct features_seccomp, seccomp_rows);

static const struct row switch_rows[] = {
	ROW_PLAIN(struct features_switch, "enabled", enabled, ROW_BOOL),
};
static const struct table switch_table = TABLE("feature", struct features_switch, switch_rows);

static const struct row memory_policy_rows[] = {
	ROW_WORDS(struct features_memory_policy, "modes", modes),
	ROW_WORDS(struct features_memory_policy, "flags", flags),
};
static const struct table memory_policy_table =
	TABLE("memory policy", struct features_memory_policy, memory_policy_rows);

static const struct row intel_rdt_rows[] = {
	ROW_PLAIN(struct features_intel_rdt, "enabled", enabled, ROW_BOOL),
	ROW_PLAIN(struct features_intel_rdt, "schemata", schemata, ROW_BOOL),
	ROW_PLAIN(struct features_intel_rdt, "monitoring", monitoring, ROW_BOOL),
};
static const struct table intel_rdt_table = TABLE("intelRdt", struct features_intel_rdt, intel_rdt_rows);

static const struct row mount_extensions_rows[] = {
	ROW_PTR(struct features_mount_extensions, "idmap", idmap, &switch_table),
};
static const struct table mount_extensions_table =
	TABLE("mount extensions", struct features_mount_extensions, mount_extensions_rows);

static const struct row linux_rows[] = {
	ROW_WORDS(struct features_linux, "namespaces", namespaces),
	ROW_WORDS(struct features_linux, "capabilities", capabilities),
	ROW_PTR(struct features_linux, "cgroup", cgroup, &cgroup_table),
	ROW_PTR(struct features_linux, "seccomp", seccomp, &seccomp_table),
	ROW_PTR(struct features_linux, "apparmor", apparmor, &switch_table),
	ROW_PTR(struct features_linux, "selinux", selinux, &switch_table),
	ROW_PTR(struct features_linux, "memoryPolicy", memory_policy, &memory_policy_table),
	ROW_PTR(struct features_linux, "intelRdt", intel_rdt, &intel_rdt_table),
	ROW_PTR(struct features_linux, "mountExtensions", mount_extensions, &mount_extensions_table),
	ROW_PTR(struct features_linux, "netDevices", net_devices, &switch_table),
};
static const struct table linux_table = TABLE("linux", struct features_linux, linux_rows);

static const struct row features_rows[] = {
	ROW_STR(struct features, "ociVersionMin", oci_version_min, .flags = ROW_REQUIRED),
	ROW_STR(struct features, "ociVersionMax", oci_version_max, .flags = ROW_REQUIRED),
	ROW_WORDS(struct features, "hooks", hooks),
	ROW_WORDS(struct features, "mountOptions", mount_options),
	ROW_PTR(struct features, "linux", linux_, &linux_table),
	ROW_PAIRS(struct features, "annotations", annotations),
	ROW_WORDS(struct features, "potentiallyUnsafeConfigAnnotations",
		  potentially_unsafe_config_annotations),
};
static const struct table features_table = TABLE("features", struct features, features_rows);

int features_write(const struct features *features, struct buf *out, struct error *err)
{
	return table_write(&features_table, features, "  ", out, err);
}
