/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYSTEMD_WORDS_H
#define BERTH_SYSTEMD_WORDS_H

/*
 * Properties of a unit as texts: what the compiler makes of limits and annotations, and `explain` prints. A property is
 * its name, its D-Bus signature and the basic values that the signature asks for, in order: numbers in decimal,
 * booleans as "true" or "false", in front of the elements of an array their number, in front of a variant's values
 * its signature.
 */

#include <stddef.h>

#define SYSTEMD_WORDS_MAX 64512u  /* bytes of all, each with its NUL */
#define SYSTEMD_DEPTH_MAX 8       /* of a signature */
#define SYSTEMD_SIGNATURE_MAX 255 /* bytes of one */

/* Strings, taken one after the other. */
struct words {
	const char *const *v;
	size_t n; /* that are left */
};

/* NULL when there is none left. */
const char *words_next(struct words *w);

/* Bytes of the one complete type at the beginning of a signature; 0: there is none. */
size_t systemd_type_length(const char *signature);

#endif
