# Fuzz targets.  With --enable-fuzzing they are libFuzzer programs; without it `make check` replays
# their corpora.  `make fuzz SECONDS=N` builds them beside this build and lets them run in turn,
# docs/fuzz.md keeps the account; `make fuzz-merge` takes what they found into the corpora.
FUZZ_TARGETS = tests/fuzz/fuzz-answer tests/fuzz/fuzz-config tests/fuzz/fuzz-create \
	tests/fuzz/fuzz-edit \
	tests/fuzz/fuzz-json tests/fuzz/fuzz-keys tests/fuzz/fuzz-kubeconfig tests/fuzz/fuzz-output \
	tests/fuzz/fuzz-proto tests/fuzz/fuzz-reason tests/fuzz/fuzz-run tests/fuzz/fuzz-sigv4 \
	tests/fuzz/fuzz-store tests/fuzz/fuzz-stream tests/fuzz/fuzz-text tests/fuzz/fuzz-xml
fuzz_libs = libtui.a libkops.a librules.a libmodel.a libio.a libbase.a $(KOPSCOPE_LIBS)

if FUZZING
noinst_PROGRAMS += $(FUZZ_TARGETS)
fuzz_driver =
fuzz_ldflags = -fsanitize=fuzzer
else
check_PROGRAMS += $(FUZZ_TARGETS)
fuzz_driver = tests/fuzz/replay.c
fuzz_ldflags =
endif

tests_fuzz_fuzz_edit_SOURCES = tests/fuzz/fuzz-edit.c $(fuzz_driver)
tests_fuzz_fuzz_edit_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_edit_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_output_SOURCES = tests/fuzz/fuzz-output.c $(fuzz_driver)
tests_fuzz_fuzz_output_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_output_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_reason_SOURCES = tests/fuzz/fuzz-reason.c $(fuzz_driver)
tests_fuzz_fuzz_reason_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_reason_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_text_SOURCES = tests/fuzz/fuzz-text.c $(fuzz_driver)
tests_fuzz_fuzz_text_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_text_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

fuzz_k8s_libs = libk8s.a libmodel.a libio.a libbase.a $(KOPSCOPE_LIBS)
tests_fuzz_fuzz_proto_SOURCES = tests/fuzz/fuzz-proto.c $(fuzz_driver)
tests_fuzz_fuzz_proto_LDADD = $(fuzz_k8s_libs)
tests_fuzz_fuzz_proto_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_stream_SOURCES = tests/fuzz/fuzz-stream.c $(fuzz_driver)
tests_fuzz_fuzz_stream_LDADD = $(fuzz_k8s_libs)
tests_fuzz_fuzz_stream_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

fuzz_all_libs = libtui.a libk8s.a libaws.a librun.a libkops.a librules.a libmodel.a libio.a \
	libbase.a $(KOPSCOPE_LIBS)
tests_fuzz_fuzz_answer_SOURCES = tests/fuzz/fuzz-answer.c $(fuzz_driver)
tests_fuzz_fuzz_answer_LDADD = $(fuzz_k8s_libs)
tests_fuzz_fuzz_answer_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz-config.c $(fuzz_driver)
tests_fuzz_fuzz_config_LDADD = $(fuzz_all_libs)
tests_fuzz_fuzz_config_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_create_SOURCES = tests/fuzz/fuzz-create.c $(fuzz_driver)
tests_fuzz_fuzz_create_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_create_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz-json.c $(fuzz_driver)
tests_fuzz_fuzz_json_LDADD = $(fuzz_all_libs)
tests_fuzz_fuzz_json_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_keys_SOURCES = tests/fuzz/fuzz-keys.c $(fuzz_driver) tests/tui/bucket.c tests/tui/bucket.h \
	tests/tui/fixture.c tests/tui/fixture.h tests/tui/world.c tests/tui/world.h
tests_fuzz_fuzz_keys_LDADD = $(fuzz_all_libs)
tests_fuzz_fuzz_keys_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_kubeconfig_SOURCES = tests/fuzz/fuzz-kubeconfig.c $(fuzz_driver)
tests_fuzz_fuzz_kubeconfig_LDADD = $(fuzz_k8s_libs)
tests_fuzz_fuzz_kubeconfig_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_run_SOURCES = tests/fuzz/fuzz-run.c $(fuzz_driver)
tests_fuzz_fuzz_run_LDADD = $(fuzz_all_libs)
tests_fuzz_fuzz_run_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_sigv4_SOURCES = tests/fuzz/fuzz-sigv4.c $(fuzz_driver)
tests_fuzz_fuzz_sigv4_LDADD = $(fuzz_all_libs)
tests_fuzz_fuzz_sigv4_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_store_SOURCES = tests/fuzz/fuzz-store.c $(fuzz_driver)
tests_fuzz_fuzz_store_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_store_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_xml_SOURCES = tests/fuzz/fuzz-xml.c $(fuzz_driver)
tests_fuzz_fuzz_xml_LDADD = $(fuzz_all_libs)
tests_fuzz_fuzz_xml_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

EXTRA_DIST += tests/fuzz/corpus tests/fuzz/harmless.h

EXTRA_DIST += scripts/fuzz-hours
PHONY_TARGETS += fuzz fuzz-merge
fuzz:
	$(top_srcdir)/scripts/fuzz-hours --build $(abs_top_builddir)/fuzz
	$(top_srcdir)/scripts/fuzz-hours $(abs_top_builddir)/fuzz "$${SECONDS:-960}"
fuzz-merge:
	$(top_srcdir)/scripts/fuzz-hours --merge $(abs_top_builddir)/fuzz
