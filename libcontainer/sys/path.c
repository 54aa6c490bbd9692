/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/path.h"

#include "base/fd.h"
#include "base/macro.h"
#include "libcontainer/sys/call.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/mount.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define LINKS_MAX 40u
#define PROC_ROOT_INODE 1u

/*
 * openat2 answers EAGAIN whenever anything was renamed while it passed a "..", which an attacker can
 * provoke all the time. Bursts last less than a millisecond; a count of retries would be too short on a
 * fast machine, so a deadline it is.
 */
#define RETRY_NS (20 * 1000 * 1000LL)

static bool no_openat2;

void path_force_fallback(bool on)
{
	no_openat2 = on;
}

static long long now_ns(void)
{
	struct timespec ts;

	(void) clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

int sys_openat2(int dirfd, const char *path, int flags, unsigned long long resolve)
{
	struct open_how how = { .flags = (unsigned) flags | O_CLOEXEC, .resolve = resolve };
	int r = SYS_FAULT("openat2");
	long long deadline = 0;
	long fd;

	while (r == 0) {
		fd = syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
		if (fd >= 0)
			return (int) fd;
		r = -errno;
		if (r == -EAGAIN && deadline == 0)
			deadline = now_ns() + RETRY_NS;
		if (r == -EINTR || (r == -EAGAIN && now_ns() < deadline))
			r = 0;
	}
	return SYS_FAILED(r, "openat2(%d, \"%s\", 0x%x, 0x%llx)", dirfd, path, (unsigned) flags, resolve);
}

/* ---- the walk by components ---- */

struct walk {
	int root;
	int fd;                /* the object that `done` names */
	mode_t type;           /* of that object */
	unsigned flags;
	unsigned links;
	mode_t make;           /* of the last component; 0: nothing is made */
	bool created;
	size_t pos;            /* in todo */
	char done[PATH_MAX];   /* the way from the root, free of symlinks: "" or "/a/b" */
	char todo[PATH_MAX];
};

static void walk_done(struct walk *w)
{
	fd_close(&w->fd);
}

static int walk_restart(struct walk *w)
{
	fd_close(&w->fd);
	w->fd = sys_dup_above(w->root, 0);
	w->type = S_IFDIR;
	return MIN(w->fd, 0);
}

/*
 * "..": goes down again from the root along what is left of `done`, never up by "..": if somebody moves
 * the directory that we stand in out of the root meanwhile, its ".." would be outside.
 */
static int walk_up(struct walk *w)
{
	char *slash = strrchr(w->done, '/');
	const char *p = w->done;
	char name[NAME_MAX + 1];
	int fd, r;

	if (!S_ISDIR(w->type))
		return -ENOTDIR;
	if (slash)
		*slash = '\0';
	r = walk_restart(w);
	while (r == 0 && *p) {
		size_t len = strcspn(p + 1, "/");

		memcpy(name, p + 1, len);
		name[len] = '\0';
		p += 1 + len;
		fd = sys_openat(w->fd, name, O_PATH | O_NOFOLLOW | O_DIRECTORY, 0);
		if (fd < 0)
			return fd == -ENOTDIR || fd == -ELOOP ? -EAGAIN : fd;
		fd_close(&w->fd);
		w->fd = fd;
	}
	return r;
}

/*
 * Symlinks of procfs that lead to an object instead of giving a text are magic; nothing distinguishes
 * them but their place. Only those at the top of procfs (self, mounts, net ...) are known as ordinary.
 * securityfs has one of them as well.
 */
static int walk_check_magic(struct walk *w, int fd)
{
	struct stat st;
	long type;
	int r;

	r = sys_fs_type(fd, &type);
	if (r < 0 || (type != PROC_SUPER_MAGIC && type != SECURITYFS_MAGIC))
		return r;
	r = sys_fstat(w->fd, &st);
	if (r < 0)
		return r;
	return type == PROC_SUPER_MAGIC && st.st_ino == PROC_ROOT_INODE ? 0 : -ELOOP;
}

static int walk_follow(struct walk *w, int fd)
{
	char link[PATH_MAX];
	size_t len, rest = strlen(w->todo + w->pos);
	int r;

	if (w->flags & PATH_NO_SYMLINKS || w->links++ >= LINKS_MAX)
		return -ELOOP;
	r = walk_check_magic(w, fd);
	if (r < 0)
		return r;
	r = sys_readlinkat(fd, "", link, sizeof(link));
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	len = (size_t) r;
	if (len + 1 + rest >= sizeof(w->todo))
		return -ENAMETOOLONG;
	/* todo becomes link + what follows, which starts with a slash if there is any. */
	memmove(w->todo + len, w->todo + w->pos, rest + 1);
	memcpy(w->todo, link, len);
	w->pos = 0;
	if (link[0] != '/')
		return 0;
	w->done[0] = '\0';
	return walk_restart(w);
}

/* Makes one component and opens it. An existing one that won the race is opened instead. */
static int walk_create(struct walk *w, const char *name, bool last)
{
	mode_t mode = last ? w->make : S_IFDIR | 0755;
	int r;

	/* mknodat, not open(O_CREAT): nothing is ever opened, so a FIFO or device put there cannot act. */
	if (S_ISDIR(mode))
		r = sys_mkdirat(w->fd, name, mode & 07777);
	else
		r = sys_mknodat(w->fd, name, mode, 0, 0);
	if (r < 0 && r != -EEXIST)
		return r;
	w->created = w->created || (last && r == 0);
	return sys_openat(w->fd, name, O_PATH | O_NOFOLLOW, 0);
}

static int walk_enter(struct walk *w, int *fd, const char *name, mode_t type)
{
	size_t len = strlen(w->done);

	if (len + 1 + strlen(name) >= sizeof(w->done))
		return -ENAMETOOLONG;
	w->done[len] = '/';
	memcpy(w->done + len + 1, name, strlen(name) + 1);
	fd_close(&w->fd);
	w->fd = fd_steal(fd);
	w->type = type & S_IFMT;
	return 0;
}

static int walk_component(struct walk *w, const char *name, bool last, bool slash)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	int r;

	if (!S_ISDIR(w->type))
		return -ENOTDIR;
	if (strcmp(name, ".") == 0)
		return 0;
	if (strcmp(name, "..") == 0)
		return walk_up(w);
	fd = sys_openat(w->fd, name, O_PATH | O_NOFOLLOW, 0);
	if (fd == -ENOENT && w->make)
		fd = walk_create(w, name, last);
	if (fd < 0)
		return fd;
	r = sys_fstat(fd, &st);
	if (r < 0)
		return r;
	if (S_ISLNK(st.st_mode) && !(last && !slash && w->flags & PATH_NOFOLLOW))
		return walk_follow(w, fd);
	return walk_enter(w, &fd, name, st.st_mode);
}

