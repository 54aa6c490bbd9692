/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_LIBCONTAINER_COMPILE_SECCOMP_NAMES_H
#define BERTH_LIBCONTAINER_COMPILE_SECCOMP_NAMES_H

/*
 * Names and numbers of system calls and architectures, from a table that gen-syscalls makes of the
 * build machine's libseccomp. Constant data without pointers: nothing to relocate or set up.
 */

#include <stdbool.h>
#include <stdint.h>

enum seccomp_arch_id {
#define SECCOMP_ARCH(symbol, token, audit, base, bits, big) SECCOMP_ARCH_##symbol,
#include "libcontainer/compile/seccomp-arch.h"
#undef SECCOMP_ARCH
	SECCOMP_ARCH_MAX,
};

struct seccomp_arch {
	char name[12]; /* without SCMP_ARCH_ */
	uint32_t token, audit, base;
	bool wide; /* 64-bit arguments */
	bool big;  /* big endian */
};

/* The rows of seccomp-arch.h, indexed by enum seccomp_arch_id. */
extern const struct seccomp_arch seccomp_archs[SECCOMP_ARCH_MAX];

/* By "SCMP_ARCH_X86_64"; negative when unknown. */
int seccomp_arch_find(const char *name);

/* One more than the highest system call number of any architecture, counted from its base. */
#define SECCOMP_SLOTS 1024u
/* ARM has a few private calls far above the others; they follow at the end of the slots. */
#define SECCOMP_PRIVATE_BASE 0xf0000u
#define SECCOMP_PRIVATE_SLOTS 16u
#define SECCOMP_ALL_SLOTS (SECCOMP_SLOTS + SECCOMP_PRIVATE_SLOTS)

/* Where a call may enter the kernel on one architecture. */
struct seccomp_entry {
	int slot;          /* number less base, or SECCOMP_SLOTS + private number; -1: none */
	int mux_slot;      /* socketcall or ipc, whose first argument selects the call; -1: none */
	uint32_t selector; /* that first argument */
};

/* The index of a name, negative when no architecture has such a call. */
int seccomp_name_find(const char *name);
/* The number of names, for sets of them. */
unsigned seccomp_name_count(void);
/* The entries of a name on an architecture; false when it has none there. */
bool seccomp_name_entry(int name, int arch, struct seccomp_entry *ret);

/* The hash that the generated table is laid out by (FNV-1a). */
static inline uint32_t seccomp_name_hash(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h ^ (h >> 15);
}

#define SECCOMP_HASH_SIZE 2048u
/* Values in the generated tables of numbers. */
#define SECCOMP_NR_NONE 0xffffu
#define SECCOMP_NR_PRIVATE 0x8000u

#endif
