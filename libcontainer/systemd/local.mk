# SPDX-License-Identifier: Apache-2.0
#
# berth-systemd: see libcontainer/helpers.mk.
SYSTEMD_HELPER_FILES = \
	libcontainer/systemd/helper.h \
	libcontainer/systemd/main.c \
	libcontainer/systemd/manager.c \
	libcontainer/systemd/value.c
SYSTEMD_HELPER_OBJECTS = $(patsubst %.c,helper-obj/%.o,$(filter %.c,$(SYSTEMD_HELPER_FILES)) \
	libcontainer/systemd-dialogue.c base/str.c)

berth-systemd: $(SYSTEMD_HELPER_OBJECTS)
	$(AM_V_CCLD)$(HELPER_CC) $(SANITIZE) $(HELPER_LDFLAGS) $(SYSTEMD_HELPER_OBJECTS) $(SYSTEMD_LIBS) -o $@

-include $(SYSTEMD_HELPER_OBJECTS:.o=.d)

if SYSTEMD
HELPERS += berth-systemd
endif

CLEANFILES += berth-systemd
