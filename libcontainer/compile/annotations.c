/* SPDX-License-Identifier: Apache-2.0 */
/* Annotations that change what berth does: those of crun that engines and people set. */
#include "libcontainer/compile/compiler.h"

#include "base/str.h"

#include <linux/filter.h>

/* For features: whoever lets strangers write configurations wants to know these. */
const char *const compile_annotations[] = {
	ANNOTATION_DELEGATE_CGROUP, ANNOTATION_HOOK_STDERR,      ANNOTATION_HOOK_STDOUT,
	ANNOTATION_KEEP_GROUPS,     ANNOTATION_MOUNT_CONTEXT,    ANNOTATION_PIDFD_RECEIVER,
	ANNOTATION_SECCOMP_DATA,    ANNOTATION_SECCOMP_RECEIVER, ANNOTATION_SECCOMP_UNKNOWN,
	ANNOTATION_SUBGROUP,        ANNOTATION_SYSTEMD,          NULL,
};

const char *const compile_hook_annotations[2] = { ANNOTATION_HOOK_STDOUT, ANNOTATION_HOOK_STDERR };

const struct string_pair *annotation_find(const struct compiler *c, const char *name)
{
	const struct string_map *map = &c->config->annotations;

	for (size_t i = 0; i < map->n; i++)
		if (streq(map->v[i].name, name))
			return &map->v[i];
	return NULL;
}

const char *annotation_value(const struct compiler *c, const char *name)
{
	const struct string_pair *pair = annotation_find(c, name);

	return pair ? pair->value : NULL;
}

/* These paths are used by later commands as well, in other working directories. */
static int check_paths(struct compiler *c)
{
	static const char *const names[] = {
		ANNOTATION_HOOK_STDERR, ANNOTATION_HOOK_STDOUT, ANNOTATION_PIDFD_RECEIVER, ANNOTATION_SECCOMP_RECEIVER,
	};

	for (size_t i = 0; i < ELEMENTSOF(names); i++) {
		const struct string_pair *pair = annotation_find(c, names[i]);

		if (pair && pair->value[0] != '/')
			return compiler_error(c, pair, CONFIG_VALUE,
					      "annotation %s: \"%s\" is not an absolute path", pair->name,
					      pair->value);
	}
	return 0;
}

static int check_mount_context(struct compiler *c)
{
	static const char *const words[] = { "context", "fscontext", "defcontext", "rootcontext" };
	const struct string_pair *pair = annotation_find(c, ANNOTATION_MOUNT_CONTEXT);

	for (size_t i = 0; pair && i < ELEMENTSOF(words); i++)
		if (streq(words[i], pair->value))
			return 0;
	return pair ? compiler_error(c, pair, CONFIG_VALUE, "annotation %s: \"%s\"", pair->name, pair->value) : 0;
}

int annotations_read(struct compiler *c)
{
	const struct string_map *map = &c->config->annotations;
	int r;

	for (size_t i = 0; i < map->n; i++)
		if (!*map->v[i].name)
			return compiler_error(c, &map->v[i], CONFIG_VALUE, "annotation with an empty name");
	r = check_paths(c);
	return r < 0 ? r : check_mount_context(c);
}

static int digit_value(char ch)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = ch ? strchr(digits, ch) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Base64 with its padding (RFC 4648), strictly; false for anything else. out has room for 3/4 of text. */
static bool base64_decode(const char *text, uint8_t *out, size_t *ret_len)
{
	size_t len = strlen(text), padding = 0;
	uint32_t bits = 0;

	while (padding < 2 && padding < len && text[len - 1 - padding] == '=')
		padding++;
	if (len % 4 != 0)
		return false;
	*ret_len = len / 4 * 3 - padding;
	for (size_t i = 0, n = 0; i < len; i++) {
		int value = i < len - padding ? digit_value(text[i]) : 0;

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		for (unsigned k = 0; i % 4 == 3 && k < 3 && n < *ret_len; k++)
			out[n++] = (uint8_t)(bits >> (16 - 8 * k));
	}
	return true;
}

int annotation_filter(struct compiler *c, struct pblob *ret)
{
	const struct string_pair *pair = annotation_find(c, ANNOTATION_SECCOMP_DATA);
	size_t len = 0;
	uint8_t *data;

	data = arena_alloc(c->arena, strlen(pair->value) + 3);
	if (!data)
		return compiler_no_memory(c);
	if (!base64_decode(pair->value, data, &len) || len == 0 || len % sizeof(struct sock_filter) != 0
	    || len / sizeof(struct sock_filter) > BPF_MAXINSNS)
		return compiler_error(c, pair, CONFIG_VALUE, "annotation %s: not a BPF program in base64",
				      pair->name);
	*ret = emit_blob(&c->emit, data, len);
	return 0;
}
