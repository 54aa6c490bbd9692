/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/cgroup/resctrl-stats.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/cgroup/resctrl-internal.h"
#include "libcontainer/sys/directory.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define AT(member) offsetof(struct resctrl_stats, member)

const struct resctrl_number resctrl_l3_numbers[] = {
	{ "min_cbm_bits", AT(l3_info.min_cbm_bits) },
	{ "num_closids", AT(l3_info.num_closids) },
	{ NULL, 0 },
};

const struct resctrl_number resctrl_mb_numbers[] = {
	{ "bandwidth_gran", AT(mb_info.bandwidth_gran) },
	{ "delay_linear", AT(mb_info.delay_linear) },
	{ "min_bandwidth", AT(mb_info.min_bandwidth) },
	{ "num_closids", AT(mb_info.num_closids) },
	{ NULL, 0 },
};

static int open_directory(int dir, const char *name)
{
	return dir < 0 ? dir : sys_openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
}

/* The first line of a file without its end; NULL if it cannot be read. */
static char *read_line(int dir, const char *file, struct arena *arena)
{
	char *text = NULL;

	if (resctrl_read(dir, file, arena, &text) < 0)
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	return text;
}

/* True if the file is there; a number that the kernel does not have at present is 0. */
static bool read_number(int dir, const char *file, uint64_t *ret)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	const char *text = read_line(dir, file, &arena);

	if (text)
		(void)str_to_u64(text, ret);
	return text != NULL;
}

static void read_numbers(int dir, const struct resctrl_number *rows, struct resctrl_stats *s)
{
	for (; rows->name; rows++)
		(void)read_number(dir, rows->name, (uint64_t *)(void *)((char *)s + rows->offset));
}

static void read_info(int tree, struct arena *arena, struct resctrl_stats *s)
{
	_cleanup_close_ int info = open_directory(tree, "info");
	_cleanup_close_ int l3 = open_directory(info, "L3");
	_cleanup_close_ int mb = open_directory(info, "MB");

	s->l3_info.set = l3 >= 0;
	s->mb_info.set = mb >= 0;
	if (l3 >= 0)
		read_numbers(l3, resctrl_l3_numbers, s);
	if (mb >= 0)
		read_numbers(mb, resctrl_mb_numbers, s);
	if (l3 >= 0)
		s->l3_info.cbm_mask = read_line(l3, "cbm_mask", arena);
}

/* The line of schemata that begins with that resource, without the blanks in front; NULL: there is none. */
static int find_line(const char *schemata, const char *resource, struct arena *arena, const char **ret)
{
	for (const char *line = schemata; *line;) {
		size_t blanks = strspn(line, " "), n = strcspn(line, "\n");

		if (str_after(line + blanks, resource)) {
			*ret = arena_strndup(arena, line + blanks, n - blanks);
			return *ret ? 0 : -ENOMEM;
		}
		line += n + (line[n] == '\n');
	}
	return 0;
}

static int read_limits(int group, struct arena *arena, const char **ret_l3, const char **ret_mb)
{
	char *text = NULL;
	int r = 0;

	if (group < 0 || resctrl_read(group, "schemata", arena, &text) < 0)
		return 0;
	r = find_line(text, "L3:", arena, ret_l3);
	return r < 0 ? r : find_line(text, "MB:", arena, ret_mb);
}

struct counting {
	struct arena *arena;
	struct resctrl_stats *stats;
};

/* "mon_L3_00" has the files of domain 0. */
static int visit_domain(int dir, const struct sys_entry *e, void *arg)
{
	struct counting *c = arg;
	struct resctrl_stats *s = c->stats;
	struct resctrl_domain d = { 0 };
	const char *id = str_after(e->name, "mon_L3_");
	_cleanup_close_ int fd = id && str_to_u32(id, &d.id) == 0 ? open_directory(dir, e->name) : -1;
	struct resctrl_domain *v;

	if (fd < 0)
		return 0;
	s->has_occupancy |= read_number(fd, "llc_occupancy", &d.llc_occupancy);
	s->has_bandwidth |= read_number(fd, "mbm_total_bytes", &d.mbm_total_bytes);
	s->has_bandwidth |= read_number(fd, "mbm_local_bytes", &d.mbm_local_bytes);
	v = arena_regrow(c->arena, s->domains, s->n, s->n + 1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	v[s->n++] = d;
	s->domains = v;
	return 0;
}

static int by_id(const void *a, const void *b)
{
	const struct resctrl_domain *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int read_domains(int group, struct arena *arena, struct resctrl_stats *s)
{
	_cleanup_close_ int data = open_directory(group, "mon_data");
	struct counting c = { .arena = arena, .stats = s };
	int r = data < 0 ? 0 : sys_each_entry(data, visit_domain, &c);

	if (s->n > 1)
		qsort(s->domains, s->n, sizeof(*s->domains), by_id);
	return r == -ENOMEM ? r : 0;
}

int resctrl_stats(const struct resctrl *rdt, struct arena *arena, struct resctrl_stats *ret)
{
	_cleanup_close_ int tree = rdt->n > 0 ? resctrl_open_tree(&rdt->v[0]) : -1;
	_cleanup_close_ int control = tree < 0 ? tree : resctrl_open_group(tree, &rdt->v[0], RESCTRL_ITSELF);
	_cleanup_close_ int counted = control < 0 ? control
						  : resctrl_open_group(tree, &rdt->v[rdt->n - 1], RESCTRL_ITSELF);
	int r;

	*ret = (struct resctrl_stats){ 0 };
	if (control < 0)
		return 0;
	read_info(tree, arena, ret);
	r = read_limits(tree, arena, &ret->l3_root, &ret->mb_root);
	if (r == 0)
		r = read_limits(control, arena, &ret->l3, &ret->mb);
	return r == 0 ? read_domains(counted, arena, ret) : r;
}
