/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A library for LD_PRELOAD that makes the directory BERTH_TEST_RESCTRL look like a mounted resctrl file system,
 * which few machines have: it is in mountinfo, has the magic number, and a directory made in it is full from the
 * beginning and can be removed so.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

static int real_openat(int dir, const char *path, int flags, mode_t mode)
{
	int (*f)(int, const char *, int, ...) = (int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, "openat");

	return f(dir, path, flags, mode);
}

static int is_inside(int fd)
{
	const char *top = getenv("BERTH_TEST_RESCTRL");
	char link[64], path[4096];
	ssize_t n;

	if (!top || fd < 0)
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	path[n < 0 ? 0 : n] = '\0';
	return strncmp(path, top, strlen(top)) == 0;
}

/* The mounts that there are, and one more. */
static int open_mountinfo(int flags)
{
	int from = real_openat(AT_FDCWD, "/proc/self/mountinfo", flags, 0);
	int to = memfd_create("mountinfo", MFD_CLOEXEC);
	char chunk[4096];
	ssize_t n;

	while (from >= 0 && (n = read(from, chunk, sizeof(chunk))) > 0)
		if (write(to, chunk, (size_t)n) != n)
			abort();
	dprintf(to, "9999 1 0:99 / %s rw - resctrl resctrl rw\n", getenv("BERTH_TEST_RESCTRL"));
	close(from);
	lseek(to, 0, SEEK_SET);
	return to;
}

int openat(int dir, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = (mode_t)va_arg(ap, int);
	va_end(ap);
	if (getenv("BERTH_TEST_RESCTRL") && strcmp(path, "/proc/self/mountinfo") == 0)
		return open_mountinfo(flags);
	return real_openat(dir, path, flags, mode);
}

int openat64(int dir, const char *path, int flags, ...) __attribute__((alias("openat")));

int fstatfs(int fd, struct statfs *st)
{
	int (*f)(int, struct statfs *) = (int (*)(int, struct statfs *))dlsym(RTLD_NEXT, "fstatfs");
	int r = f(fd, st);

	if (r == 0 && is_inside(fd))
		st->f_type = RDTGROUP_SUPER_MAGIC;
	return r;
}

int fstatfs64(int fd, struct statfs64 *st) __attribute__((alias("fstatfs")));

static const struct {
	const char *name, *text;
} files[] = {
	{ "tasks", "" },
	{ "schemata", "    MB:0=100\n    L3:0=ffff\n" },
	{ "mon_data/mon_L3_00/llc_occupancy", "4096\n" },
	{ "mon_data/mon_L3_00/mbm_total_bytes", "20\n" },
	{ "mon_data/mon_L3_00/mbm_local_bytes", "10\n" },
};

static int real_mkdirat(int dir, const char *path, mode_t mode)
{
	int (*f)(int, const char *, mode_t) = (int (*)(int, const char *, mode_t))dlsym(RTLD_NEXT, "mkdirat");

	return f(dir, path, mode);
}

int mkdirat(int dir, const char *path, mode_t mode)
{
	int r = real_mkdirat(dir, path, mode), fd;

	if (r < 0 || !is_inside(dir))
		return r;
	fd = real_openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	real_mkdirat(fd, "mon_groups", 0755);
	real_mkdirat(fd, "mon_data", 0755);
	real_mkdirat(fd, "mon_data/mon_L3_00", 0755);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		int file = real_openat(fd, files[i].name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

		dprintf(file, "%s", files[i].text);
		close(file);
	}
	close(fd);
	return r;
}

int unlinkat(int dir, const char *path, int flags)
{
	int (*f)(int, const char *, int) = (int (*)(int, const char *, int))dlsym(RTLD_NEXT, "unlinkat");
	int fd;

	if (flags != AT_REMOVEDIR || !is_inside(dir))
		return f(dir, path, flags);
	fd = real_openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	for (size_t i = 0; fd >= 0 && i < sizeof(files) / sizeof(files[0]); i++)
		f(fd, files[i].name, 0);
	f(fd, "mon_data/mon_L3_00", AT_REMOVEDIR);
	f(fd, "mon_data", AT_REMOVEDIR);
	f(fd, "mon_groups", AT_REMOVEDIR);
	close(fd);
	return f(dir, path, flags);
}
