# core/run: runs as detached processes: folder, events, control, lease, journal, worker
noinst_LIBRARIES += librun.a
librun_a_SOURCES = \
	core/run/control.c \
	core/run/control.h \
	core/run/gate.c \
	core/run/gate.h \
	core/run/journal-read.c \
	core/run/journal-read.h \
	core/run/journal.c \
	core/run/journal.h \
	core/run/lease.c \
	core/run/lease.h \
	core/run/policy.c \
	core/run/policy.h \
	core/run/run-folder.h \
	core/run/run-log.c \
	core/run/run-log.h \
	core/run/run-spawn.c \
	core/run/run-view.c \
	core/run/run.c \
	core/run/run.h \
	core/run/worker-act.c \
	core/run/worker-create.c \
	core/run/worker-internal.h \
	core/run/worker-kops.c \
	core/run/worker-lease.c \
	core/run/worker-roll.c \
	core/run/worker.c \
	core/run/worker.h
