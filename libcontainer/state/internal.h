/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_STATE_INTERNAL_H
#define BERTH_STATE_INTERNAL_H

/* What the files of this room share. */

#include "base/buf.h"
#include "libcontainer/state/state.h"

#include <sys/stat.h>

#define STATE_RECORD "record"
#define STATE_RECORD_NEW "record.new"
#define STATE_EXEC "exec"
#define STATE_START "start"
#define STATE_NOTIFY "notify"
#define STATE_CGROUPS_MAX 64
#define STATE_PID_MAX 4194304 /* PID_MAX_LIMIT of 64-bit kernels */
#define BOOT_ID_LEN 36

/*
 * The text of a record, and back. Parsing changes the text, and the strings of *ret point into it. 0,
 * -EBADMSG for damage, -ENOMEM, or -EPROTO (with the version in *ret) for a newer record.
 */
int record_format(const struct record *record, struct buf *out);
int record_parse(char *text, size_t len, struct arena *arena, struct record *ret);

/* The checksum of a record, for other files as well: it finds damage, not forgery. */
uint64_t record_checksum(const char *data, size_t len);

/*
 * State letter and start time of a process, from /proc/PID/stat. -ESRCH when there is no such process;
 * a zombie is reported, not judged.
 */
int process_stat(pid_t pid, char *ret_letter, uint64_t *ret_start_time);

/* The same for the text of that file, for tests. -EINVAL when it is not like that. */
int process_parse_stat(const char *text, char *ret_letter, uint64_t *ret_start_time);

/* True for the letters of processes that have ended. */
bool process_letter_is_gone(char letter);

/* This boot's id, read once; NULL when it cannot be read. */
const char *boot_id(void);

/* True when the recorded process belongs to this boot, so that its number may mean something. */
bool process_is_of_this_boot(const struct process_id *id);

/* True when nobody but the caller's user may write there: what is found in it can be believed. */
bool state_dir_is_private(const struct stat *st);

/* True when dir holds nothing but what berth puts there (or nothing at all). */
bool state_dir_is_ours(int dir);

/* Removes everything in dir but the record. 0 or a negative errno. */
int state_dir_clear(int dir);

/*
 * Ends and removes what a killed create or an earlier boot left: processes proven to be the container's
 * (none of an earlier boot), and cgroups that berth made.
 */
int state_clear_leftovers(const struct record *record, struct error *err);

#endif
