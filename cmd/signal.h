/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_CMD_SIGNAL_H
#define BERTH_CMD_SIGNAL_H

#include "base/error.h"

/*
 * A signal by number or by name: with or without "SIG", in any case, real-time ones as RTMIN+n and
 * RTMAX-n. 0 is allowed (it only asks whether the process is there). ERR_SIGNAL_INVALID.
 */
int signal_parse(const char *word, int *ret, struct error *err);

#endif
