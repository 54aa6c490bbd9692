/* SPDX-License-Identifier: Apache-2.0 */
/* Memory, buffers, strings and descriptors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/fd.h"
#include "base/format.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void arena_zeroes_and_aligns(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;

	(void) state;
	for (size_t size = 0; size < 10000; size += 7) {
		unsigned char *p = arena_alloc(&a, size);

		assert_non_null(p);
		assert_int_equal((uintptr_t) p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size);
	}
}

static void arena_refuses(void **state)
{
	_cleanup_arena_ struct arena a = { .limit = 128 };

	(void) state;
	assert_null(arena_calloc(&a, SIZE_MAX / 2, 3));
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_null(arena_alloc(&a, 129));
	assert_non_null(arena_alloc(&a, 100));
	assert_null(arena_alloc(&a, 100));
	assert_null(arena_regrow(&a, NULL, 0, SIZE_MAX / 2, 4));
	assert_non_null(arena_alloc(&a, 16));
	assert_null(arena_alloc(&a, 1));
	arena_done(&a);
	assert_non_null(arena_alloc(&a, 128));
}

static void arena_regrows(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	uint32_t *v = arena_calloc(&a, 1, sizeof(*v)), *other = NULL, *before = v;

	(void) state;
	v[0] = 0;
	v = arena_regrow(&a, v, 1, 4, sizeof(*v));
	assert_ptr_equal(v, before);
	for (uint32_t n = 4; n < 5000; n *= 2) {
		for (uint32_t i = n / 2; i < n; i++)
			v[i] = i;
		if (n == 64)
			other = arena_alloc(&a, 4);
		v = arena_regrow(&a, v, n, n * 2, sizeof(*v));
		assert_non_null(v);
		for (uint32_t i = n; i < n * 2; i++)
			assert_int_equal(v[i], 0);
	}
	for (uint32_t i = 2; i < 4096; i++)
		assert_int_equal(v[i], i);
	assert_int_equal(*other, 0);
	assert_ptr_equal(arena_regrow(&a, v, 8, 4, sizeof(*v)), v);
}

static void arena_copies_text(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;

	(void) state;
	assert_string_equal(arena_strdup(&a, "hello"), "hello");
	assert_string_equal(arena_strdup(&a, ""), "");
	assert_string_equal(arena_strndup(&a, "hello", 2), "he");
	assert_string_equal(arena_strndup(&a, "hello", 20), "hello");
	assert_string_equal(arena_printf(&a, "%s/%d", "x", 7), "x/7");
}

static void buf_grows(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	(void) state;
	for (int i = 0; i < 1000; i++)
		buf_addf(&b, "%03d", i);
	assert_false(b.failed);
	assert_int_equal(b.len, 3000);
	assert_int_equal(strlen(b.data), 3000);
	assert_memory_equal(b.data + 2997, "999", 4);
	buf_clear(&b);
	assert_string_equal(b.data, "");
	buf_add(&b, "a\0b", 3);
	buf_addc(&b, 'c');
	buf_adds(&b, "de");
	assert_int_equal(b.len, 6);
	assert_memory_equal(b.data, "a\0bcde", 7);
	buf_add(&b, "x", SIZE_MAX / 2);
	assert_true(b.failed);
	buf_adds(&b, "more");
	assert_int_equal(b.len, 6);
	buf_done(&b);
	buf_adds(&b, "again");
	assert_string_equal(b.data, "again");
}

static int format(char *buf, size_t size, const char *fmt, ...) _printf_(3, 4);

static int format(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = format_va(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

/* Like the C library, into a buffer of any size, and nothing behind it. */
#define assert_formats_alike(...)                                                   \
	for (size_t size = 0; size <= 64; size++) {                                 \
		char ours[64], theirs[64];                                          \
                                                                                    \
		memset(ours, 7, sizeof(ours));                                      \
		memset(theirs, 7, sizeof(theirs));                                  \
		assert_int_equal(format(ours, size, __VA_ARGS__), snprintf(theirs, size, __VA_ARGS__)); \
		assert_memory_equal(ours, theirs, sizeof(ours));                    \
	}

static void formats_like_libc(void **state)
{
	(void) state;
	assert_formats_alike("plain, 100 %%");
	assert_formats_alike("%s|%5s|%-5s|%.2s|%.*s|%.*s|%5.1s", "", "ab", "ab", "abc", 2, "xyz", -1, "xyz", "ab");
	assert_formats_alike("%c|%3c|%-3c|", 'a', 'b', 'c');
	assert_formats_alike("%d|%d|%5d|%-5d|%05d|%*d|%*d|%0*d", -7, INT_MIN, -42, -42, -42, 4, 1, -4, 1, 3, 1);
	assert_formats_alike("%ld|%lld", LONG_MIN, LLONG_MAX);
	assert_formats_alike("%u|%lu|%llu|%zu", UINT_MAX, ULONG_MAX, 0ULL, SIZE_MAX);
	assert_formats_alike("%x|%lx|%o|%04x|%04o|%09ld|%03u", 0xabcu, ULONG_MAX, 0755u, 1u, 07u, 5L, 12u);
}

static void numbers_become_text(void **state)
{
	static const uint64_t numbers[] = { 0, 1, 9, 10, 99, 100, 4294967296, UINT64_MAX - 1, UINT64_MAX };
	char text[STR_U64_SIZE];
	uint64_t u = 5;

	(void) state;
	for (size_t n = 0; n < ELEMENTSOF(numbers); n++) {
		size_t len = str_from_u64(numbers[n], text);

		assert_int_equal(len, strlen(text));
		assert_int_equal(str_to_u64(text, &u), 0);
		assert_true(u == numbers[n]);
	}
}

