/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_LIBCONTAINER_COMPILE_SECCOMP_H
#define BERTH_LIBCONTAINER_COMPILE_SECCOMP_H

/*
 * linux.seccomp to a finished BPF program, without libseccomp at run time.
 *
 * What a profile means where the runtime-spec is silent equals libseccomp, which all peers use:
 *  - The native architecture is always covered. A call made through an architecture that is not
 *    listed kills the thread; so do x32 calls on x86-64 unless X32 is listed.
 *  - A rule without conditions beats all rules with conditions for the same call, and of several
 *    such rules the first wins. A rule with the default action says nothing and is skipped.
 *  - Rules with conditions are tried in this order: by their condition on the lowest argument they
 *    test (those whose lowest argument is higher come first), then by the next, and so on; on the
 *    same argument first EQ, NE and MASKED_EQ (highest value first), then LT and LE (lowest first),
 *    then GE and GT (highest first); at last as they stand in the profile.
 *    A rule whose conditions only add to those of an earlier rule is never reached.
 *  - Several conditions on one argument in one rule are rules of their own, each with that one
 *    condition (any of them is enough).
 *  - On 32-bit architectures (X32 is one of them here) values and arguments are compared by their
 *    lower 32 bits.
 *  - On x86, s390, ppc and mips o32 a socket or System V IPC call is also matched when made through
 *    socketcall(2) or ipc(2). The first argument selects the call there, so a condition on it is
 *    dropped; the others are kept.
 * Different from libseccomp: see ENOSYS in seccomp.c.
 *
 * The loader must ask for a listener when `notify`; may drop SPEC_ALLOW and try again on EINVAL when
 * `spec_allow_default` (Linux before 4.17).
 */

#include "base/arena.h"
#include "base/error.h"
#include "spec/config.h"
#include "spec/document.h"

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seccomp_filter {
	struct sock_filter *insns; /* in the arena */
	size_t n;
	uint32_t flags;          /* SECCOMP_FILTER_FLAG_* for seccomp(2), with NEW_LISTENER when notify */
	bool notify;             /* some action is NOTIFY */
	bool spec_allow_default; /* SPEC_ALLOW is set because the profile has no "flags" */
	size_t n_rules;          /* rules of the profile that say something, one for each name */
	size_t n_syscalls;       /* different names in them */
	size_t n_skipped_names;  /* names that no architecture knows */
	uint32_t default_action; /* SECCOMP_RET_* with its data */
	uint32_t native_arch;    /* AUDIT_ARCH_* */
	uint32_t arches;         /* bit 1 << enum seccomp_arch_id */
};

struct seccomp_options {
	uint32_t native_arch;    /* AUDIT_ARCH_* of this machine */
	bool have_listener;      /* somebody listens, although the profile has no listenerPath */
	bool fail_unknown;       /* a call that no architecture knows is an error, not skipped */
};

/*
 * Compiles conf, which is from doc. Makes no system call. The program is at most BPF_MAXINSNS long, else
 * an error. 0 or a negative errno with *err set.
 */
int seccomp_compile(const struct document *doc, const struct config_seccomp *conf,
		    const struct seccomp_options *options, struct arena *arena, struct seccomp_filter *ret,
		    struct error *err);

/*
 * "571 instructions, default errno(1), 383 names, x86_64+x86+x32, notify=no"; returns the length, cut
 * at size - 1.
 */
int seccomp_describe(const struct seccomp_filter *filter, char *buf, size_t size);

#endif
