/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record file. It is a JSON document in one line, but only in the one form that berth itself writes:
 * members in the order of the table, no blanks, a checksum as the last member. That makes reading so
 * cheap that `list` can read a thousand records (a general JSON reader takes ten times as long), and it
 * leaves nothing to interpret: whatever is not exactly this form, or does not fit the checksum, was
 * damaged, and no pid in it is believed.
 *
 * Two forms: the whole record, and a summary of it, see record-summary.c.
 *
 * Promised to later versions: "version" comes first, and the checksum stays as it is, so that this
 * version can tell a newer record from a damaged one.
 */
#define _GNU_SOURCE
#include "libcontainer/state/internal.h"

#include "base/buf.h"
#include "base/str.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

enum kind { KIND_U32, KIND_U64, KIND_BOOL, KIND_STR, KIND_OPT_I64, KIND_STRV, KIND_MAP, KIND_LIST };

struct row {
	const char *name;
	enum kind kind;
	size_t offset;
	const struct row *rows; /* KIND_LIST: of one item, ended by a NULL name */
	size_t item_size;
};

/* All lists in these structures begin so. */
struct any_list {
	void *v;
	size_t n;
};

#define ROW(type, kind, json, member) { json, KIND_##kind, offsetof(type, member), NULL, 0 }
#define LIST(type, json, member, item, rows_) { json, KIND_LIST, offsetof(type, member), rows_, sizeof(item) }

static const struct row cgroup_rows[] = {
	ROW(struct cgroup_dir, STR, "dir", dir),
	ROW(struct cgroup_dir, STR, "controllers", controllers),
	ROW(struct cgroup_dir, U32, "version", version),
	ROW(struct cgroup_dir, U32, "made", made),
	{ NULL, 0, 0, NULL, 0 },
};

static const struct row resctrl_rows[] = {
	ROW(struct resctrl_group, STR, "mount", mount),
	ROW(struct resctrl_group, STR, "group", group),
	ROW(struct resctrl_group, STR, "monitor", monitor),
	ROW(struct resctrl_group, U32, "end", end),
	{ NULL, 0, 0, NULL, 0 },
};

static const struct row hook_rows[] = {
	ROW(struct config_hook, STR, "path", path),
	ROW(struct config_hook, STRV, "args", args),
	ROW(struct config_hook, STRV, "env", env),
	ROW(struct config_hook, BOOL, "hasEnv", has_env),
	ROW(struct config_hook, OPT_I64, "timeout", timeout),
	{ NULL, 0, 0, NULL, 0 },
};

static const struct row record_rows[] = {
	ROW(struct record, U32, "version", version),
	ROW(struct record, BOOL, "complete", complete),
	ROW(struct record, STR, "id", id),
	ROW(struct record, STR, "bundle", bundle),
	ROW(struct record, STR, "rootfs", rootfs),
	ROW(struct record, STR, "created", created),
	ROW(struct record, STR, "ociVersion", oci_version),
	ROW(struct record, U32, "owner", owner),
	ROW(struct record, U32, "pid", init.pid),
	ROW(struct record, U64, "startTime", init.start_time),
	ROW(struct record, STR, "bootId", init.boot_id),
	ROW(struct record, BOOL, "privatePidns", private_pidns),
	ROW(struct record, BOOL, "noProcess", no_process),
	ROW(struct record, BOOL, "terminal", terminal),
	ROW(struct record, STR, "cgroupManager", cgroup_manager),
	LIST(struct record, "cgroups", cgroup, struct cgroup_dir, cgroup_rows),
	LIST(struct record, "resctrl", resctrl, struct resctrl_group, resctrl_rows),
	ROW(struct record, STR, "systemdUnit", systemd_unit),
	ROW(struct record, BOOL, "systemdUser", systemd_user),
	ROW(struct record, STR, "resources", resources),
	ROW(struct record, MAP, "annotations", annotations),
	LIST(struct record, "poststart", poststart, struct config_hook, hook_rows),
	LIST(struct record, "poststop", poststop, struct config_hook, hook_rows),
	ROW(struct record, STR, "seccompListenerPath", seccomp_listener_path),
	ROW(struct record, STR, "seccompListenerMetadata", seccomp_listener_metadata),
	{ NULL, 0, 0, NULL, 0 },
};

