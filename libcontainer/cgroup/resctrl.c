/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of resctrl. Every path is walked from the top of the file system, which is proved to be it, so that
 * neither a name in a configuration nor a damaged record leads elsewhere.
 */
#define _GNU_SOURCE
#include "libcontainer/cgroup/resctrl-internal.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/cgroup/mountinfo.h"
#include "libcontainer/compile/compile.h"
#include "libcontainer/sys/cgroupfs.h"
#include "libcontainer/sys/clock.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MON_GROUPS "mon_groups"
#define FILE_MAX (1u << 20)
#define LOCK_WAIT_MS 10000
#define STEPS_MAX 3

struct search {
	struct arena *arena;
	bool check;
	const char *found;
};

static bool is_visible(const char *point)
{
	_cleanup_close_ int fd = sys_openat(AT_FDCWD, point, O_RDONLY | O_DIRECTORY, 0);

	return fd >= 0 && sys_is_resctrl(fd);
}

/* A bind mount of one group shows neither the others nor what the kernel has to say. */
static int use_mount(const struct mount_line *m, void *arg)
{
	struct search *s = arg;

	if (!streq(m->fstype, "resctrl") || !streq(m->root, "/") || (s->check && !is_visible(m->point)))
		return 0;
	s->found = arena_strdup(s->arena, m->point);
	return s->found ? 1 : -ENOMEM;
}

int resctrl_detect_from(struct arena *arena, int mountinfo, bool check, const char **ret, struct error *err)
{
	struct search s = { .arena = arena, .check = check };
	int r = mountinfo_each(mountinfo, "resctrl", use_mount, &s);

	*ret = s.found;
	return r < 0 ? error_set(err, ERR_RESCTRL, -r, "mounts cannot be read") : 0;
}

int resctrl_detect(struct arena *arena, const char **ret, struct error *err)
{
	_cleanup_close_ int fd = sys_openat(AT_FDCWD, "/proc/self/mountinfo", O_RDONLY, 0);

	if (fd < 0)
		return error_set(err, ERR_RESCTRL, -fd, "/proc/self/mountinfo cannot be read");
	return resctrl_detect_from(arena, fd, true, ret, err);
}

bool resctrl_is_sound(const struct resctrl *rdt)
{
	for (size_t i = 0; i < rdt->n; i++) {
		const struct resctrl_group *g = &rdt->v[i];

		if (!g->mount || g->mount[0] != '/' || g->end > RESCTRL_REMOVE)
			return false;
		if ((g->group && !rdt_is_group_name(g->group)) || (g->monitor && !rdt_is_group_name(g->monitor)))
			return false;
		/* The root can be neither made nor removed. */
		if (!g->group && !g->monitor && g->end != RESCTRL_KEEP)
			return false;
	}
	return rdt->n <= RESCTRL_GROUPS_MAX;
}

int resctrl_open_tree(const struct resctrl_group *g)
{
	_cleanup_close_ int fd = sys_openat(AT_FDCWD, g->mount, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);

	if (fd < 0)
		return fd;
	return sys_is_resctrl(fd) ? fd_steal(&fd) : -ENODEV;
}

/* The directories on the way to a group, one after the other; how many there are. */
static size_t steps_to(const struct resctrl_group *g, const char *steps[STEPS_MAX])
{
	size_t n = 0;

	if (g->group)
		steps[n++] = g->group;
	if (g->monitor) {
		steps[n++] = MON_GROUPS;
		steps[n++] = g->monitor;
	}
	return n;
}

