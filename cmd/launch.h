/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_CMD_LAUNCH_H
#define BERTH_CMD_LAUNCH_H

/* What create, run and explain share: from the command line to a checked launch program. */

#include "base/arena.h"
#include "cmd/command.h"
#include "libcontainer/compile/compile.h"
#include "libcontainer/run/run.h"
#include "libcontainer/state/state.h"

struct launch {
	struct document doc;
	struct arena arena;
	struct config *config;
	const char *bundle;     /* absolute */
	const char *rootfs;     /* absolute */
	struct compile_options options;
	struct host host;
	struct compiled compiled;
	struct bus *systemd;    /* NULL: there is no connection */
};

void launch_done(struct launch *l);
#define _cleanup_launch_ _cleanup_(launch_done)

/*
 * Reads the bundle's configuration and compiles it. l->options must hold the caller's wishes; bundle and
 * config are the values of the options or NULL. Warnings go to the log.
 */
int launch_prepare(struct context *ctx, struct launch *l, const char *bundle, const char *config);

/* Fills l->options from the options that create and run have. */
int launch_options(struct context *ctx, struct launch *l, const char *id);

/* What exec has of them as well: id, descriptors, files and sockets. */
int launch_common_options(struct context *ctx, struct compile_options *ret, const char *id);

/* The state root of --root; create: make it when it is missing. */
int open_root(struct context *ctx, bool create, struct state_root *ret);

/* The same for commands about one existing container: a missing root means that it is unknown. */
int open_known_root(struct context *ctx, struct state_root *ret);

/*
 * What create and run begin with, behind launch_options(): prepares the bundle and opens the state root. *ret is the
 * request for container_create() or container_run(); it refers to l and root, which the caller closes in any case.
 */
int launch_open(struct context *ctx, struct launch *l, struct state_root *root, struct launch_request *ret);

#endif
