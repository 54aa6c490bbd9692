/* SPDX-License-Identifier: Apache-2.0 */
/* The words of mounts[].options: one table, which also is the list of the features document. */
#include "libcontainer/compile/compiler.h"

#include "base/str.h"

#include <linux/mount.h>
#include <stdlib.h>
#include <string.h>

enum action {
	SB_SET, SB_CLEAR,       /* of the superblock */
	RSB_SET, RSB_CLEAR,     /* the same, for what a bind mount cannot do below it */
	SET, CLEAR,             /* of this mount; CLEAR of a mask, then SET */
	RSET, RCLEAR,           /* of this mount and all below it */
	ATIME, RATIME,          /* one of the values of the access time enum */
	UN_ATIME, UN_RATIME,    /* no longer that value */
	READONLY, READWRITE,    /* of the superblock and of the mount */
	PROPAGATION, FLAG, BIND, REMOUNT, IDMAP, IGNORE,
};

/* Sorted by name, as option_find() needs it. */
#define OPTIONS(X) \
	X("async", SB_CLEAR, MS_SYNCHRONOUS) \
	X("atime", UN_ATIME, MOUNT_ATTR_NOATIME) \
	X("bind", BIND, 0) \
	X("copy-symlink", FLAG, MOUNT_COPY_SYMLINK) \
	X("defaults", IGNORE, 0) \
	X("dest-nofollow", FLAG, MOUNT_DEST_NOFOLLOW) \
	X("dev", CLEAR, MOUNT_ATTR_NODEV) \
	X("diratime", CLEAR, MOUNT_ATTR_NODIRATIME) \
	X("dirsync", SB_SET, MS_DIRSYNC) \
	X("exec", CLEAR, MOUNT_ATTR_NOEXEC) \
	X("idmap", IDMAP, MOUNT_IDMAP) \
	X("iversion", SB_SET, MS_I_VERSION) \
	X("lazytime", SB_SET, MS_LAZYTIME) \
	X("loud", SB_CLEAR, MS_SILENT) \
	X("mand", SB_SET, MS_MANDLOCK) \
	X("noatime", ATIME, MOUNT_ATTR_NOATIME) \
	X("nodev", SET, MOUNT_ATTR_NODEV) \
	X("nodiratime", SET, MOUNT_ATTR_NODIRATIME) \
	X("noexec", SET, MOUNT_ATTR_NOEXEC) \
	X("noiversion", SB_CLEAR, MS_I_VERSION) \
	X("nolazytime", SB_CLEAR, MS_LAZYTIME) \
	X("nomand", SB_CLEAR, MS_MANDLOCK) \
	X("norelatime", UN_ATIME, MOUNT_ATTR_RELATIME) \
	X("nostrictatime", UN_ATIME, MOUNT_ATTR_STRICTATIME) \
	X("nosuid", SET, MOUNT_ATTR_NOSUID) \
	X("nosymfollow", SET, MOUNT_ATTR_NOSYMFOLLOW) \
	X("private", PROPAGATION, MS_PRIVATE) \
	X("rasync", RSB_CLEAR, MS_SYNCHRONOUS) \
	X("ratime", UN_RATIME, MOUNT_ATTR_NOATIME) \
	X("rbind", BIND, MOUNT_RECURSIVE) \
	X("rdev", RCLEAR, MOUNT_ATTR_NODEV) \
	X("rdiratime", RCLEAR, MOUNT_ATTR_NODIRATIME) \
	X("rdirsync", RSB_SET, MS_DIRSYNC) \
	X("relatime", ATIME, MOUNT_ATTR_RELATIME) \
	X("remount", REMOUNT, 0) \
	X("rexec", RCLEAR, MOUNT_ATTR_NOEXEC) \
	X("ridmap", IDMAP, MOUNT_IDMAP | MOUNT_IDMAP_RECURSIVE) \
	X("rmand", RSB_SET, MS_MANDLOCK) \
	X("rnoatime", RATIME, MOUNT_ATTR_NOATIME) \
	X("rnodev", RSET, MOUNT_ATTR_NODEV) \
	X("rnodiratime", RSET, MOUNT_ATTR_NODIRATIME) \
	X("rnoexec", RSET, MOUNT_ATTR_NOEXEC) \
	X("rnomand", RSB_CLEAR, MS_MANDLOCK) \
	X("rnorelatime", UN_RATIME, MOUNT_ATTR_RELATIME) \
	X("rnostrictatime", UN_RATIME, MOUNT_ATTR_STRICTATIME) \
	X("rnosuid", RSET, MOUNT_ATTR_NOSUID) \
	X("rnosymfollow", RSET, MOUNT_ATTR_NOSYMFOLLOW) \
	X("ro", READONLY, 0) \
	X("rprivate", PROPAGATION, MS_PRIVATE | MS_REC) \
	X("rrelatime", RATIME, MOUNT_ATTR_RELATIME) \
	X("rro", RSET, MOUNT_ATTR_RDONLY) \
	X("rrw", RCLEAR, MOUNT_ATTR_RDONLY) \
	X("rshared", PROPAGATION, MS_SHARED | MS_REC) \
	X("rslave", PROPAGATION, MS_SLAVE | MS_REC) \
	X("rstrictatime", RATIME, MOUNT_ATTR_STRICTATIME) \
	X("rsuid", RCLEAR, MOUNT_ATTR_NOSUID) \
	X("rsymfollow", RCLEAR, MOUNT_ATTR_NOSYMFOLLOW) \
	X("rsync", RSB_SET, MS_SYNCHRONOUS) \
	X("runbindable", PROPAGATION, MS_UNBINDABLE | MS_REC) \
	X("rw", READWRITE, 0) \
	X("shared", PROPAGATION, MS_SHARED) \
	X("silent", SB_SET, MS_SILENT) \
	X("slave", PROPAGATION, MS_SLAVE) \
	X("src-nofollow", FLAG, MOUNT_SRC_NOFOLLOW) \
	X("strictatime", ATIME, MOUNT_ATTR_STRICTATIME) \
	X("suid", CLEAR, MOUNT_ATTR_NOSUID) \
	X("symfollow", CLEAR, MOUNT_ATTR_NOSYMFOLLOW) \
	X("sync", SB_SET, MS_SYNCHRONOUS) \
	X("tmpcopyup", FLAG, MOUNT_TMPCOPYUP) \
	X("unbindable", PROPAGATION, MS_UNBINDABLE)

