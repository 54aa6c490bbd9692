/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include "base/str.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static struct {
	int errnum;
	char text[sizeof(((struct error *) NULL)->call)];
} noted;

void error_note_call(int errnum, const char *fmt, ...)
{
	va_list ap;

	noted.errnum = errnum;
	va_start(ap, fmt);
	(void) vsnprintf(noted.text, sizeof(noted.text), fmt, ap);
	va_end(ap);
}

int error_set(struct error *err, enum error_code code, int errnum, const char *fmt, ...)
{
	int r = errnum > 0 ? -errnum : -EINVAL;
	int saved = errno;
	va_list ap;

	if (error_is_set(err))
		return r;
	err->code = code;
	err->errnum = errnum > 0 ? errnum : 0;
	va_start(ap, fmt);
	(void) vsnprintf(err->subject, sizeof(err->subject), fmt, ap);
	va_end(ap);
	/* A note is used once: a later error with the same errno may come from something else. */
	if (errnum > 0 && noted.errnum == errnum)
		(void) str_copy(err->call, sizeof(err->call), noted.text);
	noted.errnum = 0;
	errno = saved;
	return r;
}

void error_add_step(struct error *err, const char *step)
{
	if (error_is_set(err) && !err->step[0])
		(void) str_copy(err->step, sizeof(err->step), step);
}

void error_add_document(struct error *err, const char *document)
{
	if (error_is_set(err) && !err->document[0])
		(void) str_copy(err->document, sizeof(err->document), document);
}

void error_add_pointer(struct error *err, const char *pointer, unsigned line, unsigned column)
{
	if (!error_is_set(err) || err->pointer[0] || err->line)
		return;
	(void) str_copy(err->pointer, sizeof(err->pointer), pointer);
	err->line = line;
	err->column = column;
}

void error_add_cause(struct error *err, const char *fmt, ...)
{
	va_list ap;

	if (!error_is_set(err) || err->cause[0])
		return;
	va_start(ap, fmt);
	(void) vsnprintf(err->cause, sizeof(err->cause), fmt, ap);
	va_end(ap);
}

void error_add_hint(struct error *err, const char *fmt, ...)
{
	va_list ap;

	if (!error_is_set(err) || err->hint[0])
		return;
	va_start(ap, fmt);
	(void) vsnprintf(err->hint, sizeof(err->hint), fmt, ap);
	va_end(ap);
}

void error_clear(struct error *err)
{
	*err = ERROR_INIT;
	noted.errnum = 0;
}
