/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_IMAGE_H
#define BERTH_RUN_IMAGE_H

/* What is executed as the container's init. */

#include <stdbool.h>

/*
 * A descriptor to execute berth-init by, behind which nobody can write: the installed program, by a read-only mount of
 * it that is attached nowhere, or else a sealed memfd. execute_only: for a process that others may trace, which its
 * owner cannot read without a capability; always a memfd. A negative errno.
 */
int image_open(bool execute_only);

#endif
