/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the table of capability names, in the order of their numbers, as libcap knows them. */
#include <ctype.h>
#include <stdio.h>
#include <sys/capability.h>

int main(void)
{
	puts("/* Made by gen-caps from libcap's names. */");
	for (cap_value_t cap = 0; cap < 64; cap++) {
		char *name = cap_to_name(cap);

		/* A number without a name is printed as itself. */
		if (!name || isdigit((unsigned char)name[0]))
			break;
		printf("CAP_NAME(%d, \"", cap);
		for (const char *p = name; *p; p++)
			putchar(toupper((unsigned char)*p));
		puts("\")");
		cap_free(name);
	}
	return 0;
}
