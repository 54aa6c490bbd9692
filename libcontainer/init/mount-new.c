/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/init/init.h"
#include "libcontainer/sys/mount.h"

#include <stddef.h>
#include <stdio.h>

/* The kernel takes at most this much of one option through fsconfig(2). */
#define OPTION_MAX 255u

/* Flags of the superblock as fsconfig(2) and mount(8) name them. */
static const struct sb_flag {
	uint32_t flag;
	const char *set, *clear;
} sb_flags[] = {
	{ MS_RDONLY, "ro", "rw" },
	{ MS_SYNCHRONOUS, "sync", "async" },
	{ MS_DIRSYNC, "dirsync", NULL },
	{ MS_LAZYTIME, "lazytime", "nolazytime" },
	{ MS_MANDLOCK, "mand", "nomand" },
};

bool mount_default_mode(const struct init *i, const struct op_mount *op, int target_mode, char buf[8])
{
	const char *fstype = program_str(&i->program, op->fstype);
	const char *data = program_str(&i->program, op->data);

	if (target_mode < 0 || !fstype || !streq(fstype, "tmpfs"))
		return false;
	for (; !str_is_empty(data); data += *data == ',') {
		if (str_after(data, "mode="))
			return false;
		data += strcspn(data, ",");
	}
	(void) snprintf(buf, 8, "%o", (unsigned) target_mode & 07777u);
	return true;
}

/* The length of the option at s. Overlay escapes commas in the names of its directories. */
static size_t option_length(const char *s, bool escapes)
{
	size_t n = 0;

	while (s[n] && s[n] != ',')
		n += escapes && s[n] == '\\' && s[n + 1] ? 2 : 1;
	return n;
}

/* Gives "key=value" or "key" of len bytes to the context. -ENOSYS: too long for this call. */
static int option_set(int fs, const char *option, size_t len)
{
	const char *equal = memchr(option, '=', len);
	size_t key_len = equal ? (size_t) (equal - option) : len;
	size_t value_len = equal ? len - key_len - 1 : 0;
	char key[OPTION_MAX + 1], value[OPTION_MAX + 1];

	if (key_len > OPTION_MAX || value_len > OPTION_MAX)
		return -ENOSYS;
	memcpy(key, option, key_len);
	key[key_len] = '\0';
	if (!equal)
		return sys_fsconfig_set(fs, key, NULL);
	/* Labels come quoted, for mount(2), whose options end at a comma. */
	if (value_len >= 2 && equal[1] == '"' && equal[value_len] == '"') {
		equal++;
		value_len -= 2;
	}
	memcpy(value, equal + 1, value_len);
	value[value_len] = '\0';
	return sys_fsconfig_set(fs, key, value);
}

static int options_set(int fs, const char *data, bool escapes)
{
	int r = 0;

	while (data && *data && r == 0) {
		size_t len = option_length(data, escapes);

		if (len)
			r = option_set(fs, data, len);
		data += len + (data[len] == ',');
	}
	return r;
}

static int sb_flags_set(int fs, uint32_t set, uint32_t clear)
{
	size_t k;
	int r = 0;

	for (k = 0; k < ELEMENTSOF(sb_flags) && r == 0; k++) {
		if (set & sb_flags[k].flag)
			r = sys_fsconfig_set(fs, sb_flags[k].set, NULL);
		else if (clear & sb_flags[k].flag && sb_flags[k].clear)
			r = sys_fsconfig_set(fs, sb_flags[k].clear, NULL);
	}
	return r;
}

static int context_fill(struct init *i, const struct op_mount *op, int fs)
{
	const char *fstype = program_str(&i->program, op->fstype);
	const char *label = program_str(&i->program, op->label);
	int r;

	r = sb_flags_set(fs, op->sb_set, op->sb_clear);
	if (r == 0)
		r = options_set(fs, program_str(&i->program, op->data), fstype && streq(fstype, "overlay"));
	/* One option, however many commas its categories have. */
	if (r == 0 && label)
		r = option_set(fs, label, strlen(label));
	return r;
}

static int context_fail(struct init *i, const struct op_mount *op, int fs, int r, struct error *err)
{
	char words[256];

	sys_fs_message(fs, words, sizeof(words));
	return mount_fail(i, op, r, words[0] ? words : NULL, err);
}

int mount_new(struct init *i, const struct op_mount *op, int target_mode, struct error *err)
{
	const char *source = program_str(&i->program, op->source);
	const char *fstype = program_str(&i->program, op->fstype);
	unsigned attr = op->flags & MOUNT_TMPCOPYUP ? 0 : (unsigned) op->attr_set;
	_cleanup_close_ int fs = -1;
	char mode[8];
	int r;

	/* This flag is known to mount(2) alone. */
	if (op->sb_set & MS_I_VERSION)
		return -ENOSYS;
	fs = sys_fsopen(fstype);
	if (fs < 0)
		return fs == -ENOSYS || fs == -EPERM ? -ENOSYS : mount_fail(i, op, fs, NULL, err);
	r = source && *source && strlen(source) <= OPTION_MAX ? sys_fsconfig_set(fs, "source", source)
	    : source && *source				      ? -ENOSYS
							      : 0;
	if (r == 0 && mount_default_mode(i, op, target_mode, mode))
		r = sys_fsconfig_set(fs, "mode", mode);
	if (r == 0)
		r = context_fill(i, op, fs);
	if (r == 0)
		r = sys_fsconfig_command(fs, FSCONFIG_CMD_CREATE);
	if (r == 0)
		r = sys_fsmount(fs, attr);
	return r < 0 && r != -ENOSYS ? context_fail(i, op, fs, r, err) : r;
}

int mount_reconfigure(struct init *i, const struct op_mount *op, int target, struct error *err)
{
	const char *data = program_str(&i->program, op->data);
	_cleanup_close_ int fs = -1;
	int r;

	if (!op->sb_set && !op->sb_clear && str_is_empty(data))
		return 0;
	fs = sys_fspick(target);
	if (fs == -ENOSYS || fs == -EPERM) {
		r = mount_legacy(i, NULL, -1, target, NULL, MS_REMOUNT | op->sb_set, data);
		return r < 0 ? mount_fail(i, op, r, NULL, err) : 0;
	}
	r = fs < 0 ? fs : context_fill(i, op, fs);
	if (r == 0)
		r = sys_fsconfig_command(fs, FSCONFIG_CMD_RECONFIGURE);
	return r < 0 ? context_fail(i, op, fs, r, err) : 0;
}
