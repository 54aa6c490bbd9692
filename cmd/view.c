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

static void view_fill(struct view *view, const char *id, enum container_status status)
{
	const struct record *record = &view->record;

	view->state = (struct oci_state){
		.oci_version = "1.3.0",
		.id = id,
		.pid = status == STATUS_STOPPED ? 0 : record->init.pid,
		.status = container_status_name(status),
		.bundle = known(record->bundle),
		.rootfs = known(record->rootfs),
		.created = record->created,
		.annotations = &record->annotations,
	};
}

int view_open(const struct state_root *root, const char *id, struct view *ret, struct error *err)
{
	_cleanup_close_ int dir = -1;
	int r = state_open(root, id, STATE_LOCK_NONE, &dir, err);

	if (r < 0)
		return r;
	r = record_read(dir, &ret->doc, &ret->record, err);
	if (r < 0 && (r != -ENOENT || error_is_set(err)))
		return r;
	if (r < 0)
		ret->record = (struct record){ 0 };
	view_fill(ret, id, record_status(dir, &ret->record));
	return 0;
}

int view_glance(const struct state_root *root, const char *id, bool whole, struct view *ret,
		struct error *err)
{
	enum container_status status;
	int r = state_glance(root, id, whole, &ret->doc, &ret->record, &status, err);

	if (r == 0)
		view_fill(ret, id, status);
	return r;
}

void view_find_owner(struct view *view)
{
	if (view->record.owner == 0)
		snprintf(view->owner, sizeof(view->owner), "root");
	else
		snprintf(view->owner, sizeof(view->owner), "#%u", view->record.owner);
	view->state.owner = view->owner;
}
