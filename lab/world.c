/* SPDX-License-Identifier: Apache-2.0 */
/* A world begins and ends. */
#include "lab/world.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "lab/aws.h"
#include "lab/clock.h"
#include "lab/fault.h"
#include "lab/kube/store.h"
#include "lab/scenario.h"
#include "lab/sim.h"
#include "lab/world/parts.h"

#define SETTLE_MS 180000
#define APPS_MS 30000
#define PAST_MS (2 * 3600000LL + 600000) /* of the lab's time */

static void world_names(struct world *w)
{
	char hex[41];
	w->region = xstrdup("ap-northeast-2");
	w->account = xstrdup("123456789012");
	w->cluster = xstrdup("mate-technology.app");
	w->state_bucket = xstrdup("pkos-state");
	w->kube_version = xstrdup("v1.34.2");
	w->zone_name = xstrdup(w->cluster);
	w->vpc_id = world_id(w, "vpc-");
	w->vpc_cidr = xstrdup("172.30.0.0/16");
	w->image_id = world_id(w, "ami-");
	w->api_name = xstrdup("api-mate-technology-app");
	world_hex(w, hex, 16);
	w->access_key = xasprintf("AKIALAB%.13s", hex);
	for (char *p = w->access_key; *p; p++)
		*p = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
	world_hex(w, hex, 40);
	w->secret_key = xstrdup(hex);
	world_hex(w, hex, 32);
	w->kube_token = xasprintf("lab-%s", hex);
}

static void world_story_begin(struct world *w)
{
	world_story_cloud(w);
	if (w->options.scale.nodes)
		scale_cloud(w);
	kops_seed(w);
	scale_hold(w);
	world_story_objects(w);
	sim_start(w);
	world_skip(w, SETTLE_MS);
	world_story_apps(w);
	world_skip(w, APPS_MS);
}

struct world *world_new(const struct world_options *o)
{
	struct world *w = xcalloc(1, sizeof(*w));
	w->options = *o;
	/* Ages are told in the lab's time, stamps are real: so much less far back. */
	w->past_ms = (int64_t)((double)(PAST_MS + o->older_ms) / o->speed);
	w->faults = lab_faults_new();
	world_clock_init(w);
	world_clock_freeze(w, true);
	world_names(w);
	lab_bucket_add(w, w->state_bucket);
	w->kube = kube_new(w);
	sim_init(w);
	const struct lab_scenario *s = lab_scenario_find(o->scenario);
	if (s && s->empty) {
		sim_start(w);
	} else {
		world_story_begin(w);
		if (s)
			lab_scenario_begin(w, s);
	}
	w->past_ms = 0;
	world_clock_freeze(w, false);
	sim_settled(w);
	return w;
}

void world_free(struct world *w)
{
	if (!w)
		return;
	lab_faults_free(w->faults);
	lab_sts_release(w);
	sim_release(w);
	kube_free(w->kube);
	world_aws_release(w);
	world_s3_release(w);
	world_clock_release(w);
	char *owned[] = { w->region, w->account, w->cluster, w->state_bucket, w->kube_version,
		w->vpc_id, w->vpc_cidr, w->image_id, w->access_key, w->secret_key, w->kube_token,
		w->kube_server, w->kube_ca_pem, w->api_name, w->zone_name, w->record_ip };
	for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++)
		free(owned[i]);
	free(w);
}
