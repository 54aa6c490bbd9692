/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include "base/buf.h"
#include "base/fd.h"
#include "base/log-daemon.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* Writes of up to this size are not interleaved with those of other processes. */
#define RECORD_SIZE 4096
/* What a JSON record leaves for its sentence once every other member has its largest size. */
#define RECORD_MSG_SIZE 2300
/* Warnings beyond this many bytes are dropped: a configuration must not make berth hoard memory. */
#define WARNINGS_MOST (64u * 1024)

static struct {
	int fd; /* of the log file, -1 without one */
	enum log_daemon daemon;
	const char *destination, *name; /* of the daemon's messages */
	enum log_format format;
	enum log_level level;
	struct buf warnings; /* each ended by a NUL */
} the_log = { .fd = -1, .level = LOG_LEVEL_WARNING };

static const char *const level_names[] = {
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

/* One record under construction; what does not fit into it is left out. */
struct record {
	size_t len;
	char data[RECORD_SIZE];
};

static int log_open_file(const char *path, struct error *err)
{
	/* O_NONBLOCK: a fifo that nobody reads, or that is full, must not hold up a container. */
	the_log.fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);
	return the_log.fd < 0 ? error_set(err, ERR_FILE_OUTPUT, errno, "log file %s", path) : 0;
}

int log_open(const char *destination, enum log_format format, enum log_level level, struct error *err)
{
	enum log_daemon daemon;
	const char *name;

	log_close();
	the_log.format = format;
	the_log.level = level;
	if (!destination)
		return 0;
	daemon = log_daemon_find(destination, &name);
	if (daemon == LOG_DAEMON_NONE) {
		name = str_after(destination, "file:");
		return log_open_file(name ? name : destination, err);
	}
	if (!name[0])
		return error_set(err, ERR_USAGE, 0, "--log %s: a name for the messages must follow the colon",
				 destination);
	the_log.daemon = daemon;
	the_log.destination = destination;
	the_log.name = name;
	return 0;
}

void log_close(void)
{
	fd_close(&the_log.fd);
	the_log.daemon = LOG_DAEMON_NONE;
	buf_done(&the_log.warnings);
}

/*
 * Writes without ever failing the command. SIGPIPE is held back for the moment: a reader of the log
 * that has gone must not kill a runtime in the middle of its work.
 */
static void log_write(int fd, const char *data, size_t len)
{
	static const struct timespec no_time = { 0 };
	int saved = errno;
	sigset_t pipe_set, old, pending;
	ssize_t n;

	sigemptyset(&pipe_set);
	sigaddset(&pipe_set, SIGPIPE);
	sigemptyset(&pending);
	(void) sigpending(&pending);
	(void) sigprocmask(SIG_BLOCK, &pipe_set, &old);
	do
		n = write(fd, data, len);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EPIPE && !sigismember(&pending, SIGPIPE))
		(void) sigtimedwait(&pipe_set, NULL, &no_time);
	(void) sigprocmask(SIG_SETMASK, &old, NULL);
	errno = saved;
}

static void record_add(struct record *r, const char *s)
{
	r->len += str_copy(r->data + r->len, sizeof(r->data) - r->len, s);
}

/*
 * Adds s between double quotes, cut so that no more than most bytes are added. Quotes and backslashes
 * get a backslash; everything else that JSON forbids has been made printable before.
 */
static void record_add_quoted(struct record *r, const char *s, size_t most)
{
	char clean[RECORD_MSG_SIZE];
	size_t end = MIN(r->len + most, sizeof(r->data) - 1);

	(void) str_escape(s, clean, sizeof(clean));
	record_add(r, "\"");
	for (const char *p = clean; *p;) {
		size_t n = *p == '"' || *p == '\\' ? 2 : 1;

		/* A character of several bytes goes whole or not at all. */
		while (n >= 1 && *p != '"' && *p != '\\' && ((unsigned char) p[n] & 0xc0) == 0x80)
			n++;
		if (r->len + n + 1 > end)
			break;
		if (*p == '"' || *p == '\\') {
			r->data[r->len++] = '\\';
			r->data[r->len++] = *p++;
		} else {
			memcpy(r->data + r->len, p, n);
			r->len += n;
			p += n;
		}
	}
	r->data[r->len] = '\0';
	record_add(r, "\"");
}

