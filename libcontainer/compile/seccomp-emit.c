/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/compile/seccomp-emit.h"

#include "libcontainer/compile/seccomp-names.h"

#include <linux/seccomp.h>

/* A jump of at most 255, less two stepping stones that may still come in between. */
#define NEAR 253u

static void emit(struct seccomp_emit *e, unsigned code, uint32_t k, unsigned jt, unsigned jf)
{
	if (e->n == SECCOMP_EMIT_MAX) {
		e->full = true;
		return;
	}
	e->n++;
	e->insns[SECCOMP_EMIT_MAX - e->n] =
		(struct sock_filter){ (uint16_t)code, (uint8_t)jt, (uint8_t)jf, k };
}

void seccomp_emit_load(struct seccomp_emit *e, uint32_t offset)
{
	emit(e, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0);
}

void seccomp_emit_and(struct seccomp_emit *e, uint32_t mask)
{
	if (mask != UINT32_MAX)
		emit(e, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
}

void seccomp_emit_return(struct seccomp_emit *e, uint32_t value)
{
	emit(e, BPF_RET | BPF_K, value, 0, 0);
}

static seccomp_pos near_pos(struct seccomp_emit *e, seccomp_pos target)
{
	if (e->n - target > NEAR) {
		emit(e, BPF_JMP | BPF_JA, e->n - target, 0, 0);
		return e->n;
	}
	return target;
}

void seccomp_emit_jump(struct seccomp_emit *e, unsigned op, uint32_t k, seccomp_pos yes, seccomp_pos no)
{
	/* When full, positions no longer mean anything. */
	if (e->full)
		return;
	yes = near_pos(e, yes);
	no = near_pos(e, no);
	emit(e, BPF_JMP | op | BPF_K, k, e->n - yes, e->n - no);
}

seccomp_pos seccomp_emit_near_return(struct seccomp_emit *e, uint32_t value)
{
	unsigned i = 0;

	while (i < e->n_returns && e->returns[i].value != value)
		i++;
	if (i < e->n_returns && e->n - e->returns[i].pos <= NEAR)
		return e->returns[i].pos;
	seccomp_emit_return(e, value);
	if (i < SECCOMP_EMIT_RETURNS) {
		e->returns[i].value = value;
		e->returns[i].pos = e->n;
		e->n_returns = MAX(e->n_returns, i + 1);
	}
	return e->n;
}

void seccomp_emit_rewind(struct seccomp_emit *e, seccomp_pos pos)
{
	e->n = pos;
}

/* Where the upper (0) or lower (1) half of an argument is in struct seccomp_data. */
static uint32_t half_offset(const struct seccomp_arch *arch, unsigned arg, unsigned half)
{
	uint32_t offset = (uint32_t)(offsetof(struct seccomp_data, args) + arg * sizeof(uint64_t));

	return offset + (arch->big == (half == 1) ? 4 : 0);
}

/* The last 32 bits decide; each operator is one jump, perhaps with its ends swapped. */
static void emit_low(struct seccomp_emit *e, const struct seccomp_cond *cond, seccomp_pos yes, seccomp_pos no)
{
	static const struct {
		uint8_t jump;
		bool swap;
	} how[] = {
		[SECCOMP_OP_EQ] = { BPF_JEQ, false }, [SECCOMP_OP_NE] = { BPF_JEQ, true },
		[SECCOMP_OP_LT] = { BPF_JGE, true },  [SECCOMP_OP_LE] = { BPF_JGT, true },
		[SECCOMP_OP_GE] = { BPF_JGE, false }, [SECCOMP_OP_GT] = { BPF_JGT, false },
	};
	bool swap = how[cond->op].swap;

	seccomp_emit_jump(e, how[cond->op].jump, (uint32_t)cond->value, swap ? no : yes, swap ? yes : no);
}

/*
 * The upper half: equal means that the lower one decides, which begins at low; else an order is
 * decided already, and a plain comparison has failed.
 */
static void emit_high(struct seccomp_emit *e, const struct seccomp_cond *cond, seccomp_pos yes,
		      seccomp_pos no, seccomp_pos low)
{
	uint32_t value = (uint32_t)(cond->value >> 32);
	bool below = cond->op == SECCOMP_OP_LT || cond->op == SECCOMP_OP_LE;

	if (cond->op == SECCOMP_OP_EQ || cond->op == SECCOMP_OP_NE) {
		seccomp_emit_jump(e, BPF_JEQ, value, low, cond->op == SECCOMP_OP_EQ ? no : yes);
		return;
	}
	/* Not above and not equal is below. */
	seccomp_emit_jump(e, BPF_JEQ, value, low, below ? yes : no);
	if (value != UINT32_MAX)
		seccomp_emit_jump(e, BPF_JGT, value, below ? no : yes, seccomp_emit_here(e));
}

void seccomp_emit_cond(struct seccomp_emit *e, const struct seccomp_arch *arch,
		       const struct seccomp_cond *cond, seccomp_pos yes, seccomp_pos no)
{
	bool high = arch->wide && cond->mask >> 32 != 0;
	bool low = !high || (uint32_t)cond->mask != 0;
	seccomp_pos equal = yes;

	if (low) {
		emit_low(e, cond, yes, no);
		seccomp_emit_and(e, (uint32_t)cond->mask);
		seccomp_emit_load(e, half_offset(arch, cond->arg, 1));
		equal = seccomp_emit_here(e);
	}
	if (high) {
		emit_high(e, cond, yes, no, equal);
		seccomp_emit_and(e, (uint32_t)(cond->mask >> 32));
		seccomp_emit_load(e, half_offset(arch, cond->arg, 0));
	}
}
