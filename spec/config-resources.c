/* SPDX-License-Identifier: Apache-2.0 */
/* config.json: linux.resources. */
#include "spec/check.h"
#include "spec/config-tables.h"

static const struct row device_rule_rows[] = {
	ROW_OPT_FLAGS(struct config_device_rule, "allow", allow, ROW_BOOL, ROW_REQUIRED),
	ROW_STR(struct config_device_rule, "type", type),
	ROW_OPT(struct config_device_rule, "major", major, ROW_I64),
	ROW_OPT(struct config_device_rule, "minor", minor, ROW_I64),
	ROW_STR(struct config_device_rule, "access", access),
};
static const struct table device_rule_table =
	TABLE("device rule", struct config_device_rule, device_rule_rows);

static const struct row memory_rows[] = {
	ROW_OPT(struct config_memory, "limit", limit, ROW_I64),
	ROW_OPT(struct config_memory, "reservation", reservation, ROW_I64),
	ROW_OPT(struct config_memory, "swap", swap, ROW_I64),
	ROW_OPT(struct config_memory, "kernel", kernel, ROW_I64),
	ROW_OPT(struct config_memory, "kernelTCP", kernel_tcp, ROW_I64),
	ROW_OPT(struct config_memory, "swappiness", swappiness, ROW_U64),
	ROW_OPT(struct config_memory, "disableOOMKiller", disable_oom_killer, ROW_BOOL),
	ROW_OPT(struct config_memory, "useHierarchy", use_hierarchy, ROW_BOOL),
	ROW_OPT(struct config_memory, "checkBeforeUpdate", check_before_update, ROW_BOOL),
};
static const struct table memory_table = TABLE("memory", struct config_memory, memory_rows);

static const struct row cpu_rows[] = {
	ROW_OPT(struct config_cpu, "shares", shares, ROW_U64),
	ROW_OPT(struct config_cpu, "quota", quota, ROW_I64),
	ROW_OPT(struct config_cpu, "burst", burst, ROW_U64),
	ROW_OPT(struct config_cpu, "period", period, ROW_U64),
	ROW_OPT(struct config_cpu, "realtimeRuntime", realtime_runtime, ROW_I64),
	ROW_OPT(struct config_cpu, "realtimePeriod", realtime_period, ROW_U64),
	ROW_STR(struct config_cpu, "cpus", cpus),
	ROW_STR(struct config_cpu, "mems", mems),
	ROW_OPT(struct config_cpu, "idle", idle, ROW_I64),
};
static const struct table cpu_table = TABLE("cpu", struct config_cpu, cpu_rows);

static const struct row pids_rows[] = {
	ROW_OPT_FLAGS(struct config_pids, "limit", limit, ROW_I64, ROW_REQUIRED),
};
static const struct table pids_table = TABLE("pids", struct config_pids, pids_rows);

static enum error_code weight_device_check(const void *object, const char **ret_words)
{
	const struct config_weight_device *d = object;

	if (d->weight.set || d->leaf_weight.set)
		return ERR_NONE;
	*ret_words = "\"weight\" or \"leafWeight\" of the weight device";
	return ERR_CONFIG_MISSING;
}

static const struct row weight_device_rows[] = {
	ROW_OPT_FLAGS(struct config_weight_device, "major", major, ROW_I64, ROW_REQUIRED),
	ROW_OPT_FLAGS(struct config_weight_device, "minor", minor, ROW_I64, ROW_REQUIRED),
	ROW_OPT(struct config_weight_device, "weight", weight, ROW_U16),
	ROW_OPT(struct config_weight_device, "leafWeight", leaf_weight, ROW_U16),
};
static const struct table weight_device_table = {
	.what = "weight device",
	.size = sizeof(struct config_weight_device),
	.rows = weight_device_rows,
	.n_rows = ELEMENTSOF(weight_device_rows),
	.check = weight_device_check,
};

static const struct row throttle_rows[] = {
	ROW_OPT_FLAGS(struct config_throttle_device, "major", major, ROW_I64, ROW_REQUIRED),
	ROW_OPT_FLAGS(struct config_throttle_device, "minor", minor, ROW_I64, ROW_REQUIRED),
	ROW_OPT(struct config_throttle_device, "rate", rate, ROW_U64),
};
static const struct table throttle_table =
	TABLE("throttle device", struct config_throttle_device, throttle_rows);

