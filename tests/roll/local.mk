# tests/roll: the roll machine in a miniature world
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
