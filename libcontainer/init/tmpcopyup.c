/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/init/init.h"
#include "libcontainer/sys/file.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/*
 * Copies what a tmpfs hides into it. By descriptors only, and without following anything: the directory
 * belongs to the image. An explicit stack instead of recursion, because the image chooses the depth.
 */

#define DEPTH_MAX 32u

struct level {
	int from, to;
};

struct copy {
	struct level levels[DEPTH_MAX];
	unsigned depth; /* levels in use */
};

static void copy_done(struct copy *c)
{
	while (c->depth > 0) {
		c->depth--;
		fd_close(&c->levels[c->depth].from);
		fd_close(&c->levels[c->depth].to);
	}
}

static int copy_owner(int dir, const char *name, const struct stat *st)
{
	return sys_fchownat(dir, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW | (*name ? 0 : AT_EMPTY_PATH));
}

/* The file was seen as a regular one; by the time it is open it must still be that one. */
static int copy_file(int from, int to, const char *name, const struct stat *seen)
{
	_cleanup_close_ int in = sys_openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	_cleanup_close_ int out = -1;
	char buf[4096];
	struct stat st;
	ssize_t n;
	int r;

	r = in < 0 ? in : sys_fstat(in, &st);
	if (r == 0 && !sys_same_file(&st, seen))
		r = -EAGAIN;
	if (r < 0)
		return r;
	out = sys_openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	if (out < 0)
		return out;
	while ((n = sys_read(in, buf, sizeof(buf))) > 0) {
		r = sys_write_all(out, buf, (size_t) n);
		if (r < 0)
			return r;
	}
	r = n < 0 ? (int) n : sys_fchown(out, st.st_uid, st.st_gid);
	return r < 0 ? r : sys_fchmod(out, st.st_mode & 07777);
}

static int copy_symlink(int from, int to, const char *name, const struct stat *st)
{
	char text[4096];
	int r = sys_readlinkat(from, name, text, sizeof(text));

	if (r >= 0)
		r = sys_symlinkat(text, to, name);
	return r < 0 ? r : copy_owner(to, name, st);
}

static int copy_node(int to, const char *name, const struct stat *st)
{
	int r = sys_mknodat(to, name, st->st_mode, major(st->st_rdev), minor(st->st_rdev));

	return r < 0 ? r : copy_owner(to, name, st);
}

static int copy_push(struct copy *c, int from, int to)
{
	struct level *l;
	int r = MIN(from, to);

	if (r >= 0 && c->depth == DEPTH_MAX)
		r = -ELOOP;
	if (r < 0) {
		fd_close(&from);
		fd_close(&to);
		return r;
	}
	l = &c->levels[c->depth++];
	l->from = from;
	l->to = to;
	return 0;
}

static int copy_directory(struct copy *c, const char *name, const struct stat *st)
{
	struct level *l = &c->levels[c->depth - 1];
	int r = sys_mkdirat(l->to, name, 0700);

	if (r < 0)
		return r;
	r = copy_push(c, sys_openat(l->from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0),
		      sys_openat(l->to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0));
	if (r < 0)
		return r;
	r = copy_owner(c->levels[c->depth - 1].to, "", st);
	return r < 0 ? r : sys_fchmod(c->levels[c->depth - 1].to, st->st_mode & 07777);
}

/* 1 when a directory was entered: the names that follow are read again later. */
static int copy_entry(struct copy *c, const struct directory_entry *e)
{
	struct level *l = &c->levels[c->depth - 1];
	struct stat st;
	int r;

	if (streq(e->name, ".") || streq(e->name, ".."))
		return 0;
	r = sys_fstatat(l->from, e->name, &st, AT_SYMLINK_NOFOLLOW);
	if (r < 0)
		return r;
	if (S_ISREG(st.st_mode))
		return copy_file(l->from, l->to, e->name, &st);
	if (S_ISLNK(st.st_mode))
		return copy_symlink(l->from, l->to, e->name, &st);
	if (!S_ISDIR(st.st_mode))
		return copy_node(l->to, e->name, &st);
	if (lseek(l->from, e->off, SEEK_SET) < 0)
		return -errno;
	r = copy_directory(c, e->name, &st);
	return r < 0 ? r : 1;
}

/* Copies some names of the deepest directory, or leaves it when there are none. */
static int copy_some(struct copy *c)
{
	struct level *l = &c->levels[c->depth - 1];
	_Alignas(struct directory_entry) char buf[2048];
	ssize_t n = sys_getdents(l->from, buf, sizeof(buf)), at;
	int r = 0;

	if (n < 0)
		return (int) n;
	if (n == 0) {
		fd_close(&l->from);
		fd_close(&l->to);
		c->depth--;
		return 0;
	}
	for (at = 0; at < n && r == 0; at += ((struct directory_entry *) (void *) (buf + at))->len)
		r = copy_entry(c, (struct directory_entry *) (void *) (buf + at));
	return MIN(r, 0);
}

int tmpcopyup(int from, int to, struct error *err)
{
	_cleanup_(copy_done) struct copy c = { 0 };
	struct stat st;
	int r = sys_fstat(from, &st);

	if (r == 0 && !S_ISDIR(st.st_mode))
		r = -ENOTDIR;
	if (r == 0)
		r = copy_push(&c, sys_openat(from, ".", O_RDONLY | O_DIRECTORY, 0),
			      sys_openat(to, ".", O_RDONLY | O_DIRECTORY, 0));
	if (r == 0)
		r = copy_owner(to, "", &st);
	while (r == 0 && c.depth > 0)
		r = copy_some(&c);
	return r < 0 ? error_set(err, ERR_MOUNT, -r, "tmpcopyup") : 0;
}