int resctrl_open_group(int tree, const struct resctrl_group *g, enum resctrl_step step)
{
	const char *steps[STEPS_MAX];
	size_t n = steps_to(g, steps);
	int fd = sys_openat(tree, ".", O_RDONLY | O_DIRECTORY, 0);

	n -= step == RESCTRL_PARENT;
	for (size_t i = 0; i < n && fd >= 0; i++) {
		int next = sys_openat(fd, steps[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);

		fd_close(&fd);
		fd = next;
	}
	return fd;
}

static const char *name_of_group(const struct resctrl_group *g)
{
	return g->monitor ? g->monitor : g->group;
}

const char *resctrl_words(const struct resctrl_group *g, char words[RESCTRL_WORDS_SIZE])
{
	const char *control = g->group ? g->group : "/";

	if (g->monitor)
		(void)snprintf(words, RESCTRL_WORDS_SIZE, "monitoring group %s of group %s", g->monitor, control);
	else
		(void)snprintf(words, RESCTRL_WORDS_SIZE, "group %s", control);
	return words;
}

ssize_t resctrl_read(int dir, const char *file, struct arena *arena, char **ret)
{
	_cleanup_close_ int fd = sys_openat(dir, file, O_RDONLY | O_NOFOLLOW, 0);

	return fd < 0 ? fd : sys_read_arena(fd, FILE_MAX, arena, ret);
}

/* What the kernel noted about the last thing that was tried: "ok" if that is not why. */
static void add_kernels_words(int tree, struct error *err)
{
	_cleanup_close_ int info = sys_openat(tree, "info", O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	char *text = NULL;

	if (info < 0 || resctrl_read(info, "last_cmd_status", &arena, &text) <= 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	if (!str_is_empty(text) && !streq(text, "ok"))
		error_add_cause(err, "%s", text);
}

int resctrl_write(int tree, const struct resctrl_group *g, const char *file, const char *text,
		  struct error *err)
{
	_cleanup_close_ int dir = resctrl_open_group(tree, g, RESCTRL_ITSELF);
	_cleanup_close_ int fd = dir < 0 ? dir : sys_openat(dir, file, O_WRONLY | O_NOFOLLOW, 0);
	char words[RESCTRL_WORDS_SIZE];
	int r = fd < 0 ? fd : sys_write_all(fd, text, strlen(text));

	if (r == 0)
		return 0;
	(void)error_set(err, ERR_RESCTRL, -r, "%s: cannot write \"%.*s\" to %s", resctrl_words(g, words),
			(int)strcspn(text, "\n"), text, file);
	add_kernels_words(tree, err);
	return r;
}

static bool is_there(int tree, const struct resctrl_group *g)
{
	_cleanup_close_ int fd = resctrl_open_group(tree, g, RESCTRL_ITSELF);

	return fd >= 0;
}

/* What end must be of a group that this create has made. */
static enum resctrl_end end_of_made(const struct resctrl_group *g, uint32_t flags)
{
	return g->monitor || flags & RDT_OWN ? RESCTRL_REMOVE : RESCTRL_UNUSED;
}

void resctrl_foresee(struct resctrl *rdt, uint32_t flags)
{
	_cleanup_close_ int tree = rdt->n > 0 ? resctrl_open_tree(&rdt->v[0]) : -1;

	for (size_t i = 0; i < rdt->n; i++) {
		struct resctrl_group *g = &rdt->v[i];
		bool ours = tree >= 0 && !(flags & RDT_MUST_EXIST && !g->monitor) && !is_there(tree, g);

		g->end = ours ? end_of_made(g, flags) : RESCTRL_KEEP;
	}
}

/* 0, -EEXIST without *err, or another negative errno. */
static int make_group(int tree, struct resctrl_group *g, uint32_t flags, struct error *err)
{
	_cleanup_close_ int parent = resctrl_open_group(tree, g, RESCTRL_PARENT);
	char words[RESCTRL_WORDS_SIZE];
	int r = parent < 0 ? parent : sys_mkdirat(parent, name_of_group(g), 0755);

	if (r == 0)
		g->end = end_of_made(g, flags);
	if (r == 0 || r == -EEXIST)
		return r;
	(void)error_set(err, ERR_RESCTRL, -r, "%s cannot be made", resctrl_words(g, words));
	add_kernels_words(tree, err);
	return r;
}

static int exists_already(const struct resctrl_group *g, struct error *err)
{
	char words[RESCTRL_WORDS_SIZE];

	return error_set(err, ERR_RESCTRL, EEXIST, "%s is of the container's name", resctrl_words(g, words));
}

static int prepare_control(int tree, struct resctrl_group *g, uint32_t flags, const char *const *lines,
			   size_t n_lines, struct error *err)
{
	char words[RESCTRL_WORDS_SIZE];
	int r;

	if (flags & RDT_MUST_EXIST)
		return is_there(tree, g)
			       ? 0 : error_set(err, ERR_RESCTRL, ENOENT, "%s, for which no limits are given",
					       resctrl_words(g, words));
	r = g->group ? make_group(tree, g, flags, err) : -EEXIST;
	if (r == 0)
		return resctrl_write_lines(tree, g, lines, n_lines, err);
	if (r != -EEXIST)
		return r;
	return flags & RDT_OWN ? exists_already(g, err)
			       : resctrl_compare_lines(tree, g, lines, n_lines, err);
}

/*
 * Held while groups are made and their limits written or compared, which the kernel's documentation asks of
 * all who do so: nobody takes a group of the same name for complete before it is.
 */
static int lock_tree(int tree, struct error *err)
{
	int r = sys_lock_until(tree, sys_now_ms() + LOCK_WAIT_MS);

	return r < 0 ? error_set(err, ERR_RESCTRL, -r, "is locked by somebody else") : 0;
}

int resctrl_prepare(struct resctrl *rdt, uint32_t flags, const char *const *lines, size_t n_lines,
		    struct error *err)
{
	_cleanup_close_ int tree = -1;
	int r = 0;

	for (size_t i = 0; i < rdt->n; i++)
		rdt->v[i].end = RESCTRL_KEEP;
	if (rdt->n == 0)
		return 0;
	tree = resctrl_open_tree(&rdt->v[0]);
	if (tree < 0)
		return error_set(err, ERR_RESCTRL, -tree, "is not mounted on %s any more", rdt->v[0].mount);
	r = lock_tree(tree, err);
	if (r == 0)
		r = prepare_control(tree, &rdt->v[0], flags, lines, n_lines, err);
	for (size_t i = 1; i < rdt->n && r == 0; i++) {
		r = make_group(tree, &rdt->v[i], flags, err);
		if (r == -EEXIST)
			r = exists_already(&rdt->v[i], err);
	}
	return r;
}

/* Line by line, as the kernel shows them: with blanks in front, which it does not take back. */
static void write_back(int tree, const struct resctrl_group *g, const char *before)
{
	while (*before) {
		size_t blanks = strspn(before, " "), n = strcspn(before, "\n");
		struct error ignored = ERROR_INIT;
		char *line = strndup(before + blanks, n - blanks);
		const char *const lines[] = { line };

		if (line && *line)
			(void)resctrl_write_lines(tree, g, lines, 1, &ignored);
		free(line);
		before += n + (before[n] == '\n');
	}
}

static int read_limits(int tree, const struct resctrl_group *g, struct arena *arena, const char **ret,
		       struct error *err)
{
	_cleanup_close_ int dir = resctrl_open_group(tree, g, RESCTRL_ITSELF);
	char words[RESCTRL_WORDS_SIZE];
	char *text = NULL;
	ssize_t n = dir < 0 ? dir : resctrl_read(dir, "schemata", arena, &text);

	if (n < 0)
		return error_set(err, ERR_RESCTRL, (int)-n, "%s: its limits cannot be read",
				 resctrl_words(g, words));
	*ret = text;
	return 0;
}

int resctrl_update(const struct resctrl *rdt, const char *const *lines, size_t n_lines, struct arena *arena,
		   const char **ret_before, struct error *err)
{
	const struct resctrl_group *g = rdt->n > 0 ? &rdt->v[0] : NULL;
	_cleanup_close_ int tree = -1;
	int r;

	*ret_before = NULL;
	if (!g || !g->group)
		return error_set(err, ERR_RESCTRL, 0, "the container has no group of its own (linux.intelRdt)");
	tree = resctrl_open_tree(g);
	if (tree < 0)
		return error_set(err, ERR_RESCTRL, -tree, "is not mounted on %s any more", g->mount);
	r = lock_tree(tree, err);
	if (r == 0)
		r = read_limits(tree, g, arena, ret_before, err);
	if (r < 0)
		return r;
	r = resctrl_write_lines(tree, g, lines, n_lines, err);
	if (r < 0)
		write_back(tree, g, *ret_before);
	return r;
}

void resctrl_restore(const struct resctrl *rdt, const char *before)
{
	_cleanup_close_ int tree = rdt->n > 0 && before ? resctrl_open_tree(&rdt->v[0]) : -1;

	if (tree >= 0)
		write_back(tree, &rdt->v[0], before);
}

int resctrl_join(const struct resctrl *rdt, pid_t pid, struct error *err)
{
	_cleanup_close_ int tree = rdt->n > 0 ? resctrl_open_tree(&rdt->v[0]) : -1;
	char text[16];
	int r = 0;

	if (rdt->n > 0 && tree < 0)
		return error_set(err, ERR_RESCTRL, -tree, "is not mounted on %s any more", rdt->v[0].mount);
	(void)snprintf(text, sizeof(text), "%d", (int)pid);
	for (size_t i = 0; i < rdt->n && r == 0; i++)
		r = resctrl_write(tree, &rdt->v[i], "tasks", text, err);
	return r;
}

/* Nobody is in it, and nobody's monitoring group either. */
static bool is_unused(int tree, const struct resctrl_group *g)
{
	_cleanup_close_ int dir = resctrl_open_group(tree, g, RESCTRL_ITSELF);
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	char *text = NULL;

	return dir >= 0 && resctrl_read(dir, "tasks", &arena, &text) == 0;
}

static int remove_group(int tree, const struct resctrl_group *g)
{
	_cleanup_close_ int parent = resctrl_open_group(tree, g, RESCTRL_PARENT);

	return parent < 0 ? parent : sys_unlinkat(parent, name_of_group(g), AT_REMOVEDIR);
}

/* A file system that is not mounted any more has no groups. */
int resctrl_remove(const struct resctrl *rdt, struct error *err)
{
	char words[RESCTRL_WORDS_SIZE];

	for (size_t i = rdt->n; i-- > 0;) {
		const struct resctrl_group *g = &rdt->v[i];
		_cleanup_close_ int tree = g->end == RESCTRL_KEEP ? -1 : resctrl_open_tree(g);
		int r;

		if (tree < 0 || (g->end == RESCTRL_UNUSED && !is_unused(tree, g)))
			continue;
		r = remove_group(tree, g);
		if (r < 0 && r != -ENOENT)
			return error_set(err, ERR_RESCTRL, -r, "%s cannot be removed", resctrl_words(g, words));
	}
	return 0;
}
