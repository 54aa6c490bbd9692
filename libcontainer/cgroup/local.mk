# SPDX-License-Identifier: Apache-2.0
BERTH_LIB_SOURCES += \
	libcontainer/cgroup/cgroup.h \
	libcontainer/cgroup/controllers.c \
	libcontainer/cgroup/detect.c \
	libcontainer/cgroup/devices.c \
	libcontainer/cgroup/events.c \
	libcontainer/cgroup/events.h \
	libcontainer/cgroup/freeze.c \
	libcontainer/cgroup/internal.h \
	libcontainer/cgroup/make.c \
	libcontainer/cgroup/memory.c \
	libcontainer/cgroup/mountinfo.c \
	libcontainer/cgroup/mountinfo.h \
	libcontainer/cgroup/owner.c \
	libcontainer/cgroup/pids.c \
	libcontainer/cgroup/present.c \
	libcontainer/cgroup/remove.c \
	libcontainer/cgroup/resctrl-internal.h \
	libcontainer/cgroup/resctrl-schemata.c \
	libcontainer/cgroup/resctrl.c \
	libcontainer/cgroup/resctrl.h \
	libcontainer/cgroup/set.c \
	libcontainer/cgroup/signal.c \
	libcontainer/cgroup/stats-parse.c \
	libcontainer/cgroup/stats-parse.h \
	libcontainer/cgroup/stats.c \
	libcontainer/cgroup/stats.h \
	libcontainer/cgroup/update.c \
	libcontainer/cgroup/walk.c \
	libcontainer/sys/bpf.c \
	libcontainer/sys/bpf.h \
	libcontainer/sys/cgroupfs.c \
	libcontainer/sys/cgroupfs.h \
	libcontainer/sys/clock.c \
	libcontainer/sys/clock.h \
	libcontainer/sys/pidfd.c \
	libcontainer/sys/pidfd.h
