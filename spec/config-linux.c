/* SPDX-License-Identifier: Apache-2.0 */
/* config.json: linux, but for its resources and its seccomp profile. */
#include "spec/check.h"
#include "spec/config-tables.h"

static enum error_code device_check(const void *object, const char **ret_words)
{
	const struct config_device *d = object;

	/* A FIFO has no numbers; a type that was refused before is not judged twice. */
	if (!d->type || d->type[0] == 'p' || (d->major.set && d->minor.set))
		return ERR_NONE;
	*ret_words = "\"major\" and \"minor\" of the device";
	return ERR_CONFIG_MISSING;
}

/* fileMode: permission, set-id and sticky bits, and the file type that engines copy from stat(2). */
static const struct row device_rows[] = {
	ROW_STR(struct config_device, "path", path, .flags = ROW_REQUIRED | ROW_NONEMPTY),
	ROW_STR(struct config_device, "type", type, .flags = ROW_REQUIRED, .check = &check_device_type),
	ROW_OPT(struct config_device, "major", major, ROW_I64),
	ROW_OPT(struct config_device, "minor", minor, ROW_I64),
	ROW_OPT_FLAGS(struct config_device, "fileMode", file_mode, ROW_U32, ROW_RANGE, .min = 0,
		      .max = 0177777),
	ROW_OPT(struct config_device, "uid", uid, ROW_U32),
	ROW_OPT(struct config_device, "gid", gid, ROW_U32),
};
static const struct table device_table = {
	.what = "device",
	.size = sizeof(struct config_device),
	.rows = device_rows,
	.n_rows = ELEMENTSOF(device_rows),
	.check = device_check,
};

static const struct row net_device_rows[] = {
	ROW_STR(struct config_net_device, "name", name),
};
static const struct table net_device_table =
	TABLE("network device", struct config_net_device, net_device_rows);

static const struct row namespace_rows[] = {
	ROW_STR(struct config_namespace, "type", type, .flags = ROW_REQUIRED),
	ROW_STR(struct config_namespace, "path", path, .check = &check_absolute_or_empty),
};
static const struct table namespace_table = TABLE("namespace", struct config_namespace, namespace_rows);

static const struct row intel_rdt_rows[] = {
	ROW_STR(struct config_intel_rdt, "closID", clos_id),
	ROW_WORDS(struct config_intel_rdt, "schemata", schemata),
	ROW_STR(struct config_intel_rdt, "l3CacheSchema", l3_cache_schema),
	ROW_STR(struct config_intel_rdt, "memBwSchema", mem_bw_schema, .check = &check_mem_bw_schema),
	ROW_OPT(struct config_intel_rdt, "enableMonitoring", enable_monitoring, ROW_BOOL),
};
static const struct table intel_rdt_table = TABLE("intelRdt", struct config_intel_rdt, intel_rdt_rows);

static const struct row memory_policy_rows[] = {
	ROW_STR(struct config_memory_policy, "mode", mode),
	ROW_STR(struct config_memory_policy, "nodes", nodes),
	ROW_WORDS(struct config_memory_policy, "flags", flags),
};
static const struct table memory_policy_table =
	TABLE("memory policy", struct config_memory_policy, memory_policy_rows);

static const struct row personality_rows[] = {
	ROW_STR(struct config_personality, "domain", domain),
	ROW_WORDS(struct config_personality, "flags", flags),
};
static const struct table personality_table =
	TABLE("personality", struct config_personality, personality_rows);

static const struct row time_offset_rows[] = {
	ROW_OPT(struct config_time_offset, "secs", secs, ROW_I64),
	ROW_OPT_FLAGS(struct config_time_offset, "nanosecs", nanosecs, ROW_U32, ROW_RANGE, .min = 0,
		      .max = 999999999),
};
static const struct table time_offset_table =
	TABLE("time offset", struct config_time_offset, time_offset_rows);

static const struct row linux_rows[] = {
	ROW_LIST(struct config_linux, "uidMappings", uid_mappings.v, uid_mappings.n,
		 &config_id_mapping_table),
	ROW_LIST(struct config_linux, "gidMappings", gid_mappings.v, gid_mappings.n,
		 &config_id_mapping_table),
	ROW_PAIRS(struct config_linux, "sysctl", sysctl, .flags = ROW_NONEMPTY),
	ROW_PTR(struct config_linux, "resources", resources, &config_resources_table),
	ROW_STR(struct config_linux, "cgroupsPath", cgroups_path),
	ROW_LIST(struct config_linux, "namespaces", namespaces, n_namespaces, &namespace_table),
	ROW_LIST(struct config_linux, "devices", devices, n_devices, &device_table),
	ROW_MANY(struct config_linux, "netDevices", net_devices, n_net_devices, ROW_OBJECT_MAP,
		 .table = &net_device_table, .flags = ROW_NONEMPTY),
	ROW_PTR(struct config_linux, "seccomp", seccomp, &config_seccomp_table),
	ROW_STR(struct config_linux, "rootfsPropagation", rootfs_propagation),
	ROW_WORDS(struct config_linux, "maskedPaths", masked_paths, .check = &check_absolute),
	ROW_WORDS(struct config_linux, "readonlyPaths", readonly_paths, .check = &check_absolute),
	ROW_STR(struct config_linux, "mountLabel", mount_label),
	ROW_PTR(struct config_linux, "intelRdt", intel_rdt, &intel_rdt_table),
	ROW_PTR(struct config_linux, "memoryPolicy", memory_policy, &memory_policy_table),
	ROW_PTR(struct config_linux, "personality", personality, &personality_table),
	ROW_MANY(struct config_linux, "timeOffsets", time_offsets, n_time_offsets, ROW_OBJECT_MAP,
		 .table = &time_offset_table, .name_check = &check_clock),
};
const struct table config_linux_table = TABLE("linux", struct config_linux, linux_rows);
