#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Stands in for kops in t-app and t-screens: the dry run of the story's update, in kops' form.
case " $* " in
*" --yes "*) exit 9 ;; # a test of the screen applies nothing
esac
case " $* " in
*" version "*)
	test "${FAKE_KOPS-}" = older && version=1.34.1 || version=1.36.2
	echo "Client version: $version (git-v$version)"
	exit 0
	;;
esac
case "$1 $2" in
"create cluster")
	echo 'apiVersion: kops.k8s.io/v1alpha2'
	echo 'kind: Cluster'
	echo 'metadata:'
	echo '  name: k.mate.app'
	exit 0
	;;
esac
case ${FAKE_KOPS:-changes} in
fails)
	echo 'Error: cluster "mate-technology.app" not found' >&2
	exit 1
	;;
nothing)
	echo 'No changes need to be applied'
	exit 0
	;;
esac
echo 'Will modify resources:'
echo '  AddonManifest/mate-technology.app-addons-networking.amazon-vpc-routed-eni-k8s-1.16'
echo '  	Contents            '
echo '  	                    	...'
echo '  	                    	          - name: ENABLE_PREFIX_DELEGATION'
echo '  	                    	+           value: "true"'
echo '  	                    	-           value: "false"'
echo '  	                    	...'
echo '  	                    	'
echo
for group in control-plane-ap-northeast-2a.masters nodes-ap-northeast-2a nodes-ap-northeast-2c; do
	echo "  LaunchTemplate/$group.mate-technology.app"
	echo '  	UserData            '
	echo '  	                    	...'
	echo '  	                    	+ NodeupConfigHash: bmV3bmV3bmV3'
	echo '  	                    	- NodeupConfigHash: b2xkb2xkb2xk'
	echo '  	                    	...'
	echo '  	                    	'
	echo
done
echo '  ManagedFile/cluster-completed.spec'
echo '  	Contents            '
echo '  	                    	...'
echo '  	                    	+     maxPods: 110'
echo '  	                    	...'
echo '  	                    	'
echo
echo 'Must specify --yes to apply changes'
