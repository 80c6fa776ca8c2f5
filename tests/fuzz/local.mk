# Fuzz targets.  With --enable-fuzzing they are libFuzzer programs to run by hand
# (tests/fuzz/fuzz-edit corpus/); without it `make check` replays their corpora.
FUZZ_TARGETS = tests/fuzz/fuzz-edit tests/fuzz/fuzz-output tests/fuzz/fuzz-proto \
	tests/fuzz/fuzz-reason tests/fuzz/fuzz-stream \
	tests/fuzz/fuzz-text
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

EXTRA_DIST += tests/fuzz/corpus
