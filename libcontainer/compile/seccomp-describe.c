/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/compile/seccomp.h"

#include "base/str.h"
#include "libcontainer/compile/seccomp-names.h"

#include <ctype.h>
#include <linux/seccomp.h>
#include <stdio.h>

static const struct name_value action_words[] = {
	{ "kill", SECCOMP_RET_KILL_THREAD },	{ "kill-process", SECCOMP_RET_KILL_PROCESS },
	{ "trap", SECCOMP_RET_TRAP },		{ "errno", SECCOMP_RET_ERRNO },
	{ "trace", SECCOMP_RET_TRACE },		{ "allow", SECCOMP_RET_ALLOW },
	{ "log", SECCOMP_RET_LOG },		{ "notify", SECCOMP_RET_USER_NOTIF },
	{ 0 },
};

static void describe_action(uint32_t action, char *buf, size_t size)
{
	uint32_t kind = action & SECCOMP_RET_ACTION_FULL;
	const struct name_value *word = name_of(action_words, kind);

	if (kind == SECCOMP_RET_ERRNO || kind == SECCOMP_RET_TRACE)
		(void)snprintf(buf, size, "%s(%u)", word->name, action & SECCOMP_RET_DATA);
	else
		(void)str_copy(buf, size, word ? word->name : "unknown");
}

/* "x86_64+x86+x32", the native one first. */
static void describe_arches(const struct seccomp_filter *filter, char *buf, size_t size)
{
	size_t len = 0;

	for (int other = 0; other < 2; other++)
		for (int i = 0; i < SECCOMP_ARCH_MAX; i++) {
			if (!((filter->arches >> i) & 1) ||
			    (seccomp_archs[i].token != filter->native_arch) != (other == 1))
				continue;
			len += str_copy(buf + len, size - len, len ? "+" : "");
			for (const char *s = seccomp_archs[i].name; *s && len + 1 < size; s++)
				buf[len++] = (char)tolower((unsigned char)*s);
			buf[len] = '\0';
		}
}

int seccomp_describe(const struct seccomp_filter *filter, char *buf, size_t size)
{
	char action[32], arches[SECCOMP_ARCH_MAX * sizeof(seccomp_archs[0].name)] = "";
	int n;

	describe_action(filter->default_action, action, sizeof(action));
	describe_arches(filter, arches, sizeof(arches));
	n = snprintf(buf, size, "%zu instructions, default %s, %zu names, %s, notify=%s", filter->n, action,
		     filter->n_syscalls, arches, filter->notify ? "yes" : "no");
	return MIN(n, size > 0 ? (int)size - 1 : 0);
}
