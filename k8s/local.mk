# k8s: kubeconfig, API client, list and watch, verbs, decoders
noinst_LIBRARIES += libk8s.a
libk8s_a_SOURCES = \
	k8s/client.c \
	k8s/client.h \
	k8s/decode-node.c \
	k8s/decode-parts.h \
	k8s/decode-pod.c \
	k8s/decode-proto-node.c \
	k8s/decode-proto-pod.c \
	k8s/decode-proto-shape.c \
	k8s/decode-proto-workload.c \
	k8s/decode-proto.c \
	k8s/decode-proto.h \
	k8s/decode-workload.c \
	k8s/decode.c \
	k8s/decode.h \
	k8s/derive.c \
	k8s/derive.h \
	k8s/exec-plugin.c \
	k8s/exec-plugin.h \
	k8s/heartbeat.c \
	k8s/heartbeat.h \
	k8s/impl.h \
	k8s/k8s.c \
	k8s/k8s.h \
	k8s/kubeconfig-file.c \
	k8s/kubeconfig-file.h \
	k8s/kubeconfig.c \
	k8s/kubeconfig.h \
	k8s/lease.c \
	k8s/proto.c \
	k8s/proto.h \
	k8s/quantity.c \
	k8s/quantity.h \
	k8s/review.c \
	k8s/source.c \
	k8s/status.c \
	k8s/status.h \
	k8s/stream-proto.c \
	k8s/stream.c \
	k8s/stream.h \
	k8s/verb.h \
	k8s/verbs-workload.c \
	k8s/verbs.c \
	k8s/watch.c \
	k8s/watch.h
