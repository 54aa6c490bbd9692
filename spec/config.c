/* SPDX-License-Identifier: Apache-2.0 */
/* The top of config.json; its parts are in the config-*.c files. */
#include "spec/config.h"

#include "spec/check.h"
#include "spec/config-tables.h"

#include <errno.h>

static const struct row root_rows[] = {
	ROW_STR(struct config_root, "path", path, .flags = ROW_REQUIRED | ROW_NONEMPTY),
	ROW_OPT(struct config_root, "readonly", readonly, ROW_BOOL),
};
static const struct table root_table = TABLE("root", struct config_root, root_rows);

static const struct row id_mapping_rows[] = {
	ROW_PLAIN(struct id_mapping, "containerID", container_id, ROW_U32, .flags = ROW_REQUIRED),
	ROW_PLAIN(struct id_mapping, "hostID", host_id, ROW_U32, .flags = ROW_REQUIRED),
	ROW_PLAIN(struct id_mapping, "size", size, ROW_U32, .flags = ROW_REQUIRED),
};
const struct table config_id_mapping_table = TABLE("id mapping", struct id_mapping, id_mapping_rows);

static const struct row mount_rows[] = {
	ROW_STR(struct config_mount, "destination", destination, .flags = ROW_REQUIRED | ROW_NONEMPTY),
	ROW_STR(struct config_mount, "type", type),
	ROW_STR(struct config_mount, "source", source),
	ROW_WORDS(struct config_mount, "options", options),
	ROW_LIST(struct config_mount, "uidMappings", uid_mappings.v, uid_mappings.n,
		 &config_id_mapping_table),
	ROW_LIST(struct config_mount, "gidMappings", gid_mappings.v, gid_mappings.n,
		 &config_id_mapping_table),
};
static const struct table mount_table = TABLE("mount", struct config_mount, mount_rows);

static const struct row config_rows[] = {
	ROW_STR(struct config, "ociVersion", oci_version, .flags = ROW_REQUIRED, .check = &check_oci_version),
	ROW_PTR(struct config, "process", process, &config_process_table),
	ROW_PTR(struct config, "root", root, &root_table),
	ROW_STR(struct config, "hostname", hostname),
	ROW_STR(struct config, "domainname", domainname),
	ROW_LIST(struct config, "mounts", mounts, n_mounts, &mount_table),
	ROW_PTR(struct config, "hooks", hooks, &config_hooks_table),
	ROW_PAIRS(struct config, "annotations", annotations, .flags = ROW_NONEMPTY),
	ROW_PTR(struct config, "linux", linux_, &config_linux_table),
	/* Of other platforms: legal, and without meaning here. */
	ROW_SKIP("windows"),
	ROW_SKIP("solaris"),
	ROW_SKIP("vm"),
	ROW_SKIP("zos"),
	ROW_SKIP("freebsd"),
};
static const struct table config_table = TABLE("configuration", struct config, config_rows);

/* Reads into memory of the document's arena; NULL with *err set. */
static void *config_read_table(struct document *doc, const char *text, size_t len,
			       const struct table *table, struct error *err)
{
	void *out = arena_alloc(&doc->arena, table->size);

	if (!out) {
		(void) error_set(err, ERR_NO_MEMORY, ENOMEM, "while reading the %s", table->what);
		return NULL;
	}
	return table_read(doc, text, len, table, out, err) < 0 ? NULL : out;
}

static int config_verdict(const void *out, const struct error *err)
{
	if (out)
		return 0;
	return err->errnum ? -err->errnum : -EINVAL;
}

int config_read(struct document *doc, const char *text, size_t len, struct config **ret, struct error *err)
{
	struct config *config = config_read_table(doc, text, len, &config_table, err);

	if (config)
		*ret = config;
	return config_verdict(config, err);
}

int config_read_process(struct document *doc, const char *text, size_t len, struct config_process **ret,
			struct error *err)
{
	struct config_process *process = config_read_table(doc, text, len, &config_process_table, err);

	if (process)
		*ret = process;
	return config_verdict(process, err);
}

int config_read_resources(struct document *doc, const char *text, size_t len,
			  struct config_resources **ret, struct error *err)
{
	struct config_resources *resources = config_read_table(doc, text, len, &config_resources_table, err);

	if (resources)
		*ret = resources;
	return config_verdict(resources, err);
}

int config_write(const struct config *config, struct buf *out, struct error *err)
{
	return table_write(&config_table, config, "\t", out, err);
}

int config_write_process(const struct config_process *process, struct buf *out, struct error *err)
{
	return table_write(&config_process_table, process, NULL, out, err);
}

int config_write_resources(const struct config_resources *resources, struct buf *out, struct error *err)
{
	struct config_resources written = *resources;

	written.devices = NULL;
	written.n_devices = 0;
	return table_write(&config_resources_table, &written, NULL, out, err);
}

struct config_resources *config_overlay_resources(const struct config_resources *base,
						  const struct config_resources *over, struct arena *arena)
{
	return table_overlay(&config_resources_table, base, over, arena);
}
