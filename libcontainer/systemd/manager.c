/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/systemd/manager.h"

#include "base/macro.h"
#include "base/str.h"

#include <errno.h>
#include <string.h>

#define NAME "org.freedesktop.systemd1"
#define PATH "/org/freedesktop/systemd1"
#define INTERFACE NAME ".Manager"
#define UNIT_EXISTS NAME ".UnitExists"
#define NO_SUCH_UNIT NAME ".NoSuchUnit"
#define UNIT_PATH_SIZE 1024 /* a name of 255 bytes, each of which may become three */

static int failed(struct manager *m, const char *what, int r)
{
	(void)str_copy(m->reply->what, sizeof(m->reply->what), what);
	return r;
}

/* What an error says of itself. */
static int refused(struct manager *m, const char *what, const struct wire_message *error)
{
	const char *text = "";

	/* Most have a text, and more than that none has. */
	if (wire_read_body(error, "s", &text) < 0)
		text = "";
	(void)str_copy(m->reply->name, sizeof(m->reply->name), error->error);
	(void)str_copy(m->reply->text, sizeof(m->reply->text), text);
	return failed(m, what, -EREMOTEIO);
}

static void begin_call(struct manager *m, struct wire_writer *w, const char *member, const char *signature)
{
	const struct wire_call call = { NAME, PATH, INTERFACE, member, signature };

	bus_call_begin(m->bus, w, &call);
}

/* The answer to the call with that serial. Signals in front of it are about what others have asked for. */
static int await_answer(struct manager *m, uint32_t serial, const char *what, struct wire_message *ret)
{
	int r;

	do {
		r = bus_receive(m->bus, &m->wait, ret);
		if (r == 0 && ret->type == WIRE_ERROR && ret->reply_to > 0 && ret->reply_to <= m->bus->greeted)
			return refused(m, "connection", ret);
	} while (r == 0 && (ret->reply_to != serial || (ret->type != WIRE_RETURN && ret->type != WIRE_ERROR)));
	if (r < 0)
		return failed(m, m->bus->accepted ? what : "connection", r);
	return ret->type == WIRE_ERROR ? refused(m, what, ret) : 0;
}

static int call(struct manager *m, struct wire_writer *w, const char *what, struct wire_message *ret)
{
	uint32_t serial = m->bus->serial;
	int r = bus_call_send(m->bus, w, &m->wait);

	return r < 0 ? failed(m, what, r) : await_answer(m, serial, what, ret);
}

/* Until the job has ended; its result is then in the message. The bus says who has sent it, to both. */
static int await_job(struct manager *m, const char *path, const char *sender, const char **ret_result)
{
	struct wire_message signal;
	const char *its, *unit;
	uint32_t id;
	int r;

	for (;;) {
		r = bus_receive(m->bus, &m->wait, &signal);
		if (r < 0)
			return r;
		if (signal.type == WIRE_SIGNAL && streq(signal.member, "JobRemoved") &&
		    streq(signal.interface, INTERFACE) && streq(signal.sender, sender) &&
		    wire_read_body(&signal, "uoss", &id, &its, &unit, ret_result) == 0 && streq(its, path))
			return 0;
	}
}

/* A call that is answered with a job: returns when that has ended. Systemd answers before it begins the job. */
static int run_job(struct manager *m, struct wire_writer *w, const char *what, char *ret_result, size_t size)
{
	char path[128], sender[128];
	struct wire_message answer;
	const char *text;
	int r = call(m, w, what, &answer);

	if (r < 0)
		return r;
	if (wire_read_body(&answer, "o", &text) < 0 || strlen(text) >= sizeof(path) ||
	    strlen(answer.sender) >= sizeof(sender))
		return failed(m, what, -EBADMSG);
	(void)str_copy(path, sizeof(path), text);
	(void)str_copy(sender, sizeof(sender), answer.sender);
	r = await_job(m, path, sender, &text);
	if (r < 0)
		return failed(m, what, r);
	(void)str_copy(ret_result, size, text);
	return 0;
}

static void reset_failed(struct manager *m, const char *unit)
{
	struct systemd_reply ignored, *reply = m->reply;
	struct wire_message answer;
	struct wire_writer w;

	m->reply = &ignored;
	begin_call(m, &w, "ResetFailedUnit", "s");
	wire_put_string(&w, unit);
	(void)call(m, &w, "ResetFailedUnit", &answer);
	m->reply = reply;
}

/* The object of a unit: bytes other than letters and digits, and a digit at the beginning, are written as _XX. */
static void unit_path(const char *unit, char ret[UNIT_PATH_SIZE])
{
	static const char digits[] = "0123456789abcdef", prefix[] = PATH "/unit/";
	size_t n = sizeof(prefix) - 1;

	memcpy(ret, prefix, n);
	for (size_t i = 0; unit[i] && n < UNIT_PATH_SIZE - 4; i++) {
		unsigned char c = (unsigned char)unit[i];
		bool digit = c >= '0' && c <= '9', letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';

		if (letter || (digit && i > 0)) {
			ret[n++] = unit[i];
			continue;
		}
		ret[n++] = '_';
		ret[n++] = digits[c >> 4];
		ret[n++] = digits[c & 15];
	}
	ret[n] = '\0';
}

