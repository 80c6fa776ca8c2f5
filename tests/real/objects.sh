# SPDX-License-Identifier: Apache-2.0
# Objects that use every field kopscope reads, for sourcing: real_objects.
# What the API server of 1.20 does not know yet it drops, in both encodings.
real_objects() {
	kubectl apply -f - <<'Y'
apiVersion: v1
kind: Node
metadata:
  name: full-node
  labels:
    kops.k8s.io/instancegroup: nodes-a
    node-role.kubernetes.io/control-plane: ""
    node.kubernetes.io/instance-type: t3.medium
    topology.kubernetes.io/zone: ap-northeast-2a
  annotations: {kops.k8s.io/needs-update: "", other: "x"}
spec:
  providerID: aws:///ap-northeast-2a/i-0123456789abcdef0
  unschedulable: true
  taints:
  - {key: a, value: b, effect: NoSchedule}
  - {key: c, effect: NoExecute}
---
apiVersion: v1
kind: Pod
metadata:
  name: full-pod
  labels: {app: full, tier: "", pod-template-hash: abc}
  annotations: {kubernetes.io/config.mirror: x}
spec:
  nodeName: full-node
  hostNetwork: true
  schedulerName: other
  priorityClassName: system-node-critical
  terminationGracePeriodSeconds: 0
  nodeSelector: {disk: ssd, zone: a}
  volumes:
  - {name: a, emptyDir: {}}
  - {name: b, persistentVolumeClaim: {claimName: claim-b}}
  - {name: c, configMap: {name: kube-root-ca.crt}}
  tolerations:
  - {operator: Exists}
  - {key: k, operator: Equal, value: v, effect: NoExecute, tolerationSeconds: 5}
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
        - matchExpressions: [{key: z, operator: In, values: [a, b]}, {key: w, operator: Exists}]
          matchFields: [{key: metadata.name, operator: In, values: [full-node]}]
        - matchExpressions: [{key: q, operator: Gt, values: ["3"]}]
    podAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
      - labelSelector: {matchLabels: {app: full, a: b}, matchExpressions: [{key: t, operator: NotIn, values: [x]}]}
        topologyKey: zone
        namespaces: [one, two]
      preferredDuringSchedulingIgnoredDuringExecution:
      - {weight: 1, podAffinityTerm: {topologyKey: x, labelSelector: {}}}
    podAntiAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
      - {topologyKey: kubernetes.io/hostname}
  topologySpreadConstraints:
  - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: full}}}
  - {maxSkew: 2, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {}}
  initContainers:
  - {name: i, image: i, resources: {requests: {cpu: 300m, memory: 1Gi}}}
  - {name: j, image: i, resources: {limits: {cpu: "2"}}}
  containers:
  - name: a
    image: a
    ports: [{containerPort: 80, hostPort: 80}, {containerPort: 81, hostPort: 81, protocol: UDP, hostIP: 10.0.0.1}]
    resources: {requests: {cpu: 150m, memory: 64Mi, ephemeral-storage: 1Gi}}
  - {name: b, image: b, resources: {requests: {cpu: "0.5"}}}
