/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel parameters. Only those that belong to a namespace of the container are taken: any other would
 * be set for the whole host.
 */
#include "libcontainer/compile/compiler.h"

#include "base/str.h"

#include <linux/sched.h>
#include <string.h>

/* A prefix that ends in '/' names all below it. */
static const struct { const char *key; uint32_t ns; const char *word; } namespaced[] = {
	{ "net/", CLONE_NEWNET, "network" },
	{ "fs/mqueue/", CLONE_NEWIPC, "ipc" },
	{ "kernel/msgmax", CLONE_NEWIPC, "ipc" },
	{ "kernel/msgmnb", CLONE_NEWIPC, "ipc" },
	{ "kernel/msgmni", CLONE_NEWIPC, "ipc" },
	{ "kernel/msg_next_id", CLONE_NEWIPC, "ipc" },
	{ "kernel/auto_msgmni", CLONE_NEWIPC, "ipc" },
	{ "kernel/sem", CLONE_NEWIPC, "ipc" },
	{ "kernel/sem_next_id", CLONE_NEWIPC, "ipc" },
	{ "kernel/shmall", CLONE_NEWIPC, "ipc" },
	{ "kernel/shmmax", CLONE_NEWIPC, "ipc" },
	{ "kernel/shmmni", CLONE_NEWIPC, "ipc" },
	{ "kernel/shm_next_id", CLONE_NEWIPC, "ipc" },
	{ "kernel/shm_rmid_forced", CLONE_NEWIPC, "ipc" },
	{ "kernel/domainname", CLONE_NEWUTS, "uts" },
	{ "user/", CLONE_NEWUSER, "user" },
};

/*
 * As sysctl(8): the first separator decides. "net.ipv4.conf.eno2/100.x" and "net/ipv4/conf/eno2.100/x"
 * both name the file net/ipv4/conf/eno2.100/x.
 */
static void key_to_path(char *key)
{
	const char *first = strpbrk(key, "./");

	if (!first || *first == '/')
		return;
	for (; *key; key++) {
		if (*key == '.')
			*key = '/';
		else if (*key == '/')
			*key = '.';
	}
}

/* Components must be names: "net/../kernel/core_pattern" would pass as a network parameter. */
static bool is_clean(const char *path)
{
	for (;;) {
		size_t n = strcspn(path, "/");

		if (!n || (n == 1 && path[0] == '.') || (n == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		if (!path[n])
			return true;
		path += n + 1;
	}
}

static bool row_matches(const char *key, const char *path)
{
	size_t n = strlen(key);

	return key[n - 1] == '/' ? strncmp(path, key, n) == 0 : streq(path, key);
}

/* A "joined" namespace that is the host's own makes the parameter the host's. */
static bool joins_host(const struct compiler *c, const char *word)
{
	for (size_t i = 0; i < c->linux_->n_namespaces; i++) {
		const struct config_namespace *ns = &c->linux_->namespaces[i];

		if (streq(ns->type, word) && ns->path
		    && (str_after(ns->path, "/proc/1/") || str_after(ns->path, "/proc/self/")
			|| str_after(ns->path, "/proc/thread-self/")))
			return true;
	}
	return false;
}

static int check(struct compiler *c, const struct string_pair *pair, const char *path)
{
	if (!is_clean(path) || strpbrk(path, " \t\n"))
		return compiler_error(c, pair, CONFIG_VALUE, "sysctl name \"%s\"", pair->name);
	if (strpbrk(pair->value, "\r\n"))
		return compiler_error(c, pair, CONFIG_VALUE, "line break in the value of sysctl %s", pair->name);
	if (streq(path, "kernel/hostname"))
		return compiler_error(c, pair, CONFIG_CONFLICT, "sysctl %s; use the property hostname",
				      pair->name);
	for (size_t i = 0; i < ELEMENTSOF(namespaced); i++) {
		if (!row_matches(namespaced[i].key, path))
			continue;
		if (!has_namespace(c, namespaced[i].ns) || joins_host(c, namespaced[i].word))
			return compiler_error(c, pair, CONFIG_CONFLICT,
					      "sysctl %s without a %s namespace of its own", pair->name,
					      namespaced[i].word);
		return 0;
	}
	return compiler_error(c, pair, CONFIG_VALUE, "sysctl %s is not in a namespace of its own", pair->name);
}

int sysctl_emit(struct compiler *c)
{
	for (size_t i = 0; i < c->linux_->sysctl.n; i++) {
		const struct string_pair *pair = &c->linux_->sysctl.v[i];
		char *path = arena_strdup(c->arena, pair->name);
		struct op_sysctl op;
		int r;

		if (!path)
			return compiler_no_memory(c);
		key_to_path(path);
		r = check(c, pair, path);
		if (r < 0)
			return r;
		op.key = emit_str(&c->emit, path);
		op.value = emit_str(&c->emit, pair->value);
		op.name = emit_str(&c->emit, pair->name);
		compiler_emit(c, OP_SYSCTL, &op, pair);
	}
	return 0;
}
