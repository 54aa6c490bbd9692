/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SYSTEMD_WIRE_H
#define BERTH_SYSTEMD_WIRE_H

/*
 * Messages of D-Bus as bytes (D-Bus specification, "Marshaling" and "Message Protocol"), in the byte order of this
 * machine: who speaks with systemd is on the same one.
 */

#include "libcontainer/systemd-words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_HEAD 16u                 /* bytes that tell how long a message is */
#define WIRE_MAX (128u * 1024 * 1024) /* the longest message there may be */

enum wire_type { WIRE_CALL = 1, WIRE_RETURN, WIRE_ERROR, WIRE_SIGNAL };

/* A message being written into memory that somebody else owns. */
struct wire_writer {
	char *data;
	size_t size, len;
	size_t body;  /* where it begins */
	int error;    /* the first one: -E2BIG, -EBADMSG; then nothing more is written */
};

/* A call of a method; what follows are its arguments, of these types ("" for none). destination may be NULL. */
struct wire_call {
	const char *destination, *path, *interface, *member, *signature;
};

void wire_begin(struct wire_writer *w, char *data, size_t size, uint32_t serial, const struct wire_call *call);
/* The length of the whole message, or a negative errno. */
int wire_end(struct wire_writer *w);

void wire_put_u32(struct wire_writer *w, uint32_t v);
void wire_put_string(struct wire_writer *w, const char *s); /* an object's path as well */
void wire_put_signature(struct wire_writer *w, const char *s);

/*
 * Around the elements of an array. align is that of an element's type: 8 for structures. Begin's result is what
 * end wants.
 */
size_t wire_begin_array(struct wire_writer *w, size_t align);
void wire_end_array(struct wire_writer *w, size_t begin, size_t align);
/* Structures are aligned, and that is all. */
void wire_begin_struct(struct wire_writer *w);

/* All properties in words as the elements of an a(sv). -EBADMSG for words that are not what their signatures say. */
void wire_put_properties(struct wire_writer *w, struct words words);

/* A message that has been read. What it points to is in the bytes it was read from; what it does not have is "". */
struct wire_message {
	enum wire_type type;
	uint32_t reply_to; /* serial of the call that is answered */
	const char *path, *interface, *member, *error, *sender, *signature;
	const char *body;
	size_t body_size;
};

/* From the WIRE_HEAD bytes at its beginning: the length of a message; 0 for what is none. */
size_t wire_length(const char *head);

/* size is what wire_length() says. 0 or -EBADMSG. */
int wire_read(const char *data, size_t size, struct wire_message *ret);

/*
 * Reads the arguments of a message, of basic types alone, or one variant with such a type in it: strings ("s", "o")
 * for a const char **, "u" for a uint32_t *. The message's signature must be the given one (for a variant that of its
 * contents). 0 or -EBADMSG.
 */
int wire_read_body(const struct wire_message *m, const char *signature, ...);

#endif
