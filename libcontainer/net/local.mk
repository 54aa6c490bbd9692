# SPDX-License-Identifier: Apache-2.0
#
# berth-net: see libcontainer/helpers.mk.
NET_HELPER_FILES = \
	libcontainer/net/device.c \
	libcontainer/net/helper.h \
	libcontainer/net/link.c \
	libcontainer/net/main.c \
	libcontainer/net/replay.c \
	libcontainer/net/save.c \
	libcontainer/net/talk.c
NET_HELPER_OBJECTS = $(patsubst %.c,helper-obj/%.o,$(filter %.c,$(NET_HELPER_FILES)))

berth-net: $(NET_HELPER_OBJECTS)
	$(AM_V_CCLD)$(HELPER_CC) $(SANITIZE) $(HELPER_LDFLAGS) $(NET_HELPER_OBJECTS) $(MNL_LIBS) -o $@

-include $(NET_HELPER_OBJECTS:.o=.d)

if NETDEV
HELPERS += berth-net
endif

CLEANFILES += berth-net