struct option {
	const char *name;
	enum action action;
	uint32_t value;
};

static const struct option options[] = {
#define OPTION(name, action, value) { name, action, value },
	OPTIONS(OPTION)
};

const char *const compile_mount_options[] = {
#define NAME(name, action, value) name,
	OPTIONS(NAME) NULL
};

/* Words for /etc/fstab that mount(8) never hands to a file system. */
static const char *const fstab_words[] = { "_netdev", "auto", "noauto", "nofail" };

static int option_compare(const void *name, const void *row)
{
	return strcmp(name, ((const struct option *)row)->name);
}

static const struct option *option_find(const char *name)
{
	return bsearch(name, options, ELEMENTSOF(options), sizeof(options[0]), option_compare);
}

static bool is_fstab_word(const char *s)
{
	for (size_t i = 0; i < ELEMENTSOF(fstab_words); i++)
		if (streq(s, fstab_words[i]))
			return true;
	return str_after(s, "x-") || str_after(s, "comment=");
}

/*
 * noatime, relatime and strictatime are three values of one attribute: the last word wins. The words that
 * take one back ("atime" no longer noatime) give the kernel's default, relatime, where the value was asked for
 * or may be there already, and change nothing where another value was asked for. norelatime alone
 * names no value, so nothing follows from it.
 */
static void set_atime(bool *set, uint64_t *value, bool un, uint32_t word)
{
	if (!un) {
		*set = true;
		*value = word;
	} else if (*set && *value != word) {
		return;
	} else if (word == MOUNT_ATTR_RELATIME) {
		*set = false;
	} else {
		*set = true;
		*value = MOUNT_ATTR_RELATIME;
	}
}

static void set_bits(uint64_t *set, uint64_t *clear, uint64_t bits)
{
	*set |= bits;
	*clear &= ~bits;
}

