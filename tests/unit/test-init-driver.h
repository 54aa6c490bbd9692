/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_TEST_INIT_DRIVER_H
#define BERTH_TEST_INIT_DRIVER_H

/* Plays the runtime for berth-init: builds launch programs by hand and runs them in a scratch rootfs. */

#include "libcontainer/dialogue.h"
#include "libcontainer/program.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define BUILDER_SIZE 65536u
#define BUILDER_OPS 128u

struct builder {
	uint32_t used;
	uint32_t n_ops;
	struct program_op ops[BUILDER_OPS];
	_Alignas(8) uint8_t data[BUILDER_SIZE];
};

void builder_init(struct builder *b);
pstr builder_str(struct builder *b, const char *s);
struct pstrv builder_strv(struct builder *b, const char *const *list);
struct pblob builder_blob(struct builder *b, const void *data, uint32_t len);
void builder_op(struct builder *b, enum op_type type, const void *data, uint32_t size);
/* The finished block, in b->data; its size. */
uint32_t builder_finish(struct builder *b, uint32_t flags);

struct run {
	pid_t pid;
	const uint8_t *block; /* the program */
	uint32_t ops;
	uint32_t wait;        /* index of OP_WAIT_START */
	int wire;
	int page_fd;
	int console;          /* our end */
	struct page *page;
	char start[64];       /* the start socket, or empty */
	struct message message;
	struct error error;
	char output[16384];
	int output_fd;
	int status;
	int (*source)(uint32_t op); /* answers MESSAGE_WANT_SOURCE */
};

/* A fresh rootfs below /tmp with busybox; removed by rootfs_remove(). NULL without root or busybox. */
const char *rootfs_make(void);
void rootfs_remove(void);

/* Starts berth-init in new namespaces (CLONE_NEW*) with a program. */
void run_start(struct run *r, struct builder *b, uint32_t flags, uint64_t namespaces, bool listen);
/* Lets it walk until it waits for start (true), or has failed (false; r->error). */
bool run_to_wait(struct run *r);
/* Orders the start. True when the program was executed. */
bool run_go(struct run *r);
/* Reads the output to its end and reaps; the wait status. */
int run_finish(struct run *r);

#endif
