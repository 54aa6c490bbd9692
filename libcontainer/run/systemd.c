/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "config.h"

#include "libcontainer/run/systemd.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/run/command.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define HELPER "berth-systemd"
#define GRACE_MS 2000u /* for its start and end, beyond the time for systemd */
#define UNIT_EXISTS "org.freedesktop.systemd1.UnitExists"

static const struct {
	const char *verb;
	unsigned timeout_ms;
} requests[] = {
	[SYSTEMD_START] = { "start", 30000 },
	[SYSTEMD_STOP] = { "stop", 10000 }, /* nothing runs in it any more */
	[SYSTEMD_SET] = { "change", 30000 },
};

static bool add_word(struct systemd_request *q, const char *word)
{
	size_t len = strlen(word) + 1;

	if (len > sizeof(q->data) - q->len)
		return false;
	memcpy(q->data + q->len, word, len);
	q->len += (uint32_t)len;
	q->n++;
	return true;
}

static int send_request(int sock, const struct systemd_call *call, struct error *err)
{
	static struct systemd_request q;
	bool fits;
	ssize_t n;

	q = (struct systemd_request){
		.magic = SYSTEMD_MAGIC,
		.type = call->type,
		.user = call->user,
		.pid = (uint32_t)call->pid,
		.timeout_ms = requests[call->type].timeout_ms,
	};
	fits = add_word(&q, call->unit);
	for (size_t i = 0; fits && i < call->n; i++)
		fits = add_word(&q, call->words[i]);
	if (!fits)
		return error_set(err, ERR_SYSTEMD, E2BIG, "cannot %s unit %s", requests[call->type].verb, call->unit);
	n = sys_write(sock, &q, SYSTEMD_REQUEST_HEAD + q.len);
	return n < 0 ? error_set(err, ERR_SYSTEMD, (int)-n, "cannot send a request to " HELPER) : 0;
}

/* Of the environment only where the user's bus is. */
static int user_environment(const struct systemd_call *call, struct arena *arena, char *env[3])
{
	static const char *const names[] = { "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR" };
	size_t n = 0;

	for (size_t i = 0; call->user && i < ELEMENTSOF(names); i++) {
		const char *value = getenv(names[i]);

		if (!value)
			continue;
		env[n] = arena_printf(arena, "%s=%s", names[i], value);
		if (!env[n++])
			return -ENOMEM;
	}
	env[n] = NULL;
	return 0;
}

/* Where `make install` puts it; elsewhere in test builds only, for it runs with our privileges. */
static const char *helper_path(struct arena *arena)
{
	const char *dir = BERTH_HELPER_DIR;

#ifdef BERTH_FAULTS
	if (getenv("BERTH_HELPER_DIR"))
		dir = getenv("BERTH_HELPER_DIR");
#endif
	return arena_printf(arena, "%s/" HELPER, dir);
}

/* Ended without an answer that makes sense: what the helper itself has to say, the dynamic linker mostly. */
static int no_reply(const struct systemd_call *call, const struct command_result *result, struct error *err)
{
	int r = error_set(err, ERR_SYSTEMD, result->timed_out ? ETIMEDOUT : 0, "cannot %s unit %s",
			  requests[call->type].verb, call->unit);

	if (result->timed_out)
		error_add_cause(err, "no answer within %u s", requests[call->type].timeout_ms / 1000);
	else if (result->tail[0])
		error_add_cause(err, HELPER " says: %s", result->tail);
	else
		error_add_cause(err, HELPER " ended without an answer");
	return r;
}

