/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/compile/seccomp.h"

#include "libcontainer/compile/seccomp-names.h"
#include "libcontainer/compile/seccomp-tree.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>

/*
 * ENOSYS: a call with a higher number than any that the profile names is newer than the profile.
 * With SCMP_ACT_ERRNO as the default it returns ENOSYS and not the default's errno: C libraries try
 * new calls first and fall back on ENOSYS only, so that a container would break for every call that
 * they start to use. The highest number is taken for each architecture by itself, and an
 * architecture of which the profile names no call at all keeps its default.
 *
 * Any other default is left alone. ALLOW, LOG, TRACE and NOTIFY let somebody else decide. With the
 * kill actions and TRAP the author wants to see every call that he did not list, and a quiet errno
 * would hide an attacker's probing; runc answers ENOSYS there too, crun and libseccomp do not.
 */

/* What one system call number does. */
struct slot {
	bool always; /* a rule without conditions decides */
	uint32_t action;
	struct seccomp_tree *tree; /* the rules with conditions */
};

/* Numbers from start on; code is 0 when they just return the value. */
struct run {
	uint32_t start;
	uint32_t value;
	seccomp_pos code;
};

#define RUNS_MAX (2 * (SECCOMP_ALL_SLOTS + 4))

/* A piece of code that several numbers may share. */
struct fragment {
	seccomp_pos begin, end;
};

struct compiler {
	const struct document *doc;
	struct arena *arena;
	struct seccomp_profile profile;
	struct slot slots[SECCOMP_ALL_SLOTS]; /* of the architecture at work */
	int highest;                          /* number named on it, less its base; -1: none */
	struct run runs[RUNS_MAX];            /* of the AUDIT_ARCH_* at work */
	size_t n_runs;
	struct fragment fragments[256];
	size_t n_fragments;
	struct seccomp_emit emit;
};

#define BAD_ARCH SECCOMP_RET_KILL_THREAD
#define X32_BASE 0x40000000u

static int too_long(struct compiler *c, const struct config_seccomp *conf, struct error *err)
{
	return document_error(c->doc, conf, err, ERR_CONFIG_LIMIT,
			      "seccomp profile needs more than %d BPF instructions", BPF_MAXINSNS);
}

/* Cuts the conditions down to what the architecture compares; true when something was lost. */
static bool conds_fit(const struct seccomp_rule *rule, const struct seccomp_arch *arch, bool mux,
		      struct seccomp_cond *ret, unsigned *ret_n)
{
	uint64_t half = arch->wide ? UINT64_MAX : UINT32_MAX;
	bool lost = false;
	unsigned n = mux ? 1 : 0;

	for (unsigned i = 0; i < rule->n_conds; i++) {
		const struct seccomp_cond *cond = &rule->conds[i];

		if ((mux && cond->arg == 0) || (cond->mask & half) == 0) {
			lost = true;
			continue;
		}
		lost |= (cond->value & ~half) != 0 || (cond->mask != UINT64_MAX && (cond->mask & ~half) != 0);
		ret[n++] = (struct seccomp_cond){ cond->arg, cond->op, cond->mask & half, cond->value & half };
	}
	*ret_n = n;
	return lost;
}

static int slot_add(struct compiler *c, int slot, const struct seccomp_cond *conds, unsigned n,
		    uint32_t action)
{
	struct slot *s = &c->slots[slot];

	if (s->always)
		return 0;
	if (n == 0) {
		s->always = true;
		s->action = action;
		return 0;
	}
	if (!s->tree)
		s->tree = arena_alloc(c->arena, sizeof(*s->tree));
	if (!s->tree)
		return -ENOMEM;
	return seccomp_tree_add(s->tree, conds, n, action, c->arena);
}

