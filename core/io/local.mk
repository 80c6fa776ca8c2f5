# core/io: the event loop, HTTP, child processes, trace
noinst_LIBRARIES += libio.a
libio_a_SOURCES = \
	core/io/asker.h \
	core/io/child-spawn.c \
	core/io/child-spawn.h \
	core/io/child.c \
	core/io/child.h \
	core/io/http-err.c \
	core/io/http-inner.h \
	core/io/http-setup.c \
	core/io/http-slice.c \
	core/io/http-trust.c \
	core/io/http.c \
	core/io/http.h \
	core/io/lender.h \
	core/io/loop-curl.h \
	core/io/loop-hold.c \
	core/io/loop-hold.h \
	core/io/loop-signal.c \
	core/io/loop-signal.h \
	core/io/loop.c \
	core/io/loop.h \
	core/io/request-id.c \
	core/io/request-id.h \
	core/io/trace.c \
	core/io/trace.h
if STATIC_DEPS
libio_a_SOURCES += core/io/absent.c
else
EXTRA_DIST += core/io/absent.c
endif
