/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences that the rules compose, in the user's language. */
#include "tui/lesson/phrase.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tui/lesson/language.h"

#define GAPS 9

/* The first that fits is taken: what says more stands first. */
static const char *const patterns[] = {
	N_("There is one control-plane node: the API server is away for about two "
		"minutes while it is replaced; what runs keeps running"),
	N_("%s has %s free /28 blocks, %s needed; %s has %s free /28 blocks, %s "
		"needed; %s has %s free /28 blocks, %s needed"),
	N_("The CNI settings of the spec have not reached the cluster: all would be rolled twice"),
	N_("%s of %s of the control plane are Ready: replacing one more endangers etcd's majority"),
	N_("run the update; about a minute after it the addon is applied and marks the nodes"),
	N_("until replaced, %s can start no new pod: every ENI slot holds an address in use"),
	N_("all %s nodes are replaced, control plane included (the CNI addon asks for it)"),
	N_("all nodes are replaced, control plane included (the CNI addon asks for it)"),
	N_("its node has no free IP address for it (failed to assign an IP address)"),
	N_("PDB %s allows 0 disruptions (%s of %s needed): the drain of %s will wait for %s"),
	N_("rolling %s nodes takes about %s min, longer where pods are slow to leave"),
	N_("rolling %s node takes about %s min, longer where pods are slow to leave"),
	N_("The API server does not answer: nothing can be drained or validated"),
	N_("%s pods wait for a place and will rush onto each new node as it joins"),
	N_("the only node it may use is short of memory (asks %s, at most %s free)"),
	N_("until the node is replaced: nodeLabels of the group's spec keep it"),
	N_("every node it may use is short of memory (asks %s, at most %s free)"),
	N_("the only node it may use is short of cpu (asks %s, at most %s free)"),
	N_("replaces %s nodes, about %s min; needs %s free /28 blocks, %s are free"),
	N_("%s has %s free /28 blocks, %s needed; %s has %s free /28 blocks, %s needed"),
	N_("replaces %s node, about %s min; needs %s free /28 blocks, %s are free"),
	N_("kops leaves max pods as they are: prefixes alone make no room"),
	N_("every node it may use is short of cpu (asks %s, at most %s free)"),
	N_("update the cluster, then roll %s: its spec already allows more"),
	N_("then every pod may run there: ask whom the node was kept for"),
	N_("kube-scheduler does not run: nobody has looked at it for %s"),
	N_("AWS does not answer: which instances are old is not known"),
	N_("an addon changes: applied about a minute after the update"),
	N_("KOPS_STATE_STORE is not set, ~/.kops.yaml does not exist"),
	N_("scale down or add a node, so that each has 2 free slots"),
	N_("the network plugin (aws-node) does not run on its node"),
	N_("a ConfigMap, Secret or key that it needs is missing (%s)"),
	N_("its pods are replaced, as its own rollout settings say"),
	N_("KUBECONFIG is not set, ~/.kube/config does not exist"),
	N_("every node has a taint that it does not tolerate"),
	N_("do not roll yet: %s have no free slot for aws-node"),
	N_("its host port is taken on every node it may use"),
	N_("all %s nodes are replaced, control plane included"),
	N_("do not roll yet: %s has no free slot for aws-node"),
	N_("%s pods have no controller and will not come back"),
	N_("%s pods has no controller and will not come back"),
	N_("scale %s from %s to %s, roll, then scale it up again"),
	N_("one more node in %s (%s of max %s: raise max first)"),
	N_("if it can do with that: its pods are replaced"),
	N_("give them a Deployment or save what they hold"),
	N_("%s pod has no controller and will not come back"),
	N_("let %s run on any node: drop its node selector"),
	N_("bring it back before another one is replaced"),
	N_("or give a group the node label %s and roll it"),
	N_("not asked: no state store tells the cluster"),
	N_("nothing changes: these values hold already"),
	N_("the only node it may use is full (%s nodes)"),
	N_("the only node it may use is full (%s of %s)"),
	N_("every node it may use is full (%s nodes)"),
	N_("the only node it may use is not ready"),
	N_("the name of its image is not valid (%s)"),
	N_("%s \u2264 %s addresses per %s with secondary IPs"),
	N_("scale it up by one, or loosen the PDB"),
	N_("KUBECONFIG names %s, which is not there"),
	N_("every node it may use is full (%s of %s)"),
	N_("every node it may use is cordoned (%s)"),
	N_("no node matches its node selector (%s)"),
	N_("run the update first, or use --force"),
	N_("check the credentials and the region"),
	N_("scale down until they run, then roll"),
	N_("somebody cordoned it: ask why first"),
	N_("roll %s: its spec already allows more"),
	N_("a useful value is between 8 and 250"),
	N_("check KUBECONFIG and the API server"),
	N_("every node it may use is not ready"),
	N_("its volume claim %s is not bound yet"),
	N_("its volume claim %s is being deleted"),
	N_("an init container keeps failing (%s)"),
	N_("no node matches its node affinity"),
	N_("its volume claim is not bound yet"),
	N_("held back by its scheduling gates"),
	N_("a place is being freed for it on %s"),
	N_("roll %s back to the template before"),
	N_("its volume claim %s does not exist"),
	N_("prefix delegation + maxPods %s on %s"),
	N_("%s \u2264 %s addresses per %s with prefixes"),
	N_("its volume was not made in time"),
	N_("nothing waits until it can run"),
	N_("%s has %s free /28 blocks, %s needed"),
	N_("its image cannot be pulled (%s)"),
	N_("the kubelet of %s refused it (%s)"),
	N_("prefix delegation + maxPods %s"),
	N_("change the node selector of %s"),
	N_("the group's size or template"),
	N_("No instance needs an update"),
	N_("the nodes of %s are replaced"),
	N_("nothing speaks against it"),
	N_("scale %s to %s, or add a node"),
	N_("the cluster has no node"),
	N_("all %s nodes are replaced"),
	N_("instances need a roll"),
	N_("starting on %s for %s (%s)"),
	N_("memory: asks %s, %s free"),
	N_("take the taint %s off %s"),
	N_("set warm IPs as well"),
	N_("no node is replaced"),
	N_("cpu: asks %s, %s free"),
	N_("its volume is in %s"),
	N_("one more node in %s"),
	N_("%s: max pods %s \u2192 %s (%s)"),
	N_("set max pods too"),
	N_("room for %s more"),
	N_("let %s ask for %s"),
	N_("maxPods %s on %s"),
	N_("label %s with %s"),
	N_("scale %s to %s"),
	N_("no label %s"),
	N_("uncordon %s"),
	N_("cordoned"),
	N_("all fit"),
	N_("all run"),
	N_("delete %s"),
	N_("%s/%s pods"),
	N_("taint %s"),
	/* of aws-node and of a group, edited */
	N_("change the spec, so that it stays"),
	N_("temporary: kops will overwrite this at the next update that touches the addon"),
	N_("scale a Deployment down, or add a node"),
	N_("%s nodes have no free slot for the new aws-node: a pod there is preempted"),
	N_("%s node has no free slot for the new aws-node: a pod there is preempted"),
	N_("aws-node restarts on %s nodes, a tenth at a time; running pods keep "
		"their addresses, none starts meanwhile"),
	N_("%s keeps its %s nodes, now between %s and %s"),
	N_("%s keeps its %s node, now between %s and %s"),
	N_("%s node of %s is replaced"),
	N_("%s nodes of %s are replaced"),
	/* of a new cluster */
	N_("the command is for the kops here, %s"),
	N_("%s: install it, or copy the command to where it is"),
	N_("the version of kops is not known: the command is for 1.36"),
	N_("the version of kops: being asked"),
	N_("%s is in the state store already"),
	N_("the state store is a folder: good for a dry run, but nodes cannot "
		"read it; AWS is not asked"),
	N_("the state bucket: being asked"),
	N_("%s is not there: aws s3 mb %s makes it"),
	N_("%s may not be read by you"),
	N_("the state bucket is there"),
	N_("the bucket's versioning: being asked"),
	N_("the bucket keeps versions"),
	N_("the bucket keeps no versions: a spec that was spoilt or deleted is gone"),
	N_("you may not write to the bucket: %s"),
	N_("writing to the bucket: being asked"),
	N_("you may write to the bucket (probed by a write that cannot succeed)"),
	N_("the networks that there are: being asked"),
	N_("%s overlaps %s: the two can never be peered or share a VPN"),
	N_("%s overlaps no network of the region (%s looked at)"),
	N_("%s nodes of %s pods in a zone hold %s blocks of /28; its subnet, a /%s, has %s"),
	N_("%s node of %s pods in a zone holds %s blocks of /28; its subnet, a /%s, has %s"),
	N_("%s nodes of %s pods in a zone need %s addresses; its subnet, a /%s, has %s"),
	N_("the region's zones: being asked"),
	N_("the account has no zone %s"),
	N_("the account has all these zones"),
	N_("the account has the zone"),
	N_("there is no type %s, not in %s"),
	N_("%s is not offered in %s"),
	N_("%s is offered where the nodes go"),
	N_("%s is offered where the control plane goes"),
	N_("how many pods a %s holds: it is not in the CNI's table"),
	N_("%s takes no prefixes (it is no Nitro type): another type, or prefix "
		"delegation off"),
	N_("kops sets max pods by its formula: %s on a %s"),
	N_("a %s has addresses for %s pods without prefixes, not for %s: the "
		"others would wait for one for ever"),
	N_("a %s has addresses for %s pods, not for %s: the others would wait for "
		"one for ever"),
	N_("a %s has addresses for %s pods with prefixes"),
	N_("a %s has addresses for %s pods"),
	N_("Route 53's zones: being asked"),
	N_("without DNS: the API is reached by its load balancer"),
	N_("Route 53 has no %s zone that %s lies in"),
	N_("EC2 lets you make networks, gateways, volumes and templates (dry runs)"),
	N_("IAM and Auto Scaling answer no dry run: whether you may make roles "
		"and groups shows when kops does"),
	N_("no SSH key: nobody logs in to the nodes by one"),
	N_("the SSH key cannot be read: %s"),
	N_("%s is a private key: its public half ends in .pub"),
	N_("%s does not begin as a public key does"),
	N_("the SSH key can be read"),
	N_("a name is needed: it is the cluster's DNS name, as prod.example.com"),
	N_("%s is no DNS name: small letters, digits, - and . only"),
	N_("kops wants a full DNS name: %s has no dot in it"),
	N_("zones are needed, as ap-northeast-2a,ap-northeast-2c"),
	N_("%s is no zone: a region and a letter, without spaces"),
	N_("a cluster lies in one region: %s is not in %s"),
	N_("%s is there twice"),
	N_("one zone only: when it fails, everything does"),
	N_("without max pods kops takes the formula of single addresses: prefix "
		"delegation alone brings no more pods"),
	N_("max pods is a number from 1, or empty for kops' formula"),
	N_("more than 110 pods on a node is beyond what Kubernetes is tested "
		"with, on nodes below 30 vCPUs"),
	N_("%s is no network: as 172.20.0.0/16, nothing set behind its length"),
	N_("a VPC has a length from /16 to /28, not /%s"),
	N_("%s lies in 100.64.0.0/10, where kops puts services"),
	N_("%s is no version of Kubernetes: as 1.34.2"),
	N_("how many nodes: a number, or empty for one in each zone"),
	N_("no node: validation waits for ever, as coredns has no place"),
	N_("a root volume has 8 to 16384 GiB; empty: kops' default"),
	N_("%s is no instance type: as t3.medium"),
	N_("a label is KEY=VALUE, and commas lie between them: %s is none"),
	N_("AWS keeps keys that begin with aws: for itself"),
	N_("no state store: --state or KOPS_STATE_STORE"),
};
#define NPATTERNS (sizeof(patterns) / sizeof(patterns[0]))

