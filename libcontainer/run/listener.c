/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/run/listener.h"

#include "base/buf.h"
#include "base/fd.h"
#include "libcontainer/run/execute.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/pidfd.h"
#include "libcontainer/sys/socket.h"
#include "spec/state.h"

#include <string.h>

#define SEND_DEADLINE_MS 10000
#define FIRST_MAX 4096 /* goes with the descriptor in one message, whatever the size of the buffers */

/* An agent that does not read cannot hold us up for longer than the deadline. */
static int send_all(int sock, const struct buf *text, int fd)
{
	size_t first = MIN(text->len, (size_t)FIRST_MAX);
	int r = sys_pass_fd(sock, text->data, first, fd);

	if (r == 0)
		r = sys_socket_send_timeout(sock, SEND_DEADLINE_MS);
	return r == 0 ? sys_write_all(sock, text->data + first, text->len - first) : r;
}

int listener_deliver(const struct record *record, pid_t pid, int pidfd, struct page *page, struct error *err)
{
	const struct oci_state state = {
		.oci_version = record->oci_version,
		.id = record->id,
		/* The program is not executed before the agent is there; that of exec joins a running container. */
		.status = container_status_name(pid == record->init.pid ? STATUS_CREATED : STATUS_RUNNING),
		.pid = record->init.pid,
		.bundle = record->bundle,
		.annotations = &record->annotations,
	};
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_close_ int fd = -1, sock = -1;
	int r;

	fd = sys_pidfd_getfd(pidfd, (int)page->listener_fd - 1);
	if (fd < 0)
		return error_set(err, ERR_SECCOMP, -fd,
				 "listener cannot be taken from the container's init by pidfd_getfd, "
				 "which needs Linux 5.6");
	r = oci_state_write_seccomp(&state, pid, record->seccomp_listener_metadata, &text, err);
	if (r < 0)
		return r;
	sock = output_connect(record->seccomp_listener_path, "seccomp listener", err);
	if (sock < 0)
		return sock;
	r = send_all(sock, &text, fd);
	if (r < 0)
		return error_set(err, ERR_SOCKET, -r, "seccomp listener %s", record->seccomp_listener_path);
	__atomic_store_n(&page->listener_taken, 1, __ATOMIC_RELEASE);
	return 0;
}
