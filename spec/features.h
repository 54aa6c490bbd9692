/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SPEC_FEATURES_H
#define BERTH_SPEC_FEATURES_H

/*
 * The `features` document of runtime-spec 1.3. The values are the caller's: this room does not know
 * what the runtime can do. A list whose v is NULL is left out ("unknown"); one with n == 0 and a
 * pointer is written as [] ("none").
 */

#include "base/buf.h"
#include "base/error.h"
#include "spec/config.h"

#include <stdbool.h>
#include <stddef.h>

struct features_words { const char *const *v; size_t n; };

struct features_cgroup { bool v1, v2, systemd, systemd_user, rdma; };

struct features_seccomp {
	bool enabled;
	struct features_words actions, operators, archs, known_flags, supported_flags;
};

struct features_switch { bool enabled; };

struct features_memory_policy { struct features_words modes, flags; };

struct features_intel_rdt { bool enabled, schemata, monitoring; };

struct features_mount_extensions { struct features_switch *idmap; };

/* What is NULL is left out. */
struct features_linux {
	struct features_words namespaces;
	struct features_words capabilities;
	struct features_cgroup *cgroup;
	struct features_seccomp *seccomp;
	struct features_switch *apparmor;
	struct features_switch *selinux;
	struct features_memory_policy *memory_policy;
	struct features_intel_rdt *intel_rdt;
	struct features_mount_extensions *mount_extensions;
	struct features_switch *net_devices;
};

struct features {
	char *oci_version_min; /* required, as is the next */
	char *oci_version_max;
	struct features_words hooks;
	struct features_words mount_options;
	struct features_linux *linux_;
	struct string_map annotations;
	struct features_words potentially_unsafe_config_annotations;
};

/* Indented by two blanks, ends with a newline. 0 or a negative errno with *err set. */
int features_write(const struct features *features, struct buf *out, struct error *err);

#endif
