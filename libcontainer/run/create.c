/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/run/execute.h"

int container_create(const struct launch_request *request, struct error *err)
{
	struct execution x;
	int r = execution_open(&x, request, false, err);

	if (r == 0) {
		r = execution_walk(&x, err);
		if (r == 0)
			r = trace_write(&x.trace, x.page, x.pid, err);
		if (r < 0)
			execution_undo(&x);
	}
	execution_done(&x);
	return r;
}