static int refused(const struct systemd_call *call, const struct systemd_reply *reply, struct error *err)
{
	bool exists = streq(reply->name, UNIT_EXISTS);
	int r;

	if (streq(reply->what, "connection")) {
		r = error_set(err, ERR_SYSTEMD, reply->errnum, "cannot reach the %s manager",
			      call->user ? "user's" : "system's");
		if (call->user)
			error_add_hint(err, "is there a session (XDG_RUNTIME_DIR, DBUS_SESSION_BUS_ADDRESS)?");
		return r;
	}
	/* Its own words say more than an errno that they were mapped to. */
	r = error_set(err, ERR_SYSTEMD, reply->text[0] || reply->result[0] ? 0 : reply->errnum,
		      "cannot %s unit %s", requests[call->type].verb, call->unit);
	if (exists)
		error_add_cause(err, "a unit of that name is in use");
	else if (reply->result[0])
		error_add_cause(err, "its result is \"%s\"", reply->result);
	else if (reply->text[0])
		error_add_cause(err, "%s", reply->text);
	else
		error_add_cause(err, "%s", reply->what);
	return exists ? -EEXIST : r;
}

static int read_reply(int sock, const struct systemd_call *call, const struct command_result *result,
		      struct systemd_reply *ret, struct error *err)
{
	ssize_t n = sys_read(sock, ret, sizeof(*ret));

	if (n != (ssize_t)sizeof(*ret) || ret->magic != SYSTEMD_MAGIC) {
		*ret = (struct systemd_reply){ 0 };
		return no_reply(call, result, err);
	}
	ret->what[sizeof(ret->what) - 1] = ret->name[sizeof(ret->name) - 1] = '\0';
	ret->text[sizeof(ret->text) - 1] = ret->result[sizeof(ret->result) - 1] = '\0';
	ret->control_group[sizeof(ret->control_group) - 1] = '\0';
	return ret->errnum ? refused(call, ret, err) : 0;
}

static int run_helper(const struct systemd_call *call, const int pair[2], struct arena *arena,
		      struct watch *watch, struct command_result *result, struct error *err)
{
	char *argv[] = { (char *)(uintptr_t)HELPER, NULL };
	char *env[3];
	struct command command = {
		.path = helper_path(arena),
		.argv = argv,
		.envp = env,
		.cwd = "/",
		.input = pair[1],
		.timeout_ms = requests[call->type].timeout_ms + GRACE_MS,
		.other_child = call->init,
	};
	int r;

	if (!command.path || user_environment(call, arena, env) < 0)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, HELPER);
	r = send_request(pair[0], call, err);
	if (r == 0)
		r = command_run(&command, watch, result, err);
	if (r == 0 && result->errnum) {
		r = error_set(err, ERR_SYSTEMD, result->errnum, "%s cannot be run", command.path);
		error_add_hint(err, "the systemd cgroup manager needs this program, a part of berth's installation");
	}
	return r;
}

int systemd_call(const struct systemd_call *call, struct watch *watch, struct systemd_reply *ret,
		 struct error *err)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct command_result result = { 0 };
	int pair[2], r;

	*ret = (struct systemd_reply){ 0 };
	if (str_is_empty(BERTH_HELPER_DIR))
		return error_set(err, ERR_SYSTEMD, 0, "berth was built without it (configure --with-systemd)");
	r = sys_socketpair(SOCK_SEQPACKET, pair);
	if (r < 0)
		return error_set(err, ERR_SYSTEM, -r, "cannot make a socket pair");
	r = run_helper(call, pair, &arena, watch, &result, err);
	/* Closed first: without an answer, reading ends at once. */
	fd_close(&pair[1]);
	if (r == 0)
		r = read_reply(pair[0], call, &result, ret, err);
	fd_close(&pair[0]);
	return r;
}

static bool owns_unit(const struct record *record)
{
	return record->systemd_unit && record->cgroup.n > 0 && record->cgroup.v[0].made > 0;
}

int systemd_stop(const struct record *record, struct error *err)
{
	struct systemd_call call = {
		.type = SYSTEMD_STOP,
		.user = record->systemd_user,
		.unit = record->systemd_unit,
	};
	struct systemd_reply reply;

	return owns_unit(record) ? systemd_call(&call, NULL, &reply, err) : 0;
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
