# tests/kops: the editor, specs, stores, running kops, its output
KOPS_TEST_LIBS = libkops.a libmodel.a libio.a libbase.a $(TEST_LIBS)
KOPS_TEST_CASE = tests/kops/case.c tests/kops/case.h
KOPS_TEST_STORE = tests/kops/store-world.c tests/kops/store-world.h $(KOPS_TEST_CASE)

check_PROGRAMS += tests/kops/race
tests_kops_race_SOURCES = tests/kops/race.c
tests_kops_race_LDADD = libaws.a libkops.a libmodel.a libio.a libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/kops/t-addon
tests_kops_t_addon_SOURCES = tests/kops/t-addon.c $(KOPS_TEST_CASE)
tests_kops_t_addon_LDADD = $(KOPS_TEST_LIBS)

check_PROGRAMS += tests/kops/t-change
tests_kops_t_change_SOURCES = tests/kops/t-change.c
tests_kops_t_change_LDADD = libtui.a libk8s.a libaws.a librun.a libkops.a librules.a libmodel.a \
	libio.a libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/kops/t-command
tests_kops_t_command_SOURCES = tests/kops/t-command.c $(KOPS_TEST_CASE)
tests_kops_t_command_LDADD = $(KOPS_TEST_LIBS)

check_PROGRAMS += tests/kops/t-create
tests_kops_t_create_SOURCES = tests/kops/t-create.c
tests_kops_t_create_LDADD = $(KOPS_TEST_LIBS)

check_PROGRAMS += tests/kops/t-drift
tests_kops_t_drift_SOURCES = tests/kops/t-drift.c
tests_kops_t_drift_LDADD = $(KOPS_TEST_LIBS)

check_PROGRAMS += tests/kops/t-edit
tests_kops_t_edit_SOURCES = tests/kops/t-edit.c $(KOPS_TEST_CASE)
tests_kops_t_edit_LDADD = $(KOPS_TEST_LIBS)

check_PROGRAMS += tests/kops/t-output
tests_kops_t_output_SOURCES = tests/kops/t-output.c $(KOPS_TEST_CASE)
tests_kops_t_output_LDADD = $(KOPS_TEST_LIBS)

check_PROGRAMS += tests/kops/t-says
tests_kops_t_says_SOURCES = tests/kops/t-says.c $(KOPS_TEST_CASE)
tests_kops_t_says_LDADD = libtui.a libkops.a librules.a libmodel.a libio.a libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/kops/t-spec
tests_kops_t_spec_SOURCES = tests/kops/t-spec.c $(KOPS_TEST_CASE)
tests_kops_t_spec_LDADD = $(KOPS_TEST_LIBS)

check_PROGRAMS += tests/kops/t-store
tests_kops_t_store_SOURCES = tests/kops/t-store.c $(KOPS_TEST_STORE)
tests_kops_t_store_LDADD = $(KOPS_TEST_LIBS)

check_PROGRAMS += tests/kops/t-store-source
tests_kops_t_store_source_SOURCES = tests/kops/t-store-source.c $(KOPS_TEST_STORE)
tests_kops_t_store_source_LDADD = $(KOPS_TEST_LIBS)

if LAB
dist_check_SCRIPTS += tests/kops/race-s3.sh
endif
dist_check_SCRIPTS += tests/kops/spec.sh
EXTRA_DIST += tests/kops/cases tests/kops/independent.py
check_PROGRAMS += tests/kops/t-store-budget
tests_kops_t_store_budget_SOURCES = tests/kops/t-store-budget.c $(KOPS_TEST_STORE)
tests_kops_t_store_budget_LDADD = $(KOPS_TEST_LIBS)
