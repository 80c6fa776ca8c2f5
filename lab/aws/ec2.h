/* SPDX-License-Identifier: Apache-2.0 */
/* EC2's actions, by file: instances, types, launch templates, networks. */
#ifndef KOPSCOPE_LAB_AWS_EC2_H
#define KOPSCOPE_LAB_AWS_EC2_H

#include "lab/aws.h"

/* aws-ec2-types.c */
void ec2_describe_instance_type_offerings(struct aws_call *c);
void ec2_describe_instance_types(struct aws_call *c);
/* aws-ec2-templates.c */
void ec2_describe_launch_templates(struct aws_call *c);
void ec2_describe_launch_template_versions(struct aws_call *c);
void ec2_create_launch_template_version(struct aws_call *c);
void ec2_modify_launch_template(struct aws_call *c);
/* aws-ec2-net.c */
void ec2_describe_subnets(struct aws_call *c);
void ec2_describe_vpcs(struct aws_call *c);
void ec2_describe_network_interfaces(struct aws_call *c);
void ec2_describe_regions(struct aws_call *c);
void ec2_describe_availability_zones(struct aws_call *c);
void ec2_describe_images(struct aws_call *c);

/* privateIpAddressesSet and ipv4PrefixSet, alike in both places that show an interface. */
void ec2_write_eni_addresses(struct aws_call *c, const struct lab_eni *e);

#endif
