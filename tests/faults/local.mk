# tests/faults: one call fails, each in turn
check_DATA = tests/faults/shim.so
EXTRA_DIST += tests/faults/shim.c tests/faults/faults.py tests/faults/screen.py \
	tests/faults/term.py tests/faults/worker.py
CLEANFILES += tests/faults/shim.so
tests/faults/shim.so: $(srcdir)/tests/faults/shim.c
	$(MKDIR_P) tests/faults
	$(CC) -D_GNU_SOURCE -g -O1 -shared -fPIC -o $@ $(srcdir)/tests/faults/shim.c -ldl

LONG_CHECKS += check-faults
check-faults: kopscope$(EXEEXT) tests/faults/shim.so
	( $(AM_TESTS_ENVIRONMENT) FAULT_STEP=1 $(SHELL) $(srcdir)/tests/faults/faults.sh )
	( $(AM_TESTS_ENVIRONMENT) FAULT_PLACES=25 FAULT_SEED=$$$$ \
		$(SHELL) $(srcdir)/tests/faults/screen.sh )
	( $(AM_TESTS_ENVIRONMENT) FAULT_COUNT=20 FAULT_SEED=$$$$ \
		$(SHELL) $(srcdir)/tests/faults/worker.sh )