/* What `list` shows, and needs to know the status. */
static const struct row summary_rows[] = {
	ROW(struct record, U32, "version", version),
	ROW(struct record, STR, "id", id),
	ROW(struct record, STR, "bundle", bundle),
	ROW(struct record, STR, "created", created),
	ROW(struct record, BOOL, "started", started),
	ROW(struct record, U32, "owner", owner),
	ROW(struct record, U32, "pid", init.pid),
	ROW(struct record, U64, "startTime", init.start_time),
	ROW(struct record, STR, "bootId", init.boot_id),
	ROW(struct record, BOOL, "freezerV1", freezer_v1),
	LIST(struct record, "freezer", cgroup, struct cgroup_dir, cgroup_rows),
	{ NULL, 0, 0, NULL, 0 },
};

static const struct row *const forms[] = {
	[RECORD_WHOLE] = record_rows,
	[RECORD_SUMMARY] = summary_rows,
};

#define CHECKSUM_HEAD ",\"checksum\":\""
#define CHECKSUM_TAIL "\"}\n"
#define CHECKSUM_LEN (sizeof(CHECKSUM_HEAD) - 1 + 16 + sizeof(CHECKSUM_TAIL) - 1)

static uint64_t mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0xff51afd7ed558ccdu;
	return h ^ h >> 31;
}

/*
 * Not against forgery (who can write here is root already) but against damage. Each step is reversible,
 * so a change within one word always changes the result.
 */
static uint64_t checksum(const char *data, size_t len)
{
	uint64_t h = 0x9e3779b97f4a7c15u ^ len, word;
	size_t i = 0;

	for (; i + sizeof(word) <= len; i += sizeof(word)) {
		memcpy(&word, data + i, sizeof(word));
		h = mix(h, word);
	}
	word = 0;
	memcpy(&word, data + i, len - i);
	return i < len ? mix(h, word) : h;
}

static void make_tail(char tail[CHECKSUM_LEN + 1], uint64_t sum)
{
	static const char digits[] = "0123456789abcdef";

	memcpy(tail, CHECKSUM_HEAD "................" CHECKSUM_TAIL, CHECKSUM_LEN + 1);
	for (size_t i = 0; i < 16; i++)
		tail[sizeof(CHECKSUM_HEAD) - 1 + i] = digits[sum >> (60 - 4 * i) & 15];
}

static void write_string(struct buf *out, const char *s)
{
	const char *plain = s;

	if (!s) {
		buf_adds(out, "null");
		return;
	}
	buf_addc(out, '"');
	for (; *s; s++) {
		if ((unsigned char)*s >= 0x20 && *s != '"' && *s != '\\')
			continue;
		buf_add(out, plain, (size_t)(s - plain));
		buf_addf(out, "\\u%04x", (unsigned char)*s);
		plain = s + 1;
	}
	buf_add(out, plain, (size_t)(s - plain));
	buf_addc(out, '"');
}

static void write_strings(struct buf *out, const struct strings *list)
{
	buf_addc(out, '[');
	for (size_t i = 0; i < list->n; i++) {
		if (i > 0)
			buf_addc(out, ',');
		write_string(out, list->v[i]);
	}
	buf_addc(out, ']');
}

static void write_map(struct buf *out, const struct string_map *map)
{
	buf_addc(out, '{');
	for (size_t i = 0; i < map->n; i++) {
		if (i > 0)
			buf_addc(out, ',');
		write_string(out, map->v[i].name);
		buf_addc(out, ':');
		write_string(out, map->v[i].value);
	}
	buf_addc(out, '}');
}

static void write_object(struct buf *out, const struct row *rows, const void *object);

static void write_list(struct buf *out, const struct row *row, const struct any_list *list)
{
	buf_addc(out, '[');
	for (size_t i = 0; i < list->n; i++) {
		if (i > 0)
			buf_addc(out, ',');
		write_object(out, row->rows, (const char *)list->v + i * row->item_size);
		buf_addc(out, '}');
	}
	buf_addc(out, ']');
}

