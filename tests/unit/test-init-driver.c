/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tests/unit/test-init-driver.h"

#include "libcontainer/sys/caps.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char rootfs[64];

#define MUST(x)                                                                        \
	({                                                                             \
		__typeof__(x) _x = (x);                                                \
		if (_x < 0) {                                                          \
			fprintf(stderr, "%s:%d: %s: %m\n", __FILE__, __LINE__, #x);    \
			abort();                                                       \
		}                                                                      \
		_x;                                                                    \
	})

/* ---- programs ---- */

void builder_init(struct builder *b)
{
	memset(b, 0, sizeof(*b));
	b->used = (uint32_t) sizeof(struct program_header);
}

static uint32_t builder_add(struct builder *b, const void *data, uint32_t len)
{
	uint32_t off = (b->used + 7) & ~7u;

	if (off + len > sizeof(b->data))
		abort();
	memcpy(b->data + off, data, len);
	b->used = off + len;
	return off;
}

pstr builder_str(struct builder *b, const char *s)
{
	return builder_add(b, s, (uint32_t) strlen(s) + 1);
}

struct pstrv builder_strv(struct builder *b, const char *const *list)
{
	struct pstrv v = { 0 };
	pstr strings[64];

	for (; list[v.n]; v.n++)
		strings[v.n] = builder_str(b, list[v.n]);
	v.off = v.n ? builder_add(b, strings, v.n * (uint32_t) sizeof(pstr)) : 0;
	return v;
}

struct pblob builder_blob(struct builder *b, const void *data, uint32_t len)
{
	return (struct pblob){ .len = len, .off = builder_add(b, data, len) };
}

void builder_op(struct builder *b, enum op_type type, const void *data, uint32_t size)
{
	struct program_op *op = &b->ops[b->n_ops++];

	if (b->n_ops > BUILDER_OPS)
		abort();
	op->type = (uint16_t) type;
	op->place = (uint16_t) op_info(type)->place;
	op->data = size ? builder_add(b, data, size) : 0;
}

uint32_t builder_finish(struct builder *b, uint32_t flags)
{
	struct program_header *h = (struct program_header *) (void *) b->data;
	uint32_t k, ops;
	pstr head = builder_str(b, "{\"ociVersion\":\"1.2.0\",\"id\":\"t\",\"status\":\"");
	pstr tail = builder_str(b, ",\"bundle\":\"/b\"}");

	for (k = 0; k < b->n_ops && b->ops[k].type != OP_WAIT_START; k++)
		;
	h->wait = k;
	ops = builder_add(b, b->ops, b->n_ops * (uint32_t) sizeof(b->ops[0]));
	h->magic = PROGRAM_MAGIC;
	h->version = PROGRAM_VERSION;
	h->size = b->used;
	h->n_ops = b->n_ops;
	h->ops = ops;
	h->flags = flags;
	h->state_head = head;
	h->state_tail = tail;
	return b->used;
}

/* ---- the rootfs ---- */

const char *rootfs_make(void)
{
	static const char *const dirs[] = { "bin", "proc", "dev", "etc", "tmp", "sys", "old", NULL };
	char command[256], path[128];
	int k;

	if (geteuid() != 0 || access("/bin/busybox", X_OK) < 0)
		return NULL;
	strcpy(rootfs, "/tmp/berth-init-test-XXXXXX");
	if (!mkdtemp(rootfs))
		return NULL;
	(void) chmod(rootfs, 0755);
	for (k = 0; dirs[k]; k++) {
		snprintf(path, sizeof(path), "%s/%s", rootfs, dirs[k]);
		(void) mkdir(path, 0755);
	}
	snprintf(command, sizeof(command), "cp /bin/busybox %s/bin/busybox && for n in sh cat id true ls; do "
					   "ln -s busybox %s/bin/$n; done", rootfs, rootfs);
	return system(command) == 0 ? rootfs : NULL;
}

void rootfs_remove(void)
{
	char command[128];

	if (!rootfs[0])
		return;
	snprintf(command, sizeof(command), "rm -rf --one-file-system %s", rootfs);
	if (system(command) != 0)
		fprintf(stderr, "left behind: %s\n", rootfs);
}

/* ---- the runtime's side ---- */

static int memfd_with(const void *data, size_t size)
{
	int fd = MUST(memfd_create("test", MFD_CLOEXEC));

	MUST(ftruncate(fd, (off_t) size));
	if (data && write(fd, data, size) != (ssize_t) size)
		abort();
	return fd;
}

static int start_socket(struct run *r)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = MUST(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));

	snprintf(r->start, sizeof(r->start), "/tmp/berth-init-start-%d", getpid());
	(void) unlink(r->start);
	strcpy(addr.sun_path, r->start);
	MUST(bind(fd, (struct sockaddr *) &addr, sizeof(addr)));
	MUST(listen(fd, 4));
	return fd;
}

