/* SPDX-License-Identifier: Apache-2.0 */
/* Where the managers are. */
#define _GNU_SOURCE
#include "libcontainer/systemd/bus.h"

#include "base/str.h"
#include "libcontainer/sys/socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#define SYSTEM_BUS "/run/dbus/system_bus_socket"
#define SYSTEM_MANAGER "/run/systemd/private"
#define PATH_SIZE sizeof(((struct sockaddr_un *)0)->sun_path)

static int connect_path(const char *path)
{
	return sys_socket_connect_path(SOCK_STREAM, path, strlen(path));
}

static int connect_in(const char *dir, const char *name)
{
	char path[PATH_SIZE + 1];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, name);

	return n < 0 || (size_t)n >= sizeof(path) ? -ENAMETOOLONG : connect_path(path);
}

static int hex(char c)
{
	const char *digits = "0123456789abcdef", *p = c ? strchr(digits, c | 0x20) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* A value of an address, in which bytes may be written as %XX; returns its length, or 0 for what is none. */
static size_t unescape(const char *value, size_t len, char *ret, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		int byte = (unsigned char)value[i];

		if (value[i] == '%') {
			if (len - i < 3 || hex(value[i + 1]) < 0 || hex(value[i + 2]) < 0)
				return 0;
			byte = hex(value[i + 1]) << 4 | hex(value[i + 2]);
			i += 2;
		}
		if (n == size)
			return 0;
		ret[n++] = (char)byte;
	}
	return n;
}

/* One address of `len` bytes: "unix:path=/run/user/1000/bus,guid=…". */
static int connect_one(const char *address, size_t len)
{
	const char *rest = str_after(address, "unix:"), *end = address + len;

	while (rest && rest < end) {
		const char *comma = memchr(rest, ',', (size_t)(end - rest)), *value;
		char path[PATH_SIZE] = "";
		bool abstract = str_after(rest, "abstract=");
		size_t n;

		if (!comma)
			comma = end;
		value = str_after(rest, abstract ? "abstract=" : "path=");
		if (value) {
			n = unescape(value, (size_t)(comma - value), path + abstract, sizeof(path) - abstract);
			return n ? sys_socket_connect_path(SOCK_STREAM, path, n + abstract) : -EINVAL;
		}
		rest = comma + 1;
	}
	return -EPROTONOSUPPORT;
}

/* The first of several that somebody listens at. */
static int connect_address(const char *address)
{
	int fd = -EINVAL;

	while (*address && fd < 0) {
		size_t len = strcspn(address, ";");

		fd = connect_one(address, len);
		address += len + (address[len] == ';');
	}
	return fd;
}

/* Where there is no bus, or a full one, systemd itself. */
static int begin(struct bus *b, int bus, int (*direct)(const char *dir), const char *dir)
{
	int fd = bus < 0 ? direct(dir) : -1;

	if (bus < 0 && fd < 0)
		return bus;
	return bus < 0 ? bus_begin(b, fd, true) : bus_begin(b, bus, false);
}

/*
 * Not the first choice: a connection of its own costs systemd, of which a host has only one, more than the bus costs
 * in all: it gets a new set of all objects.
 */
static int direct_of_system(const char *dir _unused_)
{
	return connect_path(SYSTEM_MANAGER);
}

static int direct_of_user(const char *dir)
{
	return dir ? connect_in(dir, "systemd/private") : -ENOENT;
}

int bus_open(struct bus *b, bool user)
{
	const char *address = user ? getenv("DBUS_SESSION_BUS_ADDRESS") : NULL;
	const char *dir = user ? getenv("XDG_RUNTIME_DIR") : NULL;

	b->fd = -1;
	if (!user)
		return begin(b, connect_path(SYSTEM_BUS), direct_of_system, NULL);
	return begin(b, address ? connect_address(address) : dir ? connect_in(dir, "bus") : -ENOENT, direct_of_user,
		     dir);
}
