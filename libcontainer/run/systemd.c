/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/run/systemd.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/clock.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/userns.h"
#include "libcontainer/systemd/manager.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define UNIT_EXISTS "org.freedesktop.systemd1.UnitExists"
#define FORGET_DEADLINE_MS 200 /* ten times what systemd needs on a slow machine */
#define FORGET_WAIT_US 1000
#define CONNECT_WAIT_US 1000

/* All that a request takes, the connection included. */
static const struct {
	const char *verb;
	unsigned timeout_ms;
} requests[] = {
	[SYSTEMD_START] = { "start", 30000 },
	[SYSTEMD_STOP] = { "stop", 10000 }, /* nothing runs in it any more */
	[SYSTEMD_SET] = { "change", 30000 },
};

/* said: by the bus, or "". */
static int unreachable(const struct systemd_call *call, int r, const char *said, struct error *err)
{
	r = error_set(err, ERR_SYSTEMD, said[0] ? 0 : -r, "cannot reach the %s manager",
		      call->user ? "user's" : "system's");
	if (said[0])
		error_add_cause(err, "%s", said);
	if (call->user)
		error_add_hint(err, "is there a session (XDG_RUNTIME_DIR, DBUS_SESSION_BUS_ADDRESS)?");
	return r;
}

static int refused(const struct systemd_call *call, const struct systemd_reply *reply, int failure, struct error *err)
{
	bool exists = streq(reply->name, UNIT_EXISTS), late = failure == -ETIMEDOUT;
	int r;

	if (streq(reply->what, "connection") && !late)
		return unreachable(call, failure, reply->text, err);
	/* Its own words say more than an errno. */
	r = error_set(err, ERR_SYSTEMD, reply->text[0] || reply->result[0] ? 0 : -failure, "cannot %s unit %s",
		      requests[call->type].verb, call->unit);
	if (exists)
		error_add_cause(err, "a unit of that name is in use");
	else if (reply->result[0])
		error_add_cause(err, "its result is \"%s\"", reply->result);
	else if (reply->text[0])
		error_add_cause(err, "%s", reply->text);
	else if (late)
		error_add_cause(err, "no answer within %u s", requests[call->type].timeout_ms / 1000);
	else
		error_add_cause(err, "%s", reply->what);
	return exists ? -EEXIST : r;
}

/* A signal to berth, while systemd is waited for. */
struct interruption {
	struct watch *watch;
	struct error *err;
};

static int on_signal(void *data)
{
	struct interruption *i = data;

	return watch_check(i->watch, i->err);
}

struct bus *systemd_prepare(struct arena *arena)
{
	struct bus *bus = arena_alloc(arena, sizeof(*bus));

	/* What fails here is tried again, and reported, when systemd is needed. */
	return bus && bus_open(bus, !sys_is_real_root()) == 0 ? bus : NULL;
}

void systemd_release(struct bus *bus)
{
	if (bus)
		bus_close(bus);
}

/* While more want to connect than the other side has accepted yet, it is a matter of time. */
static int reach(const struct systemd_call *call, struct bus *bus, uint64_t deadline, struct error *err)
{
	int r = bus_open(bus, call->user);

	while (r == -EAGAIN && sys_now_ms() < deadline) {
		sys_sleep_us(CONNECT_WAIT_US);
		r = bus_open(bus, call->user);
	}
	return r < 0 ? unreachable(call, r, "", err) : 0;
}

static int ask(const struct systemd_call *call, struct manager *m)
{
	const struct words words = { .v = call->words, .n = call->n };

	switch (call->type) {
	case SYSTEMD_START:
		return manager_start(m, call->unit, (uint32_t)call->pid, words);
	case SYSTEMD_STOP:
		return manager_stop(m, call->unit);
	default:
		return manager_set(m, call->unit, words);
	}
}

int systemd_call(const struct systemd_call *call, struct watch *watch, struct systemd_reply *ret, struct error *err)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct interruption interruption = { watch, err };
	struct manager m = {
		.bus = call->bus && call->bus->fd >= 0 ? call->bus : arena_alloc(&arena, sizeof(*m.bus)),
		.wait = {
			.deadline_ms = sys_now_ms() + requests[call->type].timeout_ms,
			.fd = watch ? watch->fd : -1,
			.woken = on_signal,
			.data = &interruption,
		},
		.reply = ret,
	};
	int r = 0;

	*ret = (struct systemd_reply){ 0 };
	if (!m.bus)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "a connection with systemd");
	if (m.bus != call->bus)
		r = reach(call, m.bus, m.wait.deadline_ms, err);
	if (r < 0)
		return r;
	r = ask(call, &m);
	if (m.bus != call->bus)
		bus_close(m.bus);
	if (r == 0 || error_is_set(err))
		return r;
	return refused(call, ret, r, err);
}

static bool owns_unit(const struct record *record)
{
	return record->systemd_unit && record->cgroup.n > 0 && record->cgroup.v[0].made > 0;
}

/* An annotation may have asked for a unit that is kept when it has failed. */
static bool is_collected(const struct record *record)
{
	for (size_t i = 0; i < record->annotations.n; i++)
		if (streq(record->annotations.v[i].name, "org.systemd.property.CollectMode"))
			return false;
	return true;
}

/* Whether systemd removes the cgroup, which it does when it has seen that nothing is in there any more. */
static bool await_removal(const struct record *record)
{
	uint64_t end = sys_now_ms() + FORGET_DEADLINE_MS;

	for (;;) {
		_cleanup_close_ int dir = sys_openat(AT_FDCWD, record->cgroup.v[0].dir, O_PATH, 0);

		if (dir < 0 || sys_now_ms() >= end)
			return dir == -ENOENT;
		sys_sleep_us(FORGET_WAIT_US);
	}
}

bool systemd_has_forgotten(const struct record *record)
{
	/* Of an incomplete record the unit may be about to be made; a slice goes on without processes. */
	return owns_unit(record) && record->complete && str_ends(record->systemd_unit, ".scope") &&
	       is_collected(record) && await_removal(record);
}

int systemd_stop(const struct record *record, struct error *err)
{
	struct systemd_call call = {
		.type = SYSTEMD_STOP,
		.user = record->systemd_user,
		.unit = record->systemd_unit,
	};
	struct systemd_reply reply;
	int r = owns_unit(record) ? systemd_call(&call, NULL, &reply, err) : 0;

	/* The cgroup is about to be removed, and once it is gone nothing tells systemd that the unit is empty. */
	if (r < 0)
		(void)await_removal(record);
	return r;
}

int systemd_set(const struct record *record, const char *const *words, size_t n, struct error *err)
{
	struct systemd_call call = {
		.type = SYSTEMD_SET,
		.user = record->systemd_user,
		.unit = record->systemd_unit,
		.words = words,
		.n = n,
	};
	struct systemd_reply reply;

	return n > 0 && owns_unit(record) ? systemd_call(&call, NULL, &reply, err) : 0;
}