static void write_value(struct buf *out, const struct row *row, const void *slot)
{
	const struct opt_i64 *opt = slot;

	switch (row->kind) {
	case KIND_U32:
		buf_addf(out, "%" PRIu32, *(const uint32_t *)slot);
		break;
	case KIND_U64:
		buf_addf(out, "%" PRIu64, *(const uint64_t *)slot);
		break;
	case KIND_BOOL:
		buf_adds(out, *(const bool *)slot ? "true" : "false");
		break;
	case KIND_STR:
		write_string(out, *(char *const *)slot);
		break;
	case KIND_OPT_I64:
		if (opt->set)
			buf_addf(out, "%" PRId64, opt->v);
		else
			buf_adds(out, "null");
		break;
	case KIND_STRV:
		write_strings(out, slot);
		break;
	case KIND_MAP:
		write_map(out, slot);
		break;
	case KIND_LIST:
		write_list(out, row, slot);
		break;
	}
}

/* Without the closing brace, which the record writes behind its checksum. */
static void write_object(struct buf *out, const struct row *rows, const void *object)
{
	for (const struct row *row = rows; row->name; row++) {
		buf_addc(out, row == rows ? '{' : ',');
		write_string(out, row->name);
		buf_addc(out, ':');
		write_value(out, row, (const char *)object + row->offset);
	}
}

/* A position in the text; bad stays set after the first deviation, and nothing moves any more. */
struct reader {
	char *p;
	struct arena *arena;
	bool bad;
	bool no_memory;
};

static bool take(struct reader *r, char c)
{
	if (r->bad || *r->p != c)
		return false;
	r->p++;
	return true;
}

static void expect(struct reader *r, const char *text)
{
	char *p = r->p;

	while (*text && *p == *text) {
		p++;
		text++;
	}
	if (*text)
		r->bad = true;
	if (!r->bad)
		r->p = p;
}

static bool take_word(struct reader *r, const char *word)
{
	if (r->bad || !str_after(r->p, word))
		return false;
	r->p += strlen(word);
	return true;
}

static void *grow(struct reader *r, void *old, size_t n, size_t size)
{
	void *v;

	/* In steps of a power of two, so that a long list is not copied for each item. */
	if (n > 0 && (n < 4 || (n & (n - 1)) != 0))
		return old;
	v = arena_regrow(r->arena, old, n, n < 4 ? 4 : n * 2, size);
	if (!v)
		r->bad = r->no_memory = true;
	return v;
}

static uint64_t read_number(struct reader *r, uint64_t max)
{
	const char *begin = r->p;
	uint64_t v = 0;

	if (r->bad)
		return 0;
	while (*r->p >= '0' && *r->p <= '9' && !r->bad) {
		unsigned digit = (unsigned)(*r->p++ - '0');

		if (v > (max - digit) / 10)
			r->bad = true;
		else
			v = v * 10 + digit;
	}
	/* At least one digit, and no leading zero. */
	if (r->p == begin || (*begin == '0' && r->p - begin > 1))
		r->bad = true;
	return r->bad ? 0 : v;
}