static void numbers_are_strict(void **state)
{
	static const char *const bad[] = { "", "-", "+1", " 1", "1 ", "0x1", "1a", "--1", "\xd9\xa1" };
	uint64_t u = 5;
	int64_t i = 5;
	uint32_t w = 5;

	(void) state;
	for (size_t n = 0; n < ELEMENTSOF(bad); n++) {
		assert_int_equal(str_to_u64(bad[n], &u), -EINVAL);
		assert_int_equal(str_to_i64(bad[n], &i), -EINVAL);
		assert_int_equal(str_to_u32(bad[n], &w), -EINVAL);
	}
	assert_int_equal(str_to_u64("-1", &u), -EINVAL);
	assert_int_equal(str_to_u64("18446744073709551616", &u), -ERANGE);
	assert_int_equal(str_to_u64("99999999999999999999999", &u), -ERANGE);
	assert_int_equal(str_to_u64("9999999999999999999999x", &u), -EINVAL);
	assert_int_equal(str_to_i64("9223372036854775808", &i), -ERANGE);
	assert_int_equal(str_to_i64("-9223372036854775809", &i), -ERANGE);
	assert_int_equal(str_to_u32("4294967296", &w), -ERANGE);
	assert_true(u == 5 && i == 5 && w == 5);
	assert_int_equal(str_to_u64("18446744073709551615", &u), 0);
	assert_true(u == UINT64_MAX);
	assert_int_equal(str_to_i64("-9223372036854775808", &i), 0);
	assert_true(i == INT64_MIN);
	assert_int_equal(str_to_i64("9223372036854775807", &i), 0);
	assert_true(i == INT64_MAX);
	assert_int_equal(str_to_i64("-0", &i), 0);
	assert_true(i == 0);
	assert_int_equal(str_to_u32("4294967295", &w), 0);
	assert_true(w == UINT32_MAX);
}

static void names_are_found(void **state)
{
	static const struct name_value table[] = { { "one", 1 }, { "two", 2 }, { 0 } };

	(void) state;
	assert_int_equal(name_find(table, "two")->value, 2);
	assert_string_equal(name_of(table, 1)->name, "one");
	assert_null(name_find(table, "three"));
	assert_null(name_of(table, 0));
	assert_string_equal(str_after("SIGTERM", "SIG"), "TERM");
	assert_null(str_after("SI", "SIG"));
	assert_true(str_ends("a.scope", ".scope"));
	assert_false(str_ends(".scope", ".scope"));
	assert_false(str_ends("a.slice", ".scope"));
	assert_true(str_is_empty(NULL) && str_is_empty("") && !str_is_empty("x"));
}

static void text_is_made_harmless(void **state)
{
	static const struct {
		const char *in, *out;
		size_t plain;
	} rows[] = {
		{ "plain \\ text", "plain \\ text", 12 },
		{ "a\nb\t\x7f", "a\\x0ab\\x09\\x7f", 1 },
		{ "\x1b[2J", "\\x1b[2J", 0 },
		{ "gr\xc3\xb6\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xb3", "gr\xc3\xb6\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xb3", 2 },
		{ "\xc2\x9b" "2J", "\\xc2\\x9b2J", 0 },             /* C1: a one-byte ESC [ */
		{ "\xc0\xaf", "\\xc0\\xaf", 0 },                     /* overlong */
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80", 0 },           /* surrogate */
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", 0 }, /* above U+10FFFF */
		{ "cut\xe2\x82", "cut\\xe2\\x82", 3 },
		{ "\xff", "\\xff", 0 },
	};
	char buf[64];

	(void) state;
	for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
		assert_int_equal(str_escape(rows[i].in, buf, sizeof(buf)), strlen(rows[i].out));
		assert_int_equal(str_plain(rows[i].in), rows[i].plain);
		assert_string_equal(buf, rows[i].out);
	}
	assert_int_equal(str_escape("ab\n", buf, 6), 2);
	assert_string_equal(buf, "ab");
	assert_int_equal(str_escape("a\xe2\x82\xac", buf, 4), 1);
	assert_string_equal(buf, "a");
	assert_int_equal(str_escape("abc", buf, 1), 0);
	assert_int_equal(str_copy(buf, 3, "abc"), 2);
	assert_string_equal(buf, "ab");
	assert_int_equal(str_copy(buf, sizeof(buf), "abc"), 3);
}

static void descriptors_have_one_owner(void **state)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), copy = fd, none = -1;

	(void) state;
	assert_true(fd >= 0);
	assert_int_equal(fd_steal(&fd), copy);
	assert_int_equal(fd, -1);
	errno = ENOANO;
	fd_close(&copy);
	fd_close(&none);
	assert_int_equal(errno, ENOANO);
	assert_int_equal(copy, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_zeroes_and_aligns), cmocka_unit_test(arena_refuses),
		cmocka_unit_test(arena_regrows),	   cmocka_unit_test(arena_copies_text),
		cmocka_unit_test(buf_grows),		   cmocka_unit_test(numbers_are_strict),
		cmocka_unit_test(numbers_become_text), cmocka_unit_test(formats_like_libc),
		cmocka_unit_test(names_are_found),	   cmocka_unit_test(text_is_made_harmless),
		cmocka_unit_test(descriptors_have_one_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
