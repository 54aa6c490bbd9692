/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_HOST_H
#define BERTH_RUN_HOST_H

#include <stdbool.h>

/* Whether we are in a user namespace other than the initial one; unknown counts as no. */
bool host_in_userns(void);

#endif
