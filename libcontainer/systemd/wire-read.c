/* SPDX-License-Identifier: Apache-2.0 */
/* Messages from others: nothing in them is believed before it has been looked at. */
#include "libcontainer/systemd/wire.h"

#include "base/macro.h"
#include "base/str.h"
#include "libcontainer/systemd/wire-layout.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

struct reader {
	const char *data;
	size_t at, size;
	bool bad; /* then nothing more is read */
};

/* n bytes, aligned from the beginning of the data. NULL when they are not there. */
static const char *get(struct reader *r, size_t n, size_t align)
{
	size_t begin = ALIGN_UP(r->at, align);

	if (r->bad || begin > r->size || n > r->size - begin) {
		r->bad = true;
		return NULL;
	}
	r->at = begin + n;
	return r->data + begin;
}

static uint8_t get_byte(struct reader *r)
{
	const char *p = get(r, 1, 1);

	return p ? (uint8_t)*p : 0;
}

static uint32_t get_u32(struct reader *r)
{
	const char *p = get(r, sizeof(uint32_t), sizeof(uint32_t));
	uint32_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return v;
}

/* A text of n bytes and the NUL behind it. */
static const char *get_text(struct reader *r, size_t n)
{
	const char *p = get(r, n + 1, 1);

	if (p && strnlen(p, n + 1) == n)
		return p;
	r->bad = true;
	return "";
}

static const char *get_string(struct reader *r)
{
	return get_text(r, get_u32(r));
}

static const char *get_signature(struct reader *r)
{
	return get_text(r, get_byte(r));
}

size_t wire_length(const char *head)
{
	uint32_t body, fields;
	size_t size;

	memcpy(&body, head + WIRE_AT_BODY_SIZE, sizeof(body));
	memcpy(&fields, head + WIRE_AT_FIELDS_SIZE, sizeof(fields));
	if (head[0] != WIRE_ORDER || head[WIRE_AT_VERSION] != WIRE_VERSION || body > WIRE_MAX || fields > WIRE_MAX)
		return 0;
	size = ALIGN_UP(WIRE_HEAD + fields, 8) + body;
	return size > WIRE_MAX ? 0 : size;
}

/* Where a field of text belongs, or NULL for one that nobody here looks at. */
static const char **field_place(struct wire_message *m, uint8_t field)
{
	switch (field) {
	case WIRE_PATH:
		return &m->path;
	case WIRE_INTERFACE:
		return &m->interface;
	case WIRE_MEMBER:
		return &m->member;
	case WIRE_ERROR_NAME:
		return &m->error;
	case WIRE_SENDER:
		return &m->sender;
	case WIRE_SIGNATURE:
		return &m->signature;
	default:
		return NULL;
	}
}

/* Of all types that a header's field may have. */
static void read_field(struct reader *r, struct wire_message *m)
{
	const char **place, *type, *text;
	uint8_t field;
	uint32_t v;

	(void)get(r, 0, 8);
	field = get_byte(r);
	type = get_signature(r);
	place = field_place(m, field);
	if (streq(type, "u")) {
		v = get_u32(r);
		if (field == WIRE_REPLY_SERIAL)
			m->reply_to = v;
		r->bad = r->bad || place;
		return;
	}
	text = streq(type, "g") ? get_signature(r) : streq(type, "s") || streq(type, "o") ? get_string(r) : NULL;
	if (!text || field == WIRE_REPLY_SERIAL)
		r->bad = true;
	else if (place)
		*place = text;
}

int wire_read(const char *data, size_t size, struct wire_message *ret)
{
	struct reader r = { .data = data, .size = size };
	size_t end;

	if (size < WIRE_HEAD || wire_length(data) != size)
		return -EBADMSG;
	*ret = (struct wire_message){
		.type = (enum wire_type)(uint8_t)data[WIRE_AT_TYPE],
		.path = "", .interface = "", .member = "", .error = "", .sender = "", .signature = "",
	};
	r.at = WIRE_AT_FIELDS_SIZE;
	end = get_u32(&r);
	end += r.at;
	/* wire_length() has seen that it is in the message. */
	r.size = end;
	while (!r.bad && r.at < end)
		read_field(&r, ret);
	if (r.bad)
		return -EBADMSG;
	ret->body = data + ALIGN_UP(end, 8);
	ret->body_size = size - ALIGN_UP(end, 8);
	return 0;
}

int wire_read_body(const struct wire_message *m, const char *signature, ...)
{
	struct reader r = { .data = m->body, .size = m->body_size };
	va_list ap;

	/* A variant says itself what it holds. */
	if (!streq(streq(m->signature, "v") ? get_signature(&r) : m->signature, signature))
		return -EBADMSG;
	va_start(ap, signature);
	for (const char *type = signature; *type && !r.bad; type++)
		if (*type == 'u')
			*va_arg(ap, uint32_t *) = get_u32(&r);
		else
			*va_arg(ap, const char **) = get_string(&r);
	va_end(ap);
	return r.bad ? -EBADMSG : 0;
}
