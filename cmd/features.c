/* SPDX-License-Identifier: Apache-2.0 */
/* berth features: what this build can do, whatever the host (runtime-spec, Features Structure). */
#include "config.h"

#include "base/buf.h"
#include "cmd/command.h"
#include "libcontainer/compile/compile.h"
#include "spec/features.h"

#include <stdio.h>

#define WORDS(...)                                                              \
	{ .v = (const char *const[]){ __VA_ARGS__ },                            \
	  .n = sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *) }

static struct features_seccomp seccomp = {
	.enabled = true,
	.actions = WORDS("SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS",
			 "SCMP_ACT_KILL_THREAD", "SCMP_ACT_LOG", "SCMP_ACT_NOTIFY", "SCMP_ACT_TRACE",
			 "SCMP_ACT_TRAP"),
	.operators = WORDS("SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_LE", "SCMP_CMP_LT",
			   "SCMP_CMP_MASKED_EQ", "SCMP_CMP_NE"),
	.archs = WORDS("SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM", "SCMP_ARCH_LOONGARCH64", "SCMP_ARCH_M68K",
		       "SCMP_ARCH_MIPS", "SCMP_ARCH_MIPS64", "SCMP_ARCH_MIPS64N32", "SCMP_ARCH_MIPSEL",
		       "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PARISC",
		       "SCMP_ARCH_PARISC64", "SCMP_ARCH_PPC", "SCMP_ARCH_PPC64", "SCMP_ARCH_PPC64LE",
		       "SCMP_ARCH_RISCV64", "SCMP_ARCH_S390", "SCMP_ARCH_S390X", "SCMP_ARCH_SH",
		       "SCMP_ARCH_SHEB", "SCMP_ARCH_X32", "SCMP_ARCH_X86", "SCMP_ARCH_X86_64"),
	.known_flags = WORDS("SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG",
			     "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"),
	.supported_flags = WORDS("SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG",
				 "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
				 "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"),
};

static struct features_cgroup cgroup = {
	.v1 = true,
	.v2 = true,
	.systemd = true,
	.systemd_user = true,
	.rdma = true,
};
static struct features_switch enabled = { .enabled = true };
static struct features_switch net_devices = { .enabled = WITH_NETDEV };
static struct features_intel_rdt intel_rdt = { .enabled = true, .schemata = true, .monitoring = true };
static struct features_mount_extensions mount_extensions = { .idmap = &enabled };

/* What berth says about itself. */
static struct string_pair annotations[] = {
	{ "org.berth.version", BERTH_VERSION },
};

static struct features_words words_of(const char *const *list)
{
	struct features_words words = { .v = list };

	while (list[words.n])
		words.n++;
	return words;
}

int cmd_features(struct context *ctx)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct features_memory_policy memory_policy = {
		.modes = words_of(compile_memory_policy_modes),
		.flags = words_of(compile_memory_policy_flags),
	};
	struct features_linux linux_part = {
		.namespaces = words_of(compile_namespaces),
		.capabilities = words_of(compile_capabilities),
		.cgroup = &cgroup,
		.seccomp = &seccomp,
		.apparmor = &enabled,
		.selinux = &enabled,
		.memory_policy = &memory_policy,
		.intel_rdt = &intel_rdt,
		.mount_extensions = &mount_extensions,
		.net_devices = &net_devices,
	};
	struct features features = {
		.oci_version_min = "1.0.0",
		.oci_version_max = "1.3.0",
		.hooks = WORDS("prestart", "createRuntime", "createContainer", "startContainer", "poststart",
			       "poststop"),
		.mount_options = words_of(compile_mount_options),
		.linux_ = &linux_part,
		.annotations = { annotations, ELEMENTSOF(annotations) },
		.potentially_unsafe_config_annotations = words_of(compile_annotations),
	};
	int r = features_write(&features, &out, &ctx->err);

	if (r == 0)
		fputs(out.data, stdout);
	return r;
}
