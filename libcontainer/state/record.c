/* SPDX-License-Identifier: Apache-2.0 */
/* The record file: what it must hold, and how it is replaced. Its form: record-format.c. */
#define _GNU_SOURCE
#include "libcontainer/state/internal.h"

#include "base/buf.h"
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* Absolute, not too long, and without "..": the number of its components, or -1. One pass: see `list`. */
static int path_components(const char *path)
{
	const char *s = path;
	int n = 0;

	if (!s || *s != '/')
		return -1;
	for (; *s; s++) {
		if (*s != '/')
			continue;
		if (s[1] == '.' && s[2] == '.' && (s[3] == '/' || s[3] == '\0'))
			return -1;
		n++;
	}
	return s - path < 4096 ? n : -1;
}

static bool cgroups_are_sound(const struct cgroup *cg)
{
	for (size_t i = 0; i < cg->n; i++) {
		const struct cgroup_dir *d = &cg->v[i];
		int components = path_components(d->dir);

		if (components < 0 || !d->controllers || d->version < 1 || d->version > 2 ||
		    d->made >= (uint32_t)components)
			return false;
	}
	return cg->n <= STATE_CGROUPS_MAX;
}

static bool hooks_are_sound(const struct config_hook_list *hooks)
{
	for (size_t i = 0; i < hooks->n; i++)
		if (!hooks->v[i].path || hooks->v[i].path[0] != '/')
			return false;
	return true;
}

bool record_is_sound(const struct record *record)
{
	if (!record->id || !state_is_id(record->id))
		return false;
	/* The first record of a create, which only names what would have to be cleaned up, needs no more. */
	if (record->complete && (!record->bundle || !record->created))
		return false;
	if (record->init.pid < 0 || record->init.pid > STATE_PID_MAX)
		return false;
	if (record->init.pid > 0 && (!record->init.boot_id || strlen(record->init.boot_id) != BOOT_ID_LEN))
		return false;
	return cgroups_are_sound(&record->cgroup) && resctrl_is_sound(&record->resctrl) &&
	       hooks_are_sound(&record->poststart) && hooks_are_sound(&record->poststop);
}

/* The whole file in the arena. */
static ssize_t load(int fd, const struct stat *st, struct arena *arena, char **ret)
{
	if (!S_ISREG(st->st_mode))
		return -EBADMSG;
	if (st->st_size > STATE_RECORD_MAX)
		return -EFBIG;
	*ret = arena_alloc(arena, (size_t)st->st_size + 1);
	if (!*ret)
		return -ENOMEM;
	return sys_read_to_end(fd, *ret, (size_t)st->st_size);
}

int record_open(int at, const char *path, struct stat *ret_st)
{
	_cleanup_close_ int fd = sys_openat(at, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	int r = fd < 0 ? fd : sys_fstat(fd, ret_st);

	return r < 0 ? r : fd_steal(&fd);
}

int record_read(int dir, struct document *doc, struct record *ret, struct error *err)
{
	struct stat st;
	_cleanup_close_ int fd = record_open(dir, STATE_RECORD, &st);

	if (fd == -ENOENT)
		return -ENOENT;
	return record_read_open(fd, &st, doc, ret, err);
}

int record_read_open(int fd, const struct stat *st, struct document *doc, struct record *ret,
		     struct error *err)
{
	char *text = NULL;
	ssize_t n = fd < 0 ? fd : load(fd, st, &doc->arena, &text);
	int r = (int)n;

	if (n >= 0)
		r = record_parse(RECORD_WHOLE, text, (size_t)n, &doc->arena, ret);
	if (r == 0 && !record_is_sound(ret))
		r = -EBADMSG;
	if (r == 0)
		return 0;
	if (r == -EPROTO)
		return error_set(err, ERR_STATE_VERSION, 0, "version %u, known is %u", ret->version,
				 STATE_RECORD_VERSION);
	if (r == -EBADMSG)
		return error_set(err, ERR_STATE_READ, 0, "the record is damaged");
	return error_set(err, r == -ENOMEM ? ERR_NO_MEMORY : ERR_STATE_READ, -r, "the record");
}

/*
 * No fsync: the state lives on a tmpfs, which has nothing to sync, and after a crash of the machine the
 * containers are gone as well. What matters is that other commands see the old or the new record.
 */
int record_write(int dir, const struct record *record, struct error *err)
{
	_cleanup_close_ int fd = -1;
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct record now = *record;
	int r;

	now.version = STATE_RECORD_VERSION;
	/* Also a record without a process says when it was written: see state_clear_leftovers(). */
	if (!now.init.boot_id)
		now.init.boot_id = (char *)boot_id();
	if (!record_is_sound(&now))
		return error_set(err, ERR_STATE_WRITE, EINVAL, "record of %s", record->id);
	if (record_format(RECORD_WHOLE, &now, &out) < 0)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "record of %s", record->id);
	if (out.len > STATE_RECORD_MAX)
		return error_set(err, ERR_STATE_WRITE, EFBIG, "record of %s", record->id);
	/* The lock is held, so one name is enough; what a killed command left under it is overwritten. */
	fd = sys_openat(dir, STATE_RECORD_NEW, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_set(err, ERR_STATE_WRITE, -fd, "record of %s", record->id);
	r = sys_write_all(fd, out.data, out.len);
	/* At no moment is there a summary of another record than the one that is there. */
	if (r == 0)
		r = sys_unlinkat(dir, STATE_SUMMARY, 0);
	if (r == 0 || r == -ENOENT)
		r = sys_renameat(dir, STATE_RECORD_NEW, dir, STATE_RECORD);
	if (r == 0 && now.complete)
		record_write_summary(dir, &now);
	if (r == 0)
		return 0;
	(void)error_set(err, ERR_STATE_WRITE, -r, "record of %s", record->id);
	(void)sys_unlinkat(dir, STATE_RECORD_NEW, 0);
	return r;
}
