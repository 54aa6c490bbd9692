/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_STATE_INTERNAL_H
#define BERTH_STATE_INTERNAL_H

/* What the files of this room share. */

#include "base/buf.h"
#include "libcontainer/state/state.h"

#include <sys/stat.h>

#define STATE_RECORD "record"
#define STATE_RECORD_NEW "record.new"
#define STATE_SUMMARY "summary"
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
enum record_form { RECORD_WHOLE, RECORD_SUMMARY };
int record_format(enum record_form form, const struct record *record, struct buf *out);
int record_parse(enum record_form form, char *text, size_t len, struct arena *arena, struct record *ret);

/* What a record must hold, whoever wrote it with a fitting checksum. */
bool record_is_sound(const struct record *record);

/*
 * The summary of a complete record: see record-summary.c. Reading it fills the members that it has, and
 * complete; false when there is none, or none that can be used: then the record itself is read.
 */
void record_write_summary(int dir, const struct record *record);
bool record_read_summary(int at, const char *dir, struct arena *arena, struct record *ret);

/*
 * record_read() in two steps, for who must look at the file first: a descriptor or a negative errno, and
 * what to make of either.
 */
int record_open(int at, const char *path, struct stat *ret_st);
int record_read_open(int fd, const struct stat *st, struct document *doc, struct record *ret,
		     struct error *err);

/* See state_check_id(). */
bool state_is_id(const char *id);

/* "<dir>/<name>", the path of a container's file relative to the root. */
#define STATE_PATH_MAX (STATE_ID_MAX + 16)
void state_path(char ret[STATE_PATH_MAX], const char *dir, const char *name);

/*
 * How far a start has come, by the start socket: it waits untouched, or is executable since a start was
 * about to give its order, or it is gone (or never was: `run` has none).
 */
enum start_phase { START_WAITS, START_ORDERED, START_DONE };
enum start_phase start_phase(int at, const char *dir);

/* record_status() of the container whose directory is called dir, seen from at. */
enum container_status record_status_at(int at, const char *dir, enum start_phase phase,
				       const struct record *record);

/* The same from a summary; false when only the record says where to look (a freezer of v1). */
bool summary_status(const struct record *summary, enum container_status *ret);

/* The checksum of a record, for other files as well: it finds damage, not forgery. */
uint64_t record_checksum(const char *data, size_t len);

/*
 * State letter and start time of a process, from /proc/PID/stat. -ESRCH when there is no such process;
 * a zombie is reported, not judged.
 */
int process_stat(pid_t pid, char *ret_letter, uint64_t *ret_start_time);

/*
 * 0, and its state letter, while the very process lives that id means; -ESRCH when it does not, or another negative
 * errno. True for one moment: who sends something to it needs process_open().
 */
int process_check(const struct process_id *id, char *ret_letter);

/* process_stat() for the text of that file, for tests. -EINVAL when it is not like that. */
int process_parse_stat(const char *text, char *ret_letter, uint64_t *ret_start_time);

/* True for the letters of processes that have ended. */
bool process_letter_is_gone(char letter);

/* This boot's id, read once; NULL when it cannot be read. */
const char *boot_id(void);

/* 0: dir is empty. 1: it holds what berth puts there, and nothing else. Negative: it is not ours. */
int state_dir_look(int dir);

/* Removes everything in dir but the record. 0 or a negative errno. */
int state_dir_clear(int dir);

/*
 * Ends and removes what a killed create or an earlier boot left: processes proven to be the container's
 * (none of an earlier boot), and cgroups that berth made.
 */
int state_clear_leftovers(const struct record *record, struct error *err);

#endif
