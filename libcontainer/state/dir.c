/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One container's directory: reserving, opening, locking, removing.
 *
 * The lock decides, not mkdir(2): whoever holds the exclusive lock on a directory that is still linked
 * under the id and holds no record has won the id, no matter who made the directory. So a directory that
 * a killed create left behind is simply taken over, and there is no moment at which two commands could
 * take each other's fresh directory for a leftover.
 */
#define _GNU_SOURCE
#include "libcontainer/state/internal.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/clock.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK_WAIT_MS 10000
#define RESERVE_WAIT_MS 10000
#define PROBE_RETRIES 3
#define PROBE_WAIT_US 1000

static bool is_id_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '+' ||
	       c == '.' || c == '-';
}

bool state_is_id(const char *id)
{
	size_t len = 0;

	while (is_id_character(id[len]))
		len++;

	/* "." and ".." would lead out of the root, "-x" into another command's options. */
	return len > 0 && !id[len] && len <= STATE_ID_MAX && id[0] != '.' && id[0] != '-';
}

int state_check_id(const char *id, struct error *err)
{
	return state_is_id(id) ? 0 : error_set(err, ERR_CONTAINER_ID_INVALID, 0, "%.300s", id);
}

void state_path(char ret[STATE_PATH_MAX], const char *dir, const char *name)
{
	size_t len = str_copy(ret, STATE_PATH_MAX, dir);

	len += str_copy(ret + len, STATE_PATH_MAX - len, "/");
	(void)str_copy(ret + len, STATE_PATH_MAX - len, name);
}

/*
 * Opens the directory of an id. -ENOENT: there is none. -ENOTDIR: there is something that is not ours
 * (a link, a file, another user's directory, one that others may write to).
 */
