/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/signal.h"

#include "base/str.h"

#include <signal.h>
#include <strings.h>

/*
 * The range that programs see as real-time signals. C libraries keep a different number of the first ones
 * for themselves; what a container's program understands under RTMIN is most often this one.
 */
#define REALTIME_MIN 34
#define REALTIME_MAX 64

static const struct name_value signals[] = {
	{ "HUP", SIGHUP },       { "INT", SIGINT },       { "QUIT", SIGQUIT },   { "ILL", SIGILL },
	{ "TRAP", SIGTRAP },     { "ABRT", SIGABRT },     { "IOT", SIGABRT },    { "BUS", SIGBUS },
	{ "FPE", SIGFPE },       { "KILL", SIGKILL },     { "USR1", SIGUSR1 },   { "SEGV", SIGSEGV },
	{ "USR2", SIGUSR2 },     { "PIPE", SIGPIPE },     { "ALRM", SIGALRM },   { "TERM", SIGTERM },
#ifdef SIGSTKFLT
	{ "STKFLT", SIGSTKFLT },
#endif
	{ "CHLD", SIGCHLD },     { "CLD", SIGCHLD },      { "CONT", SIGCONT },   { "STOP", SIGSTOP },
	{ "TSTP", SIGTSTP },     { "TTIN", SIGTTIN },     { "TTOU", SIGTTOU },   { "URG", SIGURG },
	{ "XCPU", SIGXCPU },     { "XFSZ", SIGXFSZ },     { "VTALRM", SIGVTALRM }, { "PROF", SIGPROF },
	{ "WINCH", SIGWINCH },   { "IO", SIGIO },         { "POLL", SIGIO },     { "PWR", SIGPWR },
	{ "SYS", SIGSYS },       { "UNUSED", SIGSYS },    { "RTMIN", REALTIME_MIN },
	{ "RTMAX", REALTIME_MAX }, { NULL, 0 },
};

/* "RTMIN+n" and "RTMAX-n". */
static int parse_realtime(const char *name, int *ret)
{
	uint32_t n;

	if (strncasecmp(name, "RTMIN+", 6) == 0 && str_to_u32(name + 6, &n) == 0 &&
	    n <= REALTIME_MAX - REALTIME_MIN) {
		*ret = REALTIME_MIN + (int)n;
		return 0;
	}
	if (strncasecmp(name, "RTMAX-", 6) == 0 && str_to_u32(name + 6, &n) == 0 &&
	    n <= REALTIME_MAX - REALTIME_MIN) {
		*ret = REALTIME_MAX - (int)n;
		return 0;
	}
	return -1;
}

int signal_parse(const char *word, int *ret, struct error *err)
{
	const char *name = strncasecmp(word, "SIG", 3) == 0 ? word + 3 : word;
	uint32_t number;

	if (str_to_u32(word, &number) == 0 && number <= REALTIME_MAX) {
		*ret = (int)number;
		return 0;
	}
	for (const struct name_value *s = signals; s->name; s++)
		if (strcasecmp(s->name, name) == 0) {
			*ret = (int)s->value;
			return 0;
		}
	if (parse_realtime(name, ret) == 0)
		return 0;
	return error_set(err, ERR_SIGNAL_INVALID, 0, "\"%s\"", word);
}
