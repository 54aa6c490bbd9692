/* SPDX-License-Identifier: Apache-2.0 */
/* Reading directories: which containers there are, and what lies in the directory of one. */
#define _GNU_SOURCE
#include "libcontainer/state/internal.h"

#include "base/buf.h"
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/directory.h"
#include "libcontainer/sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int visit_foreign(int dir _unused_, const struct sys_entry *e, void *arg)
{
	static const char *const ours[] = { STATE_RECORD, STATE_RECORD_NEW, STATE_SUMMARY,
					    STATE_EXEC, STATE_START, STATE_NOTIFY };

	*(bool *)arg = true;
	for (size_t i = 0; i < ELEMENTSOF(ours); i++)
		if (streq(e->name, ours[i]))
			return 0;
	return -ENOTEMPTY;
}

int state_dir_look(int dir)
{
	bool found = false;
	int r = sys_each_entry(dir, visit_foreign, &found);

	return r < 0 ? r : found;
}

static int visit_unlink(int dir, const struct sys_entry *e, void *arg _unused_)
{
	int r = sys_unlinkat(dir, e->name, 0);

	return r == -ENOENT ? 0 : r;
}

/* The one directory that lies in a container's; if something is mounted over it, that is left alone. */
static int remove_subdir(int dir, const char *name)
{
	_cleanup_close_ int fd = sys_openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	struct stat outer, inner;
	int r = fd < 0 ? fd : sys_fstat(dir, &outer);

	if (r == 0)
		r = sys_fstat(fd, &inner);
	if (r == 0 && outer.st_dev != inner.st_dev)
		r = -EBUSY;
	if (r == 0)
		r = sys_each_entry(fd, visit_unlink, NULL);
	return r < 0 ? r : sys_unlinkat(dir, name, AT_REMOVEDIR);
}

static int visit_clear(int dir, const struct sys_entry *e, void *arg _unused_)
{
	int r;

	if (streq(e->name, STATE_RECORD))
		return 0;
	r = e->type == DT_DIR ? -EISDIR : sys_unlinkat(dir, e->name, 0);
	if (r == -EISDIR)
		r = remove_subdir(dir, e->name);
	return r == -ENOENT ? 0 : r;
}

int state_dir_clear(int dir)
{
	return sys_each_entry(dir, visit_clear, NULL);
}

/* Names are gathered as offsets, because the buffer moves when it grows. */
struct gather {
	struct buf names;
	size_t n;
	bool look;
};

/*
 * Who shows a container believes a file that nobody else can have written or linked there, without looking
 * at the directory: the root is private, so that only we can have made that.
 */
static bool is_record(const struct stat *st)
{
	return S_ISREG(st->st_mode) && sys_is_private(st) && st->st_nlink == 1;
}

static bool looks_like_container(int root, const char *id)
{
	_cleanup_close_ int fd = -1;
	char path[STATE_PATH_MAX];
	struct stat st;

	state_path(path, id, STATE_RECORD);
	if (sys_fstatat(root, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return is_record(&st);
	fd = sys_openat(root, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	return fd >= 0 && sys_fstat(fd, &st) == 0 && sys_is_private(&st) && state_dir_look(fd) >= 0;
}

static int visit_container(int dir, const struct sys_entry *e, void *arg)
{
	struct gather *g = arg;

	if ((e->type != DT_DIR && e->type != DT_UNKNOWN) || !state_is_id(e->name))
		return 0;
	if ((g->look || e->type == DT_UNKNOWN) && !looks_like_container(dir, e->name))
		return 0;
	buf_add(&g->names, e->name, strlen(e->name) + 1);
	g->n++;
	return 0;
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The array and its strings in one block. */
static char **make_array(const struct gather *g)
{
	size_t head = (g->n + 1) * sizeof(char *);
	char **v = malloc(head + g->names.len);
	char *s;

	if (!v)
		return NULL;
	s = (char *)v + head;
	if (g->names.len)
		memcpy(s, g->names.data, g->names.len);
	for (size_t i = 0; i < g->n; i++, s += strlen(s) + 1)
		v[i] = s;
	v[g->n] = NULL;
	qsort(v, g->n, sizeof(*v), compare_strings);
	return v;
}

int state_list(const struct state_root *root, bool look, char ***ret, size_t *ret_n, struct error *err)
{
	struct gather g = { .names = BUF_INIT, .look = look };
	int r = sys_each_entry(root->fd, visit_container, &g);
	char **v = r < 0 || g.names.failed ? NULL : make_array(&g);

	buf_done(&g.names);
	if (r < 0)
		return error_set(err, ERR_STATE_ROOT, -r, "%s cannot be listed", root->path);
	if (!v)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "list of containers");
	*ret = v;
	*ret_n = g.n;
	return 0;
}

int state_glance(const struct state_root *root, const char *id, bool whole, struct document *doc,
		 struct record *ret, enum container_status *ret_status, struct error *err)
{
	_cleanup_close_ int fd = -1;
	char path[STATE_PATH_MAX];
	struct stat st;
	int r = 0;

	if (!whole && record_read_summary(root->fd, id, &doc->arena, ret) && summary_status(ret, ret_status))
		return 0;
	state_path(path, id, STATE_RECORD);
	fd = record_open(root->fd, path, &st);
	if (fd == -ENOENT ? !looks_like_container(root->fd, id) : fd >= 0 && !is_record(&st))
		return error_set(err, ERR_CONTAINER_UNKNOWN, ENOENT, "%s", id);
	if (fd == -ENOENT)
		*ret = (struct record){ 0 };
	else
		r = record_read_open(fd, &st, doc, ret, err);
	if (r == 0)
		*ret_status = record_status_at(root->fd, id, start_phase(root->fd, id), ret);
	return r;
}
