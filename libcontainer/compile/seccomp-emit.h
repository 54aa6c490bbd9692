/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_LIBCONTAINER_COMPILE_SECCOMP_EMIT_H
#define BERTH_LIBCONTAINER_COMPILE_SECCOMP_EMIT_H

/*
 * Writes a BPF program from its end to its beginning. BPF jumps forward only, so every target is
 * known when the jump to it is written, and one that is more than 255 instructions away gets a
 * stepping stone (a copy of the return, or a long jump) in front of what is there already.
 */

#include "libcontainer/compile/seccomp-rules.h"

#define SECCOMP_EMIT_MAX BPF_MAXINSNS
/* Different return values in one program that are shared; further ones are written where needed. */
#define SECCOMP_EMIT_RETURNS 16u

/* A position, counted from the end of the program: 1 is the last instruction. */
typedef unsigned seccomp_pos;

struct seccomp_emit {
	struct sock_filter insns[SECCOMP_EMIT_MAX]; /* filled from the end */
	unsigned n;
	bool full; /* an instruction did not fit: the program is unusable */
	unsigned n_returns;
	struct {
		uint32_t value;
		seccomp_pos pos;
	} returns[SECCOMP_EMIT_RETURNS]; /* the first return of each value from the current position on */
};

void seccomp_emit_load(struct seccomp_emit *e, uint32_t offset);
void seccomp_emit_and(struct seccomp_emit *e, uint32_t mask);
void seccomp_emit_return(struct seccomp_emit *e, uint32_t value);
/* A conditional jump; op is BPF_JEQ, BPF_JGT or BPF_JGE. Jumps on to yes or no. */
void seccomp_emit_jump(struct seccomp_emit *e, unsigned op, uint32_t k, seccomp_pos yes, seccomp_pos no);
/* The position of a return of that value that is near enough to jump to. */
seccomp_pos seccomp_emit_near_return(struct seccomp_emit *e, uint32_t value);
/* The current beginning of the program. */
static inline seccomp_pos seccomp_emit_here(const struct seccomp_emit *e) { return e->n; }
/* Forgets what was written before pos; nothing behind it may have been jumped to. */
void seccomp_emit_rewind(struct seccomp_emit *e, seccomp_pos pos);

/*
 * A test of one condition of an architecture's argument: jumps to yes or no.
 */
struct seccomp_arch;
void seccomp_emit_cond(struct seccomp_emit *e, const struct seccomp_arch *arch,
		       const struct seccomp_cond *cond, seccomp_pos yes, seccomp_pos no);

#endif
