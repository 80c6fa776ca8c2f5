# The tests: one program per module family, scripts that drive the real programs,
# and checks of the tree itself.  All speak TAP.

TEST_EXTENSIONS = .sh
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_DRIVER = $(TAP_DRIVER)
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/run-tap
SH_LOG_COMPILER = timeout -k 10 900 $(SHELL)
AM_TESTS_ENVIRONMENT = \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	TZ=UTC; export TZ; LC_ALL=C.UTF-8; export LC_ALL; \
	SHARED="$${SHARED:-$(abs_top_srcdir)/../shared}"; export SHARED; \
	srcdir='$(abs_top_srcdir)'; export srcdir; builddir='$(abs_top_builddir)'; export builddir; \
	. $(top_srcdir)/tests/environment;

# What takes longest is started first, in the order of what it took: then little is left to wait for
# at the end.  These are kept out of dist_check_SCRIPTS, so that each is named once.
long_tests = tests/kops/independent.sh tests/faults/faults.sh
if LAB
long_tests += tests/faults/worker.sh tests/faults/screen.sh \
	tests/lab/aws-faults.sh tests/lab/kube-faults.sh \
	tests/lab/kubectl.sh tests/lab/scenarios.sh tests/story/lessons.sh tests/tui/bytes.sh tests/tui/drift.sh \
	tests/lab/aws.sh tests/lab/aws-cloud.sh tests/lab/cures.sh tests/docs/get.sh \
	tests/lab/kube-certs.sh tests/run/tmux.sh tests/run/two-operators.sh tests/story/accident.sh \
	tests/run/engine-kops.sh tests/run/kill.sh tests/run/hangup.sh
endif
TESTS = $(long_tests) $(check_PROGRAMS) $(dist_check_SCRIPTS)
EXTRA_DIST += $(long_tests)

dist_check_SCRIPTS += \
	tests/tree/layers.sh \
	tests/tree/headers.sh \
	tests/tree/sizes.sh \
	tests/tree/banned.sh \
	tests/tree/hacking.sh \
	tests/tree/harden.sh \
	tests/tree/supply.sh

EXTRA_DIST += tests/run-tap tests/environment tests/tree/size-limits

if CMOCKA
include tests/core/local.mk
include tests/model/local.mk
include tests/rules/local.mk
include tests/roll/local.mk
include tests/run/local.mk
include tests/kops/local.mk
include tests/aws/local.mk
include tests/k8s/local.mk
include tests/tui/local.mk
include tests/real/local.mk
endif
include tests/fuzz/local.mk
include tests/docs/local.mk

include tests/faults/local.mk
include tests/ways/local.mk

if LAB
include tests/lab/local.mk
include tests/story/local.mk
include tests/chaos/local.mk
endif

EXTRA_DIST += tests/bench/bench.py tests/bench/real.sh tests/real/load.py

# Speed and memory: never part of `make check`.
PHONY_TARGETS += bench check-real check-scheduler update-screens
bench: kopscope$(EXEEXT) kopscope-lab$(EXEEXT) $(BENCH_NEEDS)
	python3 $(top_srcdir)/tests/bench/bench.py $(abs_top_builddir) $(abs_top_srcdir)/bench/results.md

# Static analysis of what ships; minutes, never part of `make check`.
EXTRA_DIST += build-aux/analyze.known scripts/analyze
PHONY_TARGETS += analyze
analyze:
	BUILD=$(abs_top_builddir) REQUIRE="$(REQUIRE)" $(top_srcdir)/scripts/analyze

# The unit tests, the replayed corpora, and kopscope itself as scripts and terminals use it, under
# valgrind's memcheck.  Not t-confine: Landlock, which it is about, is unknown to valgrind.
valgrind_scripts = tests/tui/cli.sh tests/tui/confine.sh
if LAB
valgrind_scripts += tests/run/policy.sh tests/docs/get.sh
endif
EXTRA_DIST += scripts/check-valgrind tests/valgrind/exe.c
PHONY_TARGETS += check-valgrind
check-valgrind: $(check_PROGRAMS) all
	( $(AM_TESTS_ENVIRONMENT) BUILD=$(abs_top_builddir) \
		PROGRAMS="$${ONLY:-`echo $(check_PROGRAMS) | tr ' ' '\n' | grep -E '/(t|fuzz)-' | grep -v /t-confine` \
			$(valgrind_scripts)}" \
		$(top_srcdir)/scripts/check-valgrind )

# Which lines the tests run, from a build of its own; goals and the meaning of the tables: there.
EXTRA_DIST += scripts/coverage
PHONY_TARGETS += coverage fuzz-coverage
coverage:
	CC="$(CC)" $(top_srcdir)/scripts/coverage $(abs_top_builddir)/coverage
fuzz-coverage:
	CC="$(CC)" $(top_srcdir)/scripts/coverage --fuzz $(abs_top_builddir)/coverage
