/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/check.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* How many of the first bytes of s are in the set. A NUL is in no set. */
static size_t span(const char *s, size_t len, const char *set)
{
	size_t n = 0;

	while (n < len && s[n] && strchr(set, s[n]))
		n++;
	return n;
}

static enum error_code verdict(bool good)
{
	return good ? ERR_NONE : ERR_CONFIG_VALUE;
}

#define DIGITS "0123456789"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define IDENTIFIER DIGITS CAPITALS "abcdefghijklmnopqrstuvwxyz-"

/* A number without leading zeros at *at; steps over it. */
static bool semver_number(const char *s, size_t len, size_t *at)
{
	size_t n = span(s + *at, len - *at, DIGITS);
	bool good = n == 1 || (n > 1 && s[*at] != '0');

	*at += n;
	return good;
}

/* Identifiers with dots between them, after '-' or '+'; only in the first are leading zeros wrong. */
static bool semver_identifiers(const char *s, size_t len, size_t *at, bool strict)
{
	do {
		size_t start = ++*at, n = span(s + start, len - start, IDENTIFIER);

		if (n == 0)
			return false;
		if (strict && n > 1 && s[start] == '0' && span(s + start, n, DIGITS) == n)
			return false;
		*at += n;
	} while (*at < len && s[*at] == '.');
	return true;
}

static enum error_code oci_version(const char *s, size_t len)
{
	size_t at = 0;

	for (int part = 0; part < 3; part++) {
		if (part > 0 && (at == len || s[at++] != '.'))
			return ERR_CONFIG_VALUE;
		if (!semver_number(s, len, &at))
			return ERR_CONFIG_VALUE;
	}
	if (at < len && s[at] == '-' && !semver_identifiers(s, len, &at, true))
		return ERR_CONFIG_VALUE;
	if (at < len && s[at] == '+' && !semver_identifiers(s, len, &at, false))
		return ERR_CONFIG_VALUE;
	if (at < len)
		return ERR_CONFIG_VALUE;
	/* Every 1.x stays compatible; what other major versions mean is not known. */
	return s[0] == '1' && !is_digit(s[1]) ? ERR_NONE : ERR_CONFIG_UNSUPPORTED;
}

static enum error_code absolute(const char *s, size_t len)
{
	return verdict(len > 0 && s[0] == '/');
}

static enum error_code absolute_or_empty(const char *s, size_t len)
{
	return verdict(len == 0 || s[0] == '/');
}

static enum error_code rlimit(const char *s, size_t len)
{
	static const char prefix[] = "RLIMIT_";
	size_t n = sizeof(prefix) - 1;

	return verdict(len > n && memcmp(s, prefix, n) == 0 && span(s + n, len - n, CAPITALS) == len - n);
}

static enum error_code page_size(const char *s, size_t len)
{
	size_t n = span(s, len, DIGITS);

	return verdict(n > 0 && s[0] != '0' && len == n + 2 && span(s + n, 1, "KMG") == 1 && s[n + 1] == 'B');
}

static enum error_code cpu_list(const char *s, size_t len)
{
	return verdict(span(s, len, DIGITS ", -") == len);
}

static enum error_code device_type(const char *s, size_t len)
{
	return verdict(len == 1 && span(s, 1, "cbup") == 1);
}

static enum error_code mem_bw_schema(const char *s, size_t len)
{
	return verdict(len == 0 || (len >= 3 && memcmp(s, "MB:", 3) == 0 && !memchr(s, '\n', len)));
}

static enum error_code clock_name(const char *s, size_t len)
{
	static const char monotonic[] = "monotonic", boottime[] = "boottime";

	return verdict((len == sizeof(monotonic) - 1 && memcmp(s, monotonic, len) == 0) ||
		       (len == sizeof(boottime) - 1 && memcmp(s, boottime, len) == 0));
}

const struct string_check check_oci_version = {
	oci_version, "a version in the form of SemVer 2.0.0, and 1.x",
};
const struct string_check check_absolute = { absolute, "an absolute path" };
const struct string_check check_absolute_or_empty = { absolute_or_empty, "an absolute path" };
const struct string_check check_rlimit = { rlimit, "RLIMIT_ and capital letters" };
const struct string_check check_page_size = { page_size, "a size like 64KB, 2MB or 1GB" };
const struct string_check check_cpu_list = { cpu_list, "a list of CPUs like 0-3,7" };
const struct string_check check_device_type = { device_type, "c, b, u or p" };
const struct string_check check_mem_bw_schema = { mem_bw_schema, "one line that begins with \"MB:\"" };
const struct string_check check_clock = { clock_name, "\"monotonic\" or \"boottime\"" };
