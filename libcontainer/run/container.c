/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/run/container.h"

#include "base/fd.h"

#include <errno.h>

void container_close(struct container *c)
{
	fd_close(&c->dir);
	document_done(&c->doc);
}

int container_open(const struct state_root *root, const char *id, enum state_lock lock, struct container *ret,
		   struct error *err)
{
	int r = state_open(root, id, lock, &ret->dir, err);

	if (r < 0)
		return r;
	ret->id = id;
	r = record_read(ret->dir, &ret->doc, &ret->record, err);
	if (r < 0 && (r != -ENOENT || error_is_set(err)))
		return r;
	if (r < 0)
		ret->record = (struct record){ 0 };
	ret->status = record_status(ret->dir, &ret->record);
	/* What holds the lock of an incomplete one is ourselves: whoever made it was killed. */
	if (lock != STATE_LOCK_NONE && ret->status == STATUS_CREATING)
		ret->status = STATUS_STOPPED;
	return 0;
}

int container_check_alive(const struct container *c, struct error *err)
{
	if (c->status == STATUS_STOPPED || c->status == STATUS_CREATING)
		return error_set(err, ERR_CONTAINER_NOT_RUNNING, 0, "%s", c->id);
	return 0;
}
