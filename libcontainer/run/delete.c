/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/log.h"
#include "libcontainer/run/destroy.h"
#include "libcontainer/run/run.h"

#include <errno.h>

/*
 * The record is missing or cannot be read (r, with *err set if it is damaged): nothing is known of processes and
 * cgroups, so none is touched. With force the directory goes.
 */
static int delete_unreadable(const struct state_root *root, const char *id, int dir, bool force, int r,
			     struct error *err)
{
	if (!force)
		return r == -ENOENT && !error_is_set(err)
			       ? error_set(err, ERR_CONTAINER_INCOMPLETE, 0, "%s (delete it with --force)", id)
			       : r;
	if (error_is_set(err)) {
		log_error_as_warning(err);
		error_clear(err);
	}
	return state_remove(root, id, dir, err);
}

int container_delete(const struct state_root *root, const char *id, bool force, struct error *err)
{
	_cleanup_document_ struct document doc = DOCUMENT_INIT;
	_cleanup_close_ int dir = -1;
	struct record record = { 0 };
	enum container_status status;
	int r = state_open(root, id, STATE_LOCK_EXCLUSIVE, &dir, err);

	if (r < 0) {
		/* Gone is what was asked for. */
		if (!force || err->code != ERR_CONTAINER_UNKNOWN)
			return r;
		error_clear(err);
		return 0;
	}
	r = record_read(dir, &doc, &record, err);
	if (r < 0)
		return delete_unreadable(root, id, dir, force, r, err);
	status = record_status(dir, &record);
	if (!force && (status == STATUS_RUNNING || status == STATUS_PAUSED))
		return error_set(err, ERR_CONTAINER_NOT_STOPPED, 0, "%s that is not stopped: %s", id,
				 container_status_name(status));
	return container_destroy(root, id, dir, &record, err);
}
