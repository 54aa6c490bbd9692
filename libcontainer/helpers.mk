# SPDX-License-Identifier: Apache-2.0
#
# Helper programs: made with the system's own compiler and libraries, whatever berth is made with. The local.mk of
# each appends its name to HELPERS when it is made.
HELPERS =

helper-obj/%.o: %.c Makefile
	$(AM_V_CC)$(MKDIR_P) $(@D) && \
	$(HELPER_CC) -std=gnu11 $(WARNINGS) -D_GNU_SOURCE= -I$(builddir) -I$(srcdir) $(MNL_CFLAGS) \
		-O2 -g $(HELPER_HARDEN) $(SANITIZE) -MMD -MP -c -o $@ $<

install-exec-local: $(HELPERS) berth-init
	$(MKDIR_P) "$(DESTDIR)$(pkglibexecdir)"
	for helper in $(HELPERS); do $(INSTALL_PROGRAM) $$helper "$(DESTDIR)$(pkglibexecdir)" || exit; done
	$(INSTALL_SCRIPT) berth-init "$(DESTDIR)$(pkglibexecdir)" # not to be stripped again: see libcontainer/run/image.c
