/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of systemd's manager (org.freedesktop.systemd1). */
#include "libcontainer/systemd/helper.h"

#include "base/macro.h"
#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define DESTINATION "org.freedesktop.systemd1"
#define MANAGER "/org/freedesktop/systemd1", DESTINATION ".Manager"
#define PRIVATE_SOCKET "unix:path=/run/systemd/private"

static void free_text(char **text)
{
	free(*text);
}

#define _cleanup_text_ _cleanup_(free_text)
#define _cleanup_message_ _cleanup_(sd_bus_message_unrefp)
#define _cleanup_bus_error_ _cleanup_(sd_bus_error_free)
#define _cleanup_slot_ _cleanup_(sd_bus_slot_unrefp)

static uint64_t now_us(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* What is left until the deadline; never 0, which libsystemd would take for its own default. */
static uint64_t time_left(const struct manager *m)
{
	uint64_t now = now_us();

	return now < m->deadline ? m->deadline - now : 1;
}

static int failed(struct manager *m, const char *what, int r, const sd_bus_error *error)
{
	(void)str_copy(m->reply->what, sizeof(m->reply->what), what);
	if (error && error->name) {
		(void)str_copy(m->reply->name, sizeof(m->reply->name), error->name);
		(void)str_copy(m->reply->text, sizeof(m->reply->text), error->message ? error->message : "");
	}
	return r;
}

/* Where there is no bus, or a full one: systemd itself, which makes much of each connection (see below). */
static int open_direct(struct manager *m, const char *address)
{
	int r = sd_bus_new(&m->bus);

	if (r >= 0)
		r = sd_bus_set_address(m->bus, address);
	if (r >= 0)
		r = sd_bus_start(m->bus);
	if (r < 0)
		m->bus = sd_bus_unref(m->bus);
	m->direct = r >= 0;
	return r;
}

/*
 * A connection of its own costs systemd, of which a host has only one, more than the bus costs in all: it gets a
 * new set of all objects.
 */
static int open_system(struct manager *m)
{
	int r = sd_bus_open_system(&m->bus);

	return r >= 0 || open_direct(m, PRIVATE_SOCKET) >= 0 ? 0 : r;
}

/* The session bus as the environment says, for that is what users arrange; libsystemd reads it. */
static int open_user(struct manager *m)
{
	const char *dir = getenv("XDG_RUNTIME_DIR");
	char address[512];
	int r = sd_bus_open_user(&m->bus), n;

	if (r >= 0 || !dir)
		return r;
	n = snprintf(address, sizeof(address), "unix:path=%s/systemd/private", dir);
	if (n < 0 || (size_t)n >= sizeof(address) || strchr(dir, ','))
		return r;
	return open_direct(m, address) >= 0 ? 0 : r;
}

int manager_open(struct manager *m, bool user)
{
	int r = user ? open_user(m) : open_system(m);
	sd_id128_t id;

	/* What is known when the other side has accepted us. */
	if (r >= 0)
		r = sd_bus_get_bus_id(m->bus, &id);
	return r < 0 ? failed(m, "connection", r, NULL) : 0;
}

int manager_set_deadline(struct manager *m, unsigned timeout_ms)
{
	int r;

	m->deadline = now_us() + timeout_ms * 1000ull;
	r = sd_bus_set_method_call_timeout(m->bus, time_left(m));
	return r < 0 ? failed(m, "request", r, NULL) : 0;
}

static int new_call(struct manager *m, const char *method, sd_bus_message **ret)
{
	return sd_bus_message_new_method_call(m->bus, ret, DESTINATION, MANAGER, method);
}

static int call(struct manager *m, sd_bus_message *message, sd_bus_error *error, sd_bus_message **ret)
{
	return sd_bus_call(m->bus, message, time_left(m), error, ret);
}

/* A job of systemd, and how it has ended. */
struct job {
	const char *path;
	char result[32]; /* "" as long as it has not */
};

static int on_job_removed(sd_bus_message *message, void *data, sd_bus_error *error _unused_)
{
	struct job *job = data;
	const char *path, *unit, *result;
	uint32_t id;

	if (sd_bus_message_read(message, "uoss", &id, &path, &unit, &result) >= 0 && job->path &&
	    streq(path, job->path))
		(void)str_copy(job->result, sizeof(job->result), result);
	return 0;
}

/* To be called before the job can exist. Systemd itself, without a bus, names no sender. */
static int job_watch(struct manager *m, struct job *job, sd_bus_slot **ret)
{
	return sd_bus_match_signal(m->bus, ret, m->direct ? NULL : DESTINATION, MANAGER, "JobRemoved",
				   on_job_removed, job);
}

static int job_wait(struct manager *m, struct job *job)
{
	while (!job->result[0]) {
		int r = sd_bus_process(m->bus, NULL);

		if (r < 0)
			return r;
		if (r > 0)
			continue;
		if (now_us() >= m->deadline)
			return -ETIMEDOUT;
		r = sd_bus_wait(m->bus, time_left(m));
		if (r < 0 && r != -EINTR)
			return r;
	}
	return 0;
}

/* Sends a call that is answered with a job, and waits for its end. */
static int run_job(struct manager *m, sd_bus_message *message, const char *what, sd_bus_error *error,
		   struct job *job)
{
	_cleanup_message_ sd_bus_message *answer = NULL;
	_cleanup_slot_ sd_bus_slot *slot = NULL;
	int r = job_watch(m, job, &slot);

	if (r >= 0)
		r = call(m, message, error, &answer);
	if (r >= 0)
		r = sd_bus_message_read(answer, "o", &job->path);
	if (r >= 0)
		r = job_wait(m, job);
	job->path = NULL; /* lived in the answer */
	return r < 0 ? failed(m, what, r, error) : 0;
}

static void reset_failed(struct manager *m, const char *unit)
{
	_cleanup_bus_error_ sd_bus_error ignored = SD_BUS_ERROR_NULL;
	_cleanup_message_ sd_bus_message *message = NULL;

	if (new_call(m, "ResetFailedUnit", &message) >= 0 && sd_bus_message_append(message, "s", unit) >= 0)
		(void)call(m, message, &ignored, NULL);
}

static bool is_slice(const char *unit)
{
	size_t len = strlen(unit);

	return len > 6 && streq(unit + len - 6, ".slice");
}

/* A text property of the started unit. */
static int unit_property(struct manager *m, const char *unit, const char *name, char *ret, size_t size)
{
	const char *interface = is_slice(unit) ? DESTINATION ".Slice" : DESTINATION ".Scope";
	_cleanup_bus_error_ sd_bus_error ignored = SD_BUS_ERROR_NULL;
	_cleanup_text_ char *path = NULL;
	_cleanup_text_ char *value = NULL;
	int r = sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit, &path);

	if (r >= 0)
		r = sd_bus_get_property_string(m->bus, DESTINATION, path, interface, name, &ignored, &value);
	if (r >= 0)
		(void)str_copy(ret, size, value);
	return r;
}

