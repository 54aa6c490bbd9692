/* SPDX-License-Identifier: Apache-2.0 */
/* Devices into a network namespace, and back. */
#define _GNU_SOURCE
#include "libcontainer/net/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NUMBERS_MAX 32768u /* what the kernel tries for a template */
#define ATTEMPTS 10        /* at a template whose number others take */

static int failed(struct net_reply *reply, enum net_step step, const struct talk *t, int r)
{
	reply->step = step;
	if (t)
		memcpy(reply->text, t->text, sizeof(reply->text));
	return r;
}

static int find_device(struct talk *host, struct saved_device *d, struct net_reply *reply)
{
	struct link link;
	int r = link_by_name(host, d->asked.host_name, &link);

	if (r == 0 && strcmp(link.name, d->asked.host_name) != 0) {
		/* Found by an alternative name, which is not the one that it would have in the container. */
		memcpy(reply->name, link.name, sizeof(reply->name));
		r = -ENODEV;
	}
	if (r < 0)
		return failed(reply, NET_STEP_FIND, host, r);
	d->index = link.index;
	d->flags = link.flags;
	d->master = link.master;
	return 0;
}

static int find_devices(struct talk *host, struct saved *s, const struct net_request *q, struct net_reply *reply)
{
	for (uint32_t i = 0; i < q->n; i++) {
		struct saved_device *d = &s->devices[i];
		int r;

		reply->device = i;
		d->asked = q->devices[i];
		r = find_device(host, d, reply);
		if (r == 0) {
			r = save_device(s, d);
			if (r < 0)
				(void)failed(reply, NET_STEP_SAVE, NULL, r);
		}
		if (r < 0)
			return r;
		s->n = i + 1;
	}
	return 0;
}

/* -EEXIST: the name, or an alternative one like it, is there already. */
static int check_free(struct talk *inner, const char *name)
{
	struct link link;
	int r = link_by_name(inner, name, &link);

	return r == -ENODEV ? 0 : r < 0 ? r : -EEXIST;
}

/*
 * The kernel would find a number, too, but not tell which one. The parts of a template are copied: it is no format
 * of ours.
 */
static int free_name(struct talk *inner, const char *wanted, char *ret)
{
	const char *rest = strstr(wanted, "%d");
	char name[NET_NAME_SIZE + 16];
	int r = -EEXIST;

	if (!rest) {
		memcpy(ret, wanted, NET_NAME_SIZE);
		return check_free(inner, wanted);
	}
	for (uint32_t i = 0; r == -EEXIST && i < NUMBERS_MAX; i++) {
		int n = snprintf(name, sizeof(name), "%.*s%u%s", (int)(rest - wanted), wanted, i, rest + 2);

		if (n < 0 || (size_t)n >= NET_NAME_SIZE)
			return -ENFILE;
		r = check_free(inner, name);
	}
	if (r == 0)
		memcpy(ret, name, NET_NAME_SIZE);
	return r;
}

/* All names are looked at before the first device is moved. */
static int check_names(struct talk *inner, struct saved *s, struct net_reply *reply)
{
	for (uint32_t i = 0; i < s->n; i++) {
		struct saved_device *d = &s->devices[i];
		int r = free_name(inner, d->asked.name, d->name);

		if (r < 0) {
			reply->device = i;
			memcpy(reply->name, d->asked.name, sizeof(reply->name));
			return failed(reply, NET_STEP_NAME, r == -EEXIST ? NULL : inner, r);
		}
	}
	return 0;
}

static int move(struct talk *host, struct talk *inner, int ns, struct saved_device *d, struct net_reply *reply)
{
	struct link link;
	int r = -EEXIST;

	for (unsigned n = 0; r == -EEXIST && n < ATTEMPTS; n++) {
		/* Also one that was free may be taken now: by another of these devices, or another process. */
		r = free_name(inner, d->asked.name, d->name);
		if (r < 0) {
			memcpy(reply->name, d->asked.name, sizeof(reply->name));
			return failed(reply, NET_STEP_NAME, r == -EEXIST ? NULL : inner, r);
		}
		d->begun = 1;
		r = link_move(host, d->index, ns, d->name, 0);
	}
	if (r < 0)
		return failed(reply, NET_STEP_MOVE, host, r);
	r = link_by_name(inner, d->name, &link);
	if (r < 0)
		return failed(reply, NET_STEP_MOVE, inner, r);
	d->inner_index = link.index;
	return 0;
}

/* Addresses first, so that nobody sees the link up without them. */
static int set_up(struct talk *t, const struct saved *s, const struct saved_device *d, struct replay_to *to, bool up,
		  struct net_reply *reply)
{
	int r = replay(to, REPLAY_ADDRESS, s, d), q = 0;

