/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/compile/seccomp-tree.h"

#include <errno.h>

enum { GROUP_EQUAL, GROUP_BELOW, GROUP_ABOVE };

static const uint8_t op_group[] = {
	[SECCOMP_OP_EQ] = GROUP_EQUAL, [SECCOMP_OP_NE] = GROUP_EQUAL, [SECCOMP_OP_LT] = GROUP_BELOW,
	[SECCOMP_OP_LE] = GROUP_BELOW, [SECCOMP_OP_GE] = GROUP_ABOVE, [SECCOMP_OP_GT] = GROUP_ABOVE,
};

/* Whether a is tried before b whatever their order in the profile. */
static bool cond_before(const struct seccomp_cond *a, const struct seccomp_cond *b)
{
	if (a->arg != b->arg)
		return a->arg > b->arg;
	if (op_group[a->op] != op_group[b->op])
		return op_group[a->op] < op_group[b->op];
	return op_group[a->op] == GROUP_BELOW ? a->value < b->value : a->value > b->value;
}

static bool cond_same(const struct seccomp_cond *a, const struct seccomp_cond *b)
{
	return a->arg == b->arg && a->op == b->op && a->mask == b->mask && a->value == b->value;
}

/* The node for cond below parent, made where it belongs if there is none. */
static int node_get(struct seccomp_tree *tree, struct seccomp_node *parent, const struct seccomp_cond *cond,
		    struct arena *arena, struct seccomp_node **ret)
{
	struct seccomp_node *at = NULL, *node;

	for (node = parent->last; node; node = node->prev) {
		if (cond_same(&node->cond, cond)) {
			*ret = node;
			return 0;
		}
		if (cond_before(cond, &node->cond))
			at = node;
	}
	/* Each node takes an instruction at least. */
	if (++tree->n_nodes > SECCOMP_EMIT_MAX)
		return -E2BIG;
	node = arena_alloc(arena, sizeof(*node));
	if (!node)
		return -ENOMEM;
	node->cond = *cond;
	node->next = at;
	node->prev = at ? at->prev : parent->last;
	*(node->prev ? &node->prev->next : &parent->first) = node;
	*(at ? &at->prev : &parent->last) = node;
	*ret = node;
	return 0;
}

int seccomp_tree_add(struct seccomp_tree *tree, const struct seccomp_cond *conds, unsigned n,
		     uint32_t action, struct arena *arena)
{
	struct seccomp_node *node = &tree->root;

	for (unsigned i = 0; i < n; i++) {
		int r;

		/* An earlier rule needs less and so decides alone. */
		if (node->end)
			return 0;
		r = node_get(tree, node, &conds[i], arena, &node);
		if (r < 0)
			return r;
	}
	if (node->end)
		return node->action == action ? 0 : -EEXIST;
	node->end = true;
	node->action = action;
	return 0;
}

/* Goes at most as deep as there are arguments. What is there already runs when nothing matches. */
static void level_emit(const struct seccomp_node *parent, const struct seccomp_arch *arch,
		       struct seccomp_emit *e)
{
	for (const struct seccomp_node *node = parent->last; node; node = node->prev) {
		seccomp_pos no = seccomp_emit_here(e);

		if (node->end)
			seccomp_emit_return(e, node->action);
		level_emit(node, arch, e);
		seccomp_emit_cond(e, arch, &node->cond, seccomp_emit_here(e), no);
	}
}

seccomp_pos seccomp_tree_emit(const struct seccomp_tree *tree, const struct seccomp_arch *arch,
			      uint32_t otherwise, struct seccomp_emit *e)
{
	seccomp_emit_return(e, otherwise);
	level_emit(&tree->root, arch, e);
	return seccomp_emit_here(e);
}
