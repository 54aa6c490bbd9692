/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_LIBCONTAINER_COMPILE_SECCOMP_TREE_H
#define BERTH_LIBCONTAINER_COMPILE_SECCOMP_TREE_H

/*
 * The rules with conditions of one system call on one architecture, as a tree: a path from the root
 * to a node that ends a rule has the conditions of that rule. Its order is that of seccomp.h.
 */

#include "libcontainer/compile/seccomp-emit.h"

struct seccomp_node {
	struct seccomp_cond cond;
	bool end; /* a rule ends here; it is tried after those below */
	uint32_t action;
	struct seccomp_node *prev, *next;   /* on the same level, in the order in which they are tried */
	struct seccomp_node *first, *last; /* the level below */
};

struct seccomp_tree {
	struct seccomp_node root;
	unsigned n_nodes;
};

/*
 * Adds a rule, its n > 0 conditions ordered by argument. 0, -ENOMEM, -E2BIG when no filter could hold
 * the tree, or -EEXIST when the very same conditions are there with another action (which then
 * stays).
 */
int seccomp_tree_add(struct seccomp_tree *tree, const struct seccomp_cond *conds, unsigned n,
		     uint32_t action, struct arena *arena);

/*
 * Writes the tests; returns the position of the first. Without a match the program returns
 * otherwise. The code has no jumps out of itself.
 */
seccomp_pos seccomp_tree_emit(const struct seccomp_tree *tree, const struct seccomp_arch *arch,
			      uint32_t otherwise, struct seccomp_emit *e);

#endif
