/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_MEMFD_H
#define BERTH_SYS_MEMFD_H

/* Anonymous files. Conventions: see libcontainer/sys/call.h. */

#include <stdbool.h>
#include <stddef.h>

/*
 * A memfd with that content that nobody can change any more: a process in a container that reaches it
 * (through /proc/PID/exe, for instance) can neither write to it nor shrink it. An executable one may be
 * executed also where vm.memfd_noexec is set.
 */
enum memfd_use {
	MEMFD_DATA,
	MEMFD_EXECUTABLE,
	MEMFD_EXECUTE_ONLY, /* by its owner, who needs a capability to read it */
};
int sys_memfd_sealed(const char *name, const void *data, size_t size, enum memfd_use use);

/* A memfd of that size, zeroed, that can be written but neither resized nor executed. */
int sys_memfd_shared(const char *name, size_t size);

/* A readable memfd with that content, positioned at its beginning. */
int sys_memfd_text(const char *name, const void *data, size_t size);

/* Maps all of a memfd. */
int sys_map_shared(int fd, size_t size, bool writable, void **ret);
void sys_unmap(void *address, size_t size);

#endif