static void record_add_time(struct record *r)
{
	struct timespec now = { 0 };
	struct tm tm = { 0 };
	char text[64];

	(void) clock_gettime(CLOCK_REALTIME, &now);
	(void) gmtime_r(&now.tv_sec, &tm);
	(void) snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%09ldZ", tm.tm_year + 1900,
			tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, now.tv_nsec);
	record_add_quoted(r, text, sizeof(text));
}

/* A member with text, if there is any; name comes with its punctuation. */
static void record_add_text(struct record *r, const char *name, const char *value, size_t most)
{
	if (!value[0])
		return;
	record_add(r, name);
	record_add_quoted(r, value, most);
}

static void record_add_number(struct record *r, const char *name, unsigned value)
{
	char text[24];

	if (!value)
		return;
	(void) snprintf(text, sizeof(text), "%u", value);
	record_add(r, name);
	record_add(r, text);
}

static void record_add_json(struct record *r, enum log_level level, const char *msg, const struct error *err)
{
	record_add(r, "{\"level\":\"");
	record_add(r, level_names[level]);
	record_add(r, "\",\"msg\":");
	record_add_quoted(r, msg, RECORD_MSG_SIZE);
	record_add(r, ",\"time\":");
	record_add_time(r);
	if (err) {
		record_add_text(r, ",\"code\":", error_code_name(err->code), 64);
		record_add_text(r, ",\"step\":", err->step, 64);
		record_add_text(r, ",\"document\":", err->document, 300);
		record_add_text(r, ",\"pointer\":", err->pointer, 300);
		record_add_number(r, ",\"line\":", err->line);
		record_add_number(r, ",\"column\":", err->column);
		record_add_text(r, ",\"call\":", err->call, 360);
		record_add_text(r, ",\"errno\":", err->errnum > 0 ? errno_name(err->errnum) : "", 32);
		record_add_text(r, ",\"hint\":", err->hint, 280);
		record_add_text(r, ",\"cause\":", err->cause, 400);
	}
	record_add(r, "}");
}

static void record_add_plain(struct record *r, enum log_level level, const char *msg, const struct error *err)
{
	record_add(r, "time=");
	record_add_time(r);
	record_add(r, " level=");
	record_add(r, level_names[level]);
	record_add(r, " msg=");
	record_add_quoted(r, msg, RECORD_MSG_SIZE);
	if (err && the_log.level >= LOG_LEVEL_DEBUG)
		record_add_text(r, " call=", err->call, 360);
}

/* Writes one record to the log file or, without one and in JSON, to standard error. */
static void log_write_record(enum log_level level, const char *msg, const struct error *err)
{
	struct record r = { 0 };

	if (the_log.format == LOG_FORMAT_JSON)
		record_add_json(&r, level, msg, err);
	else
		record_add_plain(&r, level, msg, err);
	/* The line must end even if the record was cut. */
	r.len = MIN(r.len, sizeof(r.data) - 2);
	r.data[r.len++] = '\n';
	log_write(the_log.fd >= 0 ? the_log.fd : STDERR_FILENO, r.data, r.len);
}

/* Writes a line for people to standard error. */
static void log_stderr(const char *prefix, const char *msg, const char *where, const struct error *err)
{
	bool second = where[0] && isatty(STDERR_FILENO) == 1;
	char clean[ERROR_SENTENCE_SIZE + ERROR_WHERE_SIZE];
	struct record r = { 0 };

	if (prefix) {
		(void) str_escape(prefix, clean, sizeof(clean));
		record_add(&r, clean);
	}
	(void) str_escape(msg, clean, sizeof(clean));
	record_add(&r, clean);
	if (err && err->call[0] && the_log.level >= LOG_LEVEL_DEBUG) {
		(void) str_escape(err->call, clean, sizeof(clean));
		record_add(&r, " [");
		record_add(&r, clean);
		record_add(&r, "]");
	}
	if (second)
		record_add(&r, "\n ");
	if (second || !err || !error_ends_line(err))
		record_add(&r, where);
	r.len = MIN(r.len, sizeof(r.data) - 2);
	r.data[r.len++] = '\n';
	log_write(STDERR_FILENO, r.data, r.len);
}

