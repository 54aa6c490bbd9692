/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device lists: the BPF program of v2, interpreted here, must answer every access as the rules say, and as the
 * kernel's list of v1 does after the writes that the same rules become there. Also the two conversions that
 * are arithmetic.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "libcontainer/compile/cgroup-values.h"
#include "libcontainer/compile/devices-bpf.h"
#include "libcontainer/program.h"
#include "tests/unit/compile-fixture.h"

#define ROUNDS 2000
#define RULES_MAX 12

struct request {
	char type;
	uint32_t major, minor;
	unsigned access;
};

/* ---- three judges of one access ---- */

/* The specification: each kind of access is decided by the last rule about it; nothing decides: no. */
static bool rules_allow(const struct device_rule *rules, size_t n, const struct request *q)
{
	for (unsigned bit = 1; bit <= ACCESS_MKNOD; bit <<= 1) {
		const struct device_rule one = { q->type, q->major, q->minor, bit, false, NULL };
		bool allow = false;

		for (size_t i = 0; i < n; i++)
			if (device_rule_covers(&rules[i], &one))
				allow = rules[i].allow;
		if (q->access & bit && !allow)
			return false;
	}
	return true;
}

static bool jumps(uint8_t code, uint64_t a, uint64_t b)
{
	switch (BPF_OP(code)) {
	case BPF_JA:
		return true;
	case BPF_JNE:
		return a != b;
	case BPF_JSET:
		return (a & b) != 0;
	default:
		fail_msg("jump 0x%x", code);
		return false;
	}
}

static uint64_t calculate(uint8_t code, uint64_t a, uint64_t b)
{
	switch (BPF_OP(code)) {
	case BPF_MOV:
		return b;
	case BPF_AND:
		return a & b;
	case BPF_RSH:
		return a >> b;
	default:
		fail_msg("instruction 0x%x", code);
		return 0;
	}
}

/* The instructions that the generator knows, with the kernel's meaning. */
static bool program_allows(const struct bpf_insn *code, size_t n, const struct request *q)
{
	uint32_t access = (q->access & ACCESS_READ ? BPF_DEVCG_ACC_READ : 0u)
			  | (q->access & ACCESS_WRITE ? BPF_DEVCG_ACC_WRITE : 0u)
			  | (q->access & ACCESS_MKNOD ? BPF_DEVCG_ACC_MKNOD : 0u);
	const uint32_t context[] = { access << 16 | (q->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR),
				     q->major, q->minor };
	uint64_t r[11] = { 0 };
	size_t at = 0;

	for (;;) {
		const struct bpf_insn *i = &code[at];
		uint64_t operand;

		assert_true(at < n);
		operand = BPF_SRC(i->code) == BPF_X ? r[i->src_reg] : (uint64_t)(int64_t)i->imm;
		at++;
		if (i->code == (BPF_JMP | BPF_EXIT))
			return r[0] != 0;
		if (BPF_CLASS(i->code) == BPF_LDX)
			r[i->dst_reg] = context[i->off / 4];
		else if (BPF_CLASS(i->code) == BPF_ALU64)
			r[i->dst_reg] = calculate(i->code, r[i->dst_reg], operand);
		else if (jumps(i->code, r[i->dst_reg], operand))
			at += (size_t)i->off;
	}
}

/* The kernel's list of v1, fed with the lines that berth would write to it. */
struct list_v1 {
	bool allow_default;
	struct device_rule v[64];
	size_t n;
};

static void list_write(struct list_v1 *l, bool allow, const char *line)
{
	struct device_rule rule = { .major = DEVICE_ANY, .minor = DEVICE_ANY };
	char major[16], minor[16], access[8];

	if (streq(line, "a")) {
		*l = (struct list_v1){ .allow_default = allow };
		return;
	}
	assert_int_equal(sscanf(line, "%c %15[^:]:%15s %7s", &rule.type, major, minor, access), 4);
	if (!streq(major, "*"))
		rule.major = atoi(major);
	if (!streq(minor, "*"))
		rule.minor = atoi(minor);
	for (const char *s = access; *s; s++)
		rule.access |= *s == 'r' ? ACCESS_READ : *s == 'w' ? ACCESS_WRITE : ACCESS_MKNOD;
	assert_true(allow != l->allow_default && l->n < ELEMENTSOF(l->v));
	l->v[l->n++] = rule;
}

