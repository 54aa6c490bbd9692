# SPDX-License-Identifier: Apache-2.0
# libcontainer/compile/cap-table.h is printed by gen-caps, which the top Makefile.am builds (with
# libcap) and runs on the build machine.
BERTH_LIB_SOURCES += \
	libcontainer/compile/annotations.c \
	libcontainer/compile/caps.c \
	libcontainer/compile/cgroup-below.c \
	libcontainer/compile/cgroup-devices.c \
	libcontainer/compile/cgroup-v2.c \
	libcontainer/compile/cgroup-values.c \
	libcontainer/compile/cgroup-values.h \
	libcontainer/compile/cgroup.c \
	libcontainer/compile/compile.c \
	libcontainer/compile/compile.h \
	libcontainer/compile/compiler.h \
	libcontainer/compile/devices-bpf.c \
	libcontainer/compile/devices-bpf.h \
	libcontainer/compile/devices.c \
	libcontainer/compile/emit.c \
	libcontainer/compile/emit.h \
	libcontainer/compile/exec.c \
	libcontainer/compile/explain.c \
	libcontainer/compile/gvariant.c \
	libcontainer/compile/gvariant.h \
	libcontainer/compile/hooks.c \
	libcontainer/compile/keep.c \
	libcontainer/compile/memory-policy.c \
	libcontainer/compile/mount-cgroup.c \
	libcontainer/compile/mount-options.c \
	libcontainer/compile/mounts.c \
	libcontainer/compile/namespaces.c \
	libcontainer/compile/net-devices.c \
	libcontainer/compile/process-limits.c \
	libcontainer/compile/process.c \
	libcontainer/compile/rdt.c \
	libcontainer/compile/rootfs.c \
	libcontainer/compile/sysctl.c \
	libcontainer/compile/systemd.h \
	libcontainer/compile/systemd-annotations.c \
	libcontainer/compile/systemd-properties.c \
	libcontainer/compile/systemd-unit.c \
	libcontainer/compile/update.c
GENERATORS += libcontainer/compile/gen-caps
GENERATED += libcontainer/compile/cap-table.h
libcontainer/compile/cap-table.h: libcontainer/compile/gen-caps

include libcontainer/compile/seccomp.mk
