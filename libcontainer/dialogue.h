/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_DIALOGUE_H
#define BERTH_DIALOGUE_H

/*
 * What berth and berth-init say to each other.
 *
 * Three channels:
 *  - the page: one memfd mapped by both (struct page); the runtime fills the first part before clone,
 *    init the second part as it goes. If init is killed, the page still tells at which operation;
 *  - the wire: a SOCK_SEQPACKET socketpair, one struct message per packet;
 *  - the start socket: a listening SOCK_SEQPACKET socket at <state dir>/start, on which init waits after
 *    OP_WAIT_START. `start` connects (a dead init refuses at once) and speaks the same messages. Init
 *    keeps that connection, close-on-exec, until execve: end-of-file means that the program runs.
 *
 * init is started as: berth-init PAGE_FD [INIT_GUARD_LATER], with every other descriptor named in the page.
 */

#include "base/error.h"

#include <stdint.h>

#define PAGE_MAGIC 0x65676170u
#define MESSAGE_MAGIC 0x6567736du
#define START_SOCKET_NAME "start"
#define INIT_GUARD_LATER "guard-later" /* stay dumpable until OP_USERNS_ROOT */

enum init_fd {
	INIT_FD_PROGRAM,   /* sealed memfd with the program */
	INIT_FD_WIRE,      /* init's end of the socketpair */
	INIT_FD_LISTEN,    /* the start socket; -1 when the container is only run */
	INIT_FD_CONSOLE,   /* connected stream socket that gets the pty master; -1 without terminal */
	INIT_FD_MAX,
};

struct op_times {
	uint64_t wall_start, wall_end; /* CLOCK_MONOTONIC, ns */
	uint64_t cpu_start, cpu_end;   /* CLOCK_PROCESS_CPUTIME_ID, ns */
};

struct page {
	/* written by the runtime before init starts */
	uint32_t magic;
	uint32_t size;            /* of the mapping */
	uint32_t program_size;
	uint32_t trace;           /* init shall fill times[] */
	int32_t fd[INIT_FD_MAX];
	uint32_t preserve_fds;    /* descriptors 3 .. 3+n-1 go to the program */
	uint32_t listen_fds;      /* of them the first n are socket activation */
	uint32_t fault_op;        /* test builds: op index + 1 at which init arms a fault; 0: none */
	int32_t fault_errno;
	uint32_t fault_nth;       /* the n-th system call of that operation */
	uint32_t kill_op;         /* test builds: op index + 1 after which init kills itself; 0: none */
	uint32_t n_ops;           /* of the program, and the offset in this page of */
	uint32_t op_types;        /* uint16_t[n_ops]: `start` names steps without having the program */
	/* written by init */
	uint32_t op;              /* index of the operation being executed, + 1; 0: none yet */
	uint32_t failed;          /* init gives up at op, and may be unable to say so under its filter */
	uint32_t listener_fd;     /* seccomp listener's number in init, + 1; 0: none yet */
	uint32_t listener_taken;  /* set by the runtime when it holds a copy of it */
	uint32_t n_times;
	struct op_times times[];  /* n_ops of them when trace is set */
};

enum message_type {
	MESSAGE_GO = 1,        /* runtime -> init: go on behind OP_SYNC op; also start's order to start */
	MESSAGE_ARRIVED,       /* init -> runtime: reached OP_SYNC or OP_WAIT_START op */
	MESSAGE_WANT_SOURCE,   /* init -> runtime: open the source of the OP_MOUNT op; answered by SOURCE */
	MESSAGE_SOURCE,        /* runtime -> init: with the detached mount, or none where open_tree(2) is missing */
	MESSAGE_ERROR,         /* init -> runtime or start: struct error in data; init exits */
	MESSAGE_STDOUT,        /* init -> runtime or start: a hook has written data; only with OP_HOOK_OUTPUT */
	MESSAGE_STDERR,
	MESSAGE_PAGE,          /* init -> start: the page's memfd, first message on the start socket */
	MESSAGE_TYPE_MAX,
};

#define MESSAGE_DATA_MAX 8192

struct message {
	uint32_t magic;
	uint32_t type;   /* enum message_type */
	uint32_t op;     /* index of the operation it is about */
	uint32_t len;    /* bytes of data that follow */
	uint8_t data[MESSAGE_DATA_MAX];
};

#define MESSAGE_HEAD_SIZE 16u

/*
 * Sends one message; fd >= 0 goes along (SCM_RIGHTS). 0 or a negative errno (-EPIPE: peer gone).
 */
int message_send(int sock, uint32_t type, uint32_t op, const void *data, uint32_t len, int fd);

/*
 * Receives one message into *m. *ret_fd (may be NULL: descriptors are refused) gets a received
 * descriptor or -1. 1 for a message, 0 for end-of-file, -EBADMSG for anything malformed (wrong
 * magic, length, type, more than one descriptor), else a negative errno.
 */
int message_receive(int sock, struct message *m, int *ret_fd);

#endif
