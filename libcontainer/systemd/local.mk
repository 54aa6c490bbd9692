# SPDX-License-Identifier: Apache-2.0
BERTH_LIB_SOURCES += \
	libcontainer/systemd/address.c \
	libcontainer/systemd/bus.c libcontainer/systemd/bus.h \
	libcontainer/systemd/manager.c libcontainer/systemd/manager.h \
	libcontainer/systemd/wire.h \
	libcontainer/systemd/wire-layout.h \
	libcontainer/systemd/wire-read.c \
	libcontainer/systemd/wire-write.c