/* Takes the next component out of todo. 0: there is none. */
static int walk_next(struct walk *w, char *name, size_t size, bool *ret_last, bool *ret_slash)
{
	const char *p = w->todo + w->pos;
	size_t len;

	p += strspn(p, "/");
	len = strcspn(p, "/");
	if (len == 0)
		return 0;
	if (len >= size)
		return -ENAMETOOLONG;
	memcpy(name, p, len);
	name[len] = '\0';
	p += len;
	*ret_slash = *p == '/';
	*ret_last = p[strspn(p, "/")] == '\0';
	w->pos = (size_t) (p - w->todo);
	return 1;
}

static int walk(int root, const char *path, mode_t make, unsigned flags, bool *ret_created)
{
	_cleanup_(walk_done) struct walk w = { .root = root, .fd = -1, .flags = flags, .make = make };
	bool last = false, slash = false;
	char name[NAME_MAX + 1];
	int r;

	if (!*path)
		return -ENOENT;
	if (strlen(path) >= sizeof(w.todo))
		return -ENAMETOOLONG;
	memcpy(w.todo, path, strlen(path) + 1);
	r = walk_restart(&w);
	while (r == 0) {
		r = walk_next(&w, name, sizeof(name), &last, &slash);
		if (r <= 0)
			break;
		r = walk_component(&w, name, last, slash);
	}
	if (r == 0 && (slash || flags & PATH_DIRECTORY) && !S_ISDIR(w.type))
		r = -ENOTDIR;
	if (r < 0)
		return SYS_FAILED(r, "openat2(%d, \"%s\") by components", root, path);
	*ret_created = w.created;
	return fd_steal(&w.fd);
}

