/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_INIT_LINES_H
#define BERTH_INIT_LINES_H

/* Reads a file line by line in a fixed amount of memory. */

#include <stddef.h>

struct lines {
	int fd;            /* borrowed */
	size_t limit;      /* of bytes to read, 0: none */
	size_t start, end, total;
	char buf[8192];
};

/* The next line, NUL-terminated, valid until the next call. 1; 0: the end; -ENAMETOOLONG, -EFBIG ... */
int lines_next(struct lines *l, char **ret);

#endif
