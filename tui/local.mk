# tui: main, options, views, screen, one-shot printers
noinst_LIBRARIES += libtui.a
libtui_a_SOURCES = \
	tui/actions.c \
	tui/actions.h \
	tui/app.c \
	tui/app.h \
	tui/change.c \
	tui/change.h \
	tui/cmd-check.c \
	tui/cmd-explain.c \
	tui/cmd-get.c \
	tui/cmd-lab.c \
	tui/cmd-maxpods.c \
	tui/cmd-runs.c \
	tui/cmd-screen.c \
	tui/cmd-worker.c \
	tui/dialog-help.c \
	tui/dialog-limits.c \
	tui/dialog-roll.c \
	tui/dialog-scale.c \
	tui/dialog-update.c \
	tui/dialog.c \
	tui/dialog.h \
	tui/explain.h \
	tui/grid.c \
	tui/grid.h \
	tui/keys.c \
	tui/keys.h \
	tui/launch.c \
	tui/launch.h \
	tui/log.c \
	tui/log.h \
	tui/options.c \
	tui/options.h \
	tui/pager.c \
	tui/pager.h \
	tui/play.c \
	tui/play.h \
	tui/print.c \
	tui/print.h \
	tui/screen-table.c \
	tui/screen-table.h \
	tui/screen.c \
	tui/screen.h \
	tui/session.c \
	tui/session.h \
	tui/style.c \
	tui/style.h \
	tui/table.c \
	tui/table.h \
	tui/term.c \
	tui/term.h \
	tui/view-clusters.c \
	tui/view-deployments.c \
	tui/view-groups.c \
	tui/view-log.c \
	tui/view-nodes.c \
	tui/view-pending.c \
	tui/view-pods.c \
	tui/view-roll.c \
	tui/view.c \
	tui/view.h

bin_PROGRAMS += kopscope
kopscope_SOURCES = tui/main.c
kopscope_LDADD = libtui.a libk8s.a libaws.a librun.a libkops.a librules.a libmodel.a libio.a \
	libbase.a $(KOPSCOPE_LIBS)
