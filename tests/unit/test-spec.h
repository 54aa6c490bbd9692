/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_TEST_SPEC_H
#define BERTH_TEST_SPEC_H

/* What the tests of spec/ have in common. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/str.h"
#include "spec/config.h"

#include <string.h>

/* One reading; good while doc is. */
struct reading {
	struct document doc;
	struct error err;
	struct config *config;
	int r;
};

static inline void reading_done(struct reading *reading)
{
	document_done(&reading->doc);
}

#define _cleanup_reading_ _cleanup_(reading_done)

/*
 * Reads from memory of exactly the text's size, which is freed before returning: sanitizers see a
 * byte read too much, and a pointer into the text that was kept.
 */
static inline struct reading read_text(const char *text, size_t len)
{
	struct reading reading = { .doc = DOCUMENT_INIT, .err = ERROR_INIT };
	char *copy = test_malloc(len + (len == 0));

	memcpy(copy, text, len);
	reading.r = config_read(&reading.doc, copy, len, &reading.config, &reading.err);
	test_free(copy);
	assert_int_equal(reading.r < 0, error_is_set(&reading.err));
	return reading;
}

static inline struct reading read_string(const char *text)
{
	return read_text(text, strlen(text));
}

#endif