---
apiVersion: v1
kind: Pod
metadata: {name: plain-pod}
spec: {containers: [{name: a, image: a}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: aws-node, namespace: kube-system}
spec:
  selector: {matchLabels: {k8s-app: aws-node}}
  template:
    metadata: {labels: {k8s-app: aws-node}}
    spec:
      containers:
      - name: aws-node
        image: "cni:v1"
        env:
        - {name: ENABLE_PREFIX_DELEGATION, value: "true"}
        - {name: EMPTY}
        - {name: MY_NODE_NAME, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
        - {name: WARM_PREFIX_TARGET, value: "1"}
        resources: {requests: {cpu: 25m}}
      - {name: eks-nodeagent, image: "agent:v1"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: none}
spec:
  replicas: 0
  selector: {matchLabels: {app: none, x: "y"}}
  template:
    metadata: {labels: {app: none, x: "y"}}
    spec: {containers: [{name: a, image: a}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim-b}
spec: {accessModes: [ReadWriteOnce], volumeName: volume-b, storageClassName: "", resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim-c}
spec: {accessModes: [ReadWriteOnce], storageClassName: late, resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: volume-b, labels: {topology.kubernetes.io/zone: a__b, topology.kubernetes.io/region: r}}
spec:
  accessModes: [ReadWriteOnce]
  capacity: {storage: 1Gi}
  csi: {driver: none.example.com, volumeHandle: b}
  nodeAffinity:
    required:
      nodeSelectorTerms:
      - matchExpressions: [{key: topology.kubernetes.io/zone, operator: In, values: [a, b]}]
      - matchExpressions: [{key: x, operator: Exists}]
        matchFields: [{key: metadata.name, operator: In, values: [full-node]}]
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: volume-plain}
spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, hostPath: {path: /x}, storageClassName: old}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: late}
provisioner: none.example.com
volumeBindingMode: WaitForFirstConsumer
allowedTopologies:
- matchLabelExpressions: [{key: topology.kubernetes.io/zone, values: [a, b]}, {key: x, values: [w]}]
- matchLabelExpressions: [{key: topology.kubernetes.io/zone, values: [c]}]
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: now}
provisioner: none.example.com
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: full, namespace: kube-public}
spec: {hard: {pods: "0"}}
---
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: by-number}
spec: {minAvailable: 2, selector: {matchLabels: {app: full}}}
---
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: by-percent}
spec: {maxUnavailable: 25%, selector: {matchExpressions: [{key: app, operator: Exists}]}}
---
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: of-none}
spec: {maxUnavailable: 0}
Y
	# A Deployment whose pods a quota refuses; the quota counts once its status is there.
	_left=50
	until [ "$(kubectl -n kube-public get quota full -o 'jsonpath={.status.hard.pods}')" = 0 ] ||
		[ $_left = 0 ]; do
		_left=$((_left - 1))
		sleep 0.2
	done
	kubectl -n kube-public create deployment refused --image=a --replicas=2
	kubectl annotate --overwrite namespace kube-system \
		'addons.k8s.io/networking.amazon-vpc-routed-eni={"version":"1","manifestHash":"deadbeef"}'
	kubectl patch node full-node --subresource=status --type=merge -p '{"status":{
		"capacity":{"cpu":"2","memory":"4Gi","pods":"110"},
		"allocatable":{"cpu":"1930m","memory":"3388360Ki","pods":"110"},
		"addresses":[{"type":"Hostname","address":"h"},{"type":"InternalIP","address":"10.0.0.9"}],
		"nodeInfo":{"kubeletVersion":"v1.20.2","architecture":"","bootID":"","containerRuntimeVersion":"",
			"kernelVersion":"","kubeProxyVersion":"","machineID":"","operatingSystem":"","osImage":"","systemUUID":""},
		"conditions":[{"type":"NetworkUnavailable","status":"False","reason":"x"},
			{"type":"Ready","status":"False","reason":"KubeletNotReady","message":"m",
			 "lastTransitionTime":"2026-11-22T13:01:00Z"}]}}'
	kubectl patch pod full-pod --subresource=status --type=merge -p '{"status":{"phase":"Running",
		"podIP":"10.1.2.3","startTime":"2026-11-22T13:02:00Z","reason":"R","message":"M",
		"nominatedNodeName":"n","conditions":[
			{"type":"PodScheduled","status":"True","lastTransitionTime":"2026-11-22T13:01:00Z"},
			{"type":"Ready","status":"True"}],
		"initContainerStatuses":[{"name":"i","ready":false,"image":"","imageID":"","restartCount":7,
			"state":{"waiting":{"reason":"PodInitializing"}}}],
		"containerStatuses":[{"name":"a","ready":true,"image":"","imageID":"","restartCount":3,"state":{}},
			{"name":"b","ready":false,"image":"","imageID":"","restartCount":2,
			 "state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off"}}}]}}'
}
