# tests/run: run folders, the control socket, the worker
check_PROGRAMS += tests/run/t-run
tests_run_t_run_SOURCES = tests/run/t-run.c tests/run/folder.c tests/run/folder.h
tests_run_t_run_LDADD = librun.a libkops.a librules.a libmodel.a libio.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/run/t-policy
tests_run_t_policy_SOURCES = tests/run/t-policy.c
tests_run_t_policy_LDADD = librun.a libkops.a librules.a libmodel.a libio.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/run/t-journal
tests_run_t_journal_SOURCES = tests/run/t-journal.c
tests_run_t_journal_LDADD = librun.a libkops.a librules.a libmodel.a libio.a libbase.a $(TEST_LIBS)
tests_run_bench = \
	tests/roll/world-show.c \
	tests/roll/world.c \
	tests/roll/world.h \
	tests/run/bench.c \
	tests/run/bench.h \
	tests/run/folder.c \
	tests/run/folder.h
check_PROGRAMS += tests/run/t-worker tests/run/t-worker-kops
tests_run_t_worker_SOURCES = $(tests_run_bench) tests/run/t-worker.c
tests_run_t_worker_LDADD = librun.a libkops.a librules.a libmodel.a libio.a libbase.a $(TEST_LIBS)
tests_run_t_worker_kops_SOURCES = $(tests_run_bench) tests/run/t-worker-kops.c
tests_run_t_worker_kops_LDADD = librun.a libkops.a librules.a libmodel.a libio.a libbase.a \
	$(TEST_LIBS)
if LAB
check_PROGRAMS += tests/run/t-parity
tests_run_t_parity_SOURCES = tests/run/t-parity.c
tests_run_t_parity_LDADD = libk8s.a liblab.a librules.a libmodel.a libio.a libbase.a $(TEST_LIBS) \
	$(LAB_LIBS)
endif
check_PROGRAMS += tests/run/t-transcripts
tests_run_t_transcripts_SOURCES = tests/run/t-transcripts.c
tests_run_t_transcripts_LDADD = libkops.a libmodel.a libio.a libbase.a $(TEST_LIBS)

EXTRA_DIST += tests/run/lab-env tests/run/commands.py tests/run/keys.py
if LAB
dist_check_SCRIPTS += tests/run/hostile.sh tests/run/stale-lease.sh tests/run/policy.sh \
	tests/run/commands.sh tests/run/keys.sh
endif

LONG_CHECKS += check-commands
check-commands: kopscope$(EXEEXT)
	( $(AM_TESTS_ENVIRONMENT) COMMANDS=--all $(SHELL) $(srcdir)/tests/run/commands.sh )

LONG_CHECKS += check-keys
check-keys: kopscope$(EXEEXT)
	( $(AM_TESTS_ENVIRONMENT) KEYS=1000000 $(SHELL) $(srcdir)/tests/run/keys.sh )