/* One exception has to allow all that is asked for, or, when all is allowed, any one forbids. */
static bool list_allows(const struct list_v1 *l, const struct request *q)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct device_rule *e = &l->v[i];

		if (e->type != q->type || (e->major != DEVICE_ANY && e->major != q->major)
		    || (e->minor != DEVICE_ANY && e->minor != q->minor))
			continue;
		if (l->allow_default ? (q->access & e->access) != 0 : !(q->access & ~e->access))
			return !l->allow_default;
	}
	return l->allow_default;
}

/* ---- rules by chance, from few numbers, so that they meet ---- */

static int64_t some_number(void)
{
	int64_t n = rand() % 4;

	return n == 3 ? DEVICE_ANY : n + 8;
}

static size_t some_rules(struct device_rule rules[RULES_MAX])
{
	size_t n = (size_t)rand() % (RULES_MAX + 1);

	for (size_t i = 0; i < n; i++) {
		rules[i] = (struct device_rule){ "abcbc"[rand() % 5], some_number(), some_number(),
						 (unsigned)rand() % 7 + 1, rand() % 2, NULL };
		if (rand() % 8 == 0)
			rules[i] = (struct device_rule){ 'a', DEVICE_ANY, DEVICE_ANY, ACCESS_ALL, rand() % 2, NULL };
	}
	return n;
}

/* Calls fn for every access to every device that the rules could be about. */
static void for_each_request(void (*fn)(const struct request *q, void *arg), void *arg)
{
	struct request q;

	for (unsigned type = 0; type < 2; type++)
		for (q.major = 7; q.major < 12; q.major++)
			for (q.minor = 7; q.minor < 12; q.minor++)
				for (q.access = 1; q.access <= ACCESS_ALL; q.access++) {
					q.type = "bc"[type];
					fn(&q, arg);
				}
}

struct compare {
	const struct device_rule *rules;
	size_t n_rules;
	const struct bpf_insn *code;
	size_t n_code;
};

static void compare_one(const struct request *q, void *arg)
{
	const struct compare *c = arg;

	if (program_allows(c->code, c->n_code, q) != rules_allow(c->rules, c->n_rules, q))
		fail_msg("%c %u:%u access %u differs", q->type, q->major, q->minor, q->access);
}

/* The kernel refuses a program with an instruction that nothing leads to. */
static void assert_all_reached(const struct bpf_insn *code, size_t n)
{
	bool reached[8 * RULES_MAX + 16] = { true };

	for (size_t i = 0; i < n; i++) {
		assert_true(reached[i]);
		if (code[i].code == (BPF_JMP | BPF_EXIT))
			continue;
		if (BPF_CLASS(code[i].code) == BPF_JMP) {
			assert_true(code[i].off > 0 && i + 1 + (size_t)code[i].off < n);
			reached[i + 1 + (size_t)code[i].off] = true;
		}
		if (code[i].code != (BPF_JMP | BPF_JA))
			reached[i + 1] = true;
	}
	assert_true(code[n - 1].code == (BPF_JMP | BPF_EXIT));
}

static void program_follows_the_rules(void **state)
{
	(void)state;
	srand(1);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct device_rule rules[RULES_MAX], pruned[RULES_MAX];
		_cleanup_arena_ struct arena arena = ARENA_INIT;
		struct compare c = { .rules = rules, .n_rules = some_rules(rules) };
		struct bpf_insn *code;
		size_t n;

		memcpy(pruned, rules, sizeof(pruned));
		n = device_rules_prune(pruned, c.n_rules);
		assert_int_equal(device_bpf(pruned, n, &arena, &code, &c.n_code), 0);
		c.code = code;
		assert_all_reached(code, c.n_code);
		for_each_request(compare_one, &c);
	}
}

/* ---- the same configuration, compiled for both versions ---- */

static void write_config(struct buf *out, const struct device_rule *rules, size_t n)
{
	buf_adds(out, "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"r\"},\"linux\":{\"namespaces\":"
		      "[{\"type\":\"mount\"}],\"resources\":{\"devices\":[");
	for (size_t i = 0; i < n; i++) {
		buf_addf(out, "%s{\"allow\":%s,\"type\":\"%c\",\"access\":\"%s%s%s\"", i ? "," : "",
			 rules[i].allow ? "true" : "false", rules[i].type, rules[i].access & ACCESS_READ ? "r" : "",
			 rules[i].access & ACCESS_WRITE ? "w" : "", rules[i].access & ACCESS_MKNOD ? "m" : "");
		if (rules[i].major != DEVICE_ANY)
			buf_addf(out, ",\"major\":%d", (int)rules[i].major);
		if (rules[i].minor != DEVICE_ANY)
			buf_addf(out, ",\"minor\":%d", (int)rules[i].minor);
		buf_addc(out, '}');
	}
	buf_adds(out, "]}}}");
}

