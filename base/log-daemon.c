/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log-daemon.h"

#include "base/buf.h"
#include "base/fd.h"
#include "base/str.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

/* More than any identifier or message has. */
#define VALUE_SIZE (ERROR_SENTENCE_SIZE + ERROR_WHERE_SIZE)

static const int priorities[] = {
	[LOG_LEVEL_ERROR] = LOG_ERR,
	[LOG_LEVEL_WARNING] = LOG_WARNING,
	[LOG_LEVEL_INFO] = LOG_INFO,
	[LOG_LEVEL_DEBUG] = LOG_DEBUG,
};

static void add_escaped(struct buf *b, const char *s)
{
	char clean[VALUE_SIZE];

	(void) str_escape(s, clean, sizeof(clean));
	buf_adds(b, clean);
}

/* A field is a line, since an escaped value has no line ends in it. */
static void add_field(struct buf *b, const char *name, const char *value)
{
	buf_adds(b, name);
	add_escaped(b, value);
	buf_addc(b, '\n');
}

static void add_journal(struct buf *b, const char *name, const struct log_message *m)
{
	add_field(b, "MESSAGE=", m->text);
	buf_addf(b, "PRIORITY=%d\n", priorities[m->level]);
	add_field(b, "SYSLOG_IDENTIFIER=", "berth");
	add_field(b, "ID=", name);
	if (!m->error)
		return;
	add_field(b, "BERTH_CODE=", error_code_name(m->error->code));
	if (m->error->errnum > 0)
		buf_addf(b, "ERRNO=%d\n", m->error->errnum);
}

/* Without a time, which every daemon puts there itself (RFC 3164, 4.3.2), in the time zone that it writes in. */
static void add_syslog(struct buf *b, const char *name, const struct log_message *m)
{
	buf_addf(b, "<%d>", LOG_USER | priorities[m->level]);
	add_escaped(b, name);
	buf_addf(b, "[%d]: ", (int) getpid());
	add_escaped(b, m->text);
}

static const struct daemon {
	const char *prefix;
	const char *path;
	void (*add)(struct buf *b, const char *name, const struct log_message *m);
} daemons[] = {
	[LOG_DAEMON_JOURNAL] = { "journald:", "/run/systemd/journal/socket", add_journal },
	[LOG_DAEMON_SYSLOG] = { "syslog:", "/dev/log", add_syslog },
};

enum log_daemon log_daemon_find(const char *destination, const char **ret_name)
{
	for (enum log_daemon d = LOG_DAEMON_JOURNAL; d <= LOG_DAEMON_SYSLOG; d++) {
		const char *name = str_after(destination, daemons[d].prefix);

		if (!name)
			continue;
		*ret_name = name;
		return d;
	}
	return LOG_DAEMON_NONE;
}

const char *log_daemon_path(enum log_daemon daemon) { return daemons[daemon].path; }

static int send_datagram(const char *path, const struct buf *b)
{
	static const struct timeval longest = { .tv_sec = 1 };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	ssize_t n;

	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void) str_copy(address.sun_path, sizeof(address.sun_path), path);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof(longest)) < 0)
		return -errno;
	do
		n = sendto(fd, b->data, b->len, MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof(address));
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

int log_daemon_send(enum log_daemon daemon, const char *name, const struct log_message *m)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	int saved = errno, r;

	daemons[daemon].add(&b, name, m);
	r = b.failed ? -ENOMEM : send_datagram(daemons[daemon].path, &b);
	errno = saved;
	return r;
}
