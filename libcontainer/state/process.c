/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identity of processes. A number alone proves nothing: it is used again after a while, and after a
 * reboot at once. The start time (clock ticks since boot) together with the boot id does; every signal
 * goes through a pidfd that was opened before the start time was compared.
 */
#define _GNU_SOURCE
#include "libcontainer/state/internal.h"

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/pidfd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define FIELD_STATE 3
#define FIELD_START_TIME 22
#define NAME_END_MAX 96 /* the name is 16 bytes at most, in a kernel thread 64 */

const char *boot_id(void)
{
	static char id[BOOT_ID_LEN + 2]; /* with the newline, read once: it cannot change under us */
	ssize_t n;

	if (!id[0]) {
		n = sys_read_file(AT_FDCWD, "/proc/sys/kernel/random/boot_id", id, sizeof(id));
		if (n < BOOT_ID_LEN)
			id[0] = '\0';
		else
			id[BOOT_ID_LEN] = '\0';
	}
	return id[0] ? id : NULL;
}

bool process_letter_is_gone(char letter)
{
	return letter == 'Z' || letter == 'X' || letter == 'x';
}

/*
 * "1234 (name) S 1 ...". The name is the process's own choice and may hold blanks and parentheses: what
 * counts begins behind the last one.
 */
int process_parse_stat(const char *text, char *ret_letter, uint64_t *ret_start_time)
{
	const char *s = NULL;
	char number[24];
	size_t len;

	for (size_t i = 0; i < NAME_END_MAX && text[i]; i++)
		if (text[i] == ')')
			s = text + i;
	if (!s || s[1] != ' ' || !s[2] || s[3] != ' ')
		return -EINVAL;
	s += 2;
	*ret_letter = *s;
	for (int field = FIELD_STATE; field < FIELD_START_TIME; s++) {
		if (!*s)
			return -EINVAL;
		field += *s == ' ';
	}
	len = strcspn(s, " \n");
	if (len >= sizeof(number))
		return -EINVAL;
	memcpy(number, s, len);
	number[len] = '\0';
	return str_to_u64(number, ret_start_time);
}

/* Opened once: `list` looks up a thousand processes in it. */
static int proc_dir(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = sys_openat(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY, 0);
	return fd;
}

int process_stat(pid_t pid, char *ret_letter, uint64_t *ret_start_time)
{
	int proc = proc_dir();
	_cleanup_close_ int fd = -1;
	static char text[2048]; /* what is on the stack is filled with zeros each time */
	static const char file[] = "/stat";
	char path[STR_U64_SIZE + sizeof(file)];
	ssize_t n;

	if (proc < 0)
		return proc;
	memcpy(path + str_from_u64((uint64_t)pid, path), file, sizeof(file));
	fd = sys_openat(proc, path, O_RDONLY, 0);
	/* The kernel writes this file as a whole: a second read would only say that it has ended. */
	n = fd < 0 ? fd : sys_read(fd, text, sizeof(text) - 1);
	if (n == -ENOENT || n == -ESRCH)
		return -ESRCH;
	if (n < 0)
		return (int)n;
	text[n] = '\0';
	return process_parse_stat(text, ret_letter, ret_start_time);
}

int process_identify(pid_t pid, struct arena *arena, struct process_id *ret, struct error *err)
{
	const char *boot = boot_id();
	char letter;
	int r;

	if (!boot)
		return error_set(err, ERR_SYSTEM, EIO, "the boot id cannot be read");
	ret->pid = pid;
	r = process_stat(pid, &letter, &ret->start_time);
	if (r < 0)
		return error_set(err, ERR_SYSTEM, -r, "start time of process %d cannot be read", (int)pid);
	ret->boot_id = arena_strdup(arena, boot);
	return ret->boot_id ? 0 : error_set(err, ERR_NO_MEMORY, ENOMEM, "process %d", (int)pid);
}

bool process_is_of_this_boot(const struct process_id *id)
{
	const char *boot = boot_id();

	return boot && id->boot_id && streq(boot, id->boot_id);
}

static bool may_live(const struct process_id *id)
{
	return id->pid > 0 && process_is_of_this_boot(id);
}

int process_check(const struct process_id *id, char *ret_letter)
{
	uint64_t start_time;
	int r;

	if (!may_live(id))
		return -ESRCH;
	r = process_stat(id->pid, ret_letter, &start_time);
	if (r < 0)
		return r;
	return start_time != id->start_time || process_letter_is_gone(*ret_letter) ? -ESRCH : 0;
}

int process_open(const struct process_id *id)
{
	_cleanup_close_ int fd = -1;
	char letter;
	int r;

	if (!may_live(id))
		return -ESRCH;
	fd = sys_pidfd_open(id->pid);
	/* The number of a mere thread: the process that had it is gone. */
	if (fd == -EINVAL || fd == -ENOENT)
		return -ESRCH;
	if (fd < 0)
		return fd;
	r = process_check(id, &letter);
	return r < 0 ? r : fd_steal(&fd);
}
