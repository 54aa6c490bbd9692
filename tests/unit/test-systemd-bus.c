/* SPDX-License-Identifier: Apache-2.0 */
/* Speaking with systemd: the bytes of messages, the connection, and the manager's calls, with a scripted other side. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/fd.h"
#include "base/macro.h"
#include "base/str.h"
#include "libcontainer/sys/clock.h"
#include "libcontainer/systemd/manager.h"
#include "libcontainer/systemd/wire-layout.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define SYSTEMD "org.freedesktop.systemd1"
#define OBJECT "/org/freedesktop/systemd1"
#define JOB OBJECT "/job/7"

/* ---- writing ---- */

static void a_call_is_written_as_the_specification_says(void **state _unused_)
{
	static const char expected[] = "l\1\0\1" "\0\0\0\0" "\1\0\0\0" "\x6e\0\0\0"
				       "\1\1o\0" "\x15\0\0\0" "/org/freedesktop/DBus\0" "\0\0"
				       "\6\1s\0" "\x14\0\0\0" "org.freedesktop.DBus\0" "\0\0\0"
				       "\2\1s\0" "\x14\0\0\0" "org.freedesktop.DBus\0" "\0\0\0"
				       "\3\1s\0" "\5\0\0\0" "Hello\0" "\0\0";
	const struct wire_call call = { "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
					"Hello", "" };
	struct wire_writer w;
	char data[256];

	if (WIRE_ORDER != 'l')
		skip();
	wire_begin(&w, data, sizeof(data), 1, &call);
	assert_int_equal(wire_end(&w), sizeof(expected) - 1);
	assert_memory_equal(data, expected, sizeof(expected) - 1);
	wire_begin(&w, data, sizeof(expected) - 2, 1, &call);
	assert_int_equal(wire_end(&w), -E2BIG);
}

struct property_case {
	const char *words[8];
	const char *bytes; /* NULL: refused */
	size_t size;
};

#define BYTES(text) text, sizeof(text) - 1
#define NAME_N "\1\0\0\0N\0"

