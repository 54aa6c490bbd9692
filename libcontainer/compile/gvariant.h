/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_COMPILE_GVARIANT_H
#define BERTH_COMPILE_GVARIANT_H

/*
 * Values of properties in GVariant's text format, as annotations have them: "uint64 5000000", "'a'",
 * "['x.service', 'y.service']", "@as []". Known are numbers, booleans, strings, arrays, tuples and variants,
 * with type annotations; neither dictionaries, byte strings nor maybe types, which no property of a unit has.
 */

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

/* A growing list of texts in an arena; failed: memory was short. */
struct word_list {
	struct arena *arena;
	char **v;
	size_t n, max;
	bool failed;
};

void word_list_add(struct word_list *list, const char *word);
void word_list_addf(struct word_list *list, const char *fmt, ...) _printf_(2, 3);

/*
 * Appends the value in the form of libcontainer/systemd-words.h: its signature, then its basic values.
 * 0, -EINVAL (then *ret_at is where the text is not understood), or -ENOMEM.
 */
int gvariant_parse(const char *text, struct word_list *list, size_t *ret_at);

#endif
