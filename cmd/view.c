/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/view.h"

#include "base/fd.h"

#include <errno.h>
#include <stdio.h>

void view_done(struct view *view)
{
	document_done(&view->doc);
}

static const char *known(const char *s)
{
	return s ? s : "";
}

int view_open(const struct state_root *root, const char *id, struct view *ret, struct error *err)
{
	_cleanup_close_ int dir = -1;
	enum container_status status;
	struct record *record = &ret->record;
	int r = state_open(root, id, STATE_LOCK_NONE, &dir, err);

	if (r < 0)
		return r;
	r = record_read(dir, &ret->doc, record, err);
	if (r < 0 && (r != -ENOENT || error_is_set(err)))
		return r;
	if (r < 0)
		*record = (struct record){ 0 };
	status = record_status(dir, record);
	ret->state = (struct oci_state){
		.oci_version = "1.3.0",
		.id = id,
		.pid = status == STATUS_STOPPED ? 0 : record->init.pid,
		.status = container_status_name(status),
		.bundle = known(record->bundle),
		.rootfs = known(record->rootfs),
		.created = record->created,
		.annotations = &record->annotations,
	};
	return 0;
}

void view_find_owner(struct view *view)
{
	if (view->record.owner == 0)
		snprintf(view->owner, sizeof(view->owner), "root");
	else
		snprintf(view->owner, sizeof(view->owner), "#%u", view->record.owner);
	view->state.owner = view->owner;
}
