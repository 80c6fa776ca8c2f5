/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ResourceQuotas: what the admission of a pod says of them, and their status.
 * Pods, cpu and memory requests are counted; other keys of spec.hard are kept
 * and not enforced.
 */
#ifndef KOPSCOPE_LAB_KUBE_QUOTA_H
#define KOPSCOPE_LAB_KUBE_QUOTA_H

struct kube;

/* "exceeded quota: small, requested: pods=1, used: pods=6, limited: pods=6", yours; NULL: the pod
   (a JSON tree) may be made in the namespace. */
char *quota_refuses(struct kube *k, const char *ns, const void *pod);
/* status.hard and status.used of every quota. */
void quotas_count(struct kube *k);

#endif
