/* SPDX-License-Identifier: Apache-2.0 */
/* Which processes are in a container's cgroups. */
#define _GNU_SOURCE
#include "libcontainer/cgroup/internal.h"

#include "base/fd.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void pid_list_done(struct pid_list *list)
{
	free(list->v);
	*list = (struct pid_list){ 0 };
}

int pid_list_add(struct pid_list *list, pid_t pid)
{
	if (list->n == list->size) {
		size_t size = list->size ? list->size * 2 : 64;
		pid_t *v = realloc(list->v, size * sizeof(*v));

		if (!v)
			return -ENOMEM;
		list->v = v;
		list->size = size;
	}
	list->v[list->n++] = pid;
	return 0;
}

static int compare_pids(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return x < y ? -1 : x > y;
}

void pid_list_sort(struct pid_list *list)
{
	size_t n = 0;

	if (list->n == 0)
		return;
	qsort(list->v, list->n, sizeof(*list->v), compare_pids);
	for (size_t i = 1; i < list->n; i++)
		if (list->v[i] != list->v[n])
			list->v[++n] = list->v[i];
	list->n = n + 1;
}

bool pid_list_has(const struct pid_list *list, pid_t pid)
{
	return list->n > 0 && bsearch(&pid, list->v, list->n, sizeof(*list->v), compare_pids);
}

ssize_t cgroup_read(int dir, const char *file, char *buf, size_t size)
{
	ssize_t n = sys_read_file(dir, file, buf, size);

	if (n > 0 && buf[n - 1] == '\n')
		buf[--n] = '\0';
	return n;
}

/* Takes numbers, one a line, out of a piece of text; *number carries one that goes on in the next piece. */
static int take_numbers(struct pid_list *list, const char *text, size_t len, int64_t *number)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] >= '0' && text[i] <= '9' && *number <= INT_MAX) {
			*number = *number * 10 + (text[i] - '0');
			continue;
		}
		/* 0 stands for a process of another pid namespace: nothing that we could name. */
		if (*number > 0 && *number <= INT_MAX && pid_list_add(list, (pid_t)*number) < 0)
			return -ENOMEM;
		*number = 0;
	}
	return 0;
}

static int enter_for_pids(int dir, void *arg)
{
	_cleanup_close_ int fd = sys_openat(dir, "cgroup.procs", O_RDONLY | O_NOFOLLOW, 0);
	struct pid_list *list = arg;
	int64_t number = 0;
	char text[4096];
	ssize_t n;
	int r = 0;

	if (fd < 0)
		return fd == -ENOENT || fd == -ENODEV ? 0 : fd;
	while (r == 0 && (n = sys_read(fd, text, sizeof(text))) != 0) {
		/*
		 * ENODEV: removed meanwhile. EOPNOTSUPP: a threaded cgroup, whose processes are listed by
		 * the domain above it.
		 */
		if (n == -ENODEV || n == -EOPNOTSUPP)
			return 0;
		r = n < 0 ? (int)n : take_numbers(list, text, (size_t)n, &number);
	}
	return r;
}

int cgroup_dir_pids(const struct cgroup_dir *dir, struct pid_list *list)
{
	const struct cgroup_walk walk = { .enter = enter_for_pids, .arg = list };
	struct error ignored = ERROR_INIT;
	_cleanup_close_ int fd = cgroup_open(dir->dir, dir->version, O_RDONLY, &ignored);

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	return cgroup_walk(fd, &walk);
}

int cgroup_all_pids(const struct cgroup *cg, bool not_ours, struct pid_list *ret_list)
{
	int r;

	ret_list->n = 0;
	for (size_t i = 0; i < cg->n; i++) {
		size_t before = ret_list->n;

		r = cgroup_dir_pids(&cg->v[i], ret_list);
		if (r < 0)
			return r;
		for (size_t k = before; not_ours && k < ret_list->n; k++)
			if (ret_list->v[k] == getpid())
				ret_list->n = before;
	}
	pid_list_sort(ret_list);
	return 0;
}

/*
 * All hierarchies are read, not only one: a process can have been moved in one of them by hand or by a
 * nested engine, and would then be missing.
 */
int cgroup_pids(const struct cgroup *cg, pid_t **ret, size_t *ret_n, struct error *err)
{
	_cleanup_pid_list_ struct pid_list list = { 0 };
	int r = cgroup_all_pids(cg, false, &list);

	if (r < 0)
		return error_set(err, ERR_CGROUP, -r, "processes cannot be listed");
	*ret_n = list.n;
	*ret = STEAL_PTR(list.v);
	return 0;
}

const struct cgroup_dir *cgroup_find(const struct cgroup *cg, const char *name)
{
	for (size_t i = 0; i < cg->n; i++) {
		const struct cgroup_dir *d = &cg->v[i];

		if (name ? d->version == 1 && cgroup_has_controller(d->controllers, name) : d->version == 2)
			return d;
	}
	return NULL;
}
