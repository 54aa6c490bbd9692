/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/cgroup/stats-parse.h"

#include "base/str.h"

#include <errno.h>
#include <string.h>

#define LIST_MAX 65535u
#define NUMBER_SIZE 32

static void *place(const struct stats_file *file, struct cgroup_stats *stats)
{
	return (char *)stats + file->offset;
}

/* Cuts the text up to a separator off *s; NULL at the end. */
static char *cut(char **s, const char *separators)
{
	char *field;

	if (!*s)
		return NULL;
	*s += strspn(*s, separators);
	if (!**s)
		return NULL;
	field = *s;
	*s += strcspn(*s, separators);
	if (**s)
		*(*s)++ = '\0';
	return field;
}

static int append(struct arena *arena, void **v, size_t *n, const void *item, size_t size)
{
	/* In steps of a power of two, so that a long list is not copied for each item. */
	if ((*n & (*n - 1)) == 0) {
		void *bigger = arena_regrow(arena, *v, *n, *n ? *n * 2 : 1, size);

		if (!bigger)
			return -ENOMEM;
		*v = bigger;
	}
	memcpy((char *)*v + (*n)++ * size, item, size);
	return 0;
}

#define APPEND(arena, list, item)                                              \
	({                                                                     \
		void *_v = (list)->v;                                          \
		int _r = append(arena, &_v, &(list)->n, &(item), sizeof(item)); \
		(list)->v = _v;                                                \
		_r;                                                            \
	})

int stats_parse_number(const struct stats_file *file, char *text, struct arena *arena _unused_,
		       struct cgroup_stats *stats)
{
	uint64_t *slot = place(file, stats);
	int64_t negative;

	if (streq(text, "max"))
		*slot = file->max;
	else if (*text == '-' && str_to_i64(text, &negative) == 0)
		*slot = (uint64_t)negative;
	else
		(void)str_to_u64(text, slot);
	return 0;
}

/* "name value" */
static bool split_key(char *line, const char **ret_name, uint64_t *ret)
{
	*ret_name = cut(&line, " ");
	return *ret_name && str_to_u64(line, ret) == 0;
}

int stats_parse_keys(const struct stats_file *file, char *text, struct arena *arena _unused_,
		     struct cgroup_stats *stats)
{
	const char *name;
	uint64_t v;
	char *line;

	while ((line = cut(&text, "\n"))) {
		if (!split_key(line, &name, &v))
			continue;
		for (const struct stats_key_row *row = file->keys; row->key; row++) {
			uint64_t *slot = (uint64_t *)(void *)((char *)stats + row->offset);

			if (streq(row->key, name) && __builtin_mul_overflow(v, row->factor, slot))
				*slot = UINT64_MAX;
		}
	}
	return 0;
}

int stats_parse_raw(const struct stats_file *file, char *text, struct arena *arena,
		    struct cgroup_stats *stats)
{
	struct stats_keys *list = place(file, stats);
	char *line;
	int r = 0;

	while (r == 0 && (line = cut(&text, "\n"))) {
		struct stats_key key;

		if (!split_key(line, &key.name, &key.value))
			continue;
		key.name = arena_strdup(arena, key.name);
		r = key.name ? APPEND(arena, list, key) : -ENOMEM;
	}
	return r;
}

int stats_parse_numbers(const struct stats_file *file, char *text, struct arena *arena,
			struct cgroup_stats *stats)
{
	struct stats_numbers *list = place(file, stats);
	char *word;
	uint64_t v;
	int r = 0;

	while (r == 0 && (word = cut(&text, " \n")))
		if (str_to_u64(word, &v) == 0)
			r = APPEND(arena, list, v);
	return r;
}

int stats_parse_list(const struct stats_file *file, char *text, struct arena *arena,
		     struct cgroup_stats *stats)
{
	struct stats_numbers *list = place(file, stats);
	char *range;
	int r = 0;

	while (r == 0 && (range = cut(&text, ",\n"))) {
		char *last = strchr(range, '-');
		uint32_t a, b;

		if (last)
			*last++ = '\0';
		if (str_to_u32(range, &a) < 0 || str_to_u32(last ? last : range, &b) < 0 || b > LIST_MAX)
			continue;
		for (uint64_t i = a; r == 0 && i <= b; i++)
			r = APPEND(arena, list, i);
	}
	return r;
}

int stats_parse_percpu(const struct stats_file *file _unused_, char *text, struct arena *arena,
		       struct cgroup_stats *stats)
{
	char *line;
	int r = 0;

