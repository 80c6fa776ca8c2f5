# core/rules: what follows from the model; pure functions
noinst_LIBRARIES += librules.a
librules_a_SOURCES = \
	core/rules/capacity.c \
	core/rules/capacity.h \
	core/rules/cni.c \
	core/rules/cni.h \
	core/rules/consequences.c \
	core/rules/consequences.h \
	core/rules/eni-table.c \
	core/rules/eni-table.h \
	core/rules/eni.c \
	core/rules/eni.h \
	core/rules/findings.c \
	core/rules/fit.c \
	core/rules/fit.h \
	core/rules/limits-cni.c \
	core/rules/limits-range.c \
	core/rules/limits-view.c \
	core/rules/limits-view.h \
	core/rules/needs-update.c \
	core/rules/needs-update.h \
	core/rules/pending-advice.c \
	core/rules/pending-parts.h \
	core/rules/pending-verdict.c \
	core/rules/pending-why.c \
	core/rules/pending.c \
	core/rules/pending.h \
	core/rules/reason-help.c \
	core/rules/reason-kind.c \
	core/rules/reason-kind.h \
	core/rules/reason.c \
	core/rules/reason.h \
	core/rules/roll-action.c \
	core/rules/roll-clean.c \
	core/rules/roll-drain.c \
	core/rules/roll-group.c \
	core/rules/roll-guard.c \
	core/rules/roll-internal.h \
	core/rules/roll-plan.c \
	core/rules/roll-preflight.c \
	core/rules/roll-save.c \
	core/rules/roll-step.c \
	core/rules/roll-validate.c \
	core/rules/roll-whole.c \
	core/rules/roll.c \
	core/rules/roll.h \
	core/rules/subnet-need.c \
	core/rules/subnet-need.h \
	core/rules/words.c \
	core/rules/words.h
EXTRA_DIST += scripts/gen-eni-table.py
