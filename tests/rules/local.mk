check_PROGRAMS += tests/rules/t-capacity tests/rules/t-cni tests/rules/t-consequences tests/rules/t-dns \
	tests/rules/t-eni \
	tests/rules/t-objects tests/rules/t-pending tests/rules/t-pending-more tests/rules/t-reason \
	tests/rules/t-whatif
tests_rules_t_capacity_SOURCES = tests/rules/story.h tests/rules/t-capacity.c
tests_rules_t_capacity_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)
tests_rules_t_cni_SOURCES = tests/rules/story.h tests/rules/t-cni.c
tests_rules_t_cni_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)
tests_rules_t_consequences_SOURCES = tests/rules/story.h tests/rules/t-consequences.c
tests_rules_t_consequences_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)
tests_rules_t_dns_SOURCES = tests/rules/t-dns.c
tests_rules_t_dns_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)
tests_rules_t_eni_SOURCES = tests/rules/t-eni.c
tests_rules_t_eni_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)
tests_rules_t_objects_SOURCES = tests/rules/t-objects.c
tests_rules_t_objects_LDADD = librules.a libk8s.a libmodel.a libio.a libbase.a $(TEST_LIBS)
tests_rules_t_pending_SOURCES = tests/rules/pending.h tests/rules/story.h \
	tests/rules/t-pending.c
tests_rules_t_pending_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)
tests_rules_t_pending_more_SOURCES = tests/rules/pending.h tests/rules/story.h \
	tests/rules/t-pending-more.c
tests_rules_t_pending_more_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/rules/t-pending-cure
tests_rules_t_pending_cure_SOURCES = tests/rules/pending.h tests/rules/story.h \
	tests/rules/t-pending-cure.c
tests_rules_t_pending_cure_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/rules/t-pending-deep
tests_rules_t_pending_deep_SOURCES = tests/rules/pending.h tests/rules/story.h \
	tests/rules/t-pending-deep.c
tests_rules_t_pending_deep_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/rules/t-limits-group
tests_rules_t_limits_group_SOURCES = tests/rules/story.h tests/rules/t-limits-group.c
tests_rules_t_limits_group_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)
check_PROGRAMS += tests/rules/t-pending-rare
tests_rules_t_pending_rare_SOURCES = tests/rules/pending.h tests/rules/story.h \
	tests/rules/t-pending-rare.c
tests_rules_t_pending_rare_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)
tests_rules_t_reason_SOURCES = tests/rules/t-reason.c
tests_rules_t_reason_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)
tests_rules_t_whatif_SOURCES = tests/rules/story.h tests/rules/t-whatif.c
tests_rules_t_whatif_LDADD = librules.a libmodel.a libbase.a $(TEST_LIBS)
EXTRA_DIST += tests/rules/cases tests/rules/messages.json
