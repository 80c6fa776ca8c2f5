# core/base: strings, buffers, errors, clock, files, JSON and YAML helpers
noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	core/base/arena.c \
	core/base/arena.h \
	core/base/base64.c \
	core/base/base64.h \
	core/base/buf.c \
	core/base/buf.h \
	core/base/bug.c \
	core/base/bug.h \
	core/base/clock.c \
	core/base/clock.h \
	core/base/confine.c \
	core/base/confine.h \
	core/base/err.c \
	core/base/err.h \
	core/base/file.c \
	core/base/file.h \
	core/base/hot.h \
	core/base/json.c \
	core/base/json.h \
	core/base/mdoc.c \
	core/base/mdoc.h \
	core/base/pages.c \
	core/base/pages.h \
	core/base/stamp.c \
	core/base/stamp.h \
	core/base/strmap.c \
	core/base/strmap.h \
	core/base/strs.c \
	core/base/strs.h \
	core/base/text-width.c \
	core/base/text.c \
	core/base/text.h \
	core/base/trust.c \
	core/base/trust.h \
	core/base/urlenc.c \
	core/base/urlenc.h \
	core/base/xalloc.c \
	core/base/xalloc.h \
	core/base/yaml-get.c \
	core/base/yaml.c \
	core/base/yaml.h