static int open_dir(const struct state_root *root, const char *id, struct stat *ret_st)
{
	_cleanup_close_ int fd = sys_openat(root->fd, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	int r;

	if (fd < 0)
		return fd == -ELOOP ? -ENOTDIR : fd;
	r = sys_fstat(fd, ret_st);
	if (r < 0)
		return r;
	if (!sys_is_private(ret_st))
		return -ENOTDIR;
	return fd_steal(&fd);
}

/* False when the directory was removed, or replaced by a new one, while we waited for its lock. */
static bool is_linked(const struct state_root *root, const char *id, const struct stat *st)
{
	struct stat now;

	return sys_fstatat(root->fd, id, &now, AT_SYMLINK_NOFOLLOW) == 0 && sys_same_file(&now, st);
}

static bool has_record(int dir)
{
	struct stat st;

	return sys_fstatat(dir, STATE_RECORD, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static int exists(const char *id, struct error *err)
{
	return error_set(err, ERR_CONTAINER_EXISTS, EEXIST, "%s", id);
}

/*
 * Takes the lock for a create. -EWOULDBLOCK: somebody works on this container, so the id is taken. A
 * status query holds the lock of an incomplete container for a moment; hence the few retries.
 */
static int lock_for_reserve(int dir)
{
	int r = sys_flock(dir, LOCK_EX | LOCK_NB);

	for (int i = 0; r == -EWOULDBLOCK && i < PROBE_RETRIES && !has_record(dir); i++) {
		sys_sleep_us(PROBE_WAIT_US);
		r = sys_flock(dir, LOCK_EX | LOCK_NB);
	}
	return r;
}

/* The directory is locked by us: may the id be used? What is left of a former container is removed. */
static int take_over(int dir, const char *id, struct error *err)
{
	_cleanup_document_ struct document doc = DOCUMENT_INIT;
	struct error damage = ERROR_INIT;
	struct record record;
	int r = record_read(dir, &doc, &record, &damage);
	int content = r == -ENOENT ? state_dir_look(dir) : 1;

	if (content == 0)
		return 0;
	if (content < 0)
		return exists(id, err);
	/* A damaged record, or one of a newer version, is a container that a person must look at. */
	if (r < 0 && r != -ENOENT)
		return exists(id, err);
	if (r == 0 && (!streq(record.id, id) || (record.complete && process_is_of_this_boot(&record.init))))
		return exists(id, err);
	if (r == 0) {
		r = state_clear_leftovers(&record, err);
		if (r < 0)
			return r;
	}
	r = state_dir_clear(dir);
	if (r == 0)
		r = sys_unlinkat(dir, STATE_RECORD, 0);
	return r < 0 && r != -ENOENT ? error_set(err, ERR_STATE_WRITE, -r, "leftovers of %s", id) : 0;
}

/* Takes the directory that is there. 1: it went away meanwhile, try again. */
static int take_dir(const struct state_root *root, const char *id, int *ret_dir, struct error *err)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	int r;

	fd = open_dir(root, id, &st);
	if (fd == -ENOENT)
		return 1;
	if (fd == -ENOTDIR)
		return exists(id, err);
	if (fd < 0)
		return error_set(err, ERR_STATE_READ, -fd, "%s", id);
	r = lock_for_reserve(fd);
	if (r < 0 && !is_linked(root, id, &st))
		return 1;
	if (r == -EWOULDBLOCK)
		return exists(id, err);
	if (r < 0)
		return error_set(err, ERR_STATE_WRITE, -r, "lock of %s", id);
	if (!is_linked(root, id, &st))
		return 1;
	r = take_over(fd, id, err);
	if (r < 0)
		return r;
	/* A umask of the caller can have taken bits, a former version can have set others. */
	if ((st.st_mode & 07777) != 0700)
		(void)sys_fchmod(fd, 0700);
	*ret_dir = fd_steal(&fd);
	return 0;
}

/*
 * Takes back a directory that we have made and then could not use, unless another create has found it
 * meanwhile: that holds the lock, or has written something.
 */
static void unmake_dir(const struct state_root *root, const char *id)
{
	struct stat st;
	_cleanup_close_ int fd = open_dir(root, id, &st);

	if (fd >= 0 && sys_flock(fd, LOCK_EX | LOCK_NB) == 0 && is_linked(root, id, &st))
		(void)sys_unlinkat(root->fd, id, AT_REMOVEDIR);
}

/* One attempt; 1: try again. */
static int try_reserve(const struct state_root *root, const char *id, int *ret_dir, struct error *err)
{
	int made = sys_mkdirat(root->fd, id, 0700);
	int r;

	if (made < 0 && made != -EEXIST)
		return error_set(err, ERR_STATE_WRITE, -made, "directory of %s", id);
	r = take_dir(root, id, ret_dir, err);
	if (r < 0 && made == 0)
		unmake_dir(root, id);
	return r;
}

int state_reserve(const struct state_root *root, const char *id, int *ret_dir, struct error *err)
{
	uint64_t end = sys_now_ms() + RESERVE_WAIT_MS;
	int r = state_check_id(id, err);

	if (r < 0)
		return r;
	do
		r = try_reserve(root, id, ret_dir, err);
	while (r > 0 && sys_now_ms() < end);
	return r > 0 ? error_set(err, ERR_CONTAINER_BUSY, EAGAIN, "%s", id) : r;
}

static int unknown(const char *id, struct error *err)
{
	return error_set(err, ERR_CONTAINER_UNKNOWN, ENOENT, "%s", id);
}

int state_open(const struct state_root *root, const char *id, enum state_lock lock, int *ret_dir,
	       struct error *err)
{
	uint64_t end = lock == STATE_LOCK_NONE ? 0 : sys_now_ms() + LOCK_WAIT_MS;
	int r = state_check_id(id, err);

	while (r == 0) {
		_cleanup_close_ int fd = -1;
		struct stat st;

		fd = open_dir(root, id, &st);
		if (fd == -ENOENT || fd == -ENOTDIR)
			return unknown(id, err);
		if (fd < 0)
			return error_set(err, ERR_STATE_READ, -fd, "%s", id);
		if (!has_record(fd) && state_dir_look(fd) < 0)
			return unknown(id, err);
		if (lock == STATE_LOCK_EXCLUSIVE) {
			r = sys_lock_until(fd, end);
			if (r == -EWOULDBLOCK)
				return error_set(err, ERR_CONTAINER_BUSY, EWOULDBLOCK, "%s", id);
			if (r < 0)
				return error_set(err, ERR_STATE_READ, -r, "lock of %s", id);
			/* Deleted while we waited, and perhaps made anew. */
			if (!is_linked(root, id, &st) && sys_now_ms() < end)
				continue;
		}
		*ret_dir = fd_steal(&fd);
		return 0;
	}
	return r;
}

int state_remove(const struct state_root *root, const char *id, int dir, struct error *err)
{
	struct stat st;
	int r = state_check_id(id, err);

	if (r < 0)
		return r;
	/* The record goes last: killed before that, a second attempt still knows all there is to do. */
	r = sys_fstat(dir, &st);
	if (r == 0)
		r = state_dir_clear(dir);
	if (r == 0)
		r = sys_unlinkat(dir, STATE_RECORD, 0);
	if (r == 0 || r == -ENOENT)
		r = is_linked(root, id, &st) ? sys_unlinkat(root->fd, id, AT_REMOVEDIR) : 0;
	if (r < 0 && r != -ENOENT)
		return error_set(err, ERR_STATE_WRITE, -r, "directory of %s cannot be removed", id);
	return 0;
}
