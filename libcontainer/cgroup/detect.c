/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which cgroup hierarchies are mounted, and where the calling process is in them. /proc/self/cgroup says
 * which hierarchies there are, mountinfo where they are mounted.
 */
#define _GNU_SOURCE
#include "libcontainer/cgroup/internal.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/cgroup/mountinfo.h"
#include "libcontainer/sys/cgroupfs.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define HIERARCHIES_MAX 64
#define OWN_MAX 65536 /* several times what the kernel writes */
#define USUAL_MOUNT "/sys/fs/cgroup"

struct candidate {
	char *controllers; /* as in /proc/self/cgroup */
	char *path;        /* ours, as the kernel shows it */
	uint32_t version;
	unsigned rank;     /* of the mount found so far; 0: none */
	char *mount;
	char *own;
};

struct detect {
	struct arena *arena;
	bool check;
	struct candidate v[HIERARCHIES_MAX];
	size_t n;
};

bool cgroup_has_controller(const char *controllers, const char *name)
{
	size_t len = strlen(name);

	for (const char *s = controllers; s; s = strchr(s, ',')) {
		if (*s == ',')
			s++;
		if (strncmp(s, name, len) == 0 && (s[len] == ',' || s[len] == '\0'))
			return true;
	}
	return false;
}

/* True when the super block options of a v1 mount name the first controller of the hierarchy. */
static bool is_mount_of(const struct candidate *c, const struct mount_line *m)
{
	char first[128];

	if (c->version == 2)
		return streq(m->fstype, "cgroup2");
	if (!streq(m->fstype, "cgroup") || !m->options)
		return false;
	(void)str_copy(first, sizeof(first), c->controllers);
	first[strcspn(first, ",")] = '\0';
	return cgroup_has_controller(m->options, first);
}

/* Our path as seen from a mount that may show a part of the hierarchy only; NULL: we are outside of it. */
static const char *path_below(const char *path, const char *root)
{
	const char *rest;

	if (streq(root, "/"))
		return path;
	rest = str_after(path, root);
	if (!rest || (*rest != '\0' && *rest != '/'))
		return NULL;
	return *rest ? rest : "/";
}

/*
 * One hierarchy can be mounted more than once, mostly as bind mounts into root file systems. Best is one
 * that shows our own cgroup, then one at the usual place, then the first.
 */
static int use_mount(const struct mount_line *m, void *arg)
{
	struct detect *d = arg;
	struct candidate *c = NULL;
	const char *own;
	unsigned rank;
	size_t i;

	for (i = 0; i < d->n && !c; i++)
		if (is_mount_of(&d->v[i], m))
			c = &d->v[i];
	if (!c)
		return 0;
	own = path_below(c->path, m->root);
	rank = 1u + (own ? 2u : 0u) + (str_after(m->point, USUAL_MOUNT) ? 1u : 0u);
	if (rank <= c->rank || (d->check && cgroup_root(m->point, c->version) < 0))
		return 0;
	c->rank = rank;
	c->mount = arena_strdup(d->arena, m->point);
	c->own = arena_strdup(d->arena, own ? own : "/");
	return c->mount && c->own ? 0 : -ENOMEM;
}

/* "4:memory:/a/b", "1:name=systemd:/", "0::/a" */
static int read_own_line(struct detect *d, char *line)
{
	struct candidate *c = &d->v[d->n];
	char *s = line;
	char *id = mountinfo_field(&s, ':'), *path;

	if (!id || !s || d->n == HIERARCHIES_MAX)
		return 0;
	path = strchr(s, ':');
	if (!path || path[1] != '/')
		return 0;
	*path++ = '\0';
	/* A named hierarchy without name, or an id 0 with controllers, is nothing we know. */
	if (streq(id, "0") != (*s == '\0'))
		return 0;
	/* The cgroup that we are in was removed: its path must not be made anew below it. */
	if (strlen(path) > 10 && streq(path + strlen(path) - 10, " (deleted)"))
		path[strlen(path) - 10] = '\0';
	c->version = *s ? 1 : 2;
	c->controllers = arena_strdup(d->arena, s);
	c->path = arena_strdup(d->arena, path);
	if (!c->controllers || !c->path)
		return -ENOMEM;
	d->n++;
	return 0;
}

static int read_own(struct detect *d, int fd)
{
	char *buf = NULL, *s, *line;
	ssize_t n = sys_read_arena(fd, OWN_MAX, d->arena, &buf);
	int r = n < 0 ? (int)n : 0;

	s = buf;
	while (r == 0 && (line = mountinfo_field(&s, '\n')))
		r = read_own_line(d, line);
	return r;
}

