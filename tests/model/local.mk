check_PROGRAMS += tests/model/t-model
tests_model_t_model_SOURCES = tests/model/t-model.c
tests_model_t_model_LDADD = libmodel.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/model/t-peers
tests_model_t_peers_SOURCES = tests/model/t-peers.c
tests_model_t_peers_LDADD = libmodel.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/model/t-counts
tests_model_t_counts_SOURCES = tests/model/t-counts.c
tests_model_t_counts_LDADD = libmodel.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/model/t-keyed
tests_model_t_keyed_SOURCES = tests/model/t-keyed.c
tests_model_t_keyed_LDADD = libmodel.a libbase.a $(TEST_LIBS)
tests_model_t_keyed_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=slab_at
