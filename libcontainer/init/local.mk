# SPDX-License-Identifier: Apache-2.0
# The resolver, the private procfs, capabilities and messages are used on both sides.
BERTH_LIB_SOURCES += \
	libcontainer/dialogue.c \
	libcontainer/dialogue.h \
	libcontainer/sys/affinity.c \
	libcontainer/sys/affinity.h \
	libcontainer/sys/caps.c \
	libcontainer/sys/caps.h \
	libcontainer/sys/mount.c \
	libcontainer/sys/mount.h \
	libcontainer/sys/path.c \
	libcontainer/sys/path.h \
	libcontainer/sys/procfs.c \
	libcontainer/sys/procfs.h

INIT_SOURCES += \
	base/error.c \
	base/fd.c \
	base/format.c \
	base/printf.c \
	base/str.c \
	libcontainer/dialogue.c \
	libcontainer/init/console.c \
	libcontainer/init/device.c \
	libcontainer/init/exec.c \
	libcontainer/init/explain.c \
	libcontainer/init/find.c \
	libcontainer/init/hide.c \
	libcontainer/init/home.c \
	libcontainer/init/hook.c \
	libcontainer/init/init.h \
	libcontainer/init/lines.c \
	libcontainer/init/lines.h \
	libcontainer/init/main.c \
	libcontainer/init/mask.c \
	libcontainer/init/mount-legacy.c \
	libcontainer/init/mount-new.c \
	libcontainer/init/mount.c \
	libcontainer/init/namespace.c \
	libcontainer/init/process.c \
	libcontainer/init/root.c \
	libcontainer/init/seccomp.c \
	libcontainer/init/tmpcopyup.c \
	libcontainer/init/wait.c \
	libcontainer/init/walk.c \
	libcontainer/program.c \
	libcontainer/sys/affinity.c \
	libcontainer/sys/affinity.h \
	libcontainer/sys/caps.c \
	libcontainer/sys/caps.h \
	libcontainer/sys/child.c \
	libcontainer/sys/child.h \
	libcontainer/sys/cred.c \
	libcontainer/sys/cred.h \
	libcontainer/sys/fault.c \
	libcontainer/sys/file.c \
	libcontainer/sys/mount.c \
	libcontainer/sys/path.c \
	libcontainer/sys/procfs.c \
	libcontainer/sys/pty.c \
	libcontainer/sys/pty.h
