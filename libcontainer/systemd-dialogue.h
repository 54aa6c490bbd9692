/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYSTEMD_DIALOGUE_H
#define BERTH_SYSTEMD_DIALOGUE_H

/*
 * What berth and its helper berth-systemd say to each other: one request and one reply, each one packet of
 * a SOCK_SEQPACKET pair whose other end is the helper's standard input. The helper's argument says whose manager it
 * connects with, which it does before it reads the request; it ends after its reply, or when there is no request.
 *
 * A request carries strings, each with its NUL: the name of the unit, then properties. A property is its
 * name, its D-Bus signature and the basic values that the signature asks for, in order, as text: numbers in
 * decimal, booleans as "true" or "false", in front of the elements of an array their number, in front
 * of a variant's values its signature.
 */

#include <stddef.h>
#include <stdint.h>

#define SYSTEMD_MAGIC 0x64737973u
#define SYSTEMD_OF_SYSTEM "system" /* the argument */
#define SYSTEMD_OF_USER "user"
#define SYSTEMD_DATA_MAX 65536u
#define SYSTEMD_DEPTH_MAX 8       /* of a signature */
#define SYSTEMD_SIGNATURE_MAX 255 /* bytes of one */

enum systemd_request_type {
	SYSTEMD_START = 1, /* a transient unit, with pid in it if that is not 0 */
	SYSTEMD_STOP,      /* and forget that it has failed; a unit that is not there is fine */
	SYSTEMD_SET,       /* properties of a unit, until it is gone */
	SYSTEMD_TYPE_MAX,
};

struct systemd_request {
	uint32_t magic;
	uint32_t type;
	uint32_t pid;
	uint32_t timeout_ms; /* for all together */
	uint32_t n;          /* strings in data */
	uint32_t len;        /* bytes of data */
	char data[SYSTEMD_DATA_MAX];
};

#define SYSTEMD_REQUEST_HEAD 24u

/* All texts end in a NUL. errnum 0: done. */
struct systemd_reply {
	uint32_t magic;
	int32_t errnum;
	char what[64];           /* the step that failed: "StartTransientUnit", "connection" */
	char name[128];          /* of the D-Bus error */
	char text[512];          /* its message */
	char result[32];         /* of the job or the unit, when systemd says more than "done" */
	/* Of the unit that is there: "/system.slice/x.scope". Not of one started with a process, which tells it. */
	char control_group[4096];
};

/* Bytes of the one complete type at the beginning of a signature; 0: there is none. */
size_t systemd_type_length(const char *signature);

#endif
