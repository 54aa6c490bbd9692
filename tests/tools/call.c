/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call NUMBER [ARG]...: makes one system call and prints its result, a negative errno on failure. Static, so that
 * it runs in any root file system. With --ia32 in front the call is made through the 32-bit entry.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long call_ia32(long number, long a, long b, long c)
{
#ifdef __x86_64__
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c)
			 : "memory", "r8", "r9", "r10", "r11");
	return (long)(int)result;
#else
	(void)number, (void)a, (void)b, (void)c;
	return -ENOSYS;
#endif
}

int main(int argc, char **argv)
{
	int ia32 = argc > 1 && strcmp(argv[1], "--ia32") == 0;
	long v[7] = { 0 };
	long result;

	for (int i = 1 + ia32; i < argc && i - 1 - ia32 < 7; i++)
		v[i - 1 - ia32] = (long)strtoull(argv[i], NULL, 0);
	if (ia32)
		result = call_ia32(v[0], v[1], v[2], v[3]);
	else
		result = syscall(v[0], v[1], v[2], v[3], v[4], v[5], v[6]) < 0 ? -errno : 0;
	printf("%ld\n", result);
	return 0;
}
