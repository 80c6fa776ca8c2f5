# tests/chaos: runs while the lab's chaos reigns
EXTRA_DIST += tests/chaos/chaos.py
dist_check_SCRIPTS += tests/chaos/chaos.sh

LONG_CHECKS += check-chaos
check-chaos: kopscope$(EXEEXT) kopscope-lab$(EXEEXT)
	( $(AM_TESTS_ENVIRONMENT) seed=$${SEED:-1}; last=$$((seed + $${SEEDS:-5})); bad=0; \
	while test $$seed -lt $$last; do \
		CHAOS_SEED=$$seed CHAOS_HOURS=$${HOURS:-4} CHAOS_SPEED=$${SPEED:-100} \
			$(SHELL) $(srcdir)/tests/chaos/chaos.sh >chaos.out 2>&1; \
		cat chaos.out; ! grep -q '^not ok\|^Bail\|^Traceback' chaos.out || bad=1; \
		seed=$$((seed + 1)); \
	done; rm -f chaos.out; exit $$bad )
