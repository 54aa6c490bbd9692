/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_BASE_FD_H
#define BERTH_BASE_FD_H

/* Ownership of descriptors: one owner each, -1 means none, closed by _cleanup_close_. */

#include "base/macro.h"

/* Closes *fd if it is not negative and sets it to -1. Keeps errno. */
void fd_close(int *fd);

#define _cleanup_close_ _cleanup_(fd_close)

static inline int fd_steal(int *fd)
{
	int r = *fd;

	*fd = -1;
	return r;
}

#endif
