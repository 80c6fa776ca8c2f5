# core/model: what is, merged from observations
noinst_LIBRARIES += libmodel.a
libmodel_a_SOURCES = \
	core/model/layout.c \
	core/model/model-join.c \
	core/model/model-look.c \
	core/model/model-pods.c \
	core/model/model-private.h \
	core/model/model.c \
	core/model/model.h \
	core/model/peers.c \
	core/model/peers.h \
	core/model/pool.c \
	core/model/pool.h \
	core/model/slab.c \
	core/model/slab.h \
	core/model/source.c \
	core/model/source.h \
	core/model/keyed.c \
	core/model/keyed.h \
	core/model/things.c \
	core/model/things.h \
	core/model/uid.c \
	core/model/uid.h
