/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The summary of a record, for `list`: what it shows of a thousand containers must not cost a thousand
 * times reading what only other commands need. It is the target of a symbolic link, which leads nowhere:
 * one readlink(2) gets it, without a descriptor, and it is there as a whole or not at all.
 *
 * It never disagrees with what else is in the directory: it is written last, and goes before the record is
 * replaced or removed and before a start gives its order. Where it is missing (a killed create or start, a
 * bundle path that makes it too long for a link) the record is read, and the start socket looked at. So it is
 * for a freezer of v1, which the summary leaves out, when the process might be frozen: see status.c.
 */
#include "libcontainer/state/internal.h"

#include "base/buf.h"
#include "libcontainer/sys/file.h"

#include <limits.h>
#include <string.h>

void record_write_summary(int dir, const struct record *record)
{
	const struct cgroup_dir *freezer = cgroup_freezer(&record->cgroup);
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct record summary = *record;
	struct cgroup_dir v;
	enum start_phase phase = start_phase(dir, ".");

	if (phase == START_ORDERED)
		return;
	summary.started = phase == START_DONE;
	summary.cgroup = (struct cgroup){ 0 };
	summary.freezer_v1 = freezer && freezer->version == 1;
	if (freezer && freezer->version != 1) {
		v = *freezer;
		summary.cgroup = (struct cgroup){ .v = &v, .n = 1 };
	}
	/* Without it everything works, only slower. */
	if (record_format(RECORD_SUMMARY, &summary, &out) == 0 && out.len < PATH_MAX)
		(void)sys_symlinkat(out.data, dir, STATE_SUMMARY);
}

bool record_read_summary(int at, const char *dir, struct arena *arena, struct record *ret)
{
	static char text[PATH_MAX]; /* what is on the stack is filled with zeros each time */
	char path[STATE_PATH_MAX], *copy;
	int n;

	state_path(path, dir, STATE_SUMMARY);
	n = sys_readlinkat(at, path, text, sizeof(text));
	copy = n < 0 ? NULL : arena_alloc(arena, (size_t)n + 1);
	if (!copy)
		return false;
	memcpy(copy, text, (size_t)n);
	if (record_parse(RECORD_SUMMARY, copy, (size_t)n, arena, ret) < 0)
		return false;
	ret->complete = true;
	return record_is_sound(ret);
}
