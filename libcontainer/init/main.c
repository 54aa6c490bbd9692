/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/init/init.h"
#include "libcontainer/sys/affinity.h"
#include "libcontainer/sys/child.h"
#include "libcontainer/sys/cred.h"
#include "libcontainer/sys/file.h"

#include <fcntl.h>
#include <linux/prctl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Without a dialogue there is nobody to tell: a status of its own is all. */
#define EXIT_NO_DIALOGUE 125

/* Static, so that its large buffers are pages that nobody has touched; no initial values, or the program's
 * file would hold them all. */
static struct init init;

static void init_clear(struct init *i)
{
	int *const owned[] = { &i->fd_page, &i->fd_program, &i->fd_wire,      &i->fd_listen,   &i->fd_console,
			       &i->fd_start, &i->fd_root,   &i->fd_node_dir,  &i->fd_mask_file, &i->fd_mask_dir,
			       &i->proc.fd };
	size_t k;

	for (k = 0; k < ELEMENTSOF(owned); k++)
		*owned[k] = -1;
	i->path = i->text;
}

static int page_map(struct init *i)
{
	struct stat st;

	if (sys_fstat(i->fd_page, &st) < 0 || st.st_size < (off_t) sizeof(struct page) ||
	    st.st_size > (64 << 20))
		return -EBADF;
	i->page = sys_map_fd(i->fd_page, (size_t) st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED);
	if (!i->page)
		return -errno;
	if (i->page->magic != PAGE_MAGIC || i->page->size > (size_t) st.st_size)
		return -EBADMSG;
	i->fd_program = i->page->fd[INIT_FD_PROGRAM];
	i->fd_wire = i->page->fd[INIT_FD_WIRE];
	i->fd_listen = i->page->fd[INIT_FD_LISTEN];
	i->fd_console = i->page->fd[INIT_FD_CONSOLE];
	return 0;
}

/* Before Linux 5.9: what is open is listed in procfs. */
static void close_listed(unsigned first, unsigned last)
{
	struct procfs proc = PROCFS_INIT;
	_cleanup_close_ int dir = -1;
	_Alignas(8) char buf[1024];
	uint32_t number;
	ssize_t n, at;

	if (procfs_open(&proc, false) < 0)
		return;
	dir = procfs_open_self(&proc, "fd", O_RDONLY | O_DIRECTORY);
	while (dir >= 0 && (n = sys_getdents(dir, buf, sizeof(buf))) > 0) {
		for (at = 0; at < n; at += ((struct directory_entry *) (void *) (buf + at))->len) {
			int fd;

			if (str_to_u32(((struct directory_entry *) (void *) (buf + at))->name, &number) < 0)
				continue;
			fd = (int) number;
			if (number >= first && number <= last && fd != dir && fd != proc.fd)
				fd_close(&fd);
		}
	}
	procfs_close(&proc);
}

/*
 * Closes what the caller's callers have leaked into us, and makes our own descriptors close-on-exec: a
 * descriptor of a host directory in the hands of the container is the way out (CVE-2016-9962,
 * CVE-2024-21626). Those below 3 + preserve_fds belong to the program.
 */
static void descriptors_close(const struct init *i)
{
	const int own[] = { i->fd_page, i->fd_program, i->fd_wire, i->fd_listen, i->fd_console };
	unsigned from = 3 + i->page->preserve_fds, last;
	size_t k;

	for (k = 0; k < ELEMENTSOF(own); k++)
		if (own[k] >= 0)
			(void) sys_set_cloexec(own[k], true);
	for (;;) {
		unsigned next = UINT_MAX;

		for (k = 0; k < ELEMENTSOF(own); k++)
			if (own[k] >= 0 && (unsigned) own[k] >= from)
				next = MIN(next, (unsigned) own[k]);
		last = next == UINT_MAX ? UINT_MAX : next - 1;
		if (next > from && sys_close_range(from, last, 0) < 0)
			close_listed(from, last);
		if (next == UINT_MAX)
			return;
		from = next + 1;
	}
}

static int program_map(struct init *i, struct error *err)
{
	struct stat st;
	void *block;

	if (sys_fstat(i->fd_program, &st) < 0 || st.st_size < (off_t) i->page->program_size)
		return error_set(err, ERR_PROGRAM_INVALID, 0, "size");
	block = sys_map_fd(i->fd_program, i->page->program_size, PROT_READ, MAP_PRIVATE);
	if (!block)
		return error_set(err, ERR_SYSTEM, errno, "map the launch program");
	return program_check(block, i->page->program_size, &i->program, err);
}

/*
 * The end without a program. A filter that is loaded already may deny even exit_group, and libc would ask for ever: a
 * trap ends a process, the first of its pid namespace included, without asking.
 */
static void _noreturn_ quit(int status)
{
	sys_exit_group(status);
	__builtin_trap();
}

int main(int argc, char **argv, char **envp)
{
	struct init *i = &init;
	uint32_t fd;

	/* First of all, and before any descriptor of the host is touched: nobody inside may trace us. */
	if (argc == 3 && streq(argv[2], INIT_GUARD_LATER))
		(void) sys_prctl(PR_SET_PDEATHSIG, SIGKILL, 0);
	else
		process_guard(true);
	init_clear(i);
	if (argc < 2 || str_to_u32(argv[1], &fd) < 0 || fd > INT_MAX)
		return EXIT_NO_DIALOGUE;
	i->fd_page = (int) fd;
	i->environ = envp;
	i->scratch = sys_map_memory(sizeof(*i->scratch));
	if (page_map(i) < 0 || !i->scratch)
		return EXIT_NO_DIALOGUE;
	descriptors_close(i);
	sys_reset_signals();
	umask(0);
	/* What the caller was bound to is not the container's; a cpuset narrows it again. */
	(void) sys_reset_affinity();
	/* A session of its own: the caller's terminal is not ours. A leader of a group has it already. */
	(void) sys_setsid();
	if (program_map(i, &i->scratch->err) < 0) {
		(void) message_send(i->fd_wire, MESSAGE_ERROR, 0, &i->scratch->err, sizeof(i->scratch->err), -1);
		return 1;
	}
	quit(walk(i));
}
