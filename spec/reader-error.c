/* SPDX-License-Identifier: Apache-2.0 */
/* Errors and warnings of the reader, and the names that tell where they are. */
#include "spec/reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The segment that the frame adds to the pointer of what is below it; false before its first value. */
static bool frame_segment(const struct frame *f, struct pointer_segment *ret)
{
	if (f->kind == FRAME_ARRAY || f->kind == FRAME_SKIP_ARRAY) {
		*ret = (struct pointer_segment){ .element = f->index - 1 };
		return f->index > 0;
	}
	*ret = (struct pointer_segment){ .name = f->key.s, .len = f->key.len };
	return f->key.s != NULL;
}

void reader_pointer(const struct reader *r, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < r->depth; i++) {
		struct pointer_segment segment;

		if (frame_segment(&r->frames[i], &segment))
			pointer_append(buf, size, &len, &segment);
	}
}

void reader_label(const struct reader *r, char *buf, size_t size)
{
	char number[24] = "";
	const struct name *key = NULL;

	for (size_t i = r->depth; i > 0 && !key; i--) {
		const struct frame *f = &r->frames[i - 1];

		if (f->kind == FRAME_ARRAY || f->kind == FRAME_SKIP_ARRAY) {
			if (i == r->depth && f->index > 0)
				(void) snprintf(number, sizeof(number), "[%zu]", f->index - 1);
		} else if (f->key.s) {
			key = &f->key;
		}
	}
	if (key)
		(void) snprintf(buf, size, "\"%.*s\"%s", (int) MIN(key->len, (size_t) 128), key->s, number);
	else
		(void) snprintf(buf, size, "the document");
}

static void reader_collect(struct reader *r, const struct error *e)
{
	struct document *doc = r->doc;

	if (!doc->errors)
		doc->errors = arena_calloc(&doc->arena, TABLE_ERRORS_MAX, sizeof(*doc->errors));
	if (!doc->errors) {
		r->stop = true;
		return;
	}
	doc->errors[doc->n_errors++] = *e;
	if (doc->n_errors == TABLE_ERRORS_MAX)
		r->stop = true;
}

bool reader_fail(struct reader *r, enum error_code code, size_t offset, const char *fmt, ...)
{
	struct error e = ERROR_INIT;
	char pointer[sizeof(e.pointer)], subject[sizeof(e.subject)];
	unsigned line, column;
	va_list ap;

	va_start(ap, fmt);
	(void) vsnprintf(subject, sizeof(subject), fmt, ap);
	va_end(ap);
	reader_pointer(r, pointer, sizeof(pointer));
	document_place(r->doc, offset, &line, &column);
	(void) error_set(&e, code, code == ERR_NO_MEMORY ? ENOMEM : 0, "%s", subject);
	error_add_pointer(&e, pointer, line, column);
	if (!error_is_set(r->err))
		*r->err = e;
	if (!r->doc->collect)
		r->stop = true;
	else
		reader_collect(r, &e);
	return !r->stop;
}

bool reader_no_memory(struct reader *r)
{
	(void) reader_fail(r, ERR_NO_MEMORY, r->start, "while reading JSON");
	r->stop = true;
	return false;
}

void reader_warn(struct reader *r)
{
	struct document *doc = r->doc;
	char pointer[256];

	if (doc->n_warnings == TABLE_WARNINGS_MAX)
		return;
	if (!doc->warnings)
		doc->warnings = arena_calloc(&doc->arena, TABLE_WARNINGS_MAX, sizeof(*doc->warnings));
	if (!doc->warnings)
		return;
	reader_pointer(r, pointer, sizeof(pointer));
	doc->warnings[doc->n_warnings] = arena_printf(&doc->arena, "%s: unknown property", pointer);
	if (doc->warnings[doc->n_warnings])
		doc->n_warnings++;
}

bool reader_note_name(struct reader *r, struct name *name)
{
	uintptr_t distance = (uintptr_t) name->s - (uintptr_t) r->text;

	/* yajl's own buffer, which holds a name with escapes, is used again for the next string. */
	if (distance >= r->len) {
		name->s = arena_strndup(&r->doc->arena, name->s, name->len);
		if (!name->s)
			return reader_no_memory(r);
	}
	if (r->n_names == r->max_names) {
		size_t n = r->max_names ? r->max_names * 2 : 64;
		struct name *grown = arena_regrow(&r->doc->arena, r->names, r->max_names, n, sizeof(*grown));

		if (!grown)
			return reader_no_memory(r);
		r->names = grown;
		r->max_names = n;
	}
	r->names[r->n_names++] = *name;
	return true;
}

static int name_compare(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int c = memcmp(x->s, y->s, MIN(x->len, y->len));

	if (c != 0)
		return c;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return x->offset < y->offset ? -1 : 1;
}

/*
 * Sorting, not hashing: the names are chosen by whoever wrote the document, and no choice makes a
 * sort slow.
 */
bool reader_check_names(struct reader *r)
{
	struct frame *f = &r->frames[r->depth - 1];
	struct name *names = r->names + f->names;
	size_t n = r->n_names - f->names;
	const struct name *twice = NULL;

	r->n_names = f->names;
	if (n < 2)
		return true;
	qsort(names, n, sizeof(*names), name_compare);
	for (size_t i = 1; i < n; i++) {
		const struct name *a = &names[i - 1], *b = &names[i];

		if (a->len == b->len && memcmp(a->s, b->s, a->len) == 0 &&
		    (!twice || b->offset < twice->offset))
			twice = b;
	}
	if (!twice)
		return true;
	f->key = *twice;
	return reader_fail(r, ERR_CONFIG_DUPLICATE, twice->offset, "\"%.*s\"",
			   (int) MIN(twice->len, (size_t) 256), twice->s);
}
