/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/systemd-words.h"

#include <string.h>

const char *words_next(struct words *w)
{
	if (w->n == 0)
		return NULL;
	w->n--;
	return *w->v++;
}

size_t systemd_type_length(const char *signature)
{
	size_t at, open = 0;

	for (at = 0; at < SYSTEMD_SIGNATURE_MAX; at++) {
		char c = signature[at];

		if (c == 'a')
			continue;
		if (c == '(')
			open++;
		else if (c == ')' && open > 0 && signature[at - 1] != '(' && signature[at - 1] != 'a')
			open--;
		else if (!c || !strchr("ybnqiuxtdsogv", c))
			return 0;
		if (open == 0)
			return at + 1;
	}
	return 0;
}