static _Noreturn void child(int page, struct page *p, int output, int go, bool userns)
{
	const char *program = getenv("BERTH_INIT");
	char number[16], byte;
	int k;

	/* Held until the user namespace has its maps: without them execve would take our capabilities. */
	while (read(go, &byte, 1) < 0 && errno == EINTR)
		;
	MUST(dup2(output, 1));
	MUST(dup2(output, 2));
	MUST(fcntl(page, F_SETFD, 0));
	for (k = 0; k < INIT_FD_MAX; k++)
		if (p->fd[k] >= 0)
			MUST(fcntl(p->fd[k], F_SETFD, 0));
	if (userns)
		MUST(sys_caps_keep_over_exec());
	snprintf(number, sizeof(number), "%d", page);
	execl(program ? program : "./berth-init", "berth-init", number, NULL);
	fprintf(stderr, "exec berth-init: %m\n");
	_exit(126);
}

static void write_map(pid_t pid, const char *file)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	fd = MUST(open(path, O_WRONLY | O_CLOEXEC));
	MUST(write(fd, "0 0 65536", 9));
	close(fd);
}

void run_start(struct run *r, struct builder *b, uint32_t flags, uint64_t namespaces, bool listen)
{
	uint32_t size = builder_finish(b, flags);
	size_t page_size = sizeof(struct page) + b->n_ops * sizeof(struct op_times);
	struct clone_args args = { .flags = namespaces, .exit_signal = SIGCHLD };
	int wire[2], output[2], console[2], go[2];

	memset(r, 0, sizeof(*r));
	r->block = b->data;
	r->ops = ((struct program_header *) (void *) b->data)->ops;
	r->page_fd = memfd_with(NULL, page_size);
	r->page = mmap(NULL, page_size, PROT_READ | PROT_WRITE, MAP_SHARED, r->page_fd, 0);
	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, wire));
	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, console));
	MUST(pipe2(output, O_CLOEXEC));
	MUST(pipe2(go, O_CLOEXEC));
	r->page->magic = PAGE_MAGIC;
	r->page->size = (uint32_t) page_size;
	r->page->program_size = size;
	r->page->trace = 1;
	r->page->fd[INIT_FD_PROGRAM] = memfd_with(b->data, size);
	r->page->fd[INIT_FD_WIRE] = wire[1];
	r->page->fd[INIT_FD_LISTEN] = listen ? start_socket(r) : -1;
	r->page->fd[INIT_FD_CONSOLE] = flags & PROGRAM_TERMINAL ? console[1] : -1;
	fflush(NULL);
	r->pid = (pid_t) MUST(syscall(SYS_clone3, &args, sizeof(args)));
	if (r->pid == 0) {
		close(go[1]);
		child(r->page_fd, r->page, output[1], go[0], namespaces & CLONE_NEWUSER);
	}
	if (namespaces & CLONE_NEWUSER) {
		write_map(r->pid, "uid_map");
		write_map(r->pid, "gid_map");
	}
	close(go[1]);
	close(go[0]);
	close(wire[1]);
	close(console[1]);
	close(output[1]);
	close(r->page->fd[INIT_FD_PROGRAM]);
	if (listen)
		close(r->page->fd[INIT_FD_LISTEN]);
	r->wire = wire[0];
	r->console = console[0];
	r->output_fd = output[0];
}

/* One message of init. False: the end, or an error that is now in r->error. */
static bool run_message(struct run *r, int sock, int *ret_fd)
{
	int got = message_receive(sock, &r->message, ret_fd);

	if (got <= 0)
		return false;
	if (r->message.type != MESSAGE_ERROR)
		return true;
	memcpy(&r->error, r->message.data, sizeof(r->error));
	return false;
}

bool run_to_wait(struct run *r)
{
	const struct program_op *op;
	uint32_t at;
	int fd;

	while (run_message(r, r->wire, NULL)) {
		at = r->message.op;
		op = (const struct program_op *) (const void *) (r->block + r->ops) + at;
		if (r->message.type == MESSAGE_WANT_SOURCE) {
			fd = r->source(at);
			MUST(message_send(r->wire, MESSAGE_SOURCE, at, NULL, 0, fd));
			close(fd);
			continue;
		}
		MUST(message_send(r->wire, MESSAGE_GO, at, NULL, 0, -1));
		if (op->type == OP_WAIT_START) {
			r->wait = at;
			return true;
		}
	}
	return false;
}

static int start_connect(struct run *r)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = MUST(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)), page = -1;

	strcpy(addr.sun_path, r->start);
	MUST(connect(fd, (struct sockaddr *) &addr, sizeof(addr)));
	if (!run_message(r, fd, &page) || r->message.type != MESSAGE_PAGE || page < 0)
		abort();
	close(page);
	return fd;
}

bool run_go(struct run *r)
{
	int sock = r->wire;

	if (r->start[0]) {
		/* create ends; the first starter goes away without an order. */
		if (run_message(r, r->wire, NULL))
			abort();
		close(start_connect(r));
		sock = start_connect(r);
	}
	MUST(message_send(sock, MESSAGE_GO, r->wait, NULL, 0, -1));
	while (run_message(r, sock, NULL))
		;
	return !error_is_set(&r->error);
}

int run_finish(struct run *r)
{
	size_t len = 0;
	ssize_t n;

	while ((n = read(r->output_fd, r->output + len, sizeof(r->output) - 1 - len)) > 0)
		len += (size_t) n;
	r->output[len] = '\0';
	MUST(waitpid(r->pid, &r->status, 0));
	close(r->wire);
	close(r->console);
	close(r->output_fd);
	if (r->start[0])
		(void) unlink(r->start);
	return r->status;
}
