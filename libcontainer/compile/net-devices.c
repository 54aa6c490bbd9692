/* SPDX-License-Identifier: Apache-2.0 */
/* linux.netDevices: devices of the host that the container gets. */
#include "libcontainer/compile/compiler.h"

#include "base/str.h"
#include "libcontainer/net-dialogue.h"

#include <string.h>

/* Ends of a name and what the kernel takes for a blank, in Latin-1. */
#define REFUSED "/: \t\n\v\f\r\xa0"

/* NULL, or what is wrong with a name. */
static const char *name_problem(const char *name)
{
	if (!name[0])
		return "it is empty";
	if (strlen(name) >= NET_NAME_SIZE)
		return "it is longer than 15 bytes";
	if (streq(name, ".") || streq(name, ".."))
		return "it is that of a directory";
	if (strpbrk(name, REFUSED))
		return "it has a slash, a colon or a blank";
	return NULL;
}

/* One "%d", which becomes the lowest free number, and no other "%". */
static const char *template_problem(const char *name)
{
	const char *p = strchr(name, '%');

	return p && (p[1] != 'd' || strchr(p + 1, '%')) ? "of \"%\" it may have one \"%d\" only" : NULL;
}

static int check_names(struct compiler *c, const struct config_net_device *d)
{
	const char *problem = name_problem(d->host_name);

	if (!problem && strchr(d->host_name, '%'))
		problem = "no device has a \"%\" in its name";
	if (problem)
		return compiler_error(c, &d->host_name, CONFIG_VALUE, "network device \"%s\": %s", d->host_name,
				      problem);
	if (!d->name)
		return 0;
	problem = name_problem(d->name);
	if (!problem)
		problem = template_problem(d->name);
	if (problem)
		return compiler_error(c, &d->name, CONFIG_VALUE, "name \"%s\" of a network device: %s", d->name,
				      problem);
	return 0;
}

static const char *wanted_name(const struct config_net_device *d)
{
	return d->name ? d->name : d->host_name;
}

/* Of names that are no templates each can be had once, and the loopback device has one in every namespace. */
static int check_taken(struct compiler *c, const struct config_net_device *d)
{
	const void *slot = d->name ? &d->name : &d->host_name;
	const char *name = wanted_name(d);

	if (streq(name, "lo"))
		return compiler_error(c, (char *const *)slot, CONFIG_CONFLICT,
				      "network device \"%s\": every network namespace has a \"lo\" already",
				      d->host_name);
	for (const struct config_net_device *other = c->linux_->net_devices; other < d; other++)
		if (streq(wanted_name(other), name) && !strchr(name, '%'))
			return compiler_error(c, (char *const *)slot, CONFIG_DUPLICATE,
					      "network devices \"%s\" and \"%s\" would both be \"%s\"",
					      other->host_name, d->host_name, name);
	return 0;
}

static int check_place(struct compiler *c)
{
	const struct config_linux *l = c->linux_;

	if (!has_namespace(c, CLONE_NEWNET))
		return compiler_error(c, &l->net_devices, CONFIG_CONFLICT,
				      "network devices without a network namespace of the container's own");
	if (c->host->euid != 0 || c->host->in_userns)
		return compiler_error(c, &l->net_devices, CONFIG_UNSUPPORTED,
				      "network devices in a container of an ordinary user");
	if (l->n_net_devices > NET_DEVICES_MAX)
		return compiler_error(c, &l->net_devices, CONFIG_LIMIT, "more than %u network devices",
				      NET_DEVICES_MAX);
	return 0;
}

int net_devices_emit(struct compiler *c)
{
	const struct config_linux *l = c->linux_;
	int r = l->n_net_devices > 0 ? check_place(c) : 0;

	for (size_t i = 0; r == 0 && i < l->n_net_devices; i++) {
		const struct config_net_device *d = &l->net_devices[i];
		struct op_net_device op;

		r = check_names(c, d);
		if (r == 0)
			r = check_taken(c, d);
		if (r < 0)
			return r;
		op.host_name = emit_str(&c->emit, d->host_name);
		op.name = emit_str(&c->emit, wanted_name(d));
		compiler_emit(c, OP_NET_DEVICE, &op, &d->host_name);
	}
	if (r == 0 && l->n_net_devices > 0)
		compiler_emit(c, OP_NET_MOVE, NULL, &l->net_devices);
	return r;
}