/* ---- the entries ---- */

int path_open_in_root(int root, const char *path, unsigned flags)
{
	unsigned long long resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
	int open_flags = O_PATH, r;
	bool created;

	if (flags & PATH_NO_SYMLINKS)
		resolve |= RESOLVE_NO_SYMLINKS;
	if (flags & PATH_NOFOLLOW)
		open_flags |= O_NOFOLLOW;
	if (flags & PATH_DIRECTORY)
		open_flags |= O_DIRECTORY;
	if (!no_openat2) {
		r = sys_openat2(root, path, open_flags, resolve);
		if (r != -ENOSYS && r != -EPERM)
			return r;
		no_openat2 = true;
	}
	return walk(root, path, 0, flags, &created);
}

/* The last component, and what comes before it ("/" if nothing does). */
static int split_last(const char *path, char parent[PATH_MAX], const char **ret_name)
{
	const char *name = strrchr(path, '/');
	size_t len;

	name = name ? name + 1 : path;
	len = (size_t) (name - path);
	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return -EINVAL;
	if (len >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(parent, len ? path : "/", MAX(len, (size_t) 1));
	parent[MAX(len, (size_t) 1)] = '\0';
	*ret_name = name;
	return 0;
}

/* Mostly the last component alone is missing, and no walk is needed. -EAGAIN: it is. */
static int make_last(int root, const char *path, mode_t mode, unsigned flags)
{
	_cleanup_close_ int dir = -1;
	char parent[PATH_MAX];
	const char *name;
	int r;

	/* Nobody can pass anything else off as the directory made; as an empty file, a symlink. */
	if (no_openat2 || !S_ISDIR(mode) || split_last(path, parent, &name) < 0)
		return -EAGAIN;
	dir = path_open_in_root(root, parent, (flags & PATH_NO_SYMLINKS) | PATH_DIRECTORY);
	if (dir == -ENOENT)
		return -EAGAIN;
	if (dir < 0)
		return dir;
	r = sys_mkdirat(dir, name, mode & 07777);
	/* A dangling symlink is in the way, or somebody was faster. */
	if (r == -EEXIST)
		return -EAGAIN;
	return r < 0 ? r : sys_openat(dir, name, O_PATH | O_NOFOLLOW | O_DIRECTORY, 0);
}

int path_make_in_root(int root, const char *path, mode_t mode, unsigned flags, bool *ret_created)
{
	int r = flags & PATH_LIKELY_NEW ? make_last(root, path, mode, flags) : -EAGAIN;
	bool created = r >= 0;

	if (!created)
		r = path_open_in_root(root, path, flags);
	if (r == -ENOENT) {
		r = make_last(root, path, mode, flags);
		created = r >= 0;
		if (r == -EAGAIN)
			r = walk(root, path, mode, flags, &created);
	}
	if (ret_created)
		*ret_created = created;
	return r;
}

int path_make_parent_in_root(int root, const char *path, unsigned flags, const char **ret_name)
{
	char parent[PATH_MAX];
	int r = split_last(path, parent, ret_name);

	return r < 0 ? r : path_make_in_root(root, parent, S_IFDIR | 0755, flags | PATH_DIRECTORY, NULL);
}
