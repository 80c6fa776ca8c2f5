# tests/docs: what is printed, read and shown, against the tables that it is made from
if CMOCKA
check_PROGRAMS += tests/docs/t-json
tests_docs_t_json_SOURCES = tests/docs/t-json.c $(TUI_FIXTURE)
tests_docs_t_json_LDADD = $(TUI_TEST_LIBS)
endif

# docs/walkthrough.md and .ko.md, typed and looked at.
if VTERM
if LAB
EXTRA_PROGRAMS += tests/docs/t-walkthrough
tests_docs_t_walkthrough_SOURCES = tests/docs/t-walkthrough.c tests/tui/pty.c tests/tui/pty.h
tests_docs_t_walkthrough_LDADD = libbase.a $(TEST_LIBS) $(VTERM_LIBS)
LONG_CHECKS += check-walkthrough
check-walkthrough: tests/docs/t-walkthrough$(EXEEXT) kopscope$(EXEEXT) kopscope-lab$(EXEEXT)
	( $(AM_TESTS_ENVIRONMENT) tests/docs/t-walkthrough$(EXEEXT) )
endif
endif

EXTRA_DIST += tests/docs/asked.py tests/docs/korean.py
dist_check_SCRIPTS += tests/docs/completion.sh tests/docs/man.sh tests/docs/rights.sh \
	tests/docs/screens.sh
if LAB
dist_check_SCRIPTS += tests/docs/asked.sh tests/docs/korean.sh
endif