static int add_propagation(struct compiler *c, struct mount_options *o, uint32_t value)
{
	uint32_t *v;

	if (o->n_propagations % 8 == 0) {
		v = arena_regrow(c->arena, o->propagations, o->n_propagations, o->n_propagations + 8,
				 sizeof(*v));
		if (!v)
			return compiler_no_memory(c);
		o->propagations = v;
	}
	o->propagations[o->n_propagations++] = value;
	return 0;
}

static int apply(struct compiler *c, struct mount_options *o, const struct option *opt)
{
	struct op_mount *op = &o->op;
	uint32_t v = opt->value;

	if (opt->action == RSB_SET || opt->action == RSB_CLEAR)
		o->recursive_sb = opt->name;
	switch (opt->action) {
	case SB_SET:
	case RSB_SET:
		op->sb_set |= v;
		op->sb_clear &= ~v;
		break;
	case SB_CLEAR:
	case RSB_CLEAR:
		op->sb_clear |= v;
		op->sb_set &= ~v;
		break;
	case SET:
		set_bits(&op->attr_set, &op->attr_clear, v);
		break;
	case CLEAR:
		set_bits(&op->attr_clear, &op->attr_set, v);
		break;
	case RSET:
		set_bits(&op->rattr_set, &op->rattr_clear, v);
		break;
	case RCLEAR:
		set_bits(&op->rattr_clear, &op->rattr_set, v);
		break;
	case ATIME:
	case UN_ATIME:
		set_atime(&o->atime_set, &o->atime, opt->action == UN_ATIME, v);
		break;
	case RATIME:
	case UN_RATIME:
		set_atime(&o->ratime_set, &o->ratime, opt->action == UN_RATIME, v);
		break;
	case READONLY:
		op->sb_set |= MS_RDONLY;
		op->sb_clear &= ~(uint32_t)MS_RDONLY;
		set_bits(&op->attr_set, &op->attr_clear, MOUNT_ATTR_RDONLY);
		break;
	case READWRITE:
		op->sb_clear |= MS_RDONLY;
		op->sb_set &= ~(uint32_t)MS_RDONLY;
		set_bits(&op->attr_clear, &op->attr_set, MOUNT_ATTR_RDONLY);
		break;
	case PROPAGATION:
		return add_propagation(c, o, v);
	case BIND:
		o->bind = true;
		op->flags |= v;
		break;
	case FLAG:
		op->flags |= v;
		break;
	case REMOUNT:
		o->remount = true;
		break;
	case IDMAP:
		o->idmap = true;
		op->flags |= v;
		break;
	case IGNORE:
		break;
	}
	return 0;
}

/* "idmap=uids=0-1000-10;gids=..." and its recursive form; NULL when the option is another one. */
static const char *idmap_value(const char *word, uint32_t *ret_flags)
{
	const char *text = str_after(word, "idmap=");

	*ret_flags = MOUNT_IDMAP;
	if (text)
		return text;
	*ret_flags |= MOUNT_IDMAP_RECURSIVE;
	return str_after(word, "ridmap=");
}

int mount_options_read(struct compiler *c, const struct config_mount *m, struct mount_options *ret)
{
	struct mount_options *o = ret;
	const char **data = NULL;
	int r;

	*ret = (struct mount_options){ 0 };
	for (size_t i = 0; i < m->options.n; i++) {
		const char *word = m->options.v[i], *text;
		const struct option *opt = option_find(word);
		uint32_t flags;

		if (opt) {
			r = apply(c, o, opt);
			if (r < 0)
				return r;
		} else if ((text = idmap_value(word, &flags)) != NULL) {
			o->idmap = true;
			o->idmap_text = text;
			o->op.flags |= flags;
		} else if (*word && !is_fstab_word(word)) {
			if (!data)
				data = arena_calloc(c->arena, m->options.n, sizeof(*data));
			if (!data)
				return compiler_no_memory(c);
			data[o->n_data++] = word;
		}
	}
	o->data = data;
	if (o->atime_set) {
		o->op.attr_clear |= MOUNT_ATTR__ATIME;
		o->op.attr_set |= o->atime;
	}
	if (o->ratime_set) {
		o->op.rattr_clear |= MOUNT_ATTR__ATIME;
		o->op.rattr_set |= o->ratime;
	}
	return 0;
}
