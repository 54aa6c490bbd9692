/* SPDX-License-Identifier: Apache-2.0 */
/* Which unit, in which slice, and which cgroup systemd will give it. */
#include "libcontainer/compile/systemd.h"

#include "base/buf.h"
#include "base/str.h"

#include <ctype.h>
#include <string.h>

#define UNIT_NAME_MAX 255
#define SLICE ".slice"

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || (c && strchr(":-_.\\@", c));
}

/* What a unit's name cannot have is written as systemd-escape(1) does: ids may have a "+". */
static void add_escaped(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (is_name_char(*s))
			buf_addc(out, *s);
		else
			buf_addf(out, "\\x%02x", (unsigned char)*s);
	}
}

static char *take_text(struct compiler *c, struct buf *b)
{
	return b->failed || !b->data ? NULL : arena_strdup(c->arena, b->data);
}

/* "PREFIX-NAME.scope", or "NAME.scope" when there is no prefix. */
static int make_scope(struct compiler *c, const void *slot, const char *prefix, const char *name,
		      struct systemd_unit *u)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	add_escaped(&text, prefix);
	if (*prefix)
		buf_addc(&text, '-');
	add_escaped(&text, name);
	if (!str_ends(name, ".scope") || *prefix)
		buf_adds(&text, ".scope");
	u->unit = take_text(c, &text);
	if (!u->unit)
		return compiler_no_memory(c);
	if (strlen(u->unit) > UNIT_NAME_MAX)
		return compiler_error(c, (char *const *)slot, CONFIG_VALUE,
				      "the unit name \"%.64s...\" is longer than %d bytes", u->unit, UNIT_NAME_MAX);
	return 0;
}

/* Whether a name such as "a-b.slice" is one that systemd takes. */
static bool is_slice_name(const char *slice)
{
	size_t len;

	if (streq(slice, "-" SLICE))
		return true;
	if (!str_ends(slice, SLICE) || strlen(slice) > UNIT_NAME_MAX)
		return false;
	len = strlen(slice) - strlen(SLICE);
	if (slice[0] == '-' || slice[len - 1] == '-' || strstr(slice, "--"))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_name_char(slice[i]) || slice[i] == ':' || slice[i] == '@')
			return false;
	return true;
}

/* "a-b.slice" lies in "/a.slice/a-b.slice". */
static void add_slices(struct buf *out, const char *slice)
{
	size_t len = strlen(slice) - strlen(SLICE);

	if (streq(slice, "-" SLICE))
		return;
	for (size_t i = 1; i <= len; i++) {
		if (i < len && slice[i] != '-')
			continue;
		buf_addc(out, '/');
		buf_add(out, slice, i);
		buf_adds(out, SLICE);
	}
}

/* Names that the kernel could take for one of its own files get an underscore in front. */
static bool is_reserved(const char *unit)
{
	static const char *const prefixes[] = { "cgroup.", "cpu.", "cpuset.", "io.", "memory.", "pids.",
						"hugetlb.", "rdma.", "misc.", "dmem.", "cpuacct.", "blkio.",
						"devices.", "freezer.", "bpf-firewall.", "bpf-devices." };

	for (size_t i = 0; i < ELEMENTSOF(prefixes); i++)
		if (str_after(unit, prefixes[i]))
			return true;
	return unit[0] == '_' || unit[0] == '.';
}

/*
 * The cgroup of the user's manager: the one that we are in ourselves, or where logind has it. A wrong
 * guess is found out when systemd says where it has put the unit.
 */
static void add_user_root(struct buf *out, const char *own, uint32_t uid)
{
	const char *at = own ? strstr(own, "/user@") : NULL;
	const char *end = at ? strstr(at, ".service") : NULL;

	if (end && strspn(at + strlen("/user@"), "0123456789") == (size_t)(end - at) - strlen("/user@"))
		buf_add(out, own, (size_t)(end - own) + strlen(".service"));
	else
		buf_addf(out, "/user.slice/user-%u.slice/user@%u.service", uid, uid);
}

