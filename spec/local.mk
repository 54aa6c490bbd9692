# SPDX-License-Identifier: Apache-2.0
BERTH_LIB_SOURCES += \
	spec/check.c spec/check.h \
	spec/config.c spec/config.h \
	spec/config-linux.c \
	spec/config-process.c \
	spec/config-resources.c \
	spec/config-seccomp.c \
	spec/config-tables.h \
	spec/document.c spec/document.h \
	spec/features.c spec/features.h \
	spec/json-write.c spec/json-write.h \
	spec/location.h \
	spec/reader.c spec/reader.h \
	spec/reader-error.c \
	spec/reader-value.c \
	spec/scan.c spec/scan.h \
	spec/state.c spec/state.h \
	spec/table.h \
	spec/table-overlay.c \
	spec/table-write.c
