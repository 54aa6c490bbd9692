/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_FAULT_H
#define BERTH_RUN_FAULT_H

/*
 * Test builds (--enable-faults): BERTH_FAULT_OP=INDEX:KIND[:NTH[:ERRNO]] aims at one operation of the
 * launch program.
 *	fail       its NTH (1) system call fails with ERRNO (EIO), in whichever process does it
 *	kill       the runtime is killed behind it (an operation of init: when init is heard of next)
 *	kill-init  init is killed behind it
 * An INDEX behind the last operation means the runtime's own steps afterwards: n_ops is the wait for the
 * program, n_ops + 1 the poststart hooks; n_ops + 2 and n_ops + 3 are the moments of `start` before and
 * behind its order. In other builds all of this is nothing.
 */

#include "libcontainer/dialogue.h"

#ifdef BERTH_FAULTS
void fault_before(uint32_t op);
void fault_after(uint32_t op);
void fault_message(uint32_t op);
void fault_fill_page(struct page *page);
#else
#define fault_before(op) ((void)(op))
#define fault_after(op) ((void)(op))
#define fault_message(op) ((void)(op))
#define fault_fill_page(page) ((void)(page))
#endif

#endif