/* A text property of a unit. */
static int unit_property(struct manager *m, const char *unit, const char *name, char *ret, size_t size)
{
	char path[UNIT_PATH_SIZE];
	const struct wire_call get = { NAME, path, "org.freedesktop.DBus.Properties", "Get", "ss" };
	struct wire_message answer;
	struct wire_writer w;
	const char *value;
	int r;

	unit_path(unit, path);
	bus_call_begin(m->bus, &w, &get);
	wire_put_string(&w, str_ends(unit, ".slice") ? NAME ".Slice" : NAME ".Scope");
	wire_put_string(&w, name);
	r = call(m, &w, name, &answer);
	if (r < 0)
		return r;
	if (!streq(answer.signature, "v") || wire_read_body(&answer, "s", &value) < 0)
		return failed(m, name, -EBADMSG);
	(void)str_copy(ret, size, value);
	return 0;
}

static void put_pid(struct wire_writer *w, uint32_t pid)
{
	size_t pids;

	wire_begin_struct(w);
	wire_put_string(w, "PIDs");
	wire_put_signature(w, "au");
	pids = wire_begin_array(w, sizeof(pid));
	wire_put_u32(w, pid);
	wire_end_array(w, pids, sizeof(pid));
}

static int start_once(struct manager *m, const char *unit, uint32_t pid, struct words properties)
{
	static const char what[] = "StartTransientUnit";
	struct systemd_reply *reply = m->reply;
	struct wire_writer w;
	char result[sizeof(reply->result)];
	size_t array;
	int r;

	begin_call(m, &w, what, "ssa(sv)a(sa(sv))");
	wire_put_string(&w, unit);
	wire_put_string(&w, "fail");
	array = wire_begin_array(&w, 8);
	if (pid)
		put_pid(&w, pid);
	wire_put_properties(&w, properties);
	wire_end_array(&w, array, 8);
	array = wire_begin_array(&w, 8); /* no further units */
	wire_end_array(&w, array, 8);
	r = run_job(m, &w, what, result, sizeof(result));
	if (r < 0 || streq(result, "done"))
		return r;
	/* The unit knows more: "resources" and the like. */
	if (unit_property(m, unit, "Result", reply->result, sizeof(reply->result)) < 0 ||
	    streq(reply->result, "success"))
		(void)str_copy(reply->result, sizeof(reply->result), result);
	reset_failed(m, unit);
	return failed(m, what, -EIO);
}

static bool is_taken(const struct manager *m)
{
	return streq(m->reply->name, UNIT_EXISTS);
}

int manager_start(struct manager *m, const char *unit, uint32_t pid, struct words properties)
{
	char *group = m->reply->control_group;
	int r, q;

	*m->reply = (struct systemd_reply){ 0 };
	r = start_once(m, unit, pid, properties);
	if (r < 0 && is_taken(m)) {
		/* One that has failed keeps its name until somebody has looked at it; a living one stays. */
		reset_failed(m, unit);
		*m->reply = (struct systemd_reply){ 0 };
		r = start_once(m, unit, pid, properties);
	}
	if (r < 0 ? !is_taken(m) : pid != 0)
		return r;
	q = unit_property(m, unit, "ControlGroup", group, sizeof(m->reply->control_group));
	return r < 0 ? r : q;
}

int manager_stop(struct manager *m, const char *unit)
{
	static const char what[] = "StopUnit";
	struct systemd_reply *reply = m->reply;
	struct wire_writer w;
	char result[sizeof(reply->result)] = "";
	int r;

	*reply = (struct systemd_reply){ 0 };
	begin_call(m, &w, what, "ss");
	wire_put_string(&w, unit);
	wire_put_string(&w, "replace");
	r = run_job(m, &w, what, result, sizeof(result));
	if (r < 0 && !streq(reply->name, NO_SUCH_UNIT))
		return r;
	reset_failed(m, unit);
	if (r < 0 || streq(result, "done") || streq(result, "canceled"))
		return 0;
	(void)str_copy(reply->result, sizeof(reply->result), result);
	return failed(m, what, -EIO);
}

int manager_set(struct manager *m, const char *unit, struct words properties)
{
	struct wire_message answer;
	struct wire_writer w;
	size_t array;

	*m->reply = (struct systemd_reply){ 0 };
	begin_call(m, &w, "SetUnitProperties", "sba(sv)");
	wire_put_string(&w, unit);
	wire_put_u32(&w, 1); /* as a boolean: until the unit is gone */
	array = wire_begin_array(&w, 8);
	wire_put_properties(&w, properties);
	wire_end_array(&w, array, 8);
	return call(m, &w, "SetUnitProperties", &answer);
}
