/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SPEC_STATE_H
#define BERTH_SPEC_STATE_H

/* The OCI state of a container, as `state` prints it, hooks read it and seccomp agents receive it. */

#include "base/buf.h"
#include "base/error.h"
#include "spec/config.h"
#include "spec/json-write.h"

#include <stdint.h>

/* Borrowed strings; those that are NULL are not written. */
struct oci_state {
	const char *oci_version;
	const char *id;
	const char *status;  /* creating, created, running, stopped; paused beyond the spec */
	int64_t pid;         /* 0 when there is no process */
	const char *bundle;  /* absolute */
	const char *rootfs;  /* beyond the spec, for `state` and `list`; so are the next two */
	const char *created; /* RFC 3339 */
	const char *owner;
	const struct string_map *annotations; /* may be NULL; empty ones are not written */
};

/* The object that `state` and each element of `list --format json` consist of. */
void oci_state_write_value(const struct oci_state *state, struct json_writer *w);

/* The document of `state`: indented by two blanks, ends with a newline. 0 or a negative errno. */
int oci_state_write(const struct oci_state *state, struct buf *out, struct error *err);

/*
 * The document for a hook's stdin: one line, and only what the spec defines, because hooks are
 * programs of others that may be strict.
 */
int oci_state_write_hook(const struct oci_state *state, struct buf *out, struct error *err);

/*
 * The container process state that goes to the seccomp agent together with the one descriptor.
 * pid is that of the process that the filter is for; metadata (listenerMetadata) may be NULL.
 */
int oci_state_write_seccomp(const struct oci_state *state, int64_t pid, const char *metadata,
			    struct buf *out, struct error *err);

#endif