static int call_add(struct compiler *c, const struct seccomp_call *call, int arch)
{
	struct seccomp_cond conds[SECCOMP_ARGS + 1];
	const struct seccomp_rule *rule = call->rule;
	struct seccomp_entry entry;
	unsigned n;
	bool lost;
	int r = 0;

	if (!seccomp_name_entry(call->name, arch, &entry))
		return 0;
	if (entry.slot < (int)SECCOMP_SLOTS)
		c->highest = MAX(c->highest, entry.slot);
	c->highest = MAX(c->highest, entry.mux_slot);
	if (rule->action == c->profile.default_action)
		return 0;
	if (entry.slot >= 0) {
		lost = conds_fit(rule, &seccomp_archs[arch], false, conds, &n);
		r = slot_add(c, entry.slot, conds, n, rule->action);
		/* Rules that only look alike because of a narrow architecture are no mistake. */
		if (r < 0 && !(r == -EEXIST && lost))
			return r;
	}
	if (entry.mux_slot >= 0) {
		(void)conds_fit(rule, &seccomp_archs[arch], true, conds, &n);
		conds[0] = (struct seccomp_cond){ 0, SECCOMP_OP_EQ, UINT64_MAX, entry.selector };
		r = slot_add(c, entry.mux_slot, conds, n, rule->action);
		/* Nor are those that do because the selector took the place of an argument. */
		if (r < 0 && r != -EEXIST)
			return r;
	}
	return 0;
}

static int slots_fill(struct compiler *c, const struct config_seccomp *conf, int arch, struct error *err)
{
	memset(c->slots, 0, sizeof(c->slots));
	c->highest = -1;
	for (size_t i = 0; i < c->profile.n_calls; i++) {
		const struct seccomp_call *call = &c->profile.calls[i];
		int r = call_add(c, call, arch);

		if (r == -EEXIST)
			return document_error(c->doc, call->rule->from, err, ERR_CONFIG_CONFLICT,
					      "seccomp rule has the conditions of an earlier one and another "
					      "action");
		if (r == -E2BIG)
			return too_long(c, conf, err);
		if (r < 0)
			return error_set(err, ERR_NO_MEMORY, -r, "seccomp rules");
	}
	return 0;
}

static void run_add(struct compiler *c, uint32_t start, uint32_t value, seccomp_pos code)
{
	const struct run *last = c->n_runs ? &c->runs[c->n_runs - 1] : NULL;

	if (last && last->code == code && (code || last->value == value))
		return;
	c->runs[c->n_runs++] = (struct run){ start, value, code };
}

/* The code of a tree: an equal piece that is there already, or a new one. */
static seccomp_pos tree_code(struct compiler *c, const struct seccomp_tree *tree,
			     const struct seccomp_arch *arch)
{
	const struct sock_filter *end = c->emit.insns + SECCOMP_EMIT_MAX;
	struct fragment new = { .end = seccomp_emit_here(&c->emit) };

	new.begin = seccomp_tree_emit(tree, arch, c->profile.default_action, &c->emit);
	for (size_t i = 0; i < c->n_fragments; i++) {
		const struct fragment *old = &c->fragments[i];

		if (old->begin - old->end == new.begin - new.end &&
		    memcmp(end - old->begin, end - new.begin, (new.begin - new.end) * sizeof(*end)) == 0) {
			seccomp_emit_rewind(&c->emit, new.end);
			return old->begin;
		}
	}
	if (c->n_fragments < ELEMENTSOF(c->fragments))
		c->fragments[c->n_fragments++] = new;
	return new.begin;
}

static void slot_run(struct compiler *c, const struct slot *s, const struct seccomp_arch *arch, uint32_t nr)
{
	if (s->always)
		run_add(c, nr, s->action, 0);
	else if (s->tree)
		run_add(c, nr, 0, tree_code(c, s->tree, arch));
	else
		run_add(c, nr, c->profile.default_action, 0);
}

