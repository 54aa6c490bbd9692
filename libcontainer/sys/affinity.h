/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_AFFINITY_H
#define BERTH_SYS_AFFINITY_H

/* On which CPUs the caller may run. Conventions: see libcontainer/sys/call.h. */

#include <stddef.h>
#include <stdint.h>

/* On every CPU again that its cpuset allows. */
int sys_reset_affinity(void);
/* On these only, given as bits; size in bytes. */
int sys_set_affinity(const uint64_t *mask, size_t size);

#endif
