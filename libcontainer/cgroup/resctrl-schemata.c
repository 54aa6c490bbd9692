/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The limits of a control group: lines as "L3:0=7f0;1=1f", a resource and a value for some of its domains. The
 * kernel shows all domains of all resources, padded with blanks, and pads numbers with zeros.
 */
#define _GNU_SOURCE
#include "libcontainer/cgroup/resctrl-internal.h"

#include "base/fd.h"
#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct text {
	const char *s;
	size_t len;
};

struct limit {
	struct text resource, domain, value;
};

/* A position in lines of limits. */
struct lines {
	const char *p;
	struct text resource;
};

static struct text trimmed(const char *s, size_t len)
{
	while (len > 0 && *s == ' ') {
		s++;
		len--;
	}
	while (len > 0 && s[len - 1] == ' ')
		len--;
	return (struct text){ s, len };
}

/* Takes what stands before one of the characters in stop, or before the end. */
static struct text take(const char **p, const char *stop)
{
	size_t len = strcspn(*p, stop);
	struct text t = trimmed(*p, len);

	*p += len;
	return t;
}

/* The next limit; false at the end. What is not like one has an empty domain. */
static bool next_limit(struct lines *l, struct limit *ret)
{
	const char *colon;

	while (*l->p == '\n' || *l->p == ';') {
		if (*l->p++ == '\n')
			l->resource = (struct text){ 0 };
	}
	if (!*l->p)
		return false;
	if (!l->resource.s) {
		colon = l->p + strcspn(l->p, ":\n");
		l->resource = trimmed(l->p, (size_t)(colon - l->p));
		l->p = *colon == ':' ? colon + 1 : colon;
	}
	*ret = (struct limit){ .resource = l->resource, .domain = take(&l->p, "=;\n") };
	if (*l->p == '=') {
		l->p++;
		ret->value = take(&l->p, ";\n");
	} else {
		ret->domain = (struct text){ l->p, 0 };
	}
	return true;
}

static bool same(struct text a, struct text b)
{
	return a.len == b.len && memcmp(a.s, b.s, a.len) == 0;
}

/* Masks are hexadecimal, percentages decimal: the same digits are the same number either way. */
static bool same_number(struct text a, struct text b)
{
	for (; a.len > 1 && *a.s == '0'; a.len--)
		a.s++;
	for (; b.len > 1 && *b.s == '0'; b.len--)
		b.s++;
	return a.len == b.len && strncasecmp(a.s, b.s, a.len) == 0;
}

static bool find_limit(const char *text, const struct limit *like, struct limit *ret)
{
	struct lines l = { .p = text };

	while (next_limit(&l, ret))
		if (same(ret->resource, like->resource) && same(ret->domain, like->domain))
			return true;
	return false;
}

static bool is_set_again(const char *const *lines, size_t n, const struct limit *limit)
{
	struct limit found;

	for (size_t i = 0; i < n; i++)
		if (find_limit(lines[i], limit, &found))
			return true;
	return false;
}

static int compare_limit(const struct resctrl_group *g, const char *present, const struct limit *want,
			 struct error *err)
{
	char words[RESCTRL_WORDS_SIZE];
	struct limit is;

	if (want->domain.len > 0 && find_limit(present, want, &is) && same_number(is.value, want->value))
		return 0;
	(void)error_set(err, ERR_RESCTRL, EEXIST, "%s has other limits than %.*s:%.*s=%.*s",
			resctrl_words(g, words), (int)want->resource.len, want->resource.s,
			(int)want->domain.len, want->domain.s, (int)want->value.len,
			want->value.s ? want->value.s : "");
	return -EEXIST;
}

/* A later line replaces what an earlier one has set. */
static int compare(const struct resctrl_group *g, const char *present, const char *const *lines, size_t n,
		   struct error *err)
{
	struct limit want;

	for (size_t i = 0; i < n; i++) {
		struct lines l = { .p = lines[i] };

		while (next_limit(&l, &want)) {
			int r = is_set_again(lines + i + 1, n - i - 1, &want)
					? 0 : compare_limit(g, present, &want, err);

			if (r < 0)
				return r;
		}
	}
	return 0;
}

int resctrl_compare_lines(int tree, const struct resctrl_group *g, const char *const *lines, size_t n,
			  struct error *err)
{
	_cleanup_close_ int dir = resctrl_open_group(tree, g, RESCTRL_ITSELF);
	char words[RESCTRL_WORDS_SIZE];
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	char *present = NULL;
	ssize_t len = dir < 0 ? dir : resctrl_read(dir, "schemata", &arena, &present);

	if (len < 0)
		return error_set(err, ERR_RESCTRL, (int)-len, "%s: its limits cannot be read",
				 resctrl_words(g, words));
	return compare(g, present, lines, n, err);
}

int resctrl_write_lines(int tree, const struct resctrl_group *g, const char *const *lines, size_t n,
			struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		char *line = NULL;

		if (asprintf(&line, "%s\n", lines[i]) < 0)
			return error_set(err, ERR_NO_MEMORY, ENOMEM, "resctrl");
		r = resctrl_write(tree, g, "schemata", line, err);
		free(line);
	}
	return r;
}
