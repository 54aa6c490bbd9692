/* SPDX-License-Identifier: Apache-2.0 */
/* Making one cgroup directory with its missing parents. */
#define _GNU_SOURCE
#include "libcontainer/cgroup/internal.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/clock.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define ATTEMPTS 100

struct make {
	const char *mount, *dir;
	uint32_t version;
	bool freezes;               /* the hierarchy can freeze what is in it */
	char path[CGROUP_PATH_MAX]; /* dir below mount; the blanks between components are NULs */
	size_t *at;                 /* where each component begins */
	size_t n;
	size_t first_made;          /* index of the first component that we made; n: none */
	int root;                   /* the mount point; borrowed */
};

/* Cuts dir into components. ".." would lead out of the place that was asked for. */
static int split(struct make *m, struct error *err)
{
	static size_t places[CGROUP_PATH_MAX / 2 + 1]; /* large enough, and only pages that are used cost something */
	const char *rest = str_after(m->dir, m->mount);
	size_t len = rest ? strlen(rest) : 0;
	char *s = m->path;

	if (!rest || (*rest && *rest != '/' && !streq(m->mount, "/")) || len >= sizeof(m->path))
		return error_set(err, ERR_CGROUP, EINVAL, "%s is not below %s", m->dir, m->mount);
	memcpy(m->path, rest, len + 1);
	m->at = places;
	while (*s) {
		char *end = s + strcspn(s, "/");

		if (end > s) {
			if ((end - s == 1 && s[0] == '.') || (end - s == 2 && s[0] == '.' && s[1] == '.'))
				return error_set(err, ERR_CGROUP, EINVAL,
						 "path %s has a component \".\" or \"..\"", m->dir);
			m->at[m->n++] = (size_t)(s - m->path);
		}
		s = end;
		while (*s == '/')
			*s++ = '\0';
	}
	m->first_made = m->n;
	return 0;
}

static int mkdir_failed(const struct make *m, int r, const char *name, struct error *err)
{
	(void)error_set(err, ERR_CGROUP, -r, "%s cannot be made: directory \"%s\"", m->dir, name);
	if (r == -ENOSPC)
		error_add_cause(err, "the kernel's limit for the number of cgroups (65,535 with a memory "
				     "controller) or cgroup.max.descendants of a parent is reached");
	else if (r == -EAGAIN)
		error_add_cause(err, "cgroup.max.descendants or cgroup.max.depth of a parent is reached");
	else if (r == -ENOMEM)
		error_add_cause(err, "the kernel has no memory for another cgroup, or no cgroup id is left");
	else if (r == -EROFS)
		error_add_cause(err, "the hierarchy is mounted read-only");
	else if (r == -EACCES || r == -EPERM)
		error_add_cause(err, "the parent cgroup is not delegated to this user");
	return r;
}

static int open_component(int at, const char *name)
{
	return sys_openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
}

/*
 * One way down. 1: a directory went away under us, because another command removed an empty parent
 * that it had made; the way must be begun again. *ret_fd is the directory, or -1 where we made it and there is
 * nothing to look at in it.
 */
static int go_down(struct make *m, int *ret_fd, struct error *err)
{
	_cleanup_close_ int fd = m->n > 0 ? -1 : sys_openat(m->root, ".", O_PATH | O_DIRECTORY, 0);
	int at = m->root;

	for (size_t i = 0; i < m->n; i++) {
		const char *name = m->path + m->at[i];
		/* The parents are mostly there, the last one mostly is not. */
		int r, next = i + 1 < m->n ? open_component(at, name) : -ENOENT;

		if (next == -ENOENT) {
			r = sys_mkdirat(at, name, 0755);
			if (r == -ENOENT || r == -ENODEV)
				return 1;
			if (r < 0 && r != -EEXIST)
				return mkdir_failed(m, r, name, err);
			if (r == 0)
				m->first_made = MIN(m->first_made, i);
			if (r == 0 && i + 1 == m->n && !m->freezes)
				return 0;
			next = open_component(at, name);
		}
		if (next == -ENOENT || next == -ENODEV)
			return 1;
		if (next < 0)
			return error_set(err, ERR_CGROUP, -next, "%s cannot be made: directory \"%s\"",
					 m->dir, name);
		fd_close(&fd);
		fd = at = next;
	}
	if (fd < 0)
		return error_set(err, ERR_CGROUP, -fd, "%s cannot be opened", m->mount);
	*ret_fd = fd_steal(&fd);
	return 0;
}

/* Takes back what was made. What another command has put something into stays. */
static void undo(struct make *m)
{
	for (size_t end = m->n; end > m->first_made; end--) {
		_cleanup_close_ int fd = sys_openat(m->root, ".", O_PATH | O_DIRECTORY, 0);

		for (size_t i = 0; fd >= 0 && i + 1 < end; i++) {
			int next = open_component(fd, m->path + m->at[i]);

			fd_close(&fd);
			fd = next;
		}
		if (fd >= 0)
			(void)sys_unlinkat(fd, m->path + m->at[end - 1], AT_REMOVEDIR);
	}
}

static const char *const cpuset_files[] = { "cpuset.cpus", "cpuset.mems" };

/* Whether it has a value. What does not fit into own is one, too. */
static bool cpuset_has(int fd, const char *file)
{
	char own[2];
	ssize_t n = cgroup_read(fd, file, own, sizeof(own));

	return n > 0 || n == -EFBIG;
}

