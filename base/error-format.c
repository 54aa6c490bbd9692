/* SPDX-License-Identifier: Apache-2.0 */
/* The words of errors: everything that people and engines read is put together here. */
#include "base/error.h"

#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ERRNO_SILENT shares the rewordings of ERRNO_MISSING. */
enum errno_wording { ERRNO_CONTRACT, ERRNO_ABSENT, ERRNO_MISSING, ERRNO_SILENT };

static const struct {
	const char *name;
	const char *words;
	enum errno_wording errno_wording;
} codes[ERR_CODE_MAX] = {
#define ERROR_CODE(symbol, name, words, errno_wording) [ERR_##symbol] = { name, words, errno_wording },
#include "base/error-codes.h"
#undef ERROR_CODE
};

/*
 * Phrases that engines search for in any case, and what to say where they would be misread. Hook
 * output and the like is not ours, hence the search in texts as well.
 */
static const struct {
	const char *phrase;
	const char *instead[ERRNO_MISSING + 1];
} rewordings[] = {
	{ "no such file or directory",
	  { [ERRNO_ABSENT] = "does not exist", [ERRNO_MISSING] = "is missing" } },
	{ "permission denied", { [ERRNO_ABSENT] = "access denied", [ERRNO_MISSING] = "access denied" } },
	{ "operation not permitted", { [ERRNO_ABSENT] = "not permitted", [ERRNO_MISSING] = "not permitted" } },
	{ "is a directory",
	  { [ERRNO_ABSENT] = "is not a file but a directory",
	    [ERRNO_MISSING] = "is not a file but a directory" } },
	{ "executable file not found",
	  { [ERRNO_ABSENT] = "program not found", [ERRNO_MISSING] = "program not found" } },
	{ "does not exist", { [ERRNO_MISSING] = "is missing" } },
};

static bool code_is_known(int code)
{
	return code > ERR_NONE && code < ERR_CODE_MAX;
}

static enum errno_wording wording_of(const struct error *err)
{
	return code_is_known(err->code) ? codes[err->code].errno_wording : ERRNO_MISSING;
}

const char *error_code_name(int code)
{
	return code_is_known(code) ? codes[code].name : "unknown";
}

bool error_ends_line(const struct error *err)
{
	return wording_of(err) == ERRNO_CONTRACT && err->errnum == 0;
}

/* A text under construction in a caller's buffer; what does not fit is dropped. */
struct text {
	char *p;
	size_t len;
	size_t size;
};

static void text_add(struct text *t, const char *s)
{
	t->len += str_copy(t->p + t->len, t->size - t->len, s);
}

static void text_addc(struct text *t, char c)
{
	const char s[2] = { c, '\0' };

	text_add(t, s);
}

/* Adds s escaped and, as the wording demands, reworded. */
static void text_add_foreign(struct text *t, const char *s, enum errno_wording wording)
{
	/* Four bytes for each of the longest member would leave no room for what follows it. */
	char clean[1200];
	const char *p = clean;

	wording = MIN(wording, ERRNO_MISSING);
	(void) str_escape(s, clean, sizeof(clean));
	while (*p) {
		size_t skip = 0;

		for (size_t i = 0; i < ELEMENTSOF(rewordings) && !skip; i++) {
			size_t n = strlen(rewordings[i].phrase);

			if (!rewordings[i].instead[wording] ||
			    strncasecmp(p, rewordings[i].phrase, n) != 0)
				continue;
			text_add(t, rewordings[i].instead[wording]);
			skip = n;
		}
		if (!skip)
			text_addc(t, *p);
		p += skip ? skip : 1;
	}
}

/* The words of the code with the subject in place of "%s". */
static void text_add_words(struct text *t, const struct error *err)
{
	const char *words = code_is_known(err->code) ? codes[err->code].words : "%s";
	const char *hole = strstr(words, "%s");

	for (const char *p = words; p < hole; p++)
		text_addc(t, *p);
	text_add_foreign(t, err->subject, wording_of(err));
	text_add(t, hole + 2);
	if (err->code == ERR_SYSTEM && err->call[0]) {
		text_add(t, " (");
		text_add_foreign(t, err->call, ERRNO_MISSING);
		text_add(t, ")");
	}
}

static bool step_is_said(const char *sentence, const char *step)
{
	const char *rest = str_after(sentence, step);

	return rest && (*rest == ':' || *rest == ' ');
}

size_t error_format(const struct error *err, char *buf, size_t size)
{
	char words[ERROR_SENTENCE_SIZE];
	struct text w = { .p = words, .size = sizeof(words) };
	struct text t = { .p = buf, .size = size };

	if (!size)
		return 0;
	buf[0] = words[0] = '\0';
	text_add_words(&w, err);
	if (err->step[0] && !step_is_said(words, err->step)) {
		text_add_foreign(&t, err->step, wording_of(err));
		text_add(&t, ": ");
	}
	text_add(&t, words);
	if (err->cause[0]) {
		text_add(&t, ": ");
		text_add_foreign(&t, err->cause, wording_of(err));
	}
	if (err->errnum > 0 && wording_of(err) != ERRNO_SILENT) {
		text_add(&t, ": ");
		text_add_foreign(&t, errno_words(err->errnum), wording_of(err));
	}
	return t.len;
}

size_t error_format_where(const struct error *err, char *buf, size_t size)
{
	struct text t = { .p = buf, .size = size };
	char number[64];

	if (!size)
		return 0;
	buf[0] = '\0';
	if (err->line || err->pointer[0]) {
		text_add(&t, " (at ");
		text_add_foreign(&t, err->document[0] ? err->document : "config.json", ERRNO_MISSING);
		if (err->line) {
			(void) snprintf(number, sizeof(number), " line %u", err->line);
			text_add(&t, number);
		}
		if (err->line && err->column && !err->pointer[0]) {
			(void) snprintf(number, sizeof(number), " column %u", err->column);
			text_add(&t, number);
		}
		if (err->pointer[0]) {
			text_add(&t, err->line ? ", " : " ");
			text_add_foreign(&t, err->pointer, ERRNO_MISSING);
		}
		text_add(&t, ")");
	}
	if (err->hint[0]) {
		text_add(&t, " \xc2\xb7 hint: ");
		/* A hint never is the contract: "permission denied" in it must not outvote the sentence. */
		text_add_foreign(&t, err->hint, ERRNO_MISSING);
	}
	return t.len;
}
