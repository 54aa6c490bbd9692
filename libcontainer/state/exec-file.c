/* SPDX-License-Identifier: Apache-2.0 */
/* What create leaves for exec: in a file of its own, which no other command has to read. */
#define _GNU_SOURCE
#include "libcontainer/state/internal.h"

#include "base/fd.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define EXEC_FILE_MAGIC 0x63657865u
#define EXEC_FILE_VERSION 1u
#define EXEC_FILE_MAX (128u << 20)

/* In front of the block, which thereby is aligned as well as memory of an arena is. */
struct header {
	uint32_t magic;
	uint32_t version;
	uint64_t block_size;
	uint64_t checksum; /* of what follows: a filter with a wrong bit would be no filter */
};

/*
 * Under its name at once: the record that makes the container known as complete is written afterwards, and
 * the directory is locked.
 */
int exec_file_write(int dir, const void *block, size_t block_size, const char *process, size_t len,
		    struct error *err)
{
	struct header header = { EXEC_FILE_MAGIC, EXEC_FILE_VERSION, block_size, 0 };
	_cleanup_buf_ struct buf out = BUF_INIT;
	_cleanup_close_ int fd = -1;
	int r;

	buf_add(&out, &header, sizeof(header));
	buf_add(&out, block, block_size);
	buf_add(&out, process, len);
	if (out.failed)
		return error_set(err, ERR_NO_MEMORY, ENOMEM, "%s", STATE_EXEC);
	header.checksum = record_checksum(out.data + sizeof(header), out.len - sizeof(header));
	memcpy(out.data, &header, sizeof(header));
	r = fd = sys_openat(dir, STATE_EXEC, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
	if (r >= 0)
		r = sys_write_all(fd, out.data, out.len);
	return r < 0 ? error_set(err, ERR_STATE_WRITE, -r, "%s", STATE_EXEC) : 0;
}

int exec_file_read(int dir, struct exec_file *ret, struct error *err)
{
	char *data = NULL;
	ssize_t n;
	struct header header;

	*ret = (struct exec_file){ .arena = ARENA_INIT };
	n = sys_read_file_arena(dir, STATE_EXEC, EXEC_FILE_MAX, &ret->arena, &data);
	if (n < 0)
		return error_set(err, ERR_STATE_READ, (int)-n, "%s", STATE_EXEC);
	if ((size_t)n >= sizeof(header))
		memcpy(&header, data, sizeof(header));
	if ((size_t)n < sizeof(header) || header.magic != EXEC_FILE_MAGIC)
		return error_set(err, ERR_STATE_READ, 0, "%s is damaged", STATE_EXEC);
	if (header.version != EXEC_FILE_VERSION)
		return error_set(err, ERR_STATE_VERSION, 0, "%s of version %u", STATE_EXEC, header.version);
	if (header.block_size > (size_t)n - sizeof(header) ||
	    header.checksum != record_checksum(data + sizeof(header), (size_t)n - sizeof(header)))
		return error_set(err, ERR_STATE_READ, 0, "%s is damaged", STATE_EXEC);
	ret->block = data + sizeof(header);
	ret->block_size = (size_t)header.block_size;
	ret->process = data + sizeof(header) + ret->block_size;
	ret->process_len = (size_t)n - sizeof(header) - ret->block_size;
	return 0;
}

void exec_file_done(struct exec_file *file)
{
	arena_done(&file->arena);
	*file = (struct exec_file){ 0 };
}