	while (r == 0 && (line = cut(&text, "\n"))) {
		const char *cpu = cut(&line, " "), *user = cut(&line, " "), *system = cut(&line, " ");
		uint64_t n, u, s;

		if (!cpu || !user || !system || str_to_u64(cpu, &n) < 0 || str_to_u64(user, &u) < 0 ||
		    str_to_u64(system, &s) < 0)
			continue;
		r = APPEND(arena, &stats->cpu.percpu_user, u);
		if (r == 0)
			r = APPEND(arena, &stats->cpu.percpu_kernel, s);
	}
	return r;
}

/* "8:16" */
static bool split_device(char *word, struct stats_device *ret)
{
	char *minor = strchr(word, ':');

	*ret = (struct stats_device){ 0 };
	if (!minor)
		return false;
	*minor++ = '\0';
	return str_to_u64(word, &ret->major) == 0 && str_to_u64(minor, &ret->minor) == 0;
}

int stats_parse_devices(const struct stats_file *file, char *text, struct arena *arena,
			struct cgroup_stats *stats)
{
	struct stats_devices *list = place(file, stats);
	char *line;
	int r = 0;

	if (list->n > 0)
		return 0;
	while (r == 0 && (line = cut(&text, "\n"))) {
		char *device = cut(&line, " "), *op = cut(&line, " "), *value = cut(&line, " ");
		struct stats_device d;

		if (!device || !op || !split_device(device, &d) || str_to_u64(value ? value : op, &d.value) < 0)
			continue;
		if (value) {
			d.op = arena_strdup(arena, op);
			if (!d.op)
				return -ENOMEM;
		}
		r = APPEND(arena, list, d);
	}
	return r;
}

/* What v2 has in one line goes to two lists, each with the names of operations that v1 uses. */
static const struct io_row {
	const char *key, *op;
	size_t offset;
} io_rows[] = {
	{ "rbytes", "Read", offsetof(struct cgroup_stats, blkio.bytes) },
	{ "wbytes", "Write", offsetof(struct cgroup_stats, blkio.bytes) },
	{ "dbytes", "Discard", offsetof(struct cgroup_stats, blkio.bytes) },
	{ "rios", "Read", offsetof(struct cgroup_stats, blkio.serviced) },
	{ "wios", "Write", offsetof(struct cgroup_stats, blkio.serviced) },
	{ "dios", "Discard", offsetof(struct cgroup_stats, blkio.serviced) },
};

static int add_io(struct arena *arena, struct cgroup_stats *stats, struct stats_device d, char *word)
{
	char *value = strchr(word, '=');

	if (!value)
		return 0;
	*value++ = '\0';
	if (str_to_u64(value, &d.value) < 0)
		return 0;
	for (size_t i = 0; i < ELEMENTSOF(io_rows); i++) {
		if (!streq(io_rows[i].key, word))
			continue;
		d.op = io_rows[i].op;
		return APPEND(arena, (struct stats_devices *)(void *)((char *)stats + io_rows[i].offset), d);
	}
	return 0;
}

int stats_parse_io(const struct stats_file *file _unused_, char *text, struct arena *arena,
		   struct cgroup_stats *stats)
{
	char *line, *word;
	int r = 0;

	while (r == 0 && (line = cut(&text, "\n"))) {
		struct stats_device d;

		word = cut(&line, " ");
		if (!word || !split_device(word, &d))
			continue;
		while (r == 0 && (word = cut(&line, " ")))
			r = add_io(arena, stats, d, word);
	}
	return r;
}

/* "12.34" in hundredths. */
static uint64_t hundredths(const char *s)
{
	char digits[NUMBER_SIZE];
	const char *point = strchr(s, '.');
	uint64_t v = 0;
	size_t n = point ? (size_t)(point - s) : 0;

	if (!point || strlen(point) != 3 || n + 2 >= sizeof(digits))
		return 0;
	memcpy(digits, s, n);
	memcpy(digits + n, point + 1, 3);
	(void)str_to_u64(digits, &v);
	return v;
}

int stats_parse_pressure(const struct stats_file *file, char *text, struct arena *arena _unused_,
			 struct cgroup_stats *stats)
{
	struct stats_pressure *p = place(file, stats);
	char *line, *word;

	while ((line = cut(&text, "\n"))) {
		struct stats_pressure_line *l;

		word = cut(&line, " ");
		if (!word || (!streq(word, "some") && !streq(word, "full")))
			continue;
		l = streq(word, "some") ? &p->some : &p->full;
		p->set = true;
		while ((word = cut(&line, " "))) {
			if (str_after(word, "avg10="))
				l->avg10 = hundredths(str_after(word, "avg10="));
			else if (str_after(word, "avg60="))
				l->avg60 = hundredths(str_after(word, "avg60="));
			else if (str_after(word, "avg300="))
				l->avg300 = hundredths(str_after(word, "avg300="));
			else if (str_after(word, "total="))
				(void)str_to_u64(str_after(word, "total="), &l->total);
		}
	}
	return 0;
}
