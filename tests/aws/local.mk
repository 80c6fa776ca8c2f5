# tests of aws: the signer, the shared files, and every call against a server of our own
noinst_PROGRAMS += tests/aws/aws-drive tests/aws/sigv4-suite
check_PROGRAMS += \
	tests/aws/t-call \
	tests/aws/t-cloud \
	tests/aws/t-credentials \
	tests/aws/t-look \
	tests/aws/t-profile \
	tests/aws/t-roles \
	tests/aws/t-secrets \
	tests/aws/t-sigv4 \
	tests/aws/t-source \
	tests/aws/t-store \
	tests/aws/t-xml

tests_aws_aws_drive_SOURCES = \
	tests/aws/aws-drive.c
tests_aws_aws_drive_LDADD = libaws.a libmodel.a libio.a libbase.a $(KOPSCOPE_LIBS)

tests_aws_sigv4_suite_SOURCES = \
	tests/aws/sigv4-case.c \
	tests/aws/sigv4-case.h \
	tests/aws/sigv4-suite.c
tests_aws_sigv4_suite_LDADD = libaws.a libmodel.a libio.a libbase.a $(KOPSCOPE_LIBS)

tests_aws_t_call_SOURCES = \
	tests/aws/bench.c \
	tests/aws/bench.h \
	tests/aws/t-call.c \
	tests/aws/wire.c \
	tests/aws/wire.h
tests_aws_t_call_LDADD = libaws.a libmodel.a libio.a libbase.a $(TEST_LIBS)

tests_aws_t_cloud_SOURCES = \
	tests/aws/bench.c \
	tests/aws/bench.h \
	tests/aws/t-cloud.c \
	tests/aws/wire.c \
	tests/aws/wire.h
tests_aws_t_cloud_LDADD = libaws.a libmodel.a libio.a libbase.a $(TEST_LIBS)

tests_aws_t_look_SOURCES = \
	tests/aws/bench.c \
	tests/aws/bench.h \
	tests/aws/t-look.c \
	tests/aws/wire.c \
	tests/aws/wire.h
tests_aws_t_look_LDADD = libaws.a libmodel.a libio.a libbase.a $(TEST_LIBS)

tests_aws_t_credentials_SOURCES = \
	tests/aws/bench.c \
	tests/aws/bench.h \
	tests/aws/t-credentials.c \
	tests/aws/wire.c \
	tests/aws/wire.h
tests_aws_t_credentials_LDADD = libaws.a libmodel.a libio.a libbase.a $(TEST_LIBS)

tests_aws_t_profile_SOURCES = \
	tests/aws/t-profile.c
tests_aws_t_profile_LDADD = libaws.a libmodel.a libio.a libbase.a $(TEST_LIBS)

tests_aws_t_roles_SOURCES = \
	tests/aws/bench.c \
	tests/aws/bench.h \
	tests/aws/t-roles.c \
	tests/aws/wire.c \
	tests/aws/wire.h
tests_aws_t_roles_LDADD = libaws.a libmodel.a libio.a libbase.a $(TEST_LIBS)

tests_aws_t_secrets_SOURCES = \
	tests/aws/bench.c \
	tests/aws/bench.h \
	tests/aws/t-secrets.c \
	tests/aws/wire.c \
	tests/aws/wire.h
tests_aws_t_secrets_LDADD = libaws.a libmodel.a libio.a libbase.a $(TEST_LIBS)

tests_aws_t_sigv4_SOURCES = \
	tests/aws/sigv4-case.c \
	tests/aws/sigv4-case.h \
	tests/aws/t-sigv4.c
tests_aws_t_sigv4_LDADD = libaws.a libmodel.a libio.a libbase.a $(TEST_LIBS)

tests_aws_t_source_SOURCES = \
	tests/aws/bench.c \
	tests/aws/bench.h \
	tests/aws/t-source.c \
	tests/aws/wire.c \
	tests/aws/wire.h
tests_aws_t_source_LDADD = libaws.a libmodel.a libio.a libbase.a $(TEST_LIBS)

tests_aws_t_store_SOURCES = \
	tests/aws/bench.c \
	tests/aws/bench.h \
	tests/aws/t-store.c \
	tests/aws/wire.c \
	tests/aws/wire.h
tests_aws_t_store_LDADD = libaws.a libmodel.a libio.a libbase.a $(TEST_LIBS)

tests_aws_t_xml_SOURCES = \
	tests/aws/t-xml.c
tests_aws_t_xml_LDADD = libaws.a libmodel.a libio.a libbase.a $(TEST_LIBS)
