/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/userns.h"

#include "base/str.h"
#include "libcontainer/sys/file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/*
 * Rows of three numbers: first id inside, first id outside, how many; the initial namespace maps everything onto
 * itself.
 */
bool sys_in_userns(uint32_t *ret_outer)
{
	static char text[16384]; /* what is on the stack is filled with zeros each time */
	uint32_t row[3] = { 0 }, uid = geteuid(), ignored;
	char *save = NULL;
	size_t n = 0;

	if (!ret_outer)
		ret_outer = &ignored;
	*ret_outer = uid;
	if (sys_read_file(AT_FDCWD, "/proc/self/uid_map", text, sizeof(text)) < 0)
		return false;
	for (char *word = strtok_r(text, " \n", &save); word; word = strtok_r(NULL, " \n", &save)) {
		if (str_to_u32(word, &row[n % 3]) < 0)
			return true;
		if (n++ % 3 < 2)
			continue;
		if (row[0] == 0 && row[1] == 0 && row[2] == UINT32_MAX)
			return false;
		if (uid >= row[0] && uid - row[0] < row[2]) {
			*ret_outer = row[1] + (uid - row[0]);
			return true;
		}
	}
	return true;
}

bool sys_is_real_root(void)
{
	return geteuid() == 0 && !sys_in_userns(NULL);
}
