/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_USERNS_H
#define BERTH_SYS_USERNS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether our user namespace is another than the initial one, and what our user id is called outside of it (unless
 * ret_outer is NULL): systemd and its sockets know that one. What cannot be read (a kernel without user namespaces)
 * counts as the initial one.
 */
bool sys_in_userns(uint32_t *ret_outer_uid);

/* Root of the machine, not of a user namespace. */
bool sys_is_real_root(void);

#endif
