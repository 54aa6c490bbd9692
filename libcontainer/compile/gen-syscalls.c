/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints libcontainer/compile/syscall-tables.h: the names and numbers of all system calls that the
 * libseccomp of the build machine knows. Runs on the build machine while building, never later, so
 * that no command of berth has to load libseccomp.
 */
#include "libcontainer/compile/seccomp-names.h"

#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 2000

static const struct {
	const char *symbol;
	uint32_t token, base;
} archs[SECCOMP_ARCH_MAX] = {
#define SECCOMP_ARCH(symbol, token, audit, base, bits, big) \
	[SECCOMP_ARCH_##symbol] = { #symbol, token, base },
#include "libcontainer/compile/seccomp-arch.h"
#undef SECCOMP_ARCH
};

static char *names[NAMES_MAX];
static size_t n_names;
static unsigned numbers[SECCOMP_ARCH_MAX][NAMES_MAX];
static int mux[SECCOMP_ARCH_MAX];

static _Noreturn void fail(const char *what, const char *which)
{
	fprintf(stderr, "gen-syscalls: %s: %s\n", what, which);
	exit(1);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Adds the name of a number of an architecture; pseudo numbers have names too. */
static void add_name(uint32_t token, int nr)
{
	char *name = seccomp_syscall_resolve_num_arch(token, nr);

	if (!name)
		return;
	for (size_t i = 0; i < n_names; i++)
		if (strcmp(names[i], name) == 0) {
			free(name);
			return;
		}
	if (n_names == NAMES_MAX)
		fail("too many names", name);
	names[n_names++] = name;
}

static void collect_names(void)
{
	for (int a = 0; a < SECCOMP_ARCH_MAX; a++) {
		for (unsigned i = 0; i < SECCOMP_SLOTS; i++)
			add_name(archs[a].token, (int)(archs[a].base + i));
		for (unsigned i = 0; i < SECCOMP_PRIVATE_SLOTS; i++)
			add_name(archs[a].token, (int)(SECCOMP_PRIVATE_BASE + i));
		for (int i = -300; i < 0; i++)
			add_name(archs[a].token, i);
	}
	qsort(names, n_names, sizeof(names[0]), compare);
}

static size_t index_of(const char *name)
{
	char **found = bsearch(&name, names, n_names, sizeof(names[0]), compare);

	if (!found)
		fail("no such name", name);
	return (size_t)(found - names);
}

/*
 * Numbers are taken from number to name, not the other way: for a call that can be made directly and
 * through socketcall or ipc, libseccomp resolves the name to a pseudo number.
 */
static void collect_numbers(int a)
{
	for (size_t i = 0; i < n_names; i++)
		numbers[a][i] = SECCOMP_NR_NONE;
	for (unsigned i = 0; i < SECCOMP_ALL_SLOTS; i++) {
		bool private = i >= SECCOMP_SLOTS;
		unsigned nr = private ? SECCOMP_NR_PRIVATE + i - SECCOMP_SLOTS : i;
		uint32_t real = private ? SECCOMP_PRIVATE_BASE + i - SECCOMP_SLOTS : archs[a].base + i;
		char *name = seccomp_syscall_resolve_num_arch(archs[a].token, (int)real);

		if (!name)
			continue;
		if (numbers[a][index_of(name)] != SECCOMP_NR_NONE)
			fail("two numbers for one name", name);
		numbers[a][index_of(name)] = nr;
		free(name);
	}
	for (size_t i = 0; i < n_names; i++) {
		int nr = seccomp_syscall_resolve_name_arch(archs[a].token, names[i]);

		if (nr >= 0 && numbers[a][i] == SECCOMP_NR_NONE)
			fail("number beyond the tables", names[i]);
	}
	mux[a] = seccomp_syscall_resolve_name_arch(archs[a].token, "socket") == -101 &&
		 seccomp_syscall_resolve_name_arch(archs[a].token, "socketcall") >= 0;
}

static void print_names(void)
{
	unsigned short hash[SECCOMP_HASH_SIZE];
	size_t offset = 0;

	memset(hash, 0xff, sizeof(hash));
	printf("#define SYSCALL_NAMES %zuu\nstatic const char syscall_name_pool[] =", n_names);
	for (size_t i = 0; i < n_names; i++)
		printf("\n\t\"%s\\0\"", names[i]);
	printf(";\nstatic const unsigned short syscall_name_offset[] = {");
	for (size_t i = 0; i < n_names; i++) {
		uint32_t h = seccomp_name_hash(names[i]);

		printf("%s%zu,", i % 16 ? " " : "\n\t", offset);
		offset += strlen(names[i]) + 1;
		while (hash[h % SECCOMP_HASH_SIZE] != SECCOMP_NR_NONE)
			h++;
		hash[h % SECCOMP_HASH_SIZE] = (unsigned short)i;
	}
	if (offset > 0xffff)
		fail("names too long", "pool");
	printf("\n};\nstatic const unsigned short syscall_name_hash[SECCOMP_HASH_SIZE] = {");
	for (size_t i = 0; i < SECCOMP_HASH_SIZE; i++)
		printf("%s%u,", i % 16 ? " " : "\n\t", hash[i]);
	printf("\n};\n");
}

static void print_row(int a)
{
	printf("\t{ /* %s */", archs[a].symbol);
	for (size_t i = 0; i < n_names; i++)
		printf("%s%u,", i % 16 ? " " : "\n\t\t", numbers[a][i]);
	printf("\n\t},\n");
}

/* Architectures that differ in byte order only share a row. */
static void print_numbers(void)
{
	unsigned row[SECCOMP_ARCH_MAX], rows = 0;

	printf("#define SYSCALL_NO_ROW 255u\nstatic const unsigned short syscall_numbers[][SYSCALL_NAMES] = {\n");
	for (int a = 0; a < SECCOMP_ARCH_MAX; a++) {
		int known = seccomp_syscall_resolve_name_arch(archs[a].token, "read") != __NR_SCMP_ERROR;

		row[a] = known ? rows : 255;
		for (int b = 0; known && b < a; b++)
			if (row[b] != 255 && memcmp(numbers[a], numbers[b], sizeof(numbers[a])) == 0)
				row[a] = row[b];
		if (known && row[a] == rows) {
			print_row(a);
			rows++;
		}
	}
	printf("};\nstatic const unsigned char syscall_arch_row[] = {");
	for (int a = 0; a < SECCOMP_ARCH_MAX; a++)
		printf("%s%u,", a % 16 ? " " : "\n\t", row[a]);
	printf("\n};\nstatic const unsigned char syscall_arch_mux[] = {");
	for (int a = 0; a < SECCOMP_ARCH_MAX; a++)
		printf("%s%d,", a % 16 ? " " : "\n\t", mux[a]);
	printf("\n};\n");
}

/*
 * For each name 0, or the first argument of socketcall that selects it, or 0x80 and that of ipc. These are
 * part of the kernel's interface and the same everywhere (linux/net.h, linux/ipc.h); libseccomp counts its
 * pseudo numbers down by them.
 */
static void print_mux(void)
{
	printf("#define SYSCALL_SOCKETCALL %zuu\n#define SYSCALL_IPC %zuu\n",
	       index_of("socketcall"), index_of("ipc"));
	printf("static const unsigned char syscall_name_mux[SYSCALL_NAMES] = {");
	for (size_t i = 0; i < n_names; i++) {
		int nr = seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86, names[i]);
		int code = nr <= -300 || nr >= -100 ? 0 : nr > -200 ? -nr - 100 : 0x80 | (-nr - 200);

		printf("%s%d,", i % 16 ? " " : "\n\t", code);
	}
	printf("\n};\n");
}

int main(void)
{
	collect_names();
	for (int a = 0; a < SECCOMP_ARCH_MAX; a++)
		collect_numbers(a);
	printf("/* Made by gen-syscalls. */\n");
	print_names();
	print_numbers();
	print_mux();
	return fflush(stdout) || ferror(stdout);
}
