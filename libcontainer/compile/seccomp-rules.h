/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_LIBCONTAINER_COMPILE_SECCOMP_RULES_H
#define BERTH_LIBCONTAINER_COMPILE_SECCOMP_RULES_H

/* A profile with all words decoded: between config_seccomp and the program. */

#include "libcontainer/compile/seccomp.h"

#define SECCOMP_ARGS 6u

enum seccomp_op {
	SECCOMP_OP_EQ,
	SECCOMP_OP_NE,
	SECCOMP_OP_LT,
	SECCOMP_OP_LE,
	SECCOMP_OP_GE,
	SECCOMP_OP_GT,
};

/* (argument & mask) op value; the mask is all ones but for MASKED_EQ, which is EQ here. */
struct seccomp_cond {
	uint8_t arg;
	uint8_t op;
	uint64_t mask, value;
};

/* Conditions on different arguments, all of which must hold, ordered by argument. */
struct seccomp_rule {
	const struct config_seccomp_rule *from;
	uint32_t action;
	unsigned n_conds;
	struct seccomp_cond conds[SECCOMP_ARGS];
};

struct seccomp_call {
	int name; /* of seccomp_name_find() */
	const struct seccomp_rule *rule;
};

struct seccomp_profile {
	uint32_t default_action;
	uint32_t flags;
	bool notify;
	struct seccomp_call *calls; /* in the order of the profile */
	size_t n_calls;
	size_t n_skipped_names;
};

/* Decodes and checks everything but the architectures. */
int seccomp_profile_read(const struct document *doc, const struct config_seccomp *conf,
			 const struct seccomp_options *options, struct arena *arena,
			 struct seccomp_profile *ret, struct error *err);

#endif
