# tests/roll: the roll machine in a miniature world
check_PROGRAMS += tests/roll/t-credentials-left
tests_roll_t_credentials_left_SOURCES = tests/roll/t-credentials-left.c
tests_roll_t_credentials_left_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/roll/t-preflight
tests_roll_t_preflight_SOURCES = tests/roll/t-preflight.c tests/rules/story.h
tests_roll_t_preflight_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/roll/t-roll-refused
tests_roll_t_roll_refused_SOURCES = \
	tests/roll/t-roll-refused.c \
	tests/roll/world-show.c \
	tests/roll/world.c \
	tests/roll/world.h
tests_roll_t_roll_refused_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/roll/t-roll
tests_roll_t_roll_SOURCES = \
	tests/roll/t-roll.c \
	tests/roll/world-show.c \
	tests/roll/world.c \
	tests/roll/world.h
tests_roll_t_roll_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/roll/t-roll-random
tests_roll_t_roll_random_SOURCES = \
	tests/roll/t-roll-random.c \
	tests/roll/world-show.c \
	tests/roll/world.c \
	tests/roll/world.h
tests_roll_t_roll_random_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/roll/t-roll-ways
tests_roll_t_roll_ways_SOURCES = \
	tests/roll/t-roll-ways.c \
	tests/roll/world-show.c \
	tests/roll/world.c \
	tests/roll/world.h
tests_roll_t_roll_ways_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)

# The long run: 10,000 random rolls and 5,000 with crashes.
LONG_CHECKS += check-rolls
check-rolls: tests/roll/t-roll-random$(EXEEXT)
	ROLL_COUNT=$${ROLL_COUNT:-10000} tests/roll/t-roll-random$(EXEEXT)

# Numbers, not a test.
EXTRA_PROGRAMS += tests/roll/b-step
tests_roll_b_step_SOURCES = tests/roll/b-step.c
tests_roll_b_step_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)