static int64_t read_signed(struct reader *r)
{
	if (take(r, '-'))
		return -(int64_t)read_number(r, INT64_MAX);
	return (int64_t)read_number(r, INT64_MAX);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The only escapes that are written are \u00XX. */
static char read_escape(struct reader *r)
{
	int high, low;

	expect(r, "\\u00");
	high = r->bad ? -1 : hex_digit(r->p[0]);
	low = high < 0 ? -1 : hex_digit(r->p[1]);
	if (low < 0 || (high == 0 && low == 0)) {
		r->bad = true;
		return 0;
	}
	r->p += 2;
	return (char)(high << 4 | low);
}

static bool is_plain(char c)
{
	return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

/* The string is unescaped where it stands; it can only become shorter. */
static char *read_string(struct reader *r)
{
	char *begin, *p, *to;

	expect(r, "\"");
	if (r->bad)
		return NULL;
	for (begin = p = r->p; is_plain(*p); p++)
		;
	to = r->p = p;
	while (!r->bad && *r->p != '"') {
		if (*r->p == '\\')
			*to++ = read_escape(r);
		else if (is_plain(*r->p))
			*to++ = *r->p++;
		else
			r->bad = true;
	}
	if (r->bad)
		return NULL;
	r->p++;
	*to = '\0';
	return begin;
}

static void read_strings(struct reader *r, struct strings *list)
{
	expect(r, "[");
	if (take(r, ']'))
		return;
	do {
		list->v = grow(r, list->v, list->n, sizeof(*list->v));
		if (r->bad)
			return;
		list->v[list->n++] = read_string(r);
	} while (take(r, ','));
	expect(r, "]");
}

static void read_map(struct reader *r, struct string_map *map)
{
	expect(r, "{");
	if (take(r, '}'))
		return;
	do {
		map->v = grow(r, map->v, map->n, sizeof(*map->v));
		if (r->bad)
			return;
		map->v[map->n].name = read_string(r);
		expect(r, ":");
		map->v[map->n++].value = read_string(r);
	} while (take(r, ','));
	expect(r, "}");
}

static void read_object(struct reader *r, const struct row *rows, void *object);

static void read_list(struct reader *r, const struct row *row, struct any_list *list)
{
	expect(r, "[");
	if (take(r, ']'))
		return;
	do {
		list->v = grow(r, list->v, list->n, row->item_size);
		if (r->bad)
			return;
		read_object(r, row->rows, (char *)list->v + list->n++ * row->item_size);
		expect(r, "}");
	} while (take(r, ','));
	expect(r, "]");
}

static void read_value(struct reader *r, const struct row *row, void *slot)
{
	struct opt_i64 *opt = slot;

	switch (row->kind) {
	case KIND_U32:
		*(uint32_t *)slot = (uint32_t)read_number(r, UINT32_MAX);
		break;
	case KIND_U64:
		*(uint64_t *)slot = read_number(r, UINT64_MAX);
		break;
	case KIND_BOOL:
		*(bool *)slot = take_word(r, "true");
		if (!*(bool *)slot)
			expect(r, "false");
		break;
	case KIND_STR:
		*(char **)slot = take_word(r, "null") ? NULL : read_string(r);
		break;
	case KIND_OPT_I64:
		opt->set = !take_word(r, "null");
		opt->v = opt->set ? read_signed(r) : 0;
		break;
	case KIND_STRV:
		read_strings(r, slot);
		break;
	case KIND_MAP:
		read_map(r, slot);
		break;
	case KIND_LIST:
		read_list(r, row, slot);
		break;
	}
}

/* The depth is that of the tables, not of the text. */
static void read_object(struct reader *r, const struct row *rows, void *object)
{
	for (const struct row *row = rows; row->name && !r->bad; row++) {
		expect(r, row == rows ? "{\"" : ",\"");
		expect(r, row->name);
		expect(r, "\":");
		read_value(r, row, (char *)object + row->offset);
	}
}

/* Compares and cuts off the checksum: its end, where the text has a brace again. NULL when it does not fit. */
static const char *cut_checksum(char *text, size_t len)
{
	char tail[CHECKSUM_LEN + 1];

	if (len <= CHECKSUM_LEN)
		return NULL;
	len -= CHECKSUM_LEN;
	make_tail(tail, checksum(text, len));
	if (memcmp(tail, text + len, CHECKSUM_LEN) != 0)
		return NULL;
	text[len] = '}';
	text[len + 1] = '\0';
	return text + len + 1;
}

int record_parse(enum record_form form, char *text, size_t len, struct arena *arena, struct record *ret)
{
	struct reader r = { .p = text, .arena = arena };
	const char *end = cut_checksum(text, len);

	*ret = (struct record){ 0 };
	if (!end)
		return -EBADMSG;
	expect(&r, "{\"version\":");
	ret->version = (uint32_t)read_number(&r, UINT32_MAX);
	if (r.bad || ret->version == 0)
		return -EBADMSG;
	if (ret->version > STATE_RECORD_VERSION)
		return -EPROTO;
	r.p = text;
	read_object(&r, forms[form], ret);
	expect(&r, "}");
	if (r.no_memory)
		return -ENOMEM;
	return r.bad || r.p != end ? -EBADMSG : 0;
}

int record_format(enum record_form form, const struct record *record, struct buf *out)
{
	char tail[CHECKSUM_LEN + 1];

	write_object(out, forms[form], record);
	if (out->failed)
		return -ENOMEM;
	make_tail(tail, checksum(out->data, out->len));
	buf_adds(out, tail);
	return out->failed ? -ENOMEM : 0;
}

uint64_t record_checksum(const char *data, size_t len)
{
	return checksum(data, len);
}
