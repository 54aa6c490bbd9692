/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_CAPS_H
#define BERTH_SYS_CAPS_H

/* Capability sets, as bit masks, without a library. Conventions: see libcontainer/sys/call.h. */

#include <stdint.h>

int sys_get_caps(uint64_t *ret_effective, uint64_t *ret_permitted, uint64_t *ret_inheritable);
int sys_set_caps(uint64_t effective, uint64_t permitted, uint64_t inheritable);
int sys_ambient_clear(void);
int sys_ambient_raise(unsigned cap);

/*
 * Lets all present capabilities survive the next execve(2), whatever our user id. For a process that has
 * just come into a user namespace and whose id is not mapped there (yet): it has every capability in that
 * namespace, and would lose them all by executing a program.
 */
int sys_caps_keep_over_exec(void);

/* Lays down the effective capabilities to read files against their mode. Root has them again after execve(2). */
int sys_caps_forget_reading(void);

#endif
