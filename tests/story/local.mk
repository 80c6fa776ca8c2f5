# tests/story: the whole story against the lab, by itself and typed by keys
dist_check_SCRIPTS += tests/story/create.sh tests/story/play.sh

if CMOCKA
if VTERM
check_PROGRAMS += tests/story/t-cni
tests_story_t_cni_SOURCES = tests/story/t-cni.c tests/tui/pty.c tests/tui/pty.h
tests_story_t_cni_LDADD = libbase.a $(TEST_LIBS) $(VTERM_LIBS)

check_PROGRAMS += tests/story/t-create
tests_story_t_create_SOURCES = tests/story/t-create.c tests/tui/pty.c tests/tui/pty.h
tests_story_t_create_LDADD = libbase.a $(TEST_LIBS) $(VTERM_LIBS)

check_PROGRAMS += tests/story/t-story
tests_story_t_story_SOURCES = tests/story/t-story.c tests/tui/pty.c tests/tui/pty.h
tests_story_t_story_LDADD = libbase.a $(TEST_LIBS) $(VTERM_LIBS)
endif
endif
