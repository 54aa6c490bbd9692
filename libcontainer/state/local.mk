# SPDX-License-Identifier: Apache-2.0
BERTH_LIB_SOURCES += \
	libcontainer/state/dir.c \
	libcontainer/state/exec-file.c \
	libcontainer/state/internal.h \
	libcontainer/state/leftovers.c \
	libcontainer/state/list.c \
	libcontainer/state/process.c \
	libcontainer/state/record-format.c \
	libcontainer/state/record-summary.c \
	libcontainer/state/record.c \
	libcontainer/state/root.c \
	libcontainer/state/state.h \
	libcontainer/state/status.c
