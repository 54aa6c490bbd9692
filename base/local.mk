# SPDX-License-Identifier: Apache-2.0
BERTH_LIB_SOURCES += \
	base/arena.c \
	base/arena.h \
	base/buf.c \
	base/buf.h \
	base/errno.c \
	base/error-codes.h \
	base/error.c \
	base/error-format.c \
	base/error.h \
	base/fd.c \
	base/fd.h \
	base/format.c \
	base/format.h \
	base/log-daemon.c \
	base/log-daemon.h \
	base/log.c \
	base/log.h \
	base/macro.h \
	base/printf.c \
	base/str.c \
	base/str.h \
	base/units.c \
	base/units.h
