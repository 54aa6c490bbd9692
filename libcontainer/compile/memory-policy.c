/* SPDX-License-Identifier: Apache-2.0 */
/* linux.memoryPolicy: from which memory nodes the process gets its memory (set_mempolicy(2)). */
#include "libcontainer/compile/compiler.h"

#include "base/str.h"

#include <linux/mempolicy.h>

/* Newer than some headers: Linux 6.9, 5.15 and 5.12. */
#define MODE_WEIGHTED_INTERLEAVE 6
#define MODE_PREFERRED_MANY 5
#define FLAG_NUMA_BALANCING (1 << 13)

#define NODES_MAX 1024u /* what the largest kernels are built for */

const char *const compile_memory_policy_modes[] = {
	"MPOL_BIND", "MPOL_DEFAULT", "MPOL_INTERLEAVE", "MPOL_LOCAL", "MPOL_PREFERRED", "MPOL_PREFERRED_MANY",
	"MPOL_WEIGHTED_INTERLEAVE", NULL,
};
const char *const compile_memory_policy_flags[] = {
	"MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES", NULL,
};

/* Whether a mode takes nodes. */
enum nodes { NODES_NONE, NODES_MAY, NODES_NEEDED };

static const struct {
	const char *name;
	uint32_t mode;
	enum nodes nodes;
} modes[] = {
	{ "MPOL_DEFAULT", MPOL_DEFAULT, NODES_NONE },
	{ "MPOL_PREFERRED", MPOL_PREFERRED, NODES_MAY }, /* none: the local one */
	{ "MPOL_BIND", MPOL_BIND, NODES_NEEDED },
	{ "MPOL_INTERLEAVE", MPOL_INTERLEAVE, NODES_NEEDED },
	{ "MPOL_LOCAL", MPOL_LOCAL, NODES_NONE },
	{ "MPOL_PREFERRED_MANY", MODE_PREFERRED_MANY, NODES_NEEDED },
	{ "MPOL_WEIGHTED_INTERLEAVE", MODE_WEIGHTED_INTERLEAVE, NODES_NEEDED },
};

static const struct name_value flags[] = {
	{ "MPOL_F_STATIC_NODES", MPOL_F_STATIC_NODES },
	{ "MPOL_F_RELATIVE_NODES", MPOL_F_RELATIVE_NODES },
	{ "MPOL_F_NUMA_BALANCING", FLAG_NUMA_BALANCING },
	{ NULL, 0 },
};

static int read_flags(struct compiler *c, const struct config_memory_policy *p, uint32_t *ret)
{
	for (size_t i = 0; i < p->flags.n; i++) {
		const struct name_value *row = name_find(flags, p->flags.v[i]);

		if (!row)
			return compiler_error(c, &p->flags.v[i], CONFIG_VALUE, "memory policy flag \"%s\"",
					      p->flags.v[i]);
		*ret |= (uint32_t)row->value;
	}
	if (*ret & MPOL_F_STATIC_NODES && *ret & MPOL_F_RELATIVE_NODES)
		return compiler_error(c, &p->flags, CONFIG_CONFLICT,
				      "memory nodes cannot be static and relative at once");
	return 0;
}

/* "0-3,7", which is_cpu_list() has approved, as bits; false when a node has no bit. */
static bool read_mask(const char *list, uint64_t *mask, size_t *ret_words)
{
	*ret_words = 0;
	for (const char *p = list; *p; p += *p == ',') {
		uint32_t first, last;

		if (!compiler_number(&p, &first))
			return false;
		last = first;
		if (*p == '-') {
			p++;
			if (!compiler_number(&p, &last))
				return false;
		}
		if (last >= NODES_MAX)
			return false;
		for (uint32_t node = first; node <= last; node++)
			mask[node / 64] |= 1ull << node % 64;
		*ret_words = MAX(*ret_words, last / 64 + 1u);
	}
	return true;
}

static int read_nodes(struct compiler *c, const struct config_memory_policy *p, enum nodes nodes,
		      struct op_memory_policy *op)
{
	uint64_t mask[NODES_MAX / 64] = { 0 };
	size_t words;

	if (str_is_empty(p->nodes)) {
		if (nodes == NODES_NEEDED)
			return compiler_error(c, &c->linux_->memory_policy, CONFIG_MISSING,
					      "nodes of the memory policy %s", p->mode);
		if (op->flags & (MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES))
			return compiler_error(c, &p->flags, CONFIG_CONFLICT,
					      "flags for memory nodes, but no nodes with %s", p->mode);
		return 0;
	}
	if (nodes == NODES_NONE)
		return compiler_error(c, &p->nodes, CONFIG_CONFLICT, "memory nodes \"%s\" with %s", p->nodes,
				      p->mode);
	if (!is_cpu_list(p->nodes) || !read_mask(p->nodes, mask, &words))
		return compiler_error(c, &p->nodes, CONFIG_VALUE, "memory nodes \"%s\"", p->nodes);
	op->mask = emit_blob(&c->emit, mask, words * sizeof(*mask));
	op->nodes = emit_str(&c->emit, p->nodes);
	return 0;
}

int memory_policy_emit(struct compiler *c)
{
	const struct config_memory_policy *p = c->linux_->memory_policy;
	struct op_memory_policy op = { 0 };
	size_t i = 0;
	int r;

	if (!p)
		return 0;
	if (str_is_empty(p->mode))
		return compiler_error(c, &c->linux_->memory_policy, CONFIG_MISSING, "mode of the memory policy");
	while (i < ELEMENTSOF(modes) && !streq(modes[i].name, p->mode))
		i++;
	if (i == ELEMENTSOF(modes))
		return compiler_error(c, &p->mode, CONFIG_VALUE, "memory policy mode \"%s\"", p->mode);
	op.mode = modes[i].mode;
	r = read_flags(c, p, &op.flags);
	if (r == 0)
		r = read_nodes(c, p, modes[i].nodes, &op);
	if (r == 0)
		compiler_emit(c, OP_MEMORY_POLICY, &op, &c->linux_->memory_policy);
	return r;
}
