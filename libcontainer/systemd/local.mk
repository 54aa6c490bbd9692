# SPDX-License-Identifier: Apache-2.0
#
# berth-systemd: made with the system's own compiler and libraries, whatever berth is made with.
HELPER_FILES = \
	libcontainer/systemd/helper.h \
	libcontainer/systemd/main.c \
	libcontainer/systemd/manager.c \
	libcontainer/systemd/value.c
HELPER_OBJECTS = $(patsubst %.c,helper-obj/%.o,$(filter %.c,$(HELPER_FILES)) libcontainer/systemd-dialogue.c base/str.c)

helper-obj/%.o: %.c Makefile
	$(AM_V_CC)$(MKDIR_P) $(@D) && \
	$(HELPER_CC) -std=gnu11 $(WARNINGS) -D_GNU_SOURCE= -I$(builddir) -I$(srcdir) $(SYSTEMD_CFLAGS) -O2 -g \
		$(HELPER_HARDEN) $(SANITIZE) -MMD -MP -c -o $@ $<

berth-systemd: $(HELPER_OBJECTS)
	$(AM_V_CCLD)$(HELPER_CC) $(SANITIZE) $(HELPER_LDFLAGS) $(HELPER_OBJECTS) $(SYSTEMD_LIBS) -o $@

-include $(HELPER_OBJECTS:.o=.d)

if SYSTEMD
helper_dir = $(pkglibexecdir)
HELPER_BUILT = berth-systemd

install-exec-local: berth-systemd
	$(MKDIR_P) "$(DESTDIR)$(helper_dir)"
	$(INSTALL_PROGRAM) berth-systemd "$(DESTDIR)$(helper_dir)"
else
helper_dir =
HELPER_BUILT =
endif

CLEANFILES += berth-systemd
