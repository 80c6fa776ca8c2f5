# Fuzz targets.  With --enable-fuzzing they are libFuzzer programs to run by hand
# (tests/fuzz/fuzz-edit corpus/); without it `make check` replays their corpora.
FUZZ_TARGETS = tests/fuzz/fuzz-edit tests/fuzz/fuzz-output tests/fuzz/fuzz-reason \
	tests/fuzz/fuzz-text
FUZZ_LDADD = libtui.a libkops.a librules.a libmodel.a libio.a libbase.a $(KOPSCOPE_LIBS)

if FUZZING
noinst_PROGRAMS += $(FUZZ_TARGETS)
FUZZ_DRIVER =
FUZZ_LDFLAGS = -fsanitize=fuzzer
else
check_PROGRAMS += $(FUZZ_TARGETS)
FUZZ_DRIVER = tests/fuzz/replay.c
FUZZ_LDFLAGS =
endif

tests_fuzz_fuzz_edit_SOURCES = tests/fuzz/fuzz-edit.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_edit_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_edit_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_output_SOURCES = tests/fuzz/fuzz-output.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_output_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_output_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_reason_SOURCES = tests/fuzz/fuzz-reason.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_reason_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_reason_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_text_SOURCES = tests/fuzz/fuzz-text.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_text_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_text_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

EXTRA_DIST += tests/fuzz/corpus
