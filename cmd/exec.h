/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_CMD_EXEC_H
#define BERTH_CMD_EXEC_H

#include "cmd/launch.h"

/* The process object of an exec, and where it came from. */
struct exec_process {
	struct document base_doc;          /* of the container's own process */
	struct document file_doc;          /* of --process */
	struct config_process *process;
	struct arena arena;
};

void exec_process_done(struct exec_process *p);

/*
 * Makes the process object from --process, else from the container's own one and the words behind the id,
 * and in both cases from the other options.
 */
int exec_process_make(struct context *ctx, const struct exec_target *target, struct exec_process *p);

/* The document that p->process came from. */
const struct document *exec_process_document(const struct context *ctx, const struct exec_process *p);

/* Corrects the place of an error in a process object: as if it were one in config.json. */
void exec_process_place(const struct context *ctx, struct error *err);

#endif
