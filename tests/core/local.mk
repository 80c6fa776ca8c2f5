# tests/core: core/base and core/io
check_PROGRAMS += tests/core/t-base-file
tests_core_t_base_file_SOURCES = tests/core/t-base-file.c
tests_core_t_base_file_LDADD = libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/core/t-base-json
tests_core_t_base_json_SOURCES = tests/core/t-base-json.c
tests_core_t_base_json_LDADD = libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/core/t-base-strings
tests_core_t_base_strings_SOURCES = tests/core/t-base-strings.c
tests_core_t_base_strings_LDADD = libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/core/t-base-trust
tests_core_t_base_trust_SOURCES = tests/core/t-base-trust.c
tests_core_t_base_trust_LDADD = libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/core/t-base-text
tests_core_t_base_text_SOURCES = tests/core/t-base-text.c
tests_core_t_base_text_LDADD = libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/core/t-base-yaml
tests_core_t_base_yaml_SOURCES = tests/core/t-base-yaml.c
tests_core_t_base_yaml_LDADD = libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/core/t-confine
tests_core_t_confine_SOURCES = tests/core/t-confine.c
tests_core_t_confine_LDADD = libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/core/t-hostile
tests_core_t_hostile_SOURCES = tests/core/t-hostile.c \
	tests/core/server/http-server.c \
	tests/core/server/http-server.h
tests_core_t_hostile_LDADD = libio.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/core/t-io-child
tests_core_t_io_child_SOURCES = tests/core/t-io-child.c
tests_core_t_io_child_LDADD = libio.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/core/t-io-http
tests_core_t_io_http_SOURCES = tests/core/t-io-http.c \
	tests/core/server/http-server.c \
	tests/core/server/http-server.h
tests_core_t_io_http_LDADD = libio.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/core/t-io-loop
tests_core_t_io_loop_SOURCES = tests/core/t-io-loop.c
tests_core_t_io_loop_LDADD = libio.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/core/t-io-tls
tests_core_t_io_tls_SOURCES = tests/core/t-io-tls.c
tests_core_t_io_tls_LDADD = libio.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/core/t-pages
tests_core_t_pages_SOURCES = tests/core/t-pages.c
tests_core_t_pages_LDADD = libbase.a $(EXPAT_LIBS) $(TEST_LIBS)