/* What numbers above all named ones do; see ENOSYS on top. */
static uint32_t beyond(const struct compiler *c)
{
	uint32_t action = c->profile.default_action;

	if (c->highest >= 0 && (action & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO)
		return SECCOMP_RET_ERRNO | ENOSYS;
	return action;
}

static void arch_runs(struct compiler *c, int id)
{
	const struct seccomp_arch *arch = &seccomp_archs[id];

	if (c->n_runs == 0)
		run_add(c, 0, c->profile.default_action, 0);
	for (int i = 0; i <= c->highest; i++)
		slot_run(c, &c->slots[i], arch, arch->base + (uint32_t)i);
	run_add(c, arch->base + (uint32_t)(c->highest + 1), beyond(c), 0);
	if (id != SECCOMP_ARCH_ARM)
		return;
	for (unsigned i = 0; i < SECCOMP_PRIVATE_SLOTS; i++)
		slot_run(c, &c->slots[SECCOMP_SLOTS + i], arch, SECCOMP_PRIVATE_BASE + i);
	run_add(c, SECCOMP_PRIVATE_BASE + SECCOMP_PRIVATE_SLOTS, beyond(c), 0);
}

/* Whether all numbers but those of one run have the same target: one comparison is enough. */
static bool runs_are_exception(const struct run *runs, size_t n)
{
	return n == 3 && runs[2].start - runs[1].start == 1 && runs[0].code == runs[2].code &&
	       (runs[0].code || runs[0].value == runs[2].value);
}

static seccomp_pos run_target(struct compiler *c, const struct run *run)
{
	return run->code ? run->code : seccomp_emit_near_return(&c->emit, run->value);
}

/* Binary search; as deep as the logarithm of n. */
static seccomp_pos search_emit(struct compiler *c, const struct run *runs, size_t n)
{
	bool exception = runs_are_exception(runs, n);
	size_t middle = exception ? 1 : n / 2;
	seccomp_pos above, below;

	if (n == 1)
		return run_target(c, runs);
	above = exception ? run_target(c, &runs[1]) : search_emit(c, runs + middle, n - middle);
	below = search_emit(c, runs, middle);
	seccomp_emit_jump(&c->emit, exception ? BPF_JEQ : BPF_JGE, runs[middle].start, above, below);
	return seccomp_emit_here(&c->emit);
}

/* Writes what decides for the system calls of one AUDIT_ARCH_* and returns where it begins. */
static int block_emit(struct compiler *c, const struct config_seccomp *conf, uint32_t audit, uint32_t arches,
		      seccomp_pos *ret, struct error *err)
{
	c->n_runs = 0;
	for (int i = 0; i < SECCOMP_ARCH_MAX; i++) {
		if (seccomp_archs[i].audit != audit)
			continue;
		if ((arches >> i) & 1) {
			int r = slots_fill(c, conf, i, err);

			if (r < 0)
				return r;
			arch_runs(c, i);
		} else {
			/* Stops a program from getting around its filter by x32 numbers. */
			run_add(c, seccomp_archs[i].base, BAD_ARCH, 0);
			/* A tracer that cancels a call makes its number -1; that is no x32 call. */
			if (i == SECCOMP_ARCH_X32)
				run_add(c, UINT32_MAX, beyond(c), 0);
		}
	}
	*ret = search_emit(c, c->runs, c->n_runs);
	/* A single run needs no number, and may be code that stands elsewhere. */
	if (c->n_runs > 1) {
		seccomp_emit_load(&c->emit, offsetof(struct seccomp_data, nr));
		*ret = seccomp_emit_here(&c->emit);
	}
	return c->emit.full ? too_long(c, conf, err) : 0;
}

static int arches_read(const struct document *doc, const struct config_seccomp *conf, uint32_t native_arch,
		       uint32_t *ret, struct error *err)
{
	*ret = 0;
	for (int i = 0; i < SECCOMP_ARCH_MAX; i++)
		if (seccomp_archs[i].token == native_arch)
			*ret |= 1u << i;
	if (*ret == 0)
		return document_error(doc, conf, err, ERR_CONFIG_UNSUPPORTED,
				      "seccomp on this architecture (0x%x)", native_arch);
	for (size_t i = 0; i < conf->architectures.n; i++) {
		int id = seccomp_arch_find(conf->architectures.v[i]);

		if (id < 0)
			return document_error(doc, &conf->architectures.v[i], err, ERR_CONFIG_VALUE,
					      "seccomp architecture \"%s\" is unknown",
					      conf->architectures.v[i]);
		*ret |= 1u << id;
	}
	return 0;
}

/* The row that stands for an architecture's AUDIT_ARCH_*, which X32 shares with X86_64. */
static int block_of(int id)
{
	return id == SECCOMP_ARCH_X32 ? SECCOMP_ARCH_X86_64 : id;
}

/* The blocks of all architectures and, in front of them, the choice between them, native first. */
static int program_emit(struct compiler *c, const struct config_seccomp *conf, uint32_t native_arch,
			uint32_t arches, struct error *err)
{
	seccomp_pos block[SECCOMP_ARCH_MAX] = { 0 }, next;
	int native = 0;

	for (int i = SECCOMP_ARCH_MAX - 1; i >= 0; i--) {
		int r = 0;

		if (seccomp_archs[i].token == native_arch)
			native = i;
		if ((arches >> i) & 1 && block[block_of(i)] == 0)
			r = block_emit(c, conf, seccomp_archs[i].audit, arches, &block[block_of(i)], err);
		if (r < 0)
			return r;
	}
	/* A call through an architecture that the profile does not list would escape its rules. */
	next = seccomp_emit_near_return(&c->emit, BAD_ARCH);
	for (int i = SECCOMP_ARCH_MAX - 1; i >= 0; i--)
		if (block[i] != 0 && i != block_of(native)) {
			seccomp_emit_jump(&c->emit, BPF_JEQ, seccomp_archs[i].audit, block[i], next);
			next = seccomp_emit_here(&c->emit);
		}
	seccomp_emit_jump(&c->emit, BPF_JEQ, native_arch, block[block_of(native)], next);
	seccomp_emit_load(&c->emit, offsetof(struct seccomp_data, arch));
	return c->emit.full ? too_long(c, conf, err) : 0;
}

static int rules_count(const struct seccomp_profile *p, struct arena *tmp, struct seccomp_filter *ret,
		       struct error *err)
{
	bool *seen = arena_calloc(tmp, seccomp_name_count(), sizeof(*seen));

	if (!seen)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "seccomp filter");
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct seccomp_call *call = &p->calls[i];

		if (call->rule->action == p->default_action)
			continue;
		ret->n_rules++;
		ret->n_syscalls += !seen[call->name];
		seen[call->name] = true;
	}
	return 0;
}

