# tests/ways: the lab's world destroyed under a roll, in named ways
EXTRA_DIST += tests/ways/page.py tests/ways/rows.py tests/ways/shim.c tests/ways/way.py \
	tests/ways/world.py tests/ways/ways.py
if LAB
check_DATA += tests/ways/shim.so
CLEANFILES += tests/ways/shim.so
tests/ways/shim.so: $(srcdir)/tests/ways/shim.c
	$(AM_V_GEN)$(MKDIR_P) tests/ways && \
		$(CC) -D_GNU_SOURCE -g -O1 -shared -fPIC -o $@ $(srcdir)/tests/ways/shim.c -ldl

dist_check_SCRIPTS += tests/ways/ways.sh

# docs/ways.md anew.
update-ways: kopscope$(EXEEXT) kopscope-lab$(EXEEXT) tests/ways/shim.so
	( $(AM_TESTS_ENVIRONMENT) WAYS=--all UPDATE_DOCS=1 $(SHELL) $(srcdir)/tests/ways/ways.sh )
check-ways: kopscope$(EXEEXT) kopscope-lab$(EXEEXT) tests/ways/shim.so
	( $(AM_TESTS_ENVIRONMENT) WAYS=--all $(SHELL) $(srcdir)/tests/ways/ways.sh )

LONG_CHECKS += check-ways
PHONY_TARGETS += update-ways
endif
