/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYS_DIRECTORY_H
#define BERTH_SYS_DIRECTORY_H

/* What is in a directory. Conventions: see libcontainer/sys/call.h. */

#include <stdint.h>

/* What getdents64(2) fills in; musl and glibc name it differently. */
struct sys_entry {
	uint64_t ino;
	int64_t off;
	uint16_t len;
	uint8_t type; /* DT_DIR ... */
	char name[];
};

/*
 * Calls visit for each entry but "." and ".."; an answer other than 0 ends it and becomes the result. The
 * position of dir itself stays where it is.
 */
int sys_each_entry(int dir, int (*visit)(int dir, const struct sys_entry *e, void *arg), void *arg);

#endif
