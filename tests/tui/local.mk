# tests/tui: the screen in memory, its tables, the command line
TUI_TEST_LIBS = libtui.a libk8s.a libaws.a librun.a libkops.a librules.a libmodel.a libio.a \
	libbase.a $(TEST_LIBS)
TUI_FIXTURE = tests/tui/bucket.c tests/tui/bucket.h tests/tui/fixture.c tests/tui/fixture.h tests/tui/world.c tests/tui/world.h

check_PROGRAMS += tests/tui/t-addons
tests_tui_t_addons_SOURCES = tests/tui/t-addons.c $(TUI_FIXTURE)
tests_tui_t_addons_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-app
tests_tui_t_app_SOURCES = tests/tui/t-app.c $(TUI_FIXTURE)
tests_tui_t_app_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-burst
tests_tui_t_burst_SOURCES = tests/tui/t-burst.c tests/k8s/server.c tests/k8s/server.h $(TUI_FIXTURE)
tests_tui_t_burst_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-cni
tests_tui_t_cni_SOURCES = tests/tui/t-cni.c $(TUI_FIXTURE)
tests_tui_t_cni_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-columns
tests_tui_t_columns_SOURCES = tests/tui/t-columns.c $(TUI_FIXTURE)
tests_tui_t_columns_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-create
tests_tui_t_create_SOURCES = tests/tui/t-create.c
tests_tui_t_create_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-explain
tests_tui_t_explain_SOURCES = tests/tui/t-explain.c
tests_tui_t_explain_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-fuzz-keys
tests_tui_t_fuzz_keys_SOURCES = tests/tui/t-fuzz-keys.c $(TUI_FIXTURE)
tests_tui_t_fuzz_keys_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-grid
tests_tui_t_grid_SOURCES = tests/tui/t-grid.c
tests_tui_t_grid_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-guide
tests_tui_t_guide_SOURCES = tests/tui/t-guide.c tests/tui/golden.c tests/tui/golden.h \
	$(TUI_FIXTURE)
tests_tui_t_guide_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-idle
tests_tui_t_idle_SOURCES = tests/tui/t-idle.c $(TUI_FIXTURE)
tests_tui_t_idle_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-keys
tests_tui_t_keys_SOURCES = tests/tui/t-keys.c
tests_tui_t_keys_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-nav
tests_tui_t_nav_SOURCES = tests/tui/t-nav.c $(TUI_FIXTURE)
tests_tui_t_nav_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-order
tests_tui_t_order_SOURCES = tests/tui/t-order.c
tests_tui_t_order_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-pods-list
tests_tui_t_pods_list_SOURCES = tests/tui/t-pods-list.c $(TUI_FIXTURE)
tests_tui_t_pods_list_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-lesson
tests_tui_t_lesson_SOURCES = tests/tui/t-lesson.c
tests_tui_t_lesson_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-phrase
tests_tui_t_phrase_SOURCES = tests/tui/t-phrase.c
tests_tui_t_phrase_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-screens
tests_tui_t_screens_SOURCES = tests/tui/t-screens.c tests/tui/golden.c tests/tui/golden.h \
	$(TUI_FIXTURE)
tests_tui_t_screens_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-session
tests_tui_t_session_SOURCES = tests/tui/t-session.c
tests_tui_t_session_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-settings
tests_tui_t_settings_SOURCES = tests/tui/t-settings.c
tests_tui_t_settings_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-states
tests_tui_t_states_SOURCES = tests/tui/t-states.c tests/tui/golden.c tests/tui/golden.h \
	tests/tui/lint.c tests/tui/lint.h $(TUI_FIXTURE)
tests_tui_t_states_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-table
tests_tui_t_table_SOURCES = tests/tui/t-table.c
tests_tui_t_table_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-tables
tests_tui_t_tables_SOURCES = tests/tui/t-tables.c $(TUI_FIXTURE)
tests_tui_t_tables_LDADD = $(TUI_TEST_LIBS)
check_PROGRAMS += tests/tui/t-walk
tests_tui_t_walk_SOURCES = tests/tui/t-walk.c tests/tui/lint.c tests/tui/lint.h $(TUI_FIXTURE)
tests_tui_t_walk_LDADD = $(TUI_TEST_LIBS)

# Sizes at random for a minute.
LONG_CHECKS += check-walk
check-walk: tests/tui/t-walk$(EXEEXT)
	( $(AM_TESTS_ENVIRONMENT) WALK_SECONDS=60 tests/tui/t-walk$(EXEEXT) )

if LAB
# Each view left alone for ten minutes of real time writes nothing.
LONG_CHECKS += check-idle
check-idle: kopscope$(EXEEXT) kopscope-lab$(EXEEXT)
	( $(AM_TESTS_ENVIRONMENT) python3 $(srcdir)/tests/tui/idle.py . 600 )
endif

if VTERM
check_PROGRAMS += tests/tui/t-clean
tests_tui_t_clean_SOURCES = tests/tui/t-clean.c tests/tui/pty.c tests/tui/pty.h
tests_tui_t_clean_LDADD = libbase.a $(TEST_LIBS) $(VTERM_LIBS)
check_PROGRAMS += tests/tui/t-colours
tests_tui_t_colours_SOURCES = tests/tui/t-colours.c tests/tui/pty.c tests/tui/pty.h
tests_tui_t_colours_LDADD = $(TUI_TEST_LIBS) $(VTERM_LIBS)
check_PROGRAMS += tests/tui/t-lend
tests_tui_t_lend_SOURCES = tests/tui/t-lend.c tests/tui/pty.c tests/tui/pty.h
tests_tui_t_lend_LDADD = libbase.a $(TEST_LIBS) $(VTERM_LIBS)
check_PROGRAMS += tests/tui/t-terminal
tests_tui_t_terminal_SOURCES = tests/tui/t-terminal.c tests/tui/pty.c tests/tui/pty.h
tests_tui_t_terminal_LDADD = libbase.a $(TEST_LIBS) $(VTERM_LIBS)
endif

dist_check_SCRIPTS += tests/tui/cli.sh tests/tui/confine.sh tests/tui/copy.sh tests/tui/half-set.sh
EXTRA_DIST += tests/tui/bytes.py tests/tui/fake-kops.sh tests/tui/idle.py tests/tui/onscreen.py tests/tui/lend.sh tests/tui/screens tests/tui/store

# Read every difference as a picture before it is accepted.
update-screens: tests/tui/t-screens$(EXEEXT) tests/tui/t-states$(EXEEXT) \
	tests/tui/t-guide$(EXEEXT)
	( $(AM_TESTS_ENVIRONMENT) UPDATE_SCREENS=1 ./tests/tui/t-screens$(EXEEXT) )
	( $(AM_TESTS_ENVIRONMENT) UPDATE_SCREENS=1 ./tests/tui/t-states$(EXEEXT) )
	( $(AM_TESTS_ENVIRONMENT) UPDATE_SCREENS=1 $(SHELL) $(srcdir)/tests/tui/half-set.sh )
	( $(AM_TESTS_ENVIRONMENT) UPDATE_SCREENS=1 ./tests/tui/t-guide$(EXEEXT) )