static const struct property_case property_cases[] = {
	{ { "N", "y", "255" }, BYTES(NAME_N "\1y\0\xff") },
	{ { "N", "n", "-2" }, BYTES(NAME_N "\1n\0\0\xfe\xff") },
	{ { "N", "q", "65535" }, BYTES(NAME_N "\1q\0\0\xff\xff") },
	{ { "N", "i", "-1" }, BYTES(NAME_N "\1i\0\0\0\0\xff\xff\xff\xff") },
	{ { "N", "u", "1" }, BYTES(NAME_N "\1u\0\0\0\0\1\0\0\0") },
	{ { "N", "x", "-1" }, BYTES(NAME_N "\1x\0\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff") },
	{ { "N", "t", "2" }, BYTES(NAME_N "\1t\0\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0") },
	{ { "N", "d", "1" }, BYTES(NAME_N "\1d\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xf0\x3f") },
	{ { "N", "b", "true" }, BYTES(NAME_N "\1b\0\0\0\0\1\0\0\0") },
	{ { "N", "s", "ab" }, BYTES(NAME_N "\1s\0\0\0\0\2\0\0\0ab\0") },
	{ { "N", "o", "/a/b" }, BYTES(NAME_N "\1o\0\0\0\0\4\0\0\0/a/b\0") },
	{ { "N", "g", "a(sv)" }, BYTES(NAME_N "\1g\0\5a(sv)\0") },
	{ { "N", "as", "2", "a", "b" }, BYTES(NAME_N "\2as\0\0\0\x0e\0\0\0\1\0\0\0a\0\0\0\1\0\0\0b\0") },
	/* The gap in front of the first element belongs to an empty array, too, and to no array's length. */
	{ { "N", "at", "0" }, BYTES(NAME_N "\2at\0\0\0\0\0\0\0") },
	{ { "N", "a(ss)", "1", "a", "b" },
	  BYTES(NAME_N "\5a(ss)\0\0\0\0\x0e\0\0\0\0\0\0\0\1\0\0\0a\0\0\0\1\0\0\0b\0") },
	{ { "N", "v", "u", "1" }, BYTES(NAME_N "\1v\0\1u\0\1\0\0\0") },
	{ { "N", "y", "256" }, NULL, 0 },
	{ { "N", "n", "-32769" }, NULL, 0 },
	{ { "N", "q", "65536" }, NULL, 0 },
	{ { "N", "i", "2147483648" }, NULL, 0 },
	{ { "N", "u", "4294967296" }, NULL, 0 },
	{ { "N", "u", "-1" }, NULL, 0 },
	{ { "N", "x", "9223372036854775808" }, NULL, 0 },
	{ { "N", "d", "1x" }, NULL, 0 },
	{ { "N", "b", "1" }, NULL, 0 },
	{ { "N", "o", "a" }, NULL, 0 },
	{ { "N", "o", "/a/" }, NULL, 0 },
	{ { "N", "o", "/a//b" }, NULL, 0 },
	{ { "N", "o", "/a-b" }, NULL, 0 },
	{ { "N", "g", "a(" }, NULL, 0 },
	{ { "N", "as", "3", "a", "b" }, NULL, 0 },
	{ { "N", "as", "x" }, NULL, 0 },
	{ { "N", "ss", "a", "b" }, NULL, 0 },
	{ { "N", "" }, NULL, 0 },
	{ { "N", "s" }, NULL, 0 },
	{ { "N" }, NULL, 0 },
	{ { "N", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaau", "0" }, NULL, 0 },
	{ { "N", "v", "z", "1" }, NULL, 0 },
};

static void properties(void **state _unused_)
{
	const struct wire_call call = { NULL, "/", NULL, "m", "a(sv)" };

	if (WIRE_ORDER != 'l')
		skip();
	for (size_t i = 0; i < ELEMENTSOF(property_cases); i++) {
		const struct property_case *c = &property_cases[i];
		struct words words = { .v = c->words };
		struct wire_writer w;
		char data[512];
		size_t array;
		int n;

		while (words.n < ELEMENTSOF(c->words) && c->words[words.n])
			words.n++;
		wire_begin(&w, data, sizeof(data), 1, &call);
		array = wire_begin_array(&w, 8);
		wire_put_properties(&w, words);
		wire_end_array(&w, array, 8);
		n = wire_end(&w);
		if (!c->bytes) {
			assert_int_equal(n, -EBADMSG);
			continue;
		}
		/* The array's length and a gap come first. */
		assert_int_equal((size_t)n - w.body - 8, c->size);
		assert_int_equal(data[w.body], c->size);
		assert_memory_equal(data + w.body + 8, c->bytes, c->size);
	}
}

static void variants_in_one_another_end(void **state _unused_)
{
	const struct wire_call call = { NULL, "/", NULL, "m", "a(sv)" };
	const char *const nested[] = { "N", "v", "v", "v", "v", "v", "v", "v", "v", "v", "u", "1" };
	const struct words words = { .v = nested, .n = ELEMENTSOF(nested) };
	struct wire_writer w;
	char data[512];

	wire_begin(&w, data, sizeof(data), 1, &call);
	wire_put_properties(&w, words);
	assert_int_equal(wire_end(&w), -EBADMSG);
}

/* ---- the other side ---- */

struct script {
	char data[512 * 1024];
	size_t len;
};

/* A message as the other side would send it; its arguments are strings, and numbers where the signature has an u. */
struct said {
	enum wire_type type;
	uint32_t reply_to;
	const char *member, *error, *sender, *signature;
	const char *strings[4];
	size_t gap; /* bytes that follow the arguments */
};

static void begin_field(struct wire_writer *w, char code, const char *type)
{
	wire_begin_struct(w);
	w->data[w->len++] = code;
	wire_put_signature(w, type);
}

static void put_text_field(struct wire_writer *w, char code, const char *type, const char *text)
{
	if (!text)
		return;
	begin_field(w, code, type);
	if (streq(type, "g"))
		wire_put_signature(w, text);
	else
		wire_put_string(w, text);
}

static size_t say(char *data, size_t size, const struct said *s)
{
	struct wire_writer w = { .data = data, .size = size };
	const char *const *string = s->strings;
	size_t fields;
	uint32_t body;

	memset(data, 0, 16);
	data[0] = WIRE_ORDER;
	data[WIRE_AT_TYPE] = (char)s->type;
	data[WIRE_AT_VERSION] = WIRE_VERSION;
	data[8] = 1; /* its own serial */
	w.len = WIRE_AT_FIELDS_SIZE;
	fields = wire_begin_array(&w, 8);
	if (s->reply_to) {
		begin_field(&w, WIRE_REPLY_SERIAL, "u");
		wire_put_u32(&w, s->reply_to);
	}
	put_text_field(&w, WIRE_MEMBER, "s", s->member);
	if (s->member) {
		put_text_field(&w, WIRE_PATH, "o", OBJECT);
		put_text_field(&w, WIRE_INTERFACE, "s", SYSTEMD ".Manager");
	}
	put_text_field(&w, WIRE_ERROR_NAME, "s", s->error);
	put_text_field(&w, WIRE_SENDER, "s", s->sender);
	put_text_field(&w, WIRE_SIGNATURE, "g", s->signature);
	wire_end_array(&w, fields, 8);
	wire_begin_struct(&w);
	w.body = w.len;
	for (const char *type = s->signature; type && *type; type++)
		if (*type == 'u')
			wire_put_u32(&w, 7);
		else if (*type == 'v') {
			wire_put_signature(&w, "s");
			wire_put_string(&w, *string++);
		} else
			wire_put_string(&w, *string++);
	w.len += s->gap;
	body = (uint32_t)(w.len - w.body);
	memcpy(data + WIRE_AT_BODY_SIZE, &body, sizeof(body));
	assert_true(w.len <= size && !w.error);
	return w.len;
}

static void script_text(struct script *s, const char *text)
{
	memcpy(s->data + s->len, text, strlen(text));
	s->len += strlen(text);
}

static void script_say(struct script *s, struct said said)
{
	s->len += say(s->data + s->len, sizeof(s->data) - s->len, &said);
}

#define ACCEPTED "DATA\r\nOK 0123456789abcdef0123456789abcdef\r\n"
#define SENDER ":1.0"

/* What a bus says in front of everything else: serial 1 is Hello, 2 is AddMatch. */
static void script_bus(struct script *s)
{
	script_text(s, ACCEPTED);
	script_say(s, (struct said){ WIRE_RETURN, .reply_to = 1, .signature = "s", .strings = { ":1.5" } });
	script_say(s, (struct said){ WIRE_RETURN, .reply_to = 2 });
}

struct fixture {
	struct script script;
	struct bus bus;
	struct systemd_reply reply;
	struct manager m;
	int other;
	int woken;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->bus.fd = f->other = -1;
	f->m = (struct manager){ .bus = &f->bus, .reply = &f->reply, .wait = { .fd = -1 } };
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	bus_close(&f->bus);
	fd_close(&f->other);
	free(f);
	return 0;
}

/* Connected with somebody who has said all already, and says nothing more. */
static void begin(struct fixture *f, bool direct)
{
	const int size = 2 * (int)sizeof(f->script.data);
	int pair[2];

	bus_close(&f->bus);
	fd_close(&f->other);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
	f->other = pair[1];
	(void)setsockopt(f->other, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	(void)setsockopt(f->other, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	assert_int_equal(write(f->other, f->script.data, f->script.len), f->script.len);
	assert_int_equal(bus_begin(&f->bus, pair[0], direct), 0);
	f->m.wait.deadline_ms = sys_now_ms() + 200;
}

static const struct words none = { .n = 0 };

static int start_unit(struct fixture *f, uint32_t pid)
{
	return manager_start(&f->m, "bt-x.scope", pid, none);
}

static struct said started(uint32_t serial)
{
	return (struct said){ WIRE_RETURN, .reply_to = serial, .sender = SENDER, .signature = "o", .strings = { JOB } };
}

static struct said removed(const char *sender, const char *job, const char *result)
{
	return (struct said){ WIRE_SIGNAL, .member = "JobRemoved", .sender = sender, .signature = "uoss",
			      .strings = { job, "bt-x.scope", result } };
}

static struct said property(uint32_t serial, const char *value)
{
	return (struct said){ WIRE_RETURN, .reply_to = serial, .signature = "v", .strings = { value } };
}

static struct said error(uint32_t serial, const char *name, const char *text)
{
	return (struct said){ WIRE_ERROR, .reply_to = serial, .error = name, .signature = "s", .strings = { text } };
}

/* ---- the manager ---- */

static void a_unit_is_started_over_a_bus(void **state)
{
	struct fixture *f = *state;
	char sent[2048];
	ssize_t n;

	script_bus(&f->script);
	script_say(&f->script, started(3));
	/* Neither another job nor somebody else's word for it. */
	script_say(&f->script, removed(SENDER, JOB "7", "failed"));
	script_say(&f->script, removed(":1.9", JOB, "failed"));
	script_say(&f->script, removed(SENDER, JOB, "done"));
	begin(f, false);
	assert_int_equal(start_unit(f, 42), 0);
	n = read(f->other, sent, sizeof(sent));
	assert_true(n > 100);
	assert_memory_equal(sent, "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n", 29);
	assert_non_null(memmem(sent, (size_t)n, "Hello", 6));
	assert_non_null(memmem(sent, (size_t)n, "member='JobRemoved'", 20));
	assert_non_null(memmem(sent, (size_t)n, "StartTransientUnit", 19));
	assert_non_null(memmem(sent, (size_t)n, "PIDs", 5));
}

static void systemd_itself_needs_no_greeting(void **state)
{
	struct fixture *f = *state;
	char sent[2048];
	ssize_t n;

	script_text(&f->script, ACCEPTED);
	script_say(&f->script, (struct said){ WIRE_RETURN, .reply_to = 1, .signature = "o", .strings = { JOB } });
	script_say(&f->script, removed(NULL, JOB, "done"));
	script_say(&f->script, property(2, "/berth.slice"));
	begin(f, true);
	assert_int_equal(manager_start(&f->m, "b.slice", 0, none), 0);
	assert_string_equal(f->reply.control_group, "/berth.slice");
	n = read(f->other, sent, sizeof(sent));
	assert_null(memmem(sent, (size_t)n, "Hello", 6));
	assert_non_null(memmem(sent, (size_t)n, OBJECT "/unit/b_2eslice", sizeof(OBJECT "/unit/b_2eslice")));
}

static void a_job_that_fails_names_the_units_result(void **state)
{
	struct fixture *f = *state;

	script_bus(&f->script);
	script_say(&f->script, started(3));
	script_say(&f->script, removed(SENDER, JOB, "failed"));
	script_say(&f->script, property(4, "resources"));
	script_say(&f->script, (struct said){ WIRE_RETURN, .reply_to = 5 });
	begin(f, false);
	assert_int_equal(start_unit(f, 1), -EIO);
	assert_string_equal(f->reply.result, "resources");
	assert_string_equal(f->reply.what, "StartTransientUnit");
}

static void a_refusal_is_told_in_systemds_words(void **state)
{
	struct fixture *f = *state;

	script_bus(&f->script);
	script_say(&f->script, error(3, SYSTEMD ".BadUnitSetting", "no such thing"));
	begin(f, false);
	assert_int_equal(start_unit(f, 1), -EREMOTEIO);
	assert_string_equal(f->reply.name, SYSTEMD ".BadUnitSetting");
	assert_string_equal(f->reply.text, "no such thing");
}

static void a_name_in_use_is_tried_twice(void **state)
{
	struct fixture *f = *state;

	script_bus(&f->script);
	script_say(&f->script, error(3, SYSTEMD ".UnitExists", "is there"));
	script_say(&f->script, error(4, SYSTEMD ".NoSuchUnit", "not failed"));
	script_say(&f->script, error(5, SYSTEMD ".UnitExists", "is there"));
	script_say(&f->script, property(6, "/a/bt-x.scope"));
	begin(f, false);
	assert_int_equal(start_unit(f, 1), -EREMOTEIO);
	assert_string_equal(f->reply.name, SYSTEMD ".UnitExists");
	assert_string_equal(f->reply.control_group, "/a/bt-x.scope");
}

static void stopping_what_is_not_there_is_fine(void **state)
{
	struct fixture *f = *state;

	script_bus(&f->script);
	script_say(&f->script, error(3, SYSTEMD ".NoSuchUnit", "none"));
	script_say(&f->script, error(4, SYSTEMD ".NoSuchUnit", "none"));
	begin(f, false);
	assert_int_equal(manager_stop(&f->m, "a.scope"), 0);
	f->script.len = 0;
	script_bus(&f->script);
	script_say(&f->script, started(3));
	script_say(&f->script, removed(SENDER, JOB, "timeout"));
	script_say(&f->script, error(4, SYSTEMD ".NoSuchUnit", "none"));
	begin(f, false);
	assert_int_equal(manager_stop(&f->m, "a.scope"), -EIO);
	assert_string_equal(f->reply.result, "timeout");
}

static void properties_are_set(void **state)
{
	static const char *const text[] = { "TasksMax", "t", "7" };
	const struct words good = { .v = text, .n = 3 }, bad = { .v = text, .n = 2 };
	struct fixture *f = *state;

	script_bus(&f->script);
	script_say(&f->script, (struct said){ WIRE_RETURN, .reply_to = 3 });
	begin(f, false);
	assert_int_equal(manager_set(&f->m, "a.scope", good), 0);
	assert_int_equal(manager_set(&f->m, "a.scope", bad), -EBADMSG);
}

static void a_bus_that_does_not_greet_back(void **state)
{
	struct fixture *f = *state;

	script_text(&f->script, ACCEPTED);
	script_say(&f->script, error(1, "org.freedesktop.DBus.Error.LimitsExceeded", "too many"));
	begin(f, false);
	assert_int_equal(start_unit(f, 1), -EREMOTEIO);
	assert_string_equal(f->reply.what, "connection");
	assert_string_equal(f->reply.text, "too many");
}

/* ---- the connection ---- */

struct answer_case {
	const char *text;
	int result;
};

static const struct answer_case answer_cases[] = {
	{ "REJECTED EXTERNAL\r\n", -EACCES },
	{ "DATA\r\nREJECTED EXTERNAL\r\n", -EACCES },
	{ "ERROR\r\n", -EBADMSG },
	{ "HTTP/1.1 400\r\n", -EBADMSG },
	{ "", -ETIMEDOUT },
	{ "OK", -ETIMEDOUT },
	{ "OK 1\r\nl\1\0\2aaaaaaaaaaaaaaaaaaaaaaaaaaa", -ETIMEDOUT }, /* up to the NUL */
	{ "OK 1\r\nxxxxxxxxxxxxxxxxxxxxxxxx", -EBADMSG },
};

static void answers_that_are_none(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < ELEMENTSOF(answer_cases); i++) {
		f->script.len = 0;
		script_text(&f->script, answer_cases[i].text);
		begin(f, false);
		assert_int_equal(start_unit(f, 1), answer_cases[i].result);
	}
	f->script.len = 0;
	for (int i = 0; i < 600; i++)
		script_text(&f->script, "x");
	begin(f, false);
	assert_int_equal(start_unit(f, 1), -EBADMSG);
	assert_string_equal(f->reply.what, "connection");
}

static void an_end_of_the_connection(void **state)
{
	struct fixture *f = *state;

	script_text(&f->script, ACCEPTED);
	begin(f, false);
	assert_int_equal(shutdown(f->other, SHUT_WR), 0);
	assert_int_equal(start_unit(f, 1), -ECONNRESET);
	begin(f, false);
	fd_close(&f->other);
	assert_true(start_unit(f, 1) < 0);
}

static void a_message_too_long_is_left_out(void **state)
{
	struct fixture *f = *state;

	script_bus(&f->script);
	script_say(&f->script, (struct said){ WIRE_SIGNAL, .member = "PropertiesChanged", .sender = SENDER,
					      .gap = 200 * 1024 });
	script_say(&f->script, started(3));
	script_say(&f->script, removed(SENDER, JOB, "done"));
	begin(f, false);
	assert_int_equal(start_unit(f, 1), 0);
}

static int on_wake(void *data)
{
	struct fixture *f = data;

	f->woken++;
	return -EINTR;
}

static void a_wait_can_be_ended(void **state)
{
	struct fixture *f = *state;
	int pair[2];

	assert_int_equal(pipe(pair), 0);
	assert_int_equal(write(pair[1], "", 1), 1);
	begin(f, false);
	f->m.wait.fd = pair[0];
	f->m.wait.woken = on_wake;
	f->m.wait.data = f;
	assert_int_equal(start_unit(f, 1), -EINTR);
	assert_int_equal(f->woken, 1);
	(void)close(pair[0]);
	(void)close(pair[1]);
}

/* ---- reading ---- */

/* Whatever the bytes are, nothing outside of them is read: the sanitizers look at that. */
static void try_read(const char *data, size_t size)
{
	char *copy = malloc(size ? size : 1);
	const char *a, *b, *c;
	struct wire_message m;
	uint32_t u;

	assert_non_null(copy);
	memcpy(copy, data, size);
	if (wire_read(copy, size, &m) == 0)
		(void)wire_read_body(&m, "uoss", &u, &a, &b, &c);
	free(copy);
}

static void damaged_messages(void **state _unused_)
{
	const struct said said = removed(SENDER, JOB, "done");
	struct wire_message m;
	const char *job, *unit, *result;
	char data[1024];
	size_t n = say(data, sizeof(data), &said);
	uint32_t id;

	assert_int_equal(wire_read(data, n, &m), 0);
	assert_int_equal(m.type, WIRE_SIGNAL);
	assert_string_equal(m.member, "JobRemoved");
	assert_string_equal(m.sender, SENDER);
	assert_int_equal(wire_read_body(&m, "s", &job), -EBADMSG);
	assert_int_equal(wire_read_body(&m, "uoss", &id, &job, &unit, &result), 0);
	assert_int_equal(id, 7);
	assert_string_equal(result, "done");
	assert_int_equal(wire_read(data, n - 1, &m), -EBADMSG);
	for (size_t i = 0; i < n; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			data[i] = (char)(data[i] ^ 1 << bit);
			try_read(data, n);
			data[i] = (char)(data[i] ^ 1 << bit);
		}
	for (size_t i = 0; i + 4 <= n; i += 4) {
		char copy[sizeof(data)];

		memcpy(copy, data, n);
		memset(copy + i, 0xff, 4);
		try_read(copy, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_is_written_as_the_specification_says),
		cmocka_unit_test(properties),
		cmocka_unit_test(variants_in_one_another_end),
		cmocka_unit_test(damaged_messages),
		cmocka_unit_test_setup_teardown(a_unit_is_started_over_a_bus, setup, teardown),
		cmocka_unit_test_setup_teardown(systemd_itself_needs_no_greeting, setup, teardown),
		cmocka_unit_test_setup_teardown(a_job_that_fails_names_the_units_result, setup, teardown),
		cmocka_unit_test_setup_teardown(a_refusal_is_told_in_systemds_words, setup, teardown),
		cmocka_unit_test_setup_teardown(a_name_in_use_is_tried_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(stopping_what_is_not_there_is_fine, setup, teardown),
		cmocka_unit_test_setup_teardown(properties_are_set, setup, teardown),
		cmocka_unit_test_setup_teardown(a_bus_that_does_not_greet_back, setup, teardown),
		cmocka_unit_test_setup_teardown(answers_that_are_none, setup, teardown),
		cmocka_unit_test_setup_teardown(an_end_of_the_connection, setup, teardown),
		cmocka_unit_test_setup_teardown(a_message_too_long_is_left_out, setup, teardown),
		cmocka_unit_test_setup_teardown(a_wait_can_be_ended, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
