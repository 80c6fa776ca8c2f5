# tests/lab: the lab's checks of signatures, its world and Kubernetes API, its kops stand-in,
# real command lines against it
LAB_TEST_LIBS = liblab.a librules.a libmodel.a libio.a libbase.a $(TEST_LIBS) $(LAB_LIBS)

if CMOCKA
check_PROGRAMS += tests/lab/t-kops-tree
tests_lab_t_kops_tree_SOURCES = tests/lab/t-kops-tree.c
tests_lab_t_kops_tree_LDADD = $(LAB_TEST_LIBS)

check_PROGRAMS += tests/lab/t-kube-patch
tests_lab_t_kube_patch_SOURCES = tests/lab/t-kube-patch.c
tests_lab_t_kube_patch_LDADD = $(LAB_TEST_LIBS)

check_PROGRAMS += tests/lab/t-kube-proto
tests_lab_t_kube_proto_SOURCES = tests/lab/t-kube-proto.c tests/k8s/dump.c tests/k8s/dump.h
tests_lab_t_kube_proto_LDADD = libk8s.a $(LAB_TEST_LIBS)

check_PROGRAMS += tests/lab/t-ipamd
tests_lab_t_ipamd_SOURCES = tests/lab/t-ipamd.c
tests_lab_t_ipamd_LDADD = $(LAB_TEST_LIBS)

check_PROGRAMS += tests/lab/t-sigv4-check
tests_lab_t_sigv4_check_SOURCES = tests/lab/t-sigv4-check.c
tests_lab_t_sigv4_check_LDADD = $(LAB_TEST_LIBS)

check_PROGRAMS += tests/lab/t-store
tests_lab_t_store_SOURCES = tests/lab/t-store.c
tests_lab_t_store_LDADD = $(LAB_TEST_LIBS)

check_PROGRAMS += tests/lab/t-chaos
tests_lab_t_chaos_SOURCES = tests/lab/t-chaos.c
tests_lab_t_chaos_LDADD = $(LAB_TEST_LIBS)

check_PROGRAMS += tests/lab/t-world
tests_lab_t_world_SOURCES = tests/lab/t-world.c
tests_lab_t_world_LDADD = $(LAB_TEST_LIBS)
endif

dist_check_SCRIPTS += tests/lab/aws-secrets.sh tests/lab/kops.sh tests/lab/lab.sh \
	tests/lab/scale.sh
EXTRA_DIST += tests/lab/aws-warm.py tests/lab/lib-lab.sh tests/lab/scenarios

# The screen without a terminal, for the scripts.
noinst_PROGRAMS += tests/lab/watch
tests_lab_watch_SOURCES = tests/lab/watch.c
tests_lab_watch_LDADD = libtui.a libk8s.a libaws.a librun.a libkops.a librules.a libmodel.a libio.a \
	libbase.a $(KOPSCOPE_LIBS)