static int start_message(struct manager *m, const char *unit, uint32_t pid, struct words properties,
			 sd_bus_message **ret)
{
	int r = new_call(m, "StartTransientUnit", ret);

	if (r >= 0)
		r = sd_bus_message_append(*ret, "ss", unit, "fail");
	if (r >= 0)
		r = sd_bus_message_open_container(*ret, 'a', "(sv)");
	if (r >= 0 && pid)
		r = sd_bus_message_append(*ret, "(sv)", "PIDs", "au", 1, pid);
	if (r >= 0)
		r = append_properties(*ret, &properties);
	if (r >= 0)
		r = sd_bus_message_close_container(*ret);
	return r < 0 ? r : sd_bus_message_append(*ret, "a(sa(sv))", 0); /* no further units */
}

static int start_once(struct manager *m, const char *unit, uint32_t pid, struct words properties,
		      sd_bus_error *error)
{
	_cleanup_message_ sd_bus_message *message = NULL;
	struct job job = { 0 };
	int r = start_message(m, unit, pid, properties, &message);

	if (r < 0)
		return failed(m, "request", r, NULL);
	r = run_job(m, message, "StartTransientUnit", error, &job);
	if (r < 0 || streq(job.result, "done"))
		return r;
	/* The unit knows more: "resources" and the like. */
	if (unit_property(m, unit, "Result", m->reply->result, sizeof(m->reply->result)) < 0 ||
	    streq(m->reply->result, "success"))
		(void)str_copy(m->reply->result, sizeof(m->reply->result), job.result);
	reset_failed(m, unit);
	return failed(m, "StartTransientUnit", -EIO, NULL);
}

static bool is_taken(const sd_bus_error *error)
{
	return sd_bus_error_has_name(error, DESTINATION ".UnitExists");
}

int manager_start(struct manager *m, const char *unit, uint32_t pid, struct words *properties)
{
	struct systemd_reply *reply = m->reply;
	_cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
	int r = start_once(m, unit, pid, *properties, &error), q;

	if (r < 0 && is_taken(&error)) {
		/* One that has failed keeps its name until somebody has looked at it; a living one stays. */
		reset_failed(m, unit);
		sd_bus_error_free(&error);
		*reply = (struct systemd_reply){ .magic = SYSTEMD_MAGIC };
		r = start_once(m, unit, pid, *properties, &error);
	}
	if (r < 0 ? !is_taken(&error) : pid != 0)
		return r;
	q = unit_property(m, unit, "ControlGroup", reply->control_group, sizeof(reply->control_group));
	return r < 0 ? r : q < 0 ? failed(m, "ControlGroup", q, NULL) : 0;
}

int manager_stop(struct manager *m, const char *unit)
{
	_cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_message_ sd_bus_message *message = NULL;
	struct job job = { 0 };
	int r = new_call(m, "StopUnit", &message);

	if (r >= 0)
		r = sd_bus_message_append(message, "ss", unit, "replace");
	if (r < 0)
		return failed(m, "request", r, NULL);
	r = run_job(m, message, "StopUnit", &error, &job);
	if (r < 0 && !sd_bus_error_has_name(&error, DESTINATION ".NoSuchUnit"))
		return r;
	reset_failed(m, unit);
	if (r < 0 || streq(job.result, "done") || streq(job.result, "canceled"))
		return 0;
	(void)str_copy(m->reply->result, sizeof(m->reply->result), job.result);
	return failed(m, "StopUnit", -EIO, NULL);
}

int manager_set(struct manager *m, const char *unit, struct words *properties)
{
	_cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_message_ sd_bus_message *message = NULL;
	int r = new_call(m, "SetUnitProperties", &message);

	if (r >= 0)
		r = sd_bus_message_append(message, "sb", unit, 1);
	if (r >= 0)
		r = sd_bus_message_open_container(message, 'a', "(sv)");
	if (r >= 0)
		r = append_properties(message, properties);
	if (r >= 0)
		r = sd_bus_message_close_container(message);
	if (r < 0)
		return failed(m, "request", r, NULL);
	r = call(m, message, &error, NULL);
	return r < 0 ? failed(m, "SetUnitProperties", r, &error) : 0;
}