/* Whether there is more than lines for people. */
static bool log_has_records(void)
{
	return the_log.fd >= 0 || the_log.daemon != LOG_DAEMON_NONE || the_log.format == LOG_FORMAT_JSON;
}

/*
 * What a daemon does not take must not be lost, nor must it hold up a container: from then on there are lines on
 * standard error only, as if no log had been asked for. The reason is said by the errno's symbol, because engines
 * react to its words.
 */
static void log_give_up(int r)
{
	char msg[256];

	(void) snprintf(msg, sizeof(msg), "no messages to %.64s: %s: %s", the_log.destination,
			log_daemon_path(the_log.daemon), errno_name(-r));
	the_log.daemon = LOG_DAEMON_NONE;
	the_log.format = LOG_FORMAT_TEXT;
	if (the_log.level >= LOG_LEVEL_WARNING)
		log_stderr("berth: warning: ", msg, "", NULL);
}

/* False if nobody has taken it. */
static bool log_record(enum log_level level, const char *msg, const struct error *err)
{
	const struct log_message m = { .level = level, .text = msg, .error = err };
	int r;

	if (!log_has_records())
		return false;
	if (the_log.daemon == LOG_DAEMON_NONE) {
		log_write_record(level, msg, err);
		return true;
	}
	r = log_daemon_send(the_log.daemon, the_log.name, &m);
	if (r < 0)
		log_give_up(r);
	return r >= 0;
}

void log_error(const struct error *err, const char *prefix)
{
	char sentence[ERROR_SENTENCE_SIZE], where[ERROR_WHERE_SIZE];
	char msg[ERROR_SENTENCE_SIZE + ERROR_WHERE_SIZE];
	size_t n;

	(void) error_format(err, sentence, sizeof(sentence));
	(void) error_format_where(err, where, sizeof(where));
	buf_done(&the_log.warnings);
	n = str_copy(msg, sizeof(msg), sentence);
	if (!error_ends_line(err))
		(void) str_copy(msg + n, sizeof(msg) - n, where);
	(void) log_record(LOG_LEVEL_ERROR, msg, err);
	if (the_log.fd >= 0 || the_log.daemon != LOG_DAEMON_NONE || the_log.format == LOG_FORMAT_TEXT)
		log_stderr(prefix, sentence, where, err);
}

/* A message that is not the error of the command; one stream only, so that stderr stays quiet. */
static void log_message(enum log_level level, const char *msg)
{
	if (level > the_log.level)
		return;
	if (!log_record(level, msg, NULL))
		log_stderr(level == LOG_LEVEL_WARNING ? "berth: warning: " : "berth: debug: ", msg, "", NULL);
}

void log_warning(const char *fmt, ...)
{
	char msg[ERROR_SENTENCE_SIZE];
	va_list ap;

	va_start(ap, fmt);
	(void) vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	if (the_log.level >= LOG_LEVEL_DEBUG)
		log_message(LOG_LEVEL_WARNING, msg);
	else if (the_log.warnings.len < WARNINGS_MOST)
		buf_add(&the_log.warnings, msg, strlen(msg) + 1);
}

void log_error_as_warning(const struct error *err)
{
	char words[ERROR_SENTENCE_SIZE];

	(void) error_format(err, words, sizeof(words));
	log_warning("%s", words);
}

void log_debug(const char *fmt, ...)
{
	char msg[ERROR_SENTENCE_SIZE];
	va_list ap;

	if (the_log.level < LOG_LEVEL_DEBUG)
		return;
	va_start(ap, fmt);
	(void) vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	log_message(LOG_LEVEL_DEBUG, msg);
}

void log_flush_warnings(void)
{
	const struct buf *w = &the_log.warnings;

	for (size_t at = 0; at < w->len; at += strlen(w->data + at) + 1)
		log_message(LOG_LEVEL_WARNING, w->data + at);
	buf_done(&the_log.warnings);
}
