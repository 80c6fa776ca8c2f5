K8S_TEST_LIBS = libk8s.a libmodel.a libio.a libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/k8s/t-client
tests_k8s_t_client_SOURCES = tests/k8s/t-client.c tests/k8s/server.c tests/k8s/server.h
tests_k8s_t_client_LDADD = $(K8S_TEST_LIBS)

check_PROGRAMS += tests/k8s/t-churn
tests_k8s_t_churn_SOURCES = tests/k8s/t-churn.c tests/k8s/put.c tests/k8s/put.h tests/k8s/server.c \
	tests/k8s/server.h
tests_k8s_t_churn_LDADD = $(K8S_TEST_LIBS)
BENCH_NEEDS += tests/k8s/t-churn$(EXEEXT)

check_PROGRAMS += tests/k8s/t-day
tests_k8s_t_day_SOURCES = tests/k8s/t-day.c tests/k8s/server.c tests/k8s/server.h
tests_k8s_t_day_LDADD = $(K8S_TEST_LIBS)

check_PROGRAMS += tests/k8s/t-decode
tests_k8s_t_decode_SOURCES = tests/k8s/t-decode.c
tests_k8s_t_decode_LDADD = $(K8S_TEST_LIBS)

check_PROGRAMS += tests/k8s/t-exec
tests_k8s_t_exec_SOURCES = tests/k8s/t-exec.c tests/k8s/server.c tests/k8s/server.h
tests_k8s_t_exec_LDADD = $(K8S_TEST_LIBS)

check_PROGRAMS += tests/k8s/t-heartbeat
tests_k8s_t_heartbeat_SOURCES = tests/k8s/t-heartbeat.c tests/k8s/server.c tests/k8s/server.h
tests_k8s_t_heartbeat_LDADD = $(K8S_TEST_LIBS)

check_PROGRAMS += tests/k8s/t-kubeconfig
tests_k8s_t_kubeconfig_SOURCES = tests/k8s/t-kubeconfig.c
tests_k8s_t_kubeconfig_LDADD = $(K8S_TEST_LIBS)

check_PROGRAMS += tests/k8s/t-proto
tests_k8s_t_proto_SOURCES = tests/k8s/t-proto.c tests/k8s/dump.c tests/k8s/dump.h
tests_k8s_t_proto_LDADD = $(K8S_TEST_LIBS)
EXTRA_DIST += tests/k8s/proto

check_PROGRAMS += tests/k8s/t-quantity
tests_k8s_t_quantity_SOURCES = tests/k8s/t-quantity.c
tests_k8s_t_quantity_LDADD = $(K8S_TEST_LIBS)

check_PROGRAMS += tests/k8s/t-source
tests_k8s_t_source_SOURCES = tests/k8s/t-source.c tests/k8s/server.c tests/k8s/server.h
tests_k8s_t_source_LDADD = $(K8S_TEST_LIBS)

check_PROGRAMS += tests/k8s/t-stream
tests_k8s_t_stream_SOURCES = tests/k8s/t-stream.c
tests_k8s_t_stream_LDADD = $(K8S_TEST_LIBS)

check_PROGRAMS += tests/k8s/t-verbs
tests_k8s_t_verbs_SOURCES = tests/k8s/t-verbs.c tests/k8s/server.c tests/k8s/server.h
tests_k8s_t_verbs_LDADD = $(K8S_TEST_LIBS)

check_PROGRAMS += tests/k8s/t-read
tests_k8s_t_read_SOURCES = tests/k8s/t-read.c tests/k8s/server.c tests/k8s/server.h
tests_k8s_t_read_LDADD = $(K8S_TEST_LIBS)

check_PROGRAMS += tests/k8s/t-watch
tests_k8s_t_watch_SOURCES = tests/k8s/t-watch.c tests/k8s/server.c tests/k8s/server.h
tests_k8s_t_watch_LDADD = $(K8S_TEST_LIBS)
tests_k8s_t_watch_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=http_start

EXTRA_DIST += tests/real/cluster.sh tests/real/k8s.sh tests/real/k8s-driver.c
check_PROGRAMS += tests/k8s/t-costs
tests_k8s_t_costs_SOURCES = tests/k8s/t-costs.c
tests_k8s_t_costs_LDADD = $(K8S_TEST_LIBS)