const char *phrase_pattern(int i)
{
	return i >= 0 && (size_t)i < NPATTERNS ? patterns[i] : NULL;
}

struct gap {
	const char *text;
	size_t n;
};

/* What stands in the gaps; false: this is another sentence.  Each gap ends where the words behind
   it are found first, the last one at the end. */
static bool phrase_match(const char *pattern, const char *sentence, struct gap *gaps)
{
	size_t n = strcspn(pattern, "%");
	if (strncmp(pattern, sentence, n) != 0) {
		return false;
	}
	const char *p = pattern + n, *s = sentence + n;
	for (int i = 0; *p && i < GAPS; i++) {
		p += 2; /* %s */
		n = strcspn(p, "%");
		size_t left = strlen(s);
		char *words = xstrndup(p, n);
		const char *end = p[n] ? strstr(s, words) : left >= n ? s + left - n : NULL;
		bool found = end && end > s && strncmp(end, words, n) == 0;
		free(words);
		if (!found) {
			return false;
		}
		gaps[i] = (struct gap){ s, (size_t)(end - s) };
		s = end + n;
		p += n;
	}
	return *p == '\0' && *s == '\0';
}

/* A gap's words; between the last two of a list stands "and". */
static void phrase_fill(struct buf *out, const struct gap *gap)
{
	static const char and[] = N_(" and ");
	for (size_t i = 0; gap->text && i < gap->n; i++) {
		bool here = gap->n - i > strlen(and) && str_starts(gap->text + i, and);
		if (here) {
			buf_adds(out, tr(and));
			i += strlen(and) - 1;
		} else {
			buf_addc(out, gap->text[i]);
		}
	}
}

char *phrase_apply(const char *pattern, const char *translation, const char *sentence)
{
	struct gap gaps[GAPS] = { { NULL, 0 } };
	struct buf out = BUF_INIT;
	int next = 0;
	if (!phrase_match(pattern, sentence, gaps)) {
		return NULL;
	}
	for (const char *p = translation; *p;) {
		bool named = p[0] == '%' && p[1] >= '1' && p[1] <= '9' && str_starts(p + 2, "$s");
		bool plain = str_starts(p, "%s") && next < GAPS;
		if (named || plain) {
			phrase_fill(&out, &gaps[named ? p[1] - '1' : next++]);
			p += named ? 4 : 2;
		} else {
			buf_addc(&out, *p++);
		}
	}
	return buf_detach(&out);
}

char *tr_phrase(const char *sentence)
{
	for (size_t i = 0; sentence && i < NPATTERNS; i++) {
		const char *translation = tr(patterns[i]);
		char *said = translation == patterns[i] ? NULL
			: phrase_apply(patterns[i], translation, sentence);
		if (said) {
			return said;
		}
	}
	return xstrdup(sentence);
}