static int make_group(struct compiler *c, struct systemd_unit *u)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	if (u->user)
		add_user_root(&text, hierarchy_find_v2(c)->own, c->host->outer_uid);
	if (!u->is_slice) {
		add_slices(&text, u->slice);
		buf_adds(&text, is_reserved(u->unit) ? "/_" : "/");
		buf_adds(&text, u->unit);
	} else {
		add_slices(&text, u->unit);
	}
	u->group = take_text(c, &text);
	return u->group ? 0 : compiler_no_memory(c);
}

static int bad_path(struct compiler *c, const char *why)
{
	char *const *slot = &c->linux_->cgroups_path;

	return compiler_error(c, slot, CONFIG_VALUE, "cgroup path \"%s\" for systemd: %s", *slot, why);
}

static int read_slice(struct compiler *c, const char *slice, struct systemd_unit *u)
{
	if (!*slice)
		return 0;
	u->slice = streq(slice, "-") ? "-" SLICE : slice;
	return is_slice_name(u->slice) ? 0 : bad_path(c, "its slice is not a name such as \"a-b.slice\"");
}

/* "SLICE:PREFIX:NAME" */
static int read_triple(struct compiler *c, char *path, struct systemd_unit *u)
{
	char *prefix = strchr(path, ':') + 1;
	char *name = strchr(prefix, ':');
	int r;

	if (!name || strchr(name + 1, ':'))
		return bad_path(c, "expected format is slice:prefix:name");
	prefix[-1] = '\0';
	*name++ = '\0';
	if (!*name)
		return bad_path(c, "its name is empty (slice:prefix:name)");
	if (strchr(prefix, '/') || strchr(name, '/'))
		return bad_path(c, "the name of a unit has no \"/\"");
	r = read_slice(c, path, u);
	if (r < 0 || !str_ends(name, SLICE))
		return r < 0 ? r : make_scope(c, &c->linux_->cgroups_path, prefix, name, u);
	u->unit = name;
	u->is_slice = true;
	if (!is_slice_name(name) || streq(name, "-" SLICE))
		return bad_path(c, "its name is not one of a slice such as \"a-b.slice\"");
	return 0;
}

/* What Buildah is told as parent comes as it is: a slice to be in, or a name. */
static int read_word(struct compiler *c, char *path, struct systemd_unit *u)
{
	const char *last = strrchr(path, '/');
	int r;

	if (str_ends(path, SLICE)) {
		r = read_slice(c, last ? last + 1 : path, u);
		return r < 0 ? r : make_scope(c, &c->linux_->cgroups_path, "berth", c->options->id, u);
	}
	path += strspn(path, "/");
	for (char *p = path; *p; p++)
		if (*p == '/')
			*p = '-';
	return *path ? make_scope(c, &c->linux_->cgroups_path, "", path, u)
		     : bad_path(c, "it names no unit");
}

int systemd_unit_read(struct compiler *c)
{
	const char *path = c->linux_->cgroups_path;
	struct systemd_unit *u = arena_calloc(c->arena, 1, sizeof(*u));
	char *copy = arena_strdup(c->arena, path ? path : "");
	int r;

	if (!u || !copy)
		return compiler_no_memory(c);
	if (!c->host->unified || !hierarchy_find_v2(c))
		return error_set(c->err, ERR_CONFIG_UNSUPPORTED, 0,
				 "the systemd cgroup manager on a host with cgroup v1 hierarchies");
	u->user = c->host->euid != 0 || c->host->in_userns;
	u->slice = u->user ? "user" SLICE : "system" SLICE;
	if (strstr(copy, ".."))
		return bad_path(c, "\"..\" in it");
	if (!*copy)
		r = make_scope(c, &c->linux_->cgroups_path, "berth", c->options->id, u);
	else
		r = strchr(copy, ':') ? read_triple(c, copy, u) : read_word(c, copy, u);
	if (r == 0)
		r = make_group(c, u);
	if (r < 0)
		return r;
	c->systemd = u;
	c->cgroup_path = u->group;
	return 0;
}