	if (r < 0)
		(void)failed(reply, NET_STEP_ADDRESS, t, r);
	if (up && (r == 0 || to->everything)) {
		q = link_up(t, to->index);
		if (q < 0)
			(void)failed(reply, NET_STEP_UP, t, q);
	}
	if (q == 0 && (r == 0 || to->everything)) {
		(void)replay(to, REPLAY_DIRECT, s, d);
		(void)replay(to, REPLAY_GATEWAY, s, d);
		(void)replay(to, REPLAY_SETTLE, s, d);
	}
	reply->lost += to->lost;
	return r < 0 ? r : q;
}

int devices_move(struct saved *s, const struct net_request *q, int ns, struct net_reply *reply)
{
	_cleanup_talk_ struct talk host = { 0 }, inner = { 0 };
	int r = talk_open(&host);

	if (r < 0)
		return failed(reply, NET_STEP_FIND, NULL, r);
	r = find_devices(&host, s, q, reply);
	if (r < 0)
		return r;
	reply->device = NET_NO_DEVICE;
	if (setns(ns, CLONE_NEWNET) < 0)
		return failed(reply, NET_STEP_ENTER, NULL, -errno);
	r = talk_open(&inner);
	if (r < 0)
		return failed(reply, NET_STEP_ENTER, NULL, r);
	r = check_names(&inner, s, reply);
	for (uint32_t i = 0; r == 0 && i < s->n; i++) {
		struct saved_device *d = &s->devices[i];
		struct replay_to to = { .t = &inner, .old_name = d->asked.host_name, .name = d->name };

		reply->device = i;
		r = move(&host, &inner, ns, d, reply);
		to.index = d->inner_index;
		if (r == 0)
			r = set_up(&inner, s, d, &to, true, reply);
	}
	return r;
}

/* With its index if that is free; under a name that the kernel finds rather than not at all. */
static int move_back(struct talk *inner, struct talk *host, uint32_t index, int host_ns, const struct saved_device *d,
		     struct link *ret)
{
	const struct {
		const char *name;
		uint32_t index;
	} ways[] = { { d->asked.host_name, d->index }, { d->asked.host_name, 0 }, { "dev%d", d->index } };
	int r = -EEXIST, q;

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways) && r < 0; i++)
		r = link_move(inner, index, host_ns, ways[i].name, ways[i].index);
	if (r < 0)
		return r;
	q = link_by_name(host, d->asked.host_name, ret);
	if (q == -ENODEV)
		q = link_by_index(host, d->index, ret);
	return q < 0 ? q : strcmp(ret->name, d->asked.host_name) != 0 ? -EEXIST : 0;
}

static int restore(struct talk *inner, struct talk *host, int host_ns, const struct saved *s,
		   const struct saved_device *d, struct net_reply *reply)
{
	struct replay_to to = { .t = host, .old_name = d->asked.host_name, .name = d->asked.host_name,
				.everything = true };
	struct link link;
	int r;

	/* Whoever was to move it may have failed, or been killed before it could look where the device is. */
	if (!d->inner_index && link_by_index(host, d->index, &link) == 0 &&
	    strcmp(link.name, d->asked.host_name) == 0)
		return 0;
	r = d->inner_index ? link_by_index(inner, d->inner_index, &link) : link_by_name(inner, d->name, &link);
	if (r == 0)
		r = move_back(inner, host, link.index, host_ns, d, &link);
	if (r < 0)
		return failed(reply, NET_STEP_BACK, inner, r);
	to.index = link.index;
	if (d->master)
		(void)link_set_master(host, link.index, d->master);
	return set_up(host, s, d, &to, d->flags & IFF_UP, reply);
}

int devices_restore(struct saved *s, int ns, struct net_reply *reply)
{
	_cleanup_talk_ struct talk host = { 0 }, inner = { 0 };
	int host_ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int r = host_ns < 0 ? -errno : talk_open(&host), result = 0;

	if (r == 0 && setns(ns, CLONE_NEWNET) < 0)
		r = -errno;
	if (r == 0)
		r = talk_open(&inner);
	if (r < 0)
		(void)failed(reply, NET_STEP_ENTER, NULL, r);
	/* One that cannot be moved back keeps no other one away. */
	for (uint32_t i = s->n; r == 0 && i-- > 0;) {
		int q = s->devices[i].begun ? restore(&inner, &host, host_ns, s, &s->devices[i], reply) : 0;

		if (q < 0 && result == 0) {
			reply->device = i;
			result = q;
		}
	}
	if (host_ns >= 0)
		(void)close(host_ns);
	return r < 0 ? r : result;
}
