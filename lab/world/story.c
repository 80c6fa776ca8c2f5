/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The story: mate-technology.app, one control-plane node and two workers, all
 * t3.medium, with the system pods that leave 15 places on a worker, and a
 * Deployment of two nginx.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/base/json.h"
#include "core/base/xalloc.h"
#include "lab/kube/api.h"
#include "lab/sim/parts.h"
#include "lab/world/parts.h"

struct manifest {
	enum kube_kind kind;
	const char *json; /* with ' for " */
};

#define META(ns, name, app) "'metadata':{'namespace':'" ns "','name':'" name \
	"','labels':{'k8s-app':'" app "'}}"
#define TEMPLATE(app, spec) "'selector':{'matchLabels':{'k8s-app':'" app "'}}," \
	"'template':{'metadata':{'labels':{'k8s-app':'" app "'}},'spec':{" spec "}}"
/* What a cordon drives away: unlike EVERYWHERE, it does not come back to the same node. */
#define ON_CONTROL_TAINT "'nodeSelector':{'node-role.kubernetes.io/control-plane':''}," \
	"'tolerations':[{'key':'node-role.kubernetes.io/control-plane'," \
	"'operator':'Exists','effect':'NoSchedule'}]"
#define EVERYWHERE "'tolerations':[{'operator':'Exists'}]"
#define ON_CONTROL "'nodeSelector':{'node-role.kubernetes.io/control-plane':''}," EVERYWHERE
#define REQUESTS(cpu, mem) "'resources':{'requests':{'cpu':'" cpu "','memory':'" mem \
	"'}}"

