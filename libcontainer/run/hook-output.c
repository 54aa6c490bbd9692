/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/run/hook-output.h"

#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "libcontainer/compile/compile.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

int hook_output_open(struct hook_output *o, unsigned stream, const char *path, struct error *err)
{
	/* Without O_NONBLOCK a fifo would hold us up before we can see that it is one. */
	_cleanup_close_ int fd = sys_openat(AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NOCTTY |
					    O_NONBLOCK, 0600);
	struct stat st;
	int r = fd < 0 ? fd : sys_fstat(fd, &st);

	if (r == -ELOOP)
		return error_set(err, ERR_HOOK, 0, "output file %s is a symbolic link", path);
	if (r == -ENXIO || (r == 0 && !S_ISREG(st.st_mode)))
		return error_set(err, ERR_HOOK, 0, "output file %s is not a regular file", path);
	if (r < 0)
		return error_set(err, ERR_HOOK, -r, "output file %s", path);
	fd_close(&o->fd[stream]);
	o->fd[stream] = fd_steal(&fd);
	return 0;
}

int hook_output_open_all(struct hook_output *o, const struct string_map *annotations, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < annotations->n; i++)
		for (unsigned k = 0; r == 0 && k < HOOK_STREAMS; k++)
			if (streq(annotations->v[i].name, compile_hook_annotations[k]))
				r = hook_output_open(o, k, annotations->v[i].value, err);
	return r;
}

void hook_output_append(struct hook_output *o, unsigned stream, const void *data, size_t n)
{
	int r = o->fd[stream] < 0 ? 0 : sys_write_all(o->fd[stream], data, n);

	if (r < 0 && !o->failed)
		log_warning("the output of a hook cannot be written to the file of %s: %s",
			    compile_hook_annotations[stream], errno_words(-r));
	o->failed |= r < 0;
}

bool hook_output_is_kept(const struct hook_output *o)
{
	return o->fd[0] >= 0 || o->fd[1] >= 0;
}

void hook_output_close(struct hook_output *o)
{
	for (unsigned i = 0; i < HOOK_STREAMS; i++)
		fd_close(&o->fd[i]);
}
