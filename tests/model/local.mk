check_PROGRAMS += tests/model/t-model
tests_model_t_model_SOURCES = tests/model/t-model.c
tests_model_t_model_LDADD = libmodel.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/model/t-peers
tests_model_t_peers_SOURCES = tests/model/t-peers.c
tests_model_t_peers_LDADD = libmodel.a libbase.a $(TEST_LIBS)
