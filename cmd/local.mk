BERTH_SOURCES += \
	cmd/command.h \
	cmd/commands.c \
	cmd/create.c \
	cmd/delete.c \
	cmd/events.c \
	cmd/explain.c \
	cmd/features.c \
	cmd/help.c \
	cmd/kill.c \
	cmd/launch.c \
	cmd/launch.h \
	cmd/list.c \
	cmd/main.c \
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
