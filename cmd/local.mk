BERTH_SOURCES += \
	cmd/command.h \
	cmd/commands.c \
	cmd/completion.c \
	cmd/completion.h \
	cmd/completion-bash.c \
	cmd/completion-fish.c \
	cmd/completion-kinds.c \
	cmd/completion-zsh.c \
	cmd/create.c \
	cmd/delete.c \
	cmd/exec-process.c \
	cmd/exec.c \
	cmd/exec.h \
	cmd/events.c \
	cmd/explain.c \
	cmd/features.c \
	cmd/help.c \
	cmd/kill.c \
	cmd/launch.c \
	cmd/launch.h \
	cmd/list.c \
	cmd/main.c \
	cmd/operands.c \
	cmd/operands.h \
	cmd/parse.c \
	cmd/pause.c \
	cmd/ps.c \
	cmd/run.c \
	cmd/signal.c \
	cmd/signal.h \
	cmd/spec.c \
	cmd/start.c \
	cmd/state.c \
	cmd/update.c \
	cmd/view.c \
	cmd/view.h

# ---- manual pages and completion, made from the table of commands ----

MANUAL_FILES = cmd/gen-manual.c cmd/manual-text.c cmd/commands.c cmd/completion-kinds.c cmd/completion-bash.c \
	cmd/completion-fish.c cmd/completion-zsh.c

# The table names the functions of the commands, which the generator does not call and so does not have.
cmd/gen-manual: $(MANUAL_FILES) cmd/command.h cmd/completion.h cmd/manual-text.h config.h
	$(AM_V_CC)$(MKDIR_P) $(@D) && \
	$(CC_FOR_BUILD) $(CPPFLAGS_FOR_BUILD) -I$(builddir) $(CFLAGS_FOR_BUILD) -no-pie -o $@ \
		$(filter %.c,$^) -Wl,--unresolved-symbols=ignore-in-object-files

manual.stamp: cmd/gen-manual
	$(AM_V_GEN)rm -rf man completions && $(MKDIR_P) man completions && \
	cmd/gen-manual berth > man/berth.8 && \
	for command in `cmd/gen-manual`; do \
		cmd/gen-manual $$command > man/berth-$$command.8 || exit; \
	done && \
	cmd/gen-manual --completion bash > completions/berth && \
	cmd/gen-manual --completion fish > completions/berth.fish && \
	cmd/gen-manual --completion zsh > completions/_berth && touch $@

all-local: manual.stamp $(HELPERS)

man8dir = $(mandir)/man8
bashcompletiondir = $(datadir)/bash-completion/completions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
zshcompletiondir = $(datadir)/zsh/site-functions

install-data-local: manual.stamp
	$(MKDIR_P) "$(DESTDIR)$(man8dir)" "$(DESTDIR)$(bashcompletiondir)" "$(DESTDIR)$(fishcompletiondir)" \
		"$(DESTDIR)$(zshcompletiondir)"
	$(INSTALL_DATA) man/*.8 "$(DESTDIR)$(man8dir)"
	$(INSTALL_DATA) completions/berth "$(DESTDIR)$(bashcompletiondir)"
	$(INSTALL_DATA) completions/berth.fish "$(DESTDIR)$(fishcompletiondir)"
	$(INSTALL_DATA) completions/_berth "$(DESTDIR)$(zshcompletiondir)"

uninstall-local:
	for helper in $(HELPERS) berth-init; do rm -f "$(DESTDIR)$(pkglibexecdir)/$$helper"; done
	cd man && for page in *.8; do rm -f "$(DESTDIR)$(man8dir)/$$page"; done
	rm -f "$(DESTDIR)$(bashcompletiondir)/berth" "$(DESTDIR)$(fishcompletiondir)/berth.fish" \
		"$(DESTDIR)$(zshcompletiondir)/_berth"

CLEANFILES += cmd/gen-manual manual.stamp
