/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_HOOK_OUTPUT_H
#define BERTH_RUN_HOOK_OUTPUT_H

/*
 * The files that keep what hooks write: annotations run.oci.hooks.stdout and run.oci.hooks.stderr. Only the runtime
 * has them open: neither a hook nor init holds a file of the host, but pipes, and what is read from those is
 * appended here.
 */

#include "base/error.h"
#include "spec/config.h"

#include <stdbool.h>
#include <stddef.h>

#define HOOK_STREAMS 2 /* standard output and standard error, in this order */

struct hook_output {
	int fd[HOOK_STREAMS]; /* -1: not kept */
	bool failed;          /* a write has, and it has been said */
};

#define HOOK_OUTPUT_INIT { { -1, -1 }, false }

/*
 * Opens the file for a stream, making it if it is missing. A link, a device, a fifo or a socket in its place is an
 * error: whoever may write in that directory must not lead a runtime elsewhere, or have it wait.
 */
int hook_output_open(struct hook_output *o, unsigned stream, const char *path, struct error *err);
/* What the annotations of a record name. */
int hook_output_open_all(struct hook_output *o, const struct string_map *annotations, struct error *err);
/* Appends; a failure is a warning, once. */
void hook_output_append(struct hook_output *o, unsigned stream, const void *data, size_t n);
/* Whether there is a file for either. */
bool hook_output_is_kept(const struct hook_output *o);
void hook_output_close(struct hook_output *o);

#endif