#define THROTTLES(name_, member) \
	ROW_LIST(struct config_block_io, name_, member.v, member.n, &throttle_table)

static const struct row block_io_rows[] = {
	ROW_OPT(struct config_block_io, "weight", weight, ROW_U16),
	ROW_OPT(struct config_block_io, "leafWeight", leaf_weight, ROW_U16),
	ROW_LIST(struct config_block_io, "weightDevice", weight_device, n_weight_device,
		 &weight_device_table),
	THROTTLES("throttleReadBpsDevice", read_bps),
	THROTTLES("throttleWriteBpsDevice", write_bps),
	THROTTLES("throttleReadIOPSDevice", read_iops),
	THROTTLES("throttleWriteIOPSDevice", write_iops),
};
static const struct table block_io_table = TABLE("block I/O", struct config_block_io, block_io_rows);

static const struct row hugepage_rows[] = {
	ROW_STR(struct config_hugepage_limit, "pageSize", page_size, .flags = ROW_REQUIRED,
		.check = &check_page_size),
	ROW_PLAIN(struct config_hugepage_limit, "limit", limit, ROW_U64, .flags = ROW_REQUIRED),
};
static const struct table hugepage_table =
	TABLE("huge page limit", struct config_hugepage_limit, hugepage_rows);

static const struct row net_priority_rows[] = {
	ROW_STR(struct config_net_priority, "name", name, .flags = ROW_REQUIRED),
	ROW_PLAIN(struct config_net_priority, "priority", priority, ROW_U32, .flags = ROW_REQUIRED),
};
static const struct table net_priority_table =
	TABLE("network priority", struct config_net_priority, net_priority_rows);

static const struct row net_cgroup_rows[] = {
	ROW_OPT(struct config_net_cgroup, "classID", class_id, ROW_U32),
	ROW_LIST(struct config_net_cgroup, "priorities", priorities, n_priorities, &net_priority_table),
};
static const struct table net_cgroup_table = TABLE("network", struct config_net_cgroup, net_cgroup_rows);

static enum error_code rdma_check(const void *object, const char **ret_words)
{
	const struct config_rdma *d = object;

	if (d->hca_handles.set || d->hca_objects.set)
		return ERR_NONE;
	*ret_words = "\"hcaHandles\" or \"hcaObjects\" of the RDMA device";
	return ERR_CONFIG_MISSING;
}

static const struct row rdma_rows[] = {
	ROW_OPT(struct config_rdma, "hcaHandles", hca_handles, ROW_U32),
	ROW_OPT(struct config_rdma, "hcaObjects", hca_objects, ROW_U32),
};
static const struct table rdma_table = {
	.what = "RDMA device",
	.size = sizeof(struct config_rdma),
	.rows = rdma_rows,
	.n_rows = ELEMENTSOF(rdma_rows),
	.check = rdma_check,
};

static const struct row resources_rows[] = {
	ROW_LIST(struct config_resources, "devices", devices, n_devices, &device_rule_table),
	ROW_PTR(struct config_resources, "memory", memory, &memory_table),
	ROW_PTR(struct config_resources, "cpu", cpu, &cpu_table),
	ROW_PTR(struct config_resources, "pids", pids, &pids_table),
	ROW_PTR(struct config_resources, "blockIO", block_io, &block_io_table),
	ROW_LIST(struct config_resources, "hugepageLimits", hugepage_limits, n_hugepage_limits,
		 &hugepage_table),
	ROW_PTR(struct config_resources, "network", network, &net_cgroup_table),
	ROW_MANY(struct config_resources, "rdma", rdma, n_rdma, ROW_OBJECT_MAP, .table = &rdma_table,
		 .flags = ROW_NONEMPTY),
	ROW_PAIRS(struct config_resources, "unified", unified, .flags = ROW_NONEMPTY),
};
const struct table config_resources_table = TABLE("resources", struct config_resources, resources_rows);