int cgroup_available(const char *dir, struct arena *arena, const char **ret)
{
	_cleanup_close_ int fd = sys_openat(AT_FDCWD, dir, O_PATH | O_DIRECTORY, 0);
	char text[512] = "";

	if (fd >= 0 && cgroup_read(fd, "cgroup.controllers", text, sizeof(text)) < 0)
		text[0] = '\0';
	for (char *s = text; *s; s++)
		if (*s == ' ')
			*s = ',';
	*ret = arena_strdup(arena, text);
	return *ret ? 0 : -ENOMEM;
}

static int take_results(const struct detect *d, struct host *ret)
{
	struct host_hierarchy *h = arena_calloc(d->arena, d->n + 1, sizeof(*h));
	bool have_v1 = false, have_v2 = false;
	size_t n = 0;

	if (!h)
		return -ENOMEM;
	for (size_t i = 0; i < d->n; i++) {
		const struct candidate *c = &d->v[i];

		if (c->rank == 0)
			continue;
		h[n++] = (struct host_hierarchy){
			.mount = c->mount,
			.controllers = c->controllers,
			.version = c->version,
			.own = c->own,
			.available = c->version == 2 ? "" : NULL,
		};
		if (c->version == 2 && d->check &&
		    cgroup_available(c->mount, d->arena, &h[n - 1].available) < 0)
			return -ENOMEM;
		have_v1 |= c->version == 1;
		have_v2 |= c->version == 2;
	}
	ret->hierarchies = h;
	ret->n_hierarchies = n;
	ret->unified = have_v2 && !have_v1;
	return 0;
}

static int detect_failed(int r, struct error *err)
{
	if (r == -ENOMEM)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "cgroup hierarchies");
	return r < 0 ? error_set(err, ERR_CGROUP, -r, "hierarchies cannot be read") : 0;
}

int cgroup_detect_from(struct arena *arena, int mountinfo, int own, bool check, struct host *ret,
		       struct error *err)
{
	struct detect d = { .arena = arena, .check = check };
	int r = read_own(&d, own);

	if (r == 0 && d.n > 0)
		r = mountinfo_each(mountinfo, "cgroup", use_mount, &d);
	if (r == 0)
		r = take_results(&d, ret);
	return detect_failed(r, err);
}

/*
 * Most hosts have the v2 tree alone, whole, at its usual place. There the table of mounts, which is long where many
 * containers are, has nothing to add: everything below is where /proc/self/cgroup says. In another cgroup
 * namespace, or on a part of the tree, it is not.
 */
static bool is_whole_tree(const struct detect *d)
{
	struct stat root, ns;
	int fd;

	if (d->n != 1 || d->v[0].version != 2)
		return false;
	fd = cgroup_root(USUAL_MOUNT, 2);
	return fd >= 0 && sys_fstat(fd, &root) == 0 && root.st_ino == CGROUPFS_ROOT_INODE &&
	       sys_fstatat(AT_FDCWD, "/proc/self/ns/cgroup", &ns, 0) == 0 && ns.st_ino == CGROUP_NS_INITIAL;
}

static int detect_usual(struct detect *d)
{
	struct candidate *c = &d->v[0];

	c->rank = 1;
	c->own = c->path;
	c->mount = arena_strdup(d->arena, USUAL_MOUNT);
	return c->mount ? 0 : -ENOMEM;
}

static int detect_mounts(struct detect *d)
{
	_cleanup_close_ int mountinfo = sys_openat(AT_FDCWD, "/proc/self/mountinfo", O_RDONLY, 0);

	return mountinfo < 0 ? mountinfo : mountinfo_each(mountinfo, "cgroup", use_mount, d);
}

int cgroup_detect(struct arena *arena, struct host *ret, struct error *err)
{
	_cleanup_close_ int own = sys_openat(AT_FDCWD, "/proc/self/cgroup", O_RDONLY, 0);
	struct detect d = { .arena = arena, .check = true };
	int r;

	/* A kernel without cgroups has no such file: there is nothing to detect. */
	if (own == -ENOENT)
		return 0;
	if (own < 0)
		return error_set(err, ERR_CGROUP, -own, "/proc/self/cgroup cannot be read");
	r = read_own(&d, own);
	if (r == 0 && d.n > 0)
		r = is_whole_tree(&d) ? detect_usual(&d) : detect_mounts(&d);
	if (r == 0)
		r = take_results(&d, ret);
	return detect_failed(r, err);
}
