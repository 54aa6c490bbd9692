/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_TESTS_UNIT_TEST_SECCOMP_BPF_H
#define BERTH_TESTS_UNIT_TEST_SECCOMP_BPF_H

/* What the tests of seccomp filters share: an interpreter, a profile, small builders. */

#include "libcontainer/compile/seccomp.h"

#include <linux/seccomp.h>

/* Runs a program as the kernel would; aborts the test on an instruction that the kernel refuses. */
uint32_t bpf_run(const struct sock_filter *insns, size_t n, const struct seccomp_data *data);

/* A realistic profile as container engines use it by default, allocated from the arena. */
struct config_seccomp *profile_engine(struct arena *arena);

/* An empty profile, and one rule more for it (up to 64). names is ended by NULL. */
struct config_seccomp *profile_new(struct arena *arena, const char *default_action);
struct config_seccomp_rule *profile_add(struct arena *arena, struct config_seccomp *conf, const char *action,
					const char *const *names);
/* One condition more for a rule (up to 12). */
void rule_add_arg(struct arena *arena, struct config_seccomp_rule *rule, uint32_t index, const char *op,
		  uint64_t value, uint64_t value_two);
void profile_add_arch(struct arena *arena, struct config_seccomp *conf, const char *name);

/* Asserts success. */
struct seccomp_filter profile_compile(struct arena *arena, const struct config_seccomp *conf, uint32_t native);

#endif
