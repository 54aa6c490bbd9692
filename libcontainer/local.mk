# SPDX-License-Identifier: Apache-2.0
BERTH_LIB_SOURCES += \
	libcontainer/net-dialogue.h \
	libcontainer/program.c \
	libcontainer/program.h \
	libcontainer/program-ops.h \
	libcontainer/systemd-words.c \
	libcontainer/systemd-words.h
