# Interoperation with what others made: moto, the aws command, a real API server and scheduler.
# Scripts say 1..0 where their parts are not on the machine.
noinst_PROGRAMS += tests/real/k8s-driver tests/real/sched-check
tests_real_k8s_driver_SOURCES = tests/real/k8s-driver.c
tests_real_k8s_driver_LDADD = libk8s.a libmodel.a libio.a libbase.a $(KOPSCOPE_LIBS)
tests_real_sched_check_SOURCES = tests/real/sched-check.c
tests_real_sched_check_LDADD = librules.a libk8s.a libmodel.a libio.a libbase.a $(KOPSCOPE_LIBS)

EXTRA_DIST += tests/real/scheduler.py tests/real/scheduler.sh
noinst_PROGRAMS += tests/real/k8s-compare
tests_real_k8s_compare_SOURCES = tests/real/k8s-compare.c tests/k8s/dump.c tests/k8s/dump.h
tests_real_k8s_compare_LDADD = libk8s.a libmodel.a libio.a libbase.a $(KOPSCOPE_LIBS)

EXTRA_DIST += tests/real/want.py tests/real/objects.sh tests/real/run tests/real/lib-moto.sh \
	tests/real/moto.sh tests/real/moto-kopscope.sh tests/real/k8s.sh tests/real/cluster.sh \
	tests/real/tap.sh

check-real: all
	rc=0; $(AM_TESTS_ENVIRONMENT) \
	run='$(SHELL) $(abs_top_srcdir)/tests/real/run'; \
	$$run moto $(SHELL) $(abs_top_srcdir)/tests/real/moto.sh \
		$(abs_top_builddir)/tests/aws/aws-drive || rc=1; \
	$$run moto-kopscope $(SHELL) $(abs_top_srcdir)/tests/real/moto-kopscope.sh \
		$(abs_top_builddir)/kopscope $(abs_top_builddir)/tests/lab/watch || rc=1; \
	$$run k8s $(SHELL) $(abs_top_srcdir)/tests/real/k8s.sh \
		$(abs_top_builddir)/tests/real/k8s-driver || rc=1; \
	$$run scheduler $(SHELL) $(abs_top_srcdir)/tests/real/scheduler.sh \
		$(abs_top_builddir)/tests/real/sched-check || rc=1; \
	exit $$rc

# Our verdicts against the real scheduler's words, pod by pod; SEED=N for one seed of 500 pods.
check-scheduler: all
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(abs_top_srcdir)/tests/real/run scheduler \
		$(SHELL) $(abs_top_srcdir)/tests/real/scheduler.sh \
		$(abs_top_builddir)/tests/real/sched-check
