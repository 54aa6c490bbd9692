/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/compile/seccomp-names.h"

#include "base/str.h"

/*
 * Has: syscall_name_pool (strings, one after the other), syscall_name_offset (where each starts),
 * syscall_name_hash (name index by hash, linear probing), syscall_numbers (one row per different
 * table of numbers), syscall_arch_row (the row of each architecture), syscall_arch_mux (which have
 * socketcall and ipc) and syscall_name_mux (which calls go through them).
 */
#include "libcontainer/compile/syscall-tables.h"

const struct seccomp_arch seccomp_archs[SECCOMP_ARCH_MAX] = {
#define SECCOMP_ARCH(symbol, token, audit, base, bits, big) \
	[SECCOMP_ARCH_##symbol] = { #symbol, token, audit, base, (bits) == 64, (big) != 0 },
#include "libcontainer/compile/seccomp-arch.h"
#undef SECCOMP_ARCH
};

int seccomp_arch_find(const char *name)
{
	const char *rest = str_after(name, "SCMP_ARCH_");

	for (int i = 0; rest && i < SECCOMP_ARCH_MAX; i++)
		if (streq(rest, seccomp_archs[i].name))
			return i;
	return -1;
}

int seccomp_name_find(const char *name)
{
	uint32_t h = seccomp_name_hash(name);

	for (;; h++) {
		unsigned i = syscall_name_hash[h % SECCOMP_HASH_SIZE];

		if (i == SECCOMP_NR_NONE)
			return -1;
		if (streq(syscall_name_pool + syscall_name_offset[i], name))
			return (int)i;
	}
}

unsigned seccomp_name_count(void)
{
	return SYSCALL_NAMES;
}

static int slot_of(unsigned row, unsigned name)
{
	unsigned nr = syscall_numbers[row][name];

	if (nr == SECCOMP_NR_NONE)
		return -1;
	if (nr & SECCOMP_NR_PRIVATE)
		return (int)(SECCOMP_SLOTS + (nr & ~SECCOMP_NR_PRIVATE));
	return (int)nr;
}

bool seccomp_name_entry(int name, int arch, struct seccomp_entry *ret)
{
	unsigned row = syscall_arch_row[arch];

	*ret = (struct seccomp_entry){ .slot = -1, .mux_slot = -1 };
	if (row == SYSCALL_NO_ROW)
		return false;
	ret->slot = slot_of(row, (unsigned)name);
	if (syscall_arch_mux[arch] && syscall_name_mux[name] != 0) {
		unsigned code = syscall_name_mux[name];

		ret->mux_slot = slot_of(row, code & 0x80 ? SYSCALL_IPC : SYSCALL_SOCKETCALL);
		ret->selector = code & 0x7f;
	}
	return ret->slot >= 0 || ret->mux_slot >= 0;
}
