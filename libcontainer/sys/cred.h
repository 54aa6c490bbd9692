/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_CRED_H
#define BERTH_SYS_CRED_H

/*
 * What a process changes about itself on its way into a container: ids, capabilities, limits,
 * namespaces, filter. Raw system calls: the C library's wrappers talk to threads that do not exist here.
 * Conventions: see libcontainer/sys/call.h.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct sock_filter;

int sys_set_groups(const uint32_t *groups, uint32_t n);
int sys_set_gid(uint32_t gid); /* real, effective and saved */
int sys_set_uid(uint32_t uid);
int sys_prctl(int option, unsigned long a, unsigned long b); /* the result, or a negative errno */
int sys_set_rlimit(unsigned resource, uint64_t soft, uint64_t hard);
/* set_mempolicy(2): MPOL_* with MPOL_F_*; mask has `bits` bits, NULL without any. */
int sys_set_memory_policy(unsigned mode, const uint64_t *mask, unsigned bits);
int sys_personality(unsigned long value);
int sys_unshare(unsigned long flags);
int sys_setns(int fd, int type);
int sys_set_hostname(const char *name);
int sys_set_domainname(const char *name);
int sys_setsid(void);
int sys_join_keyring(const char *name);  /* the keyring's serial number, or a negative errno */
int sys_keyring_permit(int keyring, uint32_t add); /* adds bits to the keyring's permissions */
int sys_loopback_up(void);

/* Loads a filter; with SECCOMP_FILTER_FLAG_NEW_LISTENER returns the listener. */
int sys_seccomp(const struct sock_filter *filter, unsigned short n, unsigned long flags);

/* Empties the signal mask and gives every signal its default disposition. */
void sys_reset_signals(void);

/* close_range(2). -ENOSYS before Linux 5.9, -EINVAL with CLOSE_RANGE_CLOEXEC before 5.11. */
int sys_close_range(unsigned first, unsigned last, unsigned flags);

/* The length of the current directory's path; -ENOENT when it is outside of the root. */
int sys_check_cwd(void);

#endif
