/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BERTH_RUN_NETDEV_H
#define BERTH_RUN_NETDEV_H

/*
 * Network devices of the host that the container gets (linux.netDevices), moved by berth-net, a program of its own.
 * Until the end of create the container's network namespace is held open: a device that needs no hardware would end
 * with it.
 */

#include "libcontainer/run/execute.h"

op_do op_net_device, op_net_move;
void undo_net_move(struct execution *x, const void *data);
void net_devices_close(struct execution *x);

#endif
