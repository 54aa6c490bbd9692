# SPDX-License-Identifier: Apache-2.0
# The compiler of seccomp profiles. libcontainer/compile/syscall-tables.h is printed by gen-syscalls,
# which the top Makefile.am builds and runs on the build machine.
BERTH_LIB_SOURCES += \
	libcontainer/compile/seccomp.c libcontainer/compile/seccomp.h \
	libcontainer/compile/seccomp-arch.h \
	libcontainer/compile/seccomp-describe.c \
	libcontainer/compile/seccomp-emit.c libcontainer/compile/seccomp-emit.h \
	libcontainer/compile/seccomp-names.c libcontainer/compile/seccomp-names.h \
	libcontainer/compile/seccomp-rules.c libcontainer/compile/seccomp-rules.h \
	libcontainer/compile/seccomp-tree.c libcontainer/compile/seccomp-tree.h
GENERATORS += libcontainer/compile/gen-syscalls
GENERATED += libcontainer/compile/syscall-tables.h
libcontainer/compile/syscall-tables.h: libcontainer/compile/gen-syscalls
