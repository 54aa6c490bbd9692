/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_HELPER_H
#define BERTH_RUN_HELPER_H

/*
 * Helper programs: what needs a shared library that berth itself does without. One is started for each request,
 * with a socket as its standard input, and killed when it does not answer in time, or has answered and still runs.
 */

#include "base/error.h"
#include "libcontainer/run/command.h"

#include <stddef.h>

/* Where `make install` puts our other programs. */
const char *helper_dir(void);

struct helper {
	const char *name;        /* of the program, "berth-net" */
	const char *needed_by;   /* what cannot be had without it */
	enum error_code code;    /* of errors */
	char *const *envp;       /* all that the program gets of the environment */
	unsigned timeout_ms;     /* for what is asked; its start and end have some time more */
	/* Sends the request, which must fit into the socket. 0, or a negative errno with *err set. */
	int (*send)(int sock, const void *request, struct error *err);
	const void *request;
};

/*
 * Starts the helper, sends the request and receives one packet of exactly `size` bytes; then the helper is gone. 1 when
 * there is a reply; 0 when the program ended, or was killed, without one: *result tells how (see helper_add_cause()).
 * Else a negative errno with *err set. watch may be NULL.
 */
int helper_run(const struct helper *h, struct watch *watch, void *reply, size_t size,
	       struct command_result *result, struct error *err);

/* Adds why there was no reply: what the helper itself has to say, the dynamic linker mostly. */
void helper_add_cause(const struct helper *h, const struct command_result *result, struct error *err);

#endif
