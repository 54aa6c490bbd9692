# SPDX-License-Identifier: Apache-2.0
BERTH_LIB_SOURCES += \
	libcontainer/sys/call.h \
	libcontainer/sys/directory.c \
	libcontainer/sys/directory.h \
	libcontainer/sys/event.c \
	libcontainer/sys/event.h \
	libcontainer/sys/fault.c \
	libcontainer/sys/file-arena.c \
	libcontainer/sys/file.c \
	libcontainer/sys/file.h \
	libcontainer/sys/lock.c \
	libcontainer/sys/lock.h