static const struct manifest manifests[] = {
	{ KUBE_PRIORITYCLASSES, "{'metadata':{'name':'system-node-critical'},"
		"'value':2000001000,'preemptionPolicy':'PreemptLowerPriority'}" },
	{ KUBE_PRIORITYCLASSES, "{'metadata':{'name':'system-cluster-critical'},"
		"'value':2000000000,'preemptionPolicy':'PreemptLowerPriority'}" },
	{ KUBE_NAMESPACES, "{'metadata':{'name':'default'}}" },
	{ KUBE_NAMESPACES, "{'metadata':{'name':'kube-node-lease'}}" },
	{ KUBE_NAMESPACES, "{'metadata':{'name':'kube-public'}}" },
	{ KUBE_NAMESPACES, "{'metadata':{'name':'kube-system'}}" },
	{ KUBE_SERVICES,
	"{'metadata':{'namespace':'default','name':'kubernetes'},'spec':{"
		"'type':'ClusterIP','clusterIP':'100.64.0.1','ports':[{'name':'https',"
		"'port':443,'protocol':'TCP','targetPort':443}]}}" },
	{ KUBE_SERVICES, "{" META("kube-system", "kube-dns", "kube-dns") ",'spec':{"
		"'type':'ClusterIP','clusterIP':'100.64.0.10','selector':{'k8s-app':"
		"'kube-dns'},'ports':[{'name':'dns','port':53,'protocol':'UDP',"
		"'targetPort':53}]}}" },
	{ KUBE_DAEMONSETS, "{" META("kube-system", "aws-node", "aws-node") ",'spec':{"
		"'updateStrategy':{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':"
		"'10%','maxSurge':0}},"
		TEMPLATE("aws-node", "'hostNetwork':true,'priorityClassName':"
			"'system-node-critical','serviceAccountName':'aws-node',"
			"'terminationGracePeriodSeconds':10," EVERYWHERE ",'containers':[{'name':"
			"'aws-node','image':'602401143452.dkr.ecr.us-west-2.amazonaws.com/"
			"amazon-k8s-cni:v1.20.2'," REQUESTS("25m", "0") ",'env':["
			"{'name':'ENABLE_IPv4','value':'true'},"
			"{'name':'ENABLE_PREFIX_DELEGATION','value':'false'},"
			"{'name':'WARM_ENI_TARGET','value':'1'},"
			"{'name':'WARM_PREFIX_TARGET','value':'1'}]}]") "}}" },
	{ KUBE_DAEMONSETS, "{" META("kube-system", "kops-controller",
	"kops-controller") ",'spec':{"
		TEMPLATE("kops-controller", "'hostNetwork':true,'priorityClassName':"
			"'system-cluster-critical'," ON_CONTROL ",'containers':[{'name':"
			"'kops-controller','image':'registry.k8s.io/kops/kops-controller:1.34.1',"
			REQUESTS("50m", "50Mi") "}]") "}}" },
	{ KUBE_DAEMONSETS, "{" META("kube-system", "aws-cloud-controller-manager",
		"aws-cloud-controller-manager") ",'spec':{"
		TEMPLATE("aws-cloud-controller-manager", "'hostNetwork':true,"
			"'priorityClassName':'system-cluster-critical'," ON_CONTROL
			",'containers':[{'name':'aws-cloud-controller-manager','image':"
			"'registry.k8s.io/provider-aws/cloud-controller-manager:v1.34.0',"
			REQUESTS("200m", "0") "}]") "}}" },
	{ KUBE_DEPLOYMENTS, "{" META("kube-system", "coredns",
	"kube-dns") ",'spec':{'replicas':2,"
		TEMPLATE("kube-dns",
		"'priorityClassName':'system-cluster-critical'," ON_CONTROL_TAINT
			",'containers':[{'name':'coredns','image':"
			"'registry.k8s.io/coredns/coredns:v1.12.1'," REQUESTS("100m", "70Mi")
			"}]") "}}" },
};
/* Once the nodes are there, so that the two do not land on the first one to be Ready. */
static const struct manifest apps[] = {
	{ KUBE_DEPLOYMENTS,
		"{'metadata':{'namespace':'default','name':'nginx-deployment',"
		"'labels':{'app':'nginx'}},'spec':{'replicas':2,'selector':{'matchLabels':"
		"{'app':'nginx'}},'template':{'metadata':{'labels':{'app':'nginx'}},"
		"'spec':{'containers':[{'name':'nginx','image':'nginx:1.29','ports':["
		"{'containerPort':80}]," REQUESTS("10m", "8Mi") "}]}}}}" },
	{ KUBE_STORAGECLASSES, "{'metadata':{'name':'kops-csi-1-21','annotations':{"
		"'storageclass.kubernetes.io/is-default-class':'true'}},"
		"'provisioner':'ebs.csi.aws.com','reclaimPolicy':'Delete',"
		"'allowVolumeExpansion':true,'volumeBindingMode':'WaitForFirstConsumer',"
		"'parameters':{'encrypted':'true','type':'gp3'}}" },
};

void world_story_cloud(struct world *w)
{
	struct lab_subnet *a = lab_subnet_add(w, "ap-northeast-2a", "172.30.0.0/17");
	struct lab_subnet *c = lab_subnet_add(w, "ap-northeast-2c", "172.30.128.0/17");
	lab_asg_add(w, "control-plane-ap-northeast-2a", "control-plane", a, 1);
	lab_asg_add(w, "nodes-ap-northeast-2a", "node", a, 1);
	lab_asg_add(w, "nodes-ap-northeast-2c", "node", c, 1);
}

static void manifests_create(struct world *w, const struct manifest *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct err e = ERR_INIT;
		char *text = xstrdup(v[i].json);
		for (char *p = text; *p; p++)
			*p = *p == '\'' ? '"' : *p;
		json_t *j = json_parse(text, strlen(text), &e);
		free(text);
		if (!j)
			BUG("manifest %zu of the story: %s", i, e.text);
		kube_default(w, kube_resource(v[i].kind), j);
		kube_create(w->kube, v[i].kind, j);
	}
}

void world_story_objects(struct world *w)
{
	manifests_create(w, manifests, sizeof(manifests) / sizeof(manifests[0]));
	sim_channels_apply(w, true);
}

void world_story_apps(struct world *w)
{
	manifests_create(w, apps, sizeof(apps) / sizeof(apps[0]));
}
