/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "libcontainer/sys/memfd.h"

#include "base/fd.h"
#include "libcontainer/sys/call.h"
#include "libcontainer/sys/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define MFD_NOEXEC_SEAL_ 0x8u
#define MFD_EXEC_ 0x10u
#ifndef F_ADD_SEALS
#define F_ADD_SEALS 1033
#define F_SEAL_SEAL 1
#define F_SEAL_SHRINK 2
#define F_SEAL_GROW 4
#define F_SEAL_WRITE 8
#endif
#define F_SEAL_EXEC_ 0x20

static int memfd(const char *name, unsigned flags, unsigned exec_flag)
{
	int r = SYS_FAULT("memfd_create");

	if (r == 0) {
		r = memfd_create(name, flags | MFD_CLOEXEC | exec_flag);
		if (r < 0 && errno == EINVAL) /* before 6.3 */
			r = memfd_create(name, flags | MFD_CLOEXEC);
		r = r < 0 ? -errno : r;
	}
	return r < 0 ? SYS_FAILED(r, "memfd_create(\"%s\")", name) : r;
}

/*
 * A file made with MFD_NOEXEC_SEAL has the seal on its mode already. On an executable one that seal brings those
 * against writing along, which the shared page must not have, should the kernel know the seal and not the flag.
 */
static int seal(int fd, int seals, bool executable)
{
	int r = SYS_FAULT("fcntl"), mode = executable ? F_SEAL_EXEC_ : 0;

	if (r == 0)
		r = fcntl(fd, F_ADD_SEALS, seals | mode) < 0 &&
				    (errno != EINVAL || fcntl(fd, F_ADD_SEALS, seals) < 0)
			    ? -errno
			    : 0;
	return r < 0 ? SYS_FAILED(r, "fcntl(%d, F_ADD_SEALS, 0x%x)", fd, (unsigned)seals) : 0;
}

int sys_memfd_sealed(const char *name, const void *data, size_t size, enum memfd_use use)
{
	_cleanup_close_ int fd =
		memfd(name, MFD_ALLOW_SEALING, use != MEMFD_DATA ? MFD_EXEC_ : MFD_NOEXEC_SEAL_);
	int r;

	if (fd < 0)
		return fd;
	r = sys_write_all(fd, data, size);
	if (r == 0 && use == MEMFD_EXECUTE_ONLY)
		r = sys_fchmod(fd, 0100);
	if (r == 0)
		r = seal(fd, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE,
			 use != MEMFD_DATA);
	return r < 0 ? r : fd_steal(&fd);
}

int sys_memfd_shared(const char *name, size_t size)
{
	_cleanup_close_ int fd = memfd(name, MFD_ALLOW_SEALING, MFD_NOEXEC_SEAL_);
	int r;

	if (fd < 0)
		return fd;
	r = sys_ftruncate(fd, (off_t)size);
	if (r == 0)
		r = seal(fd, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW, false);
	return r < 0 ? r : fd_steal(&fd);
}

int sys_memfd_text(const char *name, const void *data, size_t size)
{
	_cleanup_close_ int fd = memfd(name, 0, MFD_NOEXEC_SEAL_);
	int r;

	if (fd < 0)
		return fd;
	r = sys_write_all(fd, data, size);
	if (r == 0 && lseek(fd, 0, SEEK_SET) < 0)
		r = SYS_FAILED(-errno, "lseek(%d)", fd);
	return r < 0 ? r : fd_steal(&fd);
}

int sys_map_shared(int fd, size_t size, bool writable, void **ret)
{
	int r = SYS_FAULT("mmap");

	if (r == 0) {
		*ret = mmap(NULL, size, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
		if (*ret != MAP_FAILED)
			return 0;
		r = -errno;
	}
	*ret = NULL;
	return SYS_FAILED(r, "mmap(%d, %zu)", fd, size);
}

void sys_unmap(void *address, size_t size)
{
	if (address)
		munmap(address, size);
}
