# SPDX-License-Identifier: Apache-2.0
BERTH_LIB_SOURCES += \
	libcontainer/run/await.c libcontainer/run/await.h \
	libcontainer/run/cgroups.c libcontainer/run/cgroups.h \
	libcontainer/run/command.c libcontainer/run/command.h \
	libcontainer/run/container.c libcontainer/run/container.h \
	libcontainer/run/create.c \
	libcontainer/run/delete.c \
	libcontainer/run/descendants.c libcontainer/run/descendants.h \
	libcontainer/run/destroy.c libcontainer/run/destroy.h \
	libcontainer/run/events.c \
	libcontainer/run/exec.c libcontainer/run/exec.h \
	libcontainer/run/exec-target.c \
	libcontainer/run/execute.c libcontainer/run/execute.h \
	libcontainer/run/fault.c libcontainer/run/fault.h \
	libcontainer/run/follow.c libcontainer/run/follow.h \
	libcontainer/run/helper.c libcontainer/run/helper.h \
	libcontainer/run/hook-output.c libcontainer/run/hook-output.h \
	libcontainer/run/hooks.c libcontainer/run/hooks.h \
	libcontainer/run/host.c \
	libcontainer/run/idmap.c \
	libcontainer/run/image.c libcontainer/run/image.h \
	libcontainer/run/join.c \
	libcontainer/run/kill.c \
	libcontainer/run/launch.c \
	libcontainer/run/limits.c \
	libcontainer/run/listener.c libcontainer/run/listener.h \
	libcontainer/run/netdev.c libcontainer/run/netdev.h \
	libcontainer/run/notify.c libcontainer/run/notify.h \
	libcontainer/run/output.c \
	libcontainer/run/pause.c \
	libcontainer/run/ps.c libcontainer/run/ps.h \
	libcontainer/run/ps-table.c \
	libcontainer/run/rdt.c libcontainer/run/rdt.h \
	libcontainer/run/relay.c libcontainer/run/relay.h \
	libcontainer/run/reserve.c libcontainer/run/reserve.h \
	libcontainer/run/run.c libcontainer/run/run.h \
	libcontainer/run/source.c \
	libcontainer/run/start.c \
	libcontainer/run/systemd.c libcontainer/run/systemd.h \
	libcontainer/run/start-await.c \
	libcontainer/run/unit.c \
	libcontainer/run/stats.c libcontainer/run/stats.h \
	libcontainer/run/trace.c libcontainer/run/trace.h \
	libcontainer/run/update.c \
	libcontainer/run/watch.c libcontainer/run/watch.h
BERTH_LIB_SOURCES += \
	libcontainer/sys/call.h libcontainer/sys/fault.c \
	libcontainer/sys/file.c libcontainer/sys/file.h \
	libcontainer/sys/memfd.c libcontainer/sys/memfd.h \
	libcontainer/sys/clone.c \
	libcontainer/sys/process.c libcontainer/sys/process.h \
	libcontainer/sys/signal.c libcontainer/sys/signal.h \
	libcontainer/sys/socket.c libcontainer/sys/socket.h \
	libcontainer/sys/terminal.c libcontainer/sys/terminal.h \
	libcontainer/sys/times.c libcontainer/sys/times.h \
	libcontainer/sys/userns.c libcontainer/sys/userns.h