/* One level: what is empty, as all is in a new cpuset, gets the parent's value. 1 when that is empty, too. */
static int fill_cpuset(const struct make *m, int parent, int fd, bool is_new, struct error *err)
{
	static char value[8192]; /* not on the stack: each page of it would be touched */
	ssize_t n;
	int r;

	for (size_t i = 0; i < ELEMENTSOF(cpuset_files); i++) {
		if (!is_new && cpuset_has(fd, cpuset_files[i]))
			continue;
		n = cgroup_read(parent, cpuset_files[i], value, sizeof(value));
		if (n == 0)
			return 1;
		r = n < 0 ? (int)n : sys_write_file(fd, cpuset_files[i], value);
		if (r < 0)
			return error_set(err, ERR_CGROUP, -r, "%s: %s cannot be taken from its parent",
					 m->dir, cpuset_files[i]);
	}
	return 0;
}

/*
 * A v1 cpuset begins empty, and no process can enter it so. Only what we made is filled; if the parent
 * that was there is empty as well, nothing could ever run below it, so it is filled too: that takes no
 * limit away from anybody.
 */
static int fill_cpusets(struct make *m, size_t from, struct error *err)
{
	_cleanup_close_ int parent = sys_openat(m->root, ".", O_PATH | O_DIRECTORY, 0);
	int r = 0;

	for (size_t i = 0; parent >= 0 && r == 0 && i < m->n; i++) {
		int fd = open_component(parent, m->path + m->at[i]);

		if (fd >= 0 && i >= from)
			r = fill_cpuset(m, parent, fd, i >= m->first_made, err);
		fd_close(&parent);
		parent = fd;
	}
	if (r > 0 && from > 0)
		return fill_cpusets(m, 0, err);
	if (r > 0)
		return error_set(err, ERR_CGROUP, ENODEV, "%s: cpuset.cpus or cpuset.mems of %s is empty",
				 m->dir, m->mount);
	return parent < 0 ? error_set(err, ERR_CGROUP, -parent, "%s cannot be opened", m->dir) : r;
}

/* What was there before may be used only if nobody else uses it. */
static int check_found(const struct make *m, int fd, struct error *err)
{
	struct cgroup_dir d = { .dir = (char *)m->dir, .version = m->version };
	_cleanup_pid_list_ struct pid_list list = { 0 };
	int r;

	if (cgroup_dir_frozen(fd, m->version))
		return error_set(err, ERR_CGROUP_FROZEN, 0, "%s", m->dir);
	r = cgroup_dir_pids(&d, &list);
	if (r < 0)
		return error_set(err, ERR_CGROUP, -r, "%s: processes cannot be listed", m->dir);
	if (list.n == 0)
		return 0;
	r = error_set(err, ERR_CGROUP_BUSY, EBUSY, "%s", m->dir);
	error_add_cause(err, "%zu process(es), the first is %d", list.n, (int)list.v[0]);
	return r;
}

static int make(struct make *m, const char *controllers, struct error *err)
{
	_cleanup_close_ int fd = -1;
	int r = 1;

	for (unsigned i = 0; i < ATTEMPTS && r > 0; i++) {
		if (i > 0)
			sys_sleep_us(i * 50);
		r = go_down(m, &fd, err);
	}
	if (r > 0)
		return error_set(err, ERR_CGROUP, EAGAIN, "%s cannot be made: its parents keep being removed",
				 m->dir);
	if (r < 0)
		return r;
	if (m->first_made == m->n)
		r = check_found(m, fd, err);
	else if (m->freezes && cgroup_dir_frozen(fd, m->version))
		/* A frozen parent freezes what is born below it: create would wait for ever. */
		r = error_set(err, ERR_CGROUP_FROZEN, 0, "%s", m->dir);
	if (r == 0 && m->version == 1 && cgroup_has_controller(controllers, "cpuset"))
		r = fill_cpusets(m, m->first_made, err);
	return r;
}

uint32_t cgroup_missing(const char *mount, const char *dir, uint32_t version)
{
	const char *rest = str_after(dir, mount);
	int root = cgroup_root(mount, version);
	char path[CGROUP_PATH_MAX];
	uint32_t n = 0;

	if (root < 0 || !rest || str_copy(path, sizeof(path), rest + strspn(rest, "/")) >= sizeof(path) - 1)
		return 0;
	while (*path && !sys_exists(root, path)) {
		char *slash = strrchr(path, '/');

		n++;
		*(slash ? slash : path) = '\0';
	}
	return n;
}

int cgroup_make(const char *mount, const char *dir, const char *controllers, uint32_t version,
		uint32_t *ret_made, struct error *err)
{
	struct make m = { .mount = mount, .dir = dir, .version = version, .root = -1 };
	int r;

	*ret_made = 0;
	m.freezes = version == 2 || cgroup_has_controller(controllers, "freezer");
	m.root = cgroup_root(mount, version);
	if (m.root == -ENOENT)
		return error_set(err, ERR_CGROUP, ENOENT, "hierarchy %s is not mounted", mount);
	if (m.root < 0)
		return cgroup_open_failed(mount, version, m.root, err);
	r = split(&m, err);
	if (r == 0)
		r = make(&m, controllers, err);
	if (r == 0)
		*ret_made = (uint32_t)(m.n - m.first_made);
	else
		undo(&m);
	return r;
}