struct both {
	struct list_v1 list;
	const struct bpf_insn *code; /* NULL: everything is allowed */
	size_t n_code;
};

static void compare_both(const struct request *q, void *arg)
{
	const struct both *b = arg;
	bool v2 = !b->code || program_allows(b->code, b->n_code, q), v1 = true;

	/* One exception of v1 must hold the whole of an access; rules that add up are as good for v2. */
	for (unsigned bit = 1; bit <= ACCESS_MKNOD; bit <<= 1) {
		struct request part = *q;

		part.access = bit;
		v1 = v1 && (!(q->access & bit) || list_allows(&b->list, &part));
	}
	if (v1 != v2)
		fail_msg("%c %u:%u access %u: v1 %d, v2 %d", q->type, q->major, q->minor, q->access, v1, v2);
}

/* Reads what the program of one host says. false: v1 cannot express these rules. */
static bool take_program(struct arena *arena, const struct buf *text, const struct host *host, struct both *b)
{
	_cleanup_document_ struct document doc = DOCUMENT_INIT;
	struct error err = ERROR_INIT;
	struct compiled compiled;
	struct program p;
	struct config *config;

	assert_int_equal(config_read(&doc, text->data, text->len, &config, &err), 0);
	if (compile(&doc, config, host, &create_options, arena, &compiled, &err) < 0)
		return false;
	assert_int_equal(program_check(compiled.program, compiled.program_size, &p, &err), 0);
	for (uint32_t i = 0; i < p.header->n_ops; i++) {
		const void *data = program_data(&p, &p.ops[i]);
		const struct op_cgroup_devices *devices = data;
		const struct op_cgroup_set *set = data;

		if (p.ops[i].type == OP_CGROUP_DEVICES) {
			b->code = program_blob(&p, devices->filter);
			b->n_code = devices->filter.len / sizeof(*b->code);
		} else if (p.ops[i].type == OP_CGROUP_SET) {
			list_write(&b->list, streq(program_str(&p, set->file), "devices.allow"),
				   program_str(&p, set->value));
		}
	}
	return true;
}

static void versions_agree(void **state)
{
	unsigned compared = 0;

	(void)state;
	srand(2);
	for (unsigned round = 0; round < ROUNDS / 4; round++) {
		struct device_rule rules[RULES_MAX];
		_cleanup_arena_ struct arena arena = ARENA_INIT;
		_cleanup_buf_ struct buf text = BUF_INIT;
		struct both b = { 0 };
		size_t n = some_rules(rules);

		write_config(&text, rules, n);
		if (!take_program(&arena, &text, &hybrid_host, &b))
			continue;
		assert_true(take_program(&arena, &text, &unified_host, &b));
		for_each_request(compare_both, &b);
		compared++;
	}
	assert_true(compared > ROUNDS / 40);
}

static void nothing_is_allowed_by_default(void **state)
{
	const struct request q = { 'c', 1, 11, ACCESS_READ };
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct bpf_insn *code;
	size_t n;

	(void)state;
	assert_int_equal(device_bpf(NULL, 0, &arena, &code, &n), 0);
	assert_all_reached(code, n);
	assert_false(program_allows(code, n, &q));
}

static void weights(void **state)
{
	static const uint64_t pairs[][2] = { { 0, 1 },	     { 2, 1 },	      { 3, 2 },	       { 10, 4 },
					     { 100, 17 },    { 512, 59 },     { 1024, 100 },   { 2048, 174 },
					     { 4096, 303 },  { 262143, 10000 }, { 262144, 10000 }, { UINT64_MAX, 10000 } };
	uint64_t last = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTSOF(pairs); i++)
		assert_int_equal(cgroup_v2_cpu_weight(pairs[i][0]), pairs[i][1]);
	for (uint64_t shares = 2; shares <= 262144; shares++) {
		uint64_t weight = cgroup_v2_cpu_weight(shares);

		assert_true(weight >= last && weight >= 1 && weight <= 10000);
		last = weight;
	}
	assert_int_equal(cgroup_v2_io_weight(10), 1);
	assert_int_equal(cgroup_v2_io_weight(500), 4950);
	assert_int_equal(cgroup_v2_io_weight(1000), 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(program_follows_the_rules),
		cmocka_unit_test(versions_agree),
		cmocka_unit_test(nothing_is_allowed_by_default),
		cmocka_unit_test(weights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
