/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "libcontainer/init/init.h"
#include "libcontainer/sys/child.h"
#include "libcontainer/sys/file.h"

#include <stddef.h>
#include <sys/mman.h>

#define PAGE_BYTES 4096u /* where it is more, only memory is lost */
#define STACK_BYTES (128u << 10)

/*
 * Receives the order to go on behind the present operation. 1; 0: the sender is gone; else a negative
 * errno with *err set.
 */
static int receive_go(struct init *i, int sock, struct error *err)
{
	int r = message_receive(sock, &i->scratch->message, NULL);

	if (r <= 0)
		return r == 0 || r == -ECONNRESET ? 0
						  : error_set(err, ERR_SYSTEM, -r, "receive the order to go on");
	if (i->scratch->message.type != MESSAGE_GO || i->scratch->message.op != i->at)
		return error_set(err, ERR_SYSTEM, EPROTO, "order %u for operation %u came at operation %u",
				 i->scratch->message.type, i->scratch->message.op, i->at);
	return 1;
}

static int arrive(struct init *i, bool *ret_gone, struct error *err)
{
	int r = message_send(i->fd_wire, MESSAGE_ARRIVED, i->at, NULL, 0, -1);

	if (r < 0 && r != -EPIPE && r != -ECONNRESET)
		return error_set(err, ERR_SYSTEM, -r, "report to the runtime");
	if (r == 0)
		r = receive_go(i, i->fd_wire, err);
	if (r > 0)
		return 0;
	if (!error_is_set(err))
		*ret_gone = true;
	return r < 0 ? r : -EPIPE;
}

int wait_sync(struct init *i, bool *ret_gone, struct error *err)
{
	return arrive(i, ret_gone, err);
}

int wait_source(struct init *i, struct error *err)
{
	int fd, r;

	r = message_send(i->fd_wire, MESSAGE_WANT_SOURCE, i->at, NULL, 0, -1);
	if (r == 0)
		r = message_receive(i->fd_wire, &i->scratch->message, &fd);
	if (r <= 0)
		return error_set(err, ERR_SYSTEM, r ? -r : EPIPE, "ask the runtime for a mount source");
	if (i->scratch->message.type != MESSAGE_SOURCE || i->scratch->message.op != i->at) {
		fd_close(&fd);
		return error_set(err, ERR_SYSTEM, EPROTO, "the runtime sent no mount source");
	}
	return fd < 0 ? -ENOSYS : fd;
}

/*
 * While init waits it holds nothing of the host but sockets and memory files, and of memory as little as
 * possible: the program is mapped again when it is needed.
 */
static void let_go(struct init *i)
{
	uintptr_t page = (uintptr_t) __builtin_frame_address(0) & ~(uintptr_t) (PAGE_BYTES - 1);

	fd_close(&i->fd_root);
	fd_close(&i->fd_node_dir);
	fd_close(&i->fd_console);
	procfs_close(&i->proc);
	mask_close(i);
	(void) munmap((void *) (uintptr_t) i->program.base, i->page->program_size);
	i->program.base = NULL;
	/* What deeper calls have left below us; the page under this one is still in use. */
	(void) madvise((void *) (page - STACK_BYTES), STACK_BYTES - PAGE_BYTES, MADV_DONTNEED);
}

/* The memory file is sealed and was checked: the same bytes are found at another address. */
static int take_back(struct init *i, struct error *err)
{
	void *block = sys_map_fd(i->fd_program, i->page->program_size, PROT_READ, MAP_PRIVATE);
	struct program *p = &i->program;

	if (!block)
		return error_set(err, ERR_SYSTEM, errno, "map the launch program again");
	p->base = block;
	p->header = block;
	p->ops = (const struct program_op *) (const void *) (p->base + p->header->ops);
	return 0;
}

static int await_starter(struct init *i, uid_t creator, bool userns, struct error *err)
{
	uid_t uid;

	for (;;) {
		(void) madvise(i->scratch, sizeof(*i->scratch), MADV_DONTNEED);
		_cleanup_close_ int sock = sys_accept(i->fd_listen);

		if (sock < 0)
			return error_set(err, ERR_SYSTEM, -sock, "accept the order to start");
		if (sys_peer_uid(sock, &uid) < 0 || !(uid == creator || (uid == 0 && !userns)))
			continue;
		if (message_send(sock, MESSAGE_PAGE, i->at, NULL, 0, i->fd_page) < 0)
			continue;
		/* Gone without an order, or nonsense: the next one may do better. */
		if (receive_go(i, sock, err) <= 0) {
			error_clear(err);
			continue;
		}
		i->fd_start = fd_steal(&sock);
		fd_close(&i->fd_listen);
		return 0;
	}
}

int wait_start(struct init *i, bool *ret_gone, struct error *err)
{
	bool userns = i->program.header->flags & PROGRAM_NEW_USERNS;
	uid_t creator = 0;
	int r;

	let_go(i);
	/*
	 * From here on the end of the runtime is seen on the wire: without its order, the commit of create,
	 * init leaves. The signal must not be pending any more when the order comes, because the runtime
	 * ends right after giving it.
	 */
	process_guard(false);
	r = arrive(i, ret_gone, err);
	if (r == 0 && i->fd_listen >= 0) {
		/* In the ids of this user namespace, like those of who starts: so not before they were mapped. */
		r = sys_peer_uid(i->fd_wire, &creator);
		/* The runtime waits for this end-of-file: create is complete. */
		fd_close(&i->fd_wire);
		r = r < 0 ? error_set(err, ERR_SYSTEM, -r, "who has created the container")
			  : await_starter(i, creator, userns, err);
	} else if (r == 0) {
		r = receive_go(i, i->fd_wire, err);
		*ret_gone = r == 0;
		r = r > 0 ? 0 : r < 0 ? r : -EPIPE;
	}
	if (!*ret_gone && take_back(i, err) < 0) {
		/* Without the program there is not even the name of this operation to report. */
		*ret_gone = true;
		r = -ENOMEM;
	}
	return r;
}
