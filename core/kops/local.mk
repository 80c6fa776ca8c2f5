# core/kops: stored specs, surgical edits, stores, running kops, reading what it prints
noinst_LIBRARIES += libkops.a
libkops_a_SOURCES = \
	core/kops/command.c \
	core/kops/command.h \
	core/kops/document.c \
	core/kops/document.h \
	core/kops/edit-change.h \
	core/kops/edit-check.c \
	core/kops/edit-check.h \
	core/kops/edit-diff.c \
	core/kops/edit-remove.c \
	core/kops/edit-rules.c \
	core/kops/edit-rules.h \
	core/kops/edit-text.c \
	core/kops/edit-text.h \
	core/kops/edit-write.c \
	core/kops/edit.c \
	core/kops/edit.h \
	core/kops/lint-group.c \
	core/kops/lint-parts.h \
	core/kops/lint.c \
	core/kops/lint.h \
	core/kops/output-roll.c \
	core/kops/output-update.c \
	core/kops/output.h \
	core/kops/schema.c \
	core/kops/schema.h \
	core/kops/spec-group.c \
	core/kops/spec-read.c \
	core/kops/spec-read.h \
	core/kops/spec.c \
	core/kops/spec.h \
	core/kops/store-cluster.c \
	core/kops/store-cluster.h \
	core/kops/store-file.c \
	core/kops/store-file.h \
	core/kops/store-source.c \
	core/kops/store-source.h
