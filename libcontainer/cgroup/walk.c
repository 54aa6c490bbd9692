/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking through the cgroups below one directory. A container can make its own, a thousand deep or wide,
 * so there is no recursion and no descriptor per level: the names that are still to be visited are kept
 * on the heap, and the way back up is "..". A cgroup cannot be moved to another parent, and the inode
 * number is compared after each step up all the same.
 */
#define _GNU_SOURCE
#include "libcontainer/cgroup/internal.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/cgroupfs.h"
#include "libcontainer/sys/directory.h"
#include "libcontainer/sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

struct level {
	size_t first;  /* where the names of this level begin */
	size_t next;   /* the next name to visit */
	ino_t ino;
};

struct walk {
	const struct cgroup_walk *how;
	int fd;                /* the directory where we are */
	struct level *levels;
	size_t n, size;
	struct buf names;      /* each with its NUL */
};

int cgroup_try_open(const char *dir, uint32_t version, int flags)
{
	_cleanup_close_ int fd = sys_openat(AT_FDCWD, dir, flags | O_DIRECTORY | O_NOFOLLOW, 0);
	int r;

	if (fd == -ENOENT || fd == -ENODEV)
		return -ENOENT;
	if (fd < 0)
		return fd;
	r = sys_cgroupfs_version(fd);
	if (r < 0)
		return r;
	return r == (int)version ? fd_steal(&fd) : -EXDEV;
}

int cgroup_open_failed(const char *dir, uint32_t version, int r, struct error *err)
{
	if (r == -EXDEV)
		return error_set(err, ERR_CGROUP, EINVAL, "%s is not in a cgroup file system of version %u",
				 dir, version);
	return error_set(err, ERR_CGROUP, -r, "%s cannot be opened", dir);
}

int cgroup_open(const char *dir, uint32_t version, int flags, struct error *err)
{
	int r = cgroup_try_open(dir, version, flags);

	return r < 0 && r != -ENOENT ? cgroup_open_failed(dir, version, r, err) : r;
}

/*
 * Lists the subdirectories of where we are. When removing, those that are empty go at once; only those
 * that refuse are visited.
 */
static int list_children(struct walk *w)
{
	_Alignas(struct sys_entry) char data[8192];
	ssize_t n;

	while ((n = sys_getdents(w->fd, data, sizeof(data))) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct sys_entry *e = (const struct sys_entry *)(const void *)(data + at);

			at += e->len;
			if (e->type != DT_DIR || streq(e->name, ".") || streq(e->name, ".."))
				continue;
			if (w->how->remove && sys_unlinkat(w->fd, e->name, AT_REMOVEDIR) == 0)
				continue;
			buf_add(&w->names, e->name, strlen(e->name) + 1);
		}
	}
	/* A directory that has been removed meanwhile lists nothing more. */
	return n == -ENOENT || n == -ENODEV ? 0 : (int)n;
}

/* Begins the directory where we are: calls enter and lists what is below. */
static int push(struct walk *w)
{
	struct level *l;
	struct stat st;
	int r;

	if (w->n == w->size) {
		l = realloc(w->levels, (w->size * 2 + 16) * sizeof(*l));
		if (!l)
			return -ENOMEM;
		w->levels = l;
		w->size = w->size * 2 + 16;
	}
	r = sys_fstat(w->fd, &st);
	if (r < 0)
		return r;
	l = &w->levels[w->n++];
	*l = (struct level){ .first = w->names.len, .next = w->names.len, .ino = st.st_ino };
	r = w->how->enter ? w->how->enter(w->fd, w->how->arg) : 0;
	/* kernfs counts subdirectories as links: without any, the usual case, there is nothing to list. */
	if (r == 0 && st.st_nlink != 2)
		r = list_children(w);
	return w->names.failed ? -ENOMEM : r;
}

static int descend(struct walk *w, const char *name)
{
	int fd = sys_openat(w->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);

	if (fd == -ENOENT || fd == -ENODEV || fd == -ELOOP || fd == -ENOTDIR)
		return 0;
	if (fd < 0)
		return fd;
	/* Something mounted over a cgroup is none of ours. */
	if (sys_cgroupfs_version(fd) != sys_cgroupfs_version(w->fd)) {
		fd_close(&fd);
		return 0;
	}
	fd_close(&w->fd);
	w->fd = fd;
	return push(w);
}

/* Leaves the directory where we are, which has been visited with all below it. */
static int ascend(struct walk *w)
{
	struct level *l = &w->levels[--w->n];
	struct stat st;
	int fd, r;

	w->names.len = l->first;
	if (w->n == 0)
		return 0;
	fd = sys_openat(w->fd, "..", O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		return fd;
	fd_close(&w->fd);
	w->fd = fd;
	l = &w->levels[w->n - 1];
	r = sys_fstat(fd, &st);
	if (r < 0)
		return r;
	if (st.st_ino != l->ino)
		return -EXDEV;
	if (w->how->remove) /* refused: the directory above cannot go either, and its caller sees that */
		(void)sys_unlinkat(fd, w->names.data + l->next, AT_REMOVEDIR);
	l->next += strlen(w->names.data + l->next) + 1;
	return 0;
}

int cgroup_walk(int dir, const struct cgroup_walk *how)
{
	struct walk w = { .how = how, .names = BUF_INIT };
	int r;

	w.fd = sys_openat(dir, ".", O_RDONLY | O_DIRECTORY, 0);
	if (w.fd < 0)
		return w.fd == -ENOENT || w.fd == -ENODEV ? 0 : w.fd;
	r = push(&w);
	while (r == 0 && w.n > 0) {
		struct level *l = &w.levels[w.n - 1];
		size_t n = w.n;

		if (l->next == w.names.len) {
			r = ascend(&w);
			continue;
		}
		r = descend(&w, w.names.data + l->next);
		/* Not entered, so nobody comes back up to step on. */
		if (r == 0 && w.n == n)
			l->next += strlen(w.names.data + l->next) + 1;
	}
	fd_close(&w.fd);
	free(w.levels);
	buf_done(&w.names);
	return r;
}
