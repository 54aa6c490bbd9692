/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "config.h"

#include "libcontainer/run/netdev.h"

#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "libcontainer/net-dialogue.h"
#include "libcontainer/run/helper.h"
#include "libcontainer/sys/file.h"
#include "libcontainer/sys/memfd.h"
#include "libcontainer/sys/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define HELPER "berth-net"
#define TIMEOUT_MS 20000u

struct net_devices {
	int ns;                              /* of the container */
	int file;                            /* what the helper remembers */
	struct net_request request;
	uint32_t ops[NET_DEVICES_MAX];       /* that asked for them */
};

/* Words for a step that failed on a device, or on none in particular. */
static const char *const steps[NET_STEP_MAX] = {
	[NET_STEP_ENTER] = "entering the network namespace of the container",
	[NET_STEP_FIND] = "finding it on the host",
	[NET_STEP_SAVE] = "reading its addresses",
	[NET_STEP_NAME] = "finding its name free in the container",
	[NET_STEP_MOVE] = "moving it",
	[NET_STEP_ADDRESS] = "setting its addresses in the container",
	[NET_STEP_UP] = "setting it up",
	[NET_STEP_BACK] = "moving it back to the host",
};

int op_net_device(struct execution *x, const void *data, struct error *err)
{
	const struct op_net_device *op = data;
	const char *host_name = program_str(&x->program, op->host_name);
	struct net_device *d;

	if (!WITH_NETDEV)
		return error_set(err, ERR_NET_DEVICE, 0, "%s: berth was built without " HELPER
				 " (configure --with-libmnl)", host_name);
	if (!x->net_devices) {
		x->net_devices = arena_calloc(&x->arena, 1, sizeof(*x->net_devices));
		if (!x->net_devices)
			return error_set(err, ERR_NO_MEMORY, ENOMEM, "network devices");
		x->net_devices->ns = x->net_devices->file = -1;
	}
	if (x->net_devices->request.n == NET_DEVICES_MAX)
		return error_set(err, ERR_PROGRAM_INVALID, 0, "more than %u network devices", NET_DEVICES_MAX);
	x->net_devices->ops[x->net_devices->request.n] = x->at;
	d = &x->net_devices->request.devices[x->net_devices->request.n++];
	(void)str_copy(d->host_name, sizeof(d->host_name), host_name);
	(void)str_copy(d->name, sizeof(d->name), program_str(&x->program, op->name));
	return 0;
}

void net_devices_close(struct execution *x)
{
	if (!x->net_devices)
		return;
	fd_close(&x->net_devices->ns);
	fd_close(&x->net_devices->file);
}

/* A path may have led to the host's own namespace: the device would only be renamed there. */
static int open_namespace(struct execution *x, struct error *err)
{
	_cleanup_close_ int proc = proc_open_child(x->pid, err);
	struct stat own, other;
	int fd, r;

	if (proc < 0)
		return proc;
	fd = sys_openat(proc, "ns/net", O_RDONLY, 0);
	if (fd < 0)
		return error_set(err, ERR_NAMESPACE, -fd, "network of the container's init");
	x->net_devices->ns = fd;
	r = sys_fstat(fd, &other);
	if (r == 0)
		r = sys_fstatat(AT_FDCWD, "/proc/self/ns/net", &own, 0);
	if (r < 0)
		return error_set(err, ERR_NAMESPACE, -r, "network of the container's init");
	if (sys_same_file(&own, &other))
		return error_set(err, ERR_NET_DEVICE, 0, "%s: the container's network namespace is the host's own",
				 x->net_devices->request.devices[0].host_name);
	return 0;
}

static int send_request(int sock, const void *request, struct error *err)
{
	const struct net_devices *n = request;
	int r = sys_pass_fd(sock, &n->request, sizeof(n->request), n->ns);

	if (r == 0)
		r = sys_pass_fd(sock, "", 1, n->file);
	return r < 0 ? error_set(err, ERR_NET_DEVICE, -r, "cannot send a request to " HELPER) : 0;
}

static int refused(struct execution *x, const struct net_reply *reply, struct error *err)
{
	const struct net_devices *n = x->net_devices;
	bool known = reply->device < n->request.n;
	const struct net_device *d = &n->request.devices[known ? reply->device : 0];
	uint32_t step = reply->step < NET_STEP_MAX ? reply->step : NET_STEP_REQUEST;
	int r;

	if (known)
		x->at = n->ops[reply->device];
	if (step == NET_STEP_FIND && reply->errnum == ENODEV) {
		r = error_set(err, ERR_NET_DEVICE, 0, "%s: there is none of that name on the host", d->host_name);
		if (reply->name[0])
			error_add_hint(err, "that is another name of %s", reply->name);
		return r;
	}
	if (step == NET_STEP_NAME && reply->errnum == EEXIST)
		return error_set(err, ERR_NET_DEVICE, 0,
				 "%s: the name \"%s\" is taken in the container's network namespace", d->host_name,
				 reply->name);
	r = error_set(err, ERR_NET_DEVICE, reply->errnum, "%s", d->host_name);
	if (reply->text[0])
		error_add_cause(err, "%s: %s", steps[step], reply->text);
	else
		error_add_cause(err, "%s", steps[step] ? steps[step] : "the request was not understood");
	return r;
}

static int ask(struct execution *x, enum net_request_type type, struct watch *watch, struct net_reply *ret,
	       struct error *err)
{
	char *env[] = { NULL };
	const struct helper helper = {
		.name = HELPER,
		.needed_by = "linux.netDevices",
		.code = ERR_NET_DEVICE,
		.envp = env,
		.timeout_ms = TIMEOUT_MS,
		.send = send_request,
		.request = x->net_devices,
	};
	struct command_result result = { 0 };
	int r;

	x->net_devices->request.magic = NET_MAGIC;
	x->net_devices->request.type = type;
	r = helper_run(&helper, watch, ret, sizeof(*ret), &result, err);
	if (r < 0)
		return r;
	if (r == 0 || ret->magic != NET_MAGIC) {
		r = error_set(err, ERR_NET_DEVICE, result.timed_out ? ETIMEDOUT : 0, "%s",
			      x->net_devices->request.devices[0].host_name);
		helper_add_cause(&helper, &result, err);
		return r;
	}
	ret->name[sizeof(ret->name) - 1] = ret->text[sizeof(ret->text) - 1] = '\0';
	return ret->errnum ? refused(x, ret, err) : 0;
}

int op_net_move(struct execution *x, const void *data _unused_, struct error *err)
{
	struct net_reply reply;
	int r = open_namespace(x, err);

	if (r < 0)
		return r;
	r = sys_memfd_shared("berth-net", NET_FILE_SIZE);
	if (r < 0)
		return error_set(err, ERR_SYSTEM, -r, "cannot make a memory file");
	x->net_devices->file = r;
	r = ask(x, NET_MOVE, &x->watch, &reply, err);
	if (r == 0 && reply.lost > 0)
		log_warning("%u routes or neighbours of network devices could not be kept", reply.lost);
	return r;
}

void undo_net_move(struct execution *x, const void *data _unused_)
{
	struct error err = ERROR_INIT;
	struct net_reply reply;
	uint32_t at = x->at;

	if (!x->net_devices || x->net_devices->file < 0)
		return;
	if (ask(x, NET_RESTORE, NULL, &reply, &err) < 0)
		log_error_as_warning(&err);
	x->at = at;
}
