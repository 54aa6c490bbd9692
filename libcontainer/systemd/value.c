/* SPDX-License-Identifier: Apache-2.0 */
/* Properties from the texts of a request into a D-Bus message, led by their signatures. */
#include "libcontainer/systemd/helper.h"

#include "base/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *words_next(struct words *w)
{
	const char *word = w->p, *end;

	if (w->n == 0 || w->p >= w->end)
		return NULL;
	end = memchr(w->p, '\0', (size_t)(w->end - w->p));
	if (!end)
		return NULL;
	w->p = end + 1;
	w->n--;
	return word;
}

static int append_unsigned(sd_bus_message *m, char type, const char *text)
{
	uint64_t max = type == 'y' ? UINT8_MAX : type == 'q' ? UINT16_MAX : type == 'u' ? UINT32_MAX : UINT64_MAX;
	uint64_t v;
	uint32_t u32;
	uint16_t u16;
	uint8_t u8;

	if (str_to_u64(text, &v) < 0 || v > max)
		return -EBADMSG;
	u32 = (uint32_t)v;
	u16 = (uint16_t)v;
	u8 = (uint8_t)v;
	return sd_bus_message_append_basic(m, type, type == 'y'   ? (const void *)&u8
						    : type == 'q' ? (const void *)&u16
						    : type == 'u' ? (const void *)&u32
								  : (const void *)&v);
}

static int append_signed(sd_bus_message *m, char type, const char *text)
{
	int64_t min = type == 'n' ? INT16_MIN : type == 'i' ? INT32_MIN : INT64_MIN;
	int64_t max = type == 'n' ? INT16_MAX : type == 'i' ? INT32_MAX : INT64_MAX;
	int64_t v;
	int32_t i32;
	int16_t i16;

	if (str_to_i64(text, &v) < 0 || v < min || v > max)
		return -EBADMSG;
	i32 = (int32_t)v;
	i16 = (int16_t)v;
	return sd_bus_message_append_basic(m, type, type == 'n'   ? (const void *)&i16
						    : type == 'i' ? (const void *)&i32
								  : (const void *)&v);
}

static int append_basic(sd_bus_message *m, char type, const char *text)
{
	int truth = streq(text, "true");
	char *end;
	double d;

	if (strchr("yqut", type))
		return append_unsigned(m, type, text);
	if (strchr("nix", type))
		return append_signed(m, type, text);
	if (strchr("sog", type))
		return sd_bus_message_append_basic(m, type, text);
	if (type == 'b')
		return truth || streq(text, "false") ? sd_bus_message_append_basic(m, type, &truth) : -EBADMSG;
	if (type != 'd')
		return -EBADMSG;
	d = strtod(text, &end);
	return end == text || *end ? -EBADMSG : sd_bus_message_append_basic(m, type, &d);
}

static int append_type(sd_bus_message *m, const char *type, size_t len, struct words *w, unsigned depth);

/* All types of a signature of len bytes. */
static int append_types(sd_bus_message *m, const char *types, size_t len, struct words *w, unsigned depth)
{
	int r = len ? 0 : -EBADMSG;

	for (size_t at = 0, n; r >= 0 && at < len; at += n) {
		n = systemd_type_length(types + at);
		r = n == 0 || n > len - at ? -EBADMSG : append_type(m, types + at, n, w, depth);
	}
	return r;
}

/* The contents of a container: an array's elements, a structure's members, a variant's value. */
static int append_contents(sd_bus_message *m, char container, const char *contents, struct words *w,
			   unsigned depth)
{
	const char *word;
	uint32_t n = 1;
	int r = 0;

	if (container == 'a') {
		word = words_next(w);
		if (!word || str_to_u32(word, &n) < 0)
			return -EBADMSG;
	}
	for (uint32_t i = 0; r >= 0 && i < n; i++)
		r = append_types(m, contents, strlen(contents), w, depth);
	return r;
}

/* Not deeper than SYSTEMD_DEPTH_MAX, whatever the request says. */
static int append_type(sd_bus_message *m, const char *type, size_t len, struct words *w, unsigned depth)
{
	char container = type[0] == '(' ? 'r' : type[0];
	size_t skip = container == 'r' ? 1 : 0;
	char contents[SYSTEMD_SIGNATURE_MAX + 1];
	const char *word;
	int r;

	if (!strchr("arv", container)) {
		word = words_next(w);
		return word ? append_basic(m, type[0], word) : -EBADMSG;
	}
	if (depth == SYSTEMD_DEPTH_MAX || len >= sizeof(contents))
		return -EBADMSG;
	if (container == 'v') {
		word = words_next(w);
		if (!word || strlen(word) >= sizeof(contents) || systemd_type_length(word) != strlen(word))
			return -EBADMSG;
		(void)str_copy(contents, sizeof(contents), word);
	} else {
		memcpy(contents, type + 1, len - 1 - skip);
		contents[len - 1 - skip] = '\0';
	}
	r = sd_bus_message_open_container(m, container, contents);
	if (r >= 0)
		r = append_contents(m, container, contents, w, depth + 1);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

int append_properties(sd_bus_message *m, struct words *w)
{
	int r = 0;

	while (r >= 0 && w->n > 0) {
		const char *name = words_next(w);

		if (!name)
			return -EBADMSG;
		r = sd_bus_message_open_container(m, 'r', "sv");
		if (r >= 0)
			r = sd_bus_message_append_basic(m, 's', name);
		/* The signature comes next, as for every variant. */
		if (r >= 0)
			r = append_type(m, "v", 1, w, 0);
		if (r >= 0)
			r = sd_bus_message_close_container(m);
	}
	return r;
}
