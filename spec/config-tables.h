/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_SPEC_CONFIG_TABLES_H
#define BERTH_SPEC_CONFIG_TABLES_H

/* Private to spec/: the tables of config.json that are used by more than one file. */

#include "spec/config.h"
#include "spec/table.h"

extern const struct table config_process_table;
extern const struct table config_hooks_table;
extern const struct table config_id_mapping_table;
extern const struct table config_linux_table;
extern const struct table config_resources_table;
extern const struct table config_seccomp_table;

#endif
