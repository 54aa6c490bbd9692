/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_BASE_LOG_DAEMON_H
#define BERTH_BASE_LOG_DAEMON_H

/*
 * The daemons that take messages, for base/log.c. Each message is one datagram through a socket of its own, made
 * when there is something to say: no descriptor is open between messages that a container could inherit, and a
 * command without a message does not even ask whether the daemon runs.
 */

#include "base/error.h"
#include "base/log.h"

enum log_daemon {
	LOG_DAEMON_NONE,
	LOG_DAEMON_JOURNAL, /* the native protocol of systemd-journald: fields */
	LOG_DAEMON_SYSLOG,  /* /dev/log: one line with a priority and a tag */
};

struct log_message {
	enum log_level level;
	const char *text;
	const struct error *error; /* that it is about, or NULL */
};

/* What "PREFIX:NAME" means; *ret_name points behind the colon. LOG_DAEMON_NONE for anything else. */
enum log_daemon log_daemon_find(const char *destination, const char **ret_name);

/* The socket of the daemon. */
const char *log_daemon_path(enum log_daemon daemon);

/*
 * Sends the message, marked with the name that the caller has chosen. Waits a second at most, for a daemon that does
 * not keep up. 0 or a negative errno; errno itself is left alone.
 */
int log_daemon_send(enum log_daemon daemon, const char *name, const struct log_message *m);

#endif