int seccomp_compile(const struct document *doc, const struct config_seccomp *conf,
		    const struct seccomp_options *options, struct arena *arena, struct seccomp_filter *ret,
		    struct error *err)
{
	_cleanup_arena_ struct arena tmp = ARENA_INIT;
	struct compiler *c = arena_alloc(&tmp, sizeof(*c));
	int r;

	*ret = (struct seccomp_filter){ 0 };
	if (!c)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "seccomp filter");
	c->doc = doc;
	c->arena = &tmp;
	r = seccomp_profile_read(doc, conf, options, &tmp, &c->profile, err);
	if (r >= 0)
		r = arches_read(doc, conf, options->native_arch, &ret->arches, err);
	if (r >= 0)
		r = program_emit(c, conf, options->native_arch, ret->arches, err);
	if (r >= 0)
		r = rules_count(&c->profile, &tmp, ret, err);
	if (r < 0)
		return r;
	ret->insns = arena_calloc(arena, c->emit.n, sizeof(*ret->insns));
	if (!ret->insns)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "seccomp filter");
	ret->n = c->emit.n;
	memcpy(ret->insns, c->emit.insns + SECCOMP_EMIT_MAX - ret->n, ret->n * sizeof(*ret->insns));
	ret->flags = c->profile.flags;
	ret->notify = c->profile.notify;
	ret->spec_allow_default = !conf->has_flags;
	ret->native_arch = options->native_arch;
	ret->n_skipped_names = c->profile.n_skipped_names;
	ret->default_action = c->profile.default_action;
	return 0;
}
