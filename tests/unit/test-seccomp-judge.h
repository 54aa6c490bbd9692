/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_TESTS_UNIT_TEST_SECCOMP_JUDGE_H
#define BERTH_TESTS_UNIT_TEST_SECCOMP_JUDGE_H

/*
 * What a profile says about one call, found by going through its rules one by one: neither trees nor
 * BPF nor berth's tables, so that it can judge between berth and libseccomp where these differ.
 */

#include "test-seccomp-bpf.h"

struct judge_arch {
	const char *name; /* SCMP_ARCH_* */
	uint32_t token, audit, base, bits;
	bool big;
	short names[1200]; /* by number less base: index into judge_name(), or -1 */
	short private_names[16];
	bool mux;
};

#define JUDGE_ARCHES 23
extern struct judge_arch judge_arches[JUDGE_ARCHES];

/* Asks libseccomp for all names; must be called first. */
void judge_init(void);
const struct judge_arch *judge_arch_find(const char *name);

struct verdict {
	bool bad_arch;
	bool beyond;          /* higher than all numbers that the profile names */
	uint32_t actions[64]; /* what the matching rules say; a single one if a rule has no condition */
	size_t n;
	uint32_t otherwise; /* the answer when no rule matches */
};

/* The highest numbers of a profile, to be found once. */
struct judge_profile {
	const struct config_seccomp *conf;
	uint32_t native;
	bool on[JUDGE_ARCHES];
	int highest[JUDGE_ARCHES];
};

void judge_prepare(struct judge_profile *p, const struct config_seccomp *conf, uint32_t native);
void judge_call(const struct judge_profile *p, const struct seccomp_data *data, struct verdict *ret);
/* SECCOMP_RET_* with data, as the words of a profile mean it. */
uint32_t judge_action(const char *name, const struct opt_u32 *errno_ret);

#endif
