/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SPEC_CHECK_H
#define BERTH_SPEC_CHECK_H

/* Private to spec/: the forms of strings that the OCI documents demand, for rows of tables. */

#include "spec/table.h"

extern const struct string_check check_oci_version;     /* SemVer 2.0.0, of a version that is supported */
extern const struct string_check check_absolute;        /* begins with "/" */
extern const struct string_check check_absolute_or_empty;
extern const struct string_check check_rlimit;          /* RLIMIT_ and capital letters */
extern const struct string_check check_page_size;       /* 2MB */
extern const struct string_check check_cpu_list;        /* digits, comma, blank, minus */
extern const struct string_check check_device_type;     /* one of c, b, u, p */
extern const struct string_check check_mem_bw_schema;   /* MB:... in one line */
extern const struct string_check check_clock;           /* monotonic, boottime */

#endif
