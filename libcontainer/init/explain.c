/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/init/init.h"
#include "libcontainer/sys/child.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/mount.h"

#include <elf.h>
#include <link.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * execve(2) says little: "no such file" when the interpreter is missing, "exec format error" for a
 * script of DOS lines. So we look at the file. Everything happens inside the container, in the last
 * moments of a process that has failed.
 */

#define HEAD_MAX 256
#define NOEXEC_BIT 8ul /* ST_NOEXEC */

#if defined(__x86_64__)
#define MACHINE EM_X86_64
#elif defined(__aarch64__)
#define MACHINE EM_AARCH64
#elif defined(__riscv)
#define MACHINE EM_RISCV
#elif defined(__s390x__)
#define MACHINE EM_S390
#elif defined(__powerpc64__)
#define MACHINE EM_PPC64
#elif defined(__arm__)
#define MACHINE EM_ARM
#else
#define MACHINE EM_386
#endif

static const struct name_value machines[] = {
	{ "i386", EM_386 },	{ "x86_64", EM_X86_64 }, { "arm", EM_ARM },	{ "aarch64", EM_AARCH64 },
	{ "riscv64", EM_RISCV }, { "s390x", EM_S390 },	 { "ppc64le", EM_PPC64 }, { "mips64", EM_MIPS },
	{ "loong64", 258 },	{ NULL, 0 },
};

static const char *machine_name(uint64_t machine)
{
	const struct name_value *row = name_of(machines, machine);

	return row ? row->name : "another machine";
}

/* "#!interpreter": NUL-terminates it in head and returns it. */
static char *script_interpreter(char *head, bool *ret_dos)
{
	char *p = head + 2;

	p += strspn(p, " \t");
	p[strcspn(p, "\n")] = '\0';
	p[strcspn(p, " \t")] = '\0';
	*ret_dos = *p && p[strlen(p) - 1] == '\r';
	if (*ret_dos)
		p[strlen(p) - 1] = '\0';
	return p;
}

static void explain_script(char *head, int r, struct error *err)
{
	struct stat st;
	bool dos;
	char *interpreter = script_interpreter(head, &dos);

	if (r == -ENOENT && dos) {
		error_add_cause(err, "its first line ends in a carriage return (DOS line endings)");
		error_add_hint(err, "convert the file to Unix line endings");
	} else if (r == -ENOENT && sys_fstatat(AT_FDCWD, interpreter, &st, 0) < 0) {
		error_add_cause(err, "its interpreter %s is missing", interpreter);
	} else if (r == -EACCES && sys_can_execute(interpreter) == -EACCES) {
		error_add_cause(err, "its interpreter %s is not executable", interpreter);
	}
}

/* The loader that a dynamically linked ELF file names, or "". Only files of our own word size are read. */
static void elf_loader(int fd, const ElfW(Ehdr) *elf, char *buf, size_t size)
{
	ElfW(Phdr) header;
	unsigned k;
	ssize_t n;

	buf[0] = '\0';
	for (k = 0; k < elf->e_phnum && k < 64; k++) {
		if (pread(fd, &header, sizeof(header), (off_t) (elf->e_phoff + k * sizeof(header))) !=
		    (ssize_t) sizeof(header))
			return;
		if (header.p_type != PT_INTERP)
			continue;
		n = pread(fd, buf, MIN(size - 1, header.p_filesz), (off_t) header.p_offset);
		buf[MAX(n, 0)] = '\0';
		return;
	}
}

static void explain_elf(int fd, const char *head, int r, struct error *err)
{
	ElfW(Ehdr) elf;
	char loader[HEAD_MAX];
	struct stat st;

	memcpy(&elf, head, sizeof(elf));
	if (elf.e_machine != MACHINE) {
		if (r == -ENOEXEC)
			error_add_cause(err, "it is made for %s, this machine is %s", machine_name(elf.e_machine),
					machine_name(MACHINE));
		return;
	}
	if (r != -ENOENT)
		return;
	elf_loader(fd, &elf, loader, sizeof(loader));
	if (loader[0] && sys_fstatat(AT_FDCWD, loader, &st, 0) < 0)
		error_add_cause(err, "its loader %s is missing", loader);
}

/* The first directory on the way that we may not search. */
static bool explain_parent(const char *path, struct error *err)
{
	char parent[PATH_MAX];
	size_t k;

	for (k = 1; k < sizeof(parent) && path[k]; k++) {
		if (path[k] != '/')
			continue;
		memcpy(parent, path, k);
		parent[k] = '\0';
		if (sys_can_execute(parent) != -EACCES)
			continue;
		error_add_cause(err, "directory %s may not be searched", parent);
		return true;
	}
	return false;
}

static void explain_denied(int fd, const struct stat *st, struct error *err)
{
	unsigned long flags;

	if (sys_fs_flags(fd, &flags) == 0 && flags & NOEXEC_BIT)
		error_add_cause(err, "its file system is mounted noexec");
	else if (S_ISREG(st->st_mode) && !(st->st_mode & 0111))
		error_add_cause(err, "it is not executable");
	else if (!S_ISREG(st->st_mode))
		error_add_cause(err, "it is not a regular file");
}

static void explain_content(const char *path, int r, struct error *err)
{
	_cleanup_close_ int fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0);
	char head[HEAD_MAX + 1] = "";
	ssize_t n = fd < 0 ? fd : sys_read(fd, head, HEAD_MAX);

	if (n < 0)
		return;
	head[n] = '\0';
	if (n >= (ssize_t) sizeof(ElfW(Ehdr)) && memcmp(head, ELFMAG, SELFMAG) == 0)
		explain_elf(fd, head, r, err);
	else if (strncmp(head, "#!", 2) == 0)
		explain_script(head, r, err);
	else if (r == -ENOEXEC)
		error_add_cause(err, n == 0 ? "it is empty" : "it is neither a binary nor a script with #!");
}

int find_explain(const char *file, const char *path, int r, struct error *err)
{
	_cleanup_close_ int fd = sys_openat(AT_FDCWD, path, O_PATH, 0);
	struct stat st;

	(void) error_set(err, ERR_EXEC, -r, "\"%s\"", file);
	if (r == -EACCES && explain_parent(path, err))
		return r;
	if (fd < 0 || sys_fstat(fd, &st) < 0)
		return r;
	if (r == -EACCES)
		explain_denied(fd, &st, err);
	if (r == -E2BIG)
		error_add_cause(err, "arguments and environment are too long");
	if (S_ISREG(st.st_mode))
		explain_content(path, r, err);
	return r;
}
