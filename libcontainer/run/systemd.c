/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "config.h"

#include "libcontainer/run/systemd.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/clock.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/userns.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HELPER "berth-systemd"
#define UNIT_EXISTS "org.freedesktop.systemd1.UnitExists"
#define ENVIRONMENT_MAX 3
#define FORGET_DEADLINE_MS 200 /* ten times what systemd needs on a slow machine */
#define FORGET_WAIT_US 1000

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

static int send_request(int sock, const void *request, struct error *err)
{
	const struct systemd_call *call = request;
	static struct systemd_request q;
	bool fits;
	ssize_t n;

	q = (struct systemd_request){
		.magic = SYSTEMD_MAGIC,
		.type = call->type,
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
static int helper_environment(bool user, struct arena *arena, char *env[ENVIRONMENT_MAX])
{
	static const char *const names[] = { "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR" };
	size_t n = 0;

	for (size_t i = 0; user && i < ELEMENTSOF(names); i++) {
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

static int no_reply(const struct helper *h, const struct systemd_call *call, const struct command_result *result,
		    struct error *err)
{
	int r = error_set(err, ERR_SYSTEMD, result->timed_out ? ETIMEDOUT : 0, "cannot %s unit %s",
			  requests[call->type].verb, call->unit);

	helper_add_cause(h, result, err);
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

static int read_reply(const struct systemd_call *call, struct systemd_reply *reply, struct error *err)
{
	reply->what[sizeof(reply->what) - 1] = reply->name[sizeof(reply->name) - 1] = '\0';
	reply->text[sizeof(reply->text) - 1] = reply->result[sizeof(reply->result) - 1] = '\0';
	reply->control_group[sizeof(reply->control_group) - 1] = '\0';
	return reply->errnum ? refused(call, reply, err) : 0;
}

static int describe_helper(bool user, struct arena *arena, char *env[ENVIRONMENT_MAX], struct helper *ret,
			   struct error *err)
{
	*ret = (struct helper){
		.name = HELPER,
		.argument = user ? SYSTEMD_OF_USER : SYSTEMD_OF_SYSTEM,
		.needed_by = "the systemd cgroup manager",
		.code = ERR_SYSTEMD,
		.envp = env,
		.send = send_request,
	};
	if (!WITH_SYSTEMD)
		return error_set(err, ERR_SYSTEMD, 0, "berth was built without it (configure --with-systemd)");
	if (helper_environment(user, arena, env) < 0)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, HELPER);
	return 0;
}

struct helper_process *systemd_prepare(struct arena *arena)
{
	struct helper_process *p = arena_calloc(arena, 1, sizeof(*p));
	struct error ignored = ERROR_INIT;
	char *env[ENVIRONMENT_MAX];
	struct helper helper;

	if (!p)
		return NULL;
	*p = HELPER_PROCESS_INIT;
	if (describe_helper(!sys_is_real_root(), arena, env, &helper, &ignored) == 0 &&
	    helper_start(&helper, p, &ignored) == 0)
		return p;
	systemd_release(p);
	return NULL;
}

void systemd_release(struct helper_process *helper)
{
	if (helper)
		helper_end(helper);
}

int systemd_call(const struct systemd_call *call, struct watch *watch, struct systemd_reply *ret,
		 struct error *err)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct command_result result = { 0 };
	char *env[ENVIRONMENT_MAX];
	struct helper helper;
	int r;

	*ret = (struct systemd_reply){ 0 };
	r = describe_helper(call->user, &arena, env, &helper, err);
	if (r < 0)
		return r;
	helper.timeout_ms = requests[call->type].timeout_ms;
	helper.request = call;
	if (call->helper && call->helper->sock >= 0) {
		r = helper_ask(&helper, call->helper, watch, ret, sizeof(*ret), &result, err);
		fd_close(&call->helper->sock); /* it takes no second request */
	} else
		r = helper_run(&helper, watch, ret, sizeof(*ret), &result, err);
	if (r > 0 && ret->magic == SYSTEMD_MAGIC)
		return read_reply(call, ret, err);
	*ret = (struct systemd_reply){ 0 };
	return r < 0 ? r : no_reply(&helper, call, &result, err);
}

static bool owns_unit(const struct record *record)
{
	return record->systemd_unit && record->cgroup.n > 0 && record->cgroup.v[0].made > 0;
}

/* Not a slice, which goes on without processes. */
static bool is_scope(const char *unit)
{
	const char *ending = strrchr(unit, '.');

	return ending && streq(ending, ".scope");
}

/* An annotation may have asked for a unit that is kept when it has failed. */
static bool is_collected(const struct record *record)
{
	for (size_t i = 0; i < record->annotations.n; i++)
		if (streq(record->annotations.v[i].name, "org.systemd.property.CollectMode"))
			return false;
	return true;
}

bool systemd_has_forgotten(const struct record *record)
{
	uint64_t end = sys_now_ms() + FORGET_DEADLINE_MS;

	/* Of an incomplete record the unit may be about to be made. */
	if (!owns_unit(record) || !record->complete || !is_scope(record->systemd_unit) || !is_collected(record))
		return false;
	for (;;) {
		_cleanup_close_ int dir = sys_openat(AT_FDCWD, record->cgroup.v[0].dir, O_PATH, 0);

		if (dir < 0 || sys_now_ms() >= end)
			return dir == -ENOENT;
		sys_sleep_us(FORGET_WAIT_US);
	}
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
