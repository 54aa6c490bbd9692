/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fd.h"

#include <errno.h>
#include <unistd.h>

void fd_close(int *fd)
{
	int saved = errno;

	/* Not retried on EINTR: Linux has released the descriptor by then, it may be another's. */
	if (*fd >= 0)
		(void) close(*fd);
	*fd = -1;
	errno = saved;
}
