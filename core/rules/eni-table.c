/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instance types and their ENIs.  Made by scripts/gen-eni-table.py: do not edit.
 * Facts: github.com/aws/amazon-vpc-cni-k8s pkg/vpc/vpc_ip_resource_limit.go, commit
 * b52188387f2e2f10bf289ace929d6a63b176a4fa (2026-08-20, v1.23.1);
 * vCPUs are derived from the size, see that script.
 */
#include "core/rules/eni-table.h"

enum { U, N, X, B }; /* unknown, nitro, xen, bare metal */

const size_t eni_nrows = 1391;

/* ENIs, IPv4 per ENI, vCPUs, hypervisor; in the order of the names */
const struct eni_row eni_rows[] = {
	{4,15,8,N}, {8,30,16,N}, {3,10,2,N}, {2,4,1,N}, {8,30,16,B}, {4,15,4,N}, {15,50,0,B},
	{2,6,2,X}, {4,15,8,X}, {4,15,8,X}, {8,30,16,X}, {8,30,32,X}, {3,10,2,X}, {4,15,4,X},
	{4,15,8,X}, {8,30,16,X}, {8,30,36,X}, {3,10,2,X}, {4,15,4,X}, {8,30,48,N},
	{15,50,72,N}, {15,50,96,N}, {4,15,8,N}, {8,30,16,N}, {8,30,36,N}, {3,10,2,N},
	{15,50,96,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N},
	{8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {15,50,96,B}, {4,15,4,N}, {8,30,48,N},
	{15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N},
	{15,50,96,B}, {4,15,4,N}, {8,30,48,N}, {15,50,72,N}, {15,50,96,N}, {4,15,8,N},
	{8,30,16,N}, {8,30,36,N}, {3,10,2,N}, {15,50,96,B}, {4,15,4,N}, {15,50,72,N},
	{4,15,8,N}, {8,30,16,N}, {8,30,36,N}, {3,10,2,N}, {15,50,72,B}, {4,15,4,N},
	{8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {15,50,128,N}, {15,50,192,N},
	{8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {15,50,192,B}, {4,15,4,N}, {8,30,48,N},
	{15,50,64,N}, {4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {2,4,1,N},
	{15,50,64,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {4,15,8,N}, {8,30,16,N},
	{8,30,32,N}, {3,10,2,N}, {2,4,1,N}, {15,50,64,B}, {4,15,4,N}, {8,30,48,N},
	{15,50,64,N}, {4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {2,4,1,N}, {4,15,4,N},
	{8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {15,50,128,N}, {8,30,16,N},
	{8,30,32,N}, {3,10,2,N}, {15,50,128,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N},
	{15,50,96,N}, {4,15,8,N}, {15,50,128,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N},
	{15,50,128,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N},
	{8,50,128,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {8,50,128,B}, {4,15,4,N},
	{8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {15,50,128,N}, {15,50,192,N},
	{8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {2,4,1,N}, {15,50,192,B}, {4,15,4,N},
	{8,30,48,N}, {15,50,64,N}, {4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {2,4,1,N},
	{15,50,64,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {4,15,8,N}, {8,30,16,N},
	{8,30,32,N}, {3,10,2,N}, {2,4,1,N}, {15,50,64,B}, {4,15,4,N}, {8,30,48,N},
	{15,50,64,N}, {4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {2,4,1,N},
	{15,50,64,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {4,15,8,N}, {8,30,16,N},
	{8,30,32,N}, {3,10,2,N}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N},
	{4,15,8,N}, {15,50,128,N}, {15,50,192,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N},
	{15,50,96,B}, {15,50,192,B}, {4,15,4,N}, {12,64,48,N}, {16,64,64,N}, {16,64,96,N},
	{4,40,8,N}, {24,64,192,N}, {8,40,16,N}, {10,40,32,N}, {3,20,2,N}, {2,4,1,N},
	{16,64,96,B}, {24,64,192,B}, {4,20,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N},
	{4,15,8,N}, {15,50,192,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {2,4,1,N},
	{15,50,96,B}, {15,50,192,B}, {4,15,4,N}, {12,30,48,N}, {16,50,64,N}, {24,50,96,N},
	{4,15,8,N}, {12,50,192,N}, {8,30,16,N}, {10,30,32,N}, {3,10,2,N}, {2,4,1,N},
	{24,50,96,B}, {12,50,192,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N},
	{4,15,8,N}, {15,50,192,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {2,4,1,N},
	{15,50,96,B}, {15,50,192,B}, {4,15,4,N}, {12,30,48,N}, {16,50,64,N}, {24,50,96,N},
	{4,15,8,N}, {12,50,192,N}, {8,30,16,N}, {10,30,32,N}, {3,10,2,N}, {2,4,1,N},
	{24,50,96,B}, {12,50,192,B}, {4,15,4,N}, {12,50,48,N}, {16,64,64,N}, {4,30,8,N},
	{8,50,16,N}, {10,50,32,N}, {3,20,2,N}, {4,30,4,N}, {12,50,48,N}, {16,64,64,N},
	{16,64,96,N}, {4,30,8,N}, {24,64,128,N}, {24,64,192,N}, {8,50,16,N}, {10,50,32,N},
	{24,64,384,N}, {3,20,2,N}, {24,64,192,B}, {24,64,384,B}, {4,30,4,N}, {12,50,48,N},
	{16,64,64,N}, {16,64,96,N}, {4,30,8,N}, {16,64,128,N}, {24,64,192,N}, {8,50,16,N},
	{8,50,32,N}, {12,64,384,N}, {4,20,2,N}, {24,64,192,B}, {12,64,384,B}, {4,30,4,N},
	{12,50,48,N}, {16,64,64,N}, {16,64,96,N}, {4,30,8,N}, {24,64,128,N}, {24,64,192,N},
	{8,50,16,N}, {10,50,32,N}, {24,64,384,N}, {3,20,2,N}, {24,64,192,B}, {24,64,384,B},
	{4,30,4,N}, {12,50,48,N}, {16,64,64,N}, {16,64,96,N}, {4,30,8,N}, {16,64,128,N},
	{24,64,192,N}, {8,50,16,N}, {8,50,32,N}, {12,64,384,N}, {4,20,2,N}, {24,64,192,B},
	{12,64,384,B}, {4,30,4,N}, {12,50,48,N}, {4,30,8,N}, {8,50,16,N}, {8,50,32,N},
	{4,20,2,N}, {4,30,4,N}, {12,50,48,N}, {16,64,64,N}, {24,64,96,N}, {4,30,8,N},
	{24,64,192,N}, {8,50,16,N}, {10,50,32,N}, {3,20,2,N}, {2,20,1,N}, {24,64,192,B},
	{4,30,4,N}, {12,50,48,N}, {16,64,64,N}, {24,64,96,N}, {4,30,8,N}, {24,64,192,N},
	{8,50,16,N}, {10,50,32,N}, {3,20,2,N}, {2,20,1,N}, {24,64,192,B}, {4,30,4,N},
	{8,30,32,U}, {4,15,8,X}, {8,30,16,X}, {8,30,36,X}, {4,15,4,X}, {4,5,8,N}, {4,10,16,N},
	{3,20,32,N}, {4,3,4,N}, {3,30,48,N}, {4,5,8,N}, {4,10,16,N}, {4,15,24,N}, {4,20,32,N},
	{4,3,4,N}, {15,50,96,N}, {15,50,96,N}, {8,50,64,X}, {4,15,8,X}, {8,30,16,X},
	{8,30,48,N}, {15,50,192,N}, {8,30,24,N}, {8,30,64,N}, {2,4,8,N}, {3,10,16,N},
	{4,15,32,N}, {2,4,4,N}, {8,30,48,N}, {4,15,64,N}, {3,10,8,N}, {3,10,16,N}, {4,15,32,N},
	{15,50,64,B}, {3,10,4,N}, {15,50,48,N}, {8,30,64,N}, {15,50,96,N}, {4,15,8,N},
	{7,50,192,N}, {8,30,16,N}, {8,30,32,N}, {4,15,4,N}, {15,50,64,N}, {4,15,8,N},
	{8,30,16,N}, {8,30,32,N}, {15,50,64,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N},
	{15,50,96,N}, {4,15,8,N}, {15,50,192,N}, {8,30,16,N}, {8,30,32,N}, {4,15,4,N},
	{10,30,48,N}, {15,50,64,N}, {10,50,96,N}, {4,15,8,N}, {10,50,192,N}, {8,30,16,N},
	{8,30,32,N}, {4,15,4,N}, {4,15,8,N}, {8,30,16,N}, {2,10,2,N}, {4,15,4,N}, {12,64,48,N},
	{24,64,96,N}, {4,64,8,N}, {12,64,192,N}, {8,64,16,N}, {10,64,32,N}, {10,64,48,N},
	{10,64,96,N}, {4,64,8,N}, {10,64,192,N}, {8,64,16,N}, {8,64,32,N}, {8,30,16,N},
	{8,30,32,N}, {8,30,16,N}, {8,50,64,X}, {4,15,8,X}, {8,30,16,X}, {8,30,32,X},
	{2,50,96,N}, {1,50,64,N}, {2,50,24,N}, {2,50,48,N}, {2,50,96,N}, {2,50,192,N},
	{4,50,64,N}, {4,50,16,N}, {4,50,32,N}, {2,50,192,N}, {8,30,16,U}, {4,15,8,X},
	{8,30,16,X}, {8,30,32,X}, {4,15,4,X}, {15,50,64,X}, {4,15,8,X}, {8,30,16,X},
	{8,30,32,X}, {3,10,2,X}, {4,15,4,X}, {8,30,48,N}, {15,50,96,N}, {4,15,8,N},
	{4,15,12,N}, {8,30,24,N}, {3,10,2,N}, {15,50,96,B}, {4,15,4,N}, {15,50,64,N},
	{4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {4,15,4,N}, {8,30,48,N},
	{15,50,64,N}, {15,30,96,N}, {4,15,8,N}, {15,50,128,N}, {8,30,16,N}, {8,30,32,N},
	{3,10,2,N}, {15,50,128,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N},
	{4,15,8,N}, {15,50,192,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {15,50,96,B},
	{15,50,192,B}, {4,15,4,N}, {8,50,48,N}, {15,50,72,N}, {15,50,96,N}, {4,15,8,N},
	{4,15,12,N}, {15,50,192,N}, {8,30,24,N}, {3,10,2,N}, {15,50,96,B}, {15,50,192,B},
	{4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {15,50,192,N},
	{8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {15,50,96,B}, {15,50,192,B}, {4,15,4,N},
	{12,30,48,N}, {16,50,72,N}, {16,50,96,N}, {4,15,8,N}, {6,30,12,N}, {24,50,192,N},
	{10,30,24,N}, {3,10,2,N}, {16,50,96,B}, {24,50,192,B}, {4,15,4,N}, {15,50,64,N},
	{4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {4,15,4,N}, {11,30,96,N}, {4,10,8,N},
	{8,30,24,N}, {4,10,4,N}, {15,50,96,N}, {15,50,192,N}, {8,30,32,N}, {4,15,4,N},
	{4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {2,4,1,N}, {4,15,4,N}, {3,10,2,X},
	{2,6,1,X}, {2,4,1,X}, {4,15,4,X}, {4,30,4,X}, {8,30,8,X}, {4,15,2,X}, {4,30,8,X},
	{3,10,2,X}, {2,6,1,X}, {4,15,4,X}, {8,30,40,X}, {8,30,64,X}, {4,15,8,X}, {8,30,16,X},
	{2,10,2,X}, {4,15,4,X}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N},
	{8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {15,50,96,B}, {4,15,4,N}, {8,30,48,N},
	{15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N},
	{4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {8,30,16,N},
	{8,30,32,N}, {3,10,2,N}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N},
	{4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {15,50,96,B}, {4,15,4,N},
	{8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {8,30,16,N}, {8,30,32,N},
	{3,10,2,N}, {15,50,96,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N},
	{4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {15,50,96,B}, {4,15,4,N},
	{15,50,48,N}, {4,15,8,N}, {8,30,12,N}, {8,30,24,N}, {3,10,2,N}, {15,50,48,B},
	{4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {15,50,128,N},
	{15,50,192,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {15,50,192,B}, {4,15,4,N},
	{8,30,48,N}, {15,50,64,N}, {4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {2,4,1,N},
	{15,50,64,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {4,15,8,N}, {8,30,16,N},
	{8,30,32,N}, {3,10,2,N}, {2,4,1,N}, {15,50,64,B}, {4,15,4,N}, {8,30,48,N},
	{15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {15,50,128,N}, {8,30,16,N}, {8,30,32,N},
	{3,10,2,N}, {15,50,128,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N},
	{4,15,8,N}, {15,50,128,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {15,50,128,B},
	{4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {8,50,128,N},
	{8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {8,50,128,B}, {4,15,4,N}, {8,30,48,N},
	{15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {8,50,128,N}, {8,30,16,N}, {8,30,32,N},
	{3,10,2,N}, {8,50,128,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N},
	{4,15,8,N}, {15,50,128,N}, {15,50,192,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N},
	{2,4,1,N}, {15,50,192,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {4,15,8,N},
	{8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {2,4,1,N}, {15,50,64,B}, {4,15,4,N}, {8,30,48,N},
	{15,50,64,N}, {4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {2,4,1,N},
	{15,50,64,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {4,15,8,N}, {8,30,16,N},
	{8,30,32,N}, {3,10,2,N}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N},
	{4,15,8,N}, {15,50,192,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {15,50,96,B},
	{15,50,192,B}, {4,15,4,N}, {12,64,48,N}, {16,64,64,N}, {16,64,96,N}, {4,40,8,N},
	{24,64,192,N}, {8,40,16,N}, {10,40,32,N}, {3,20,2,N}, {2,4,1,N}, {16,64,96,B},
	{24,64,192,B}, {4,20,4,N}, {16,64,48,N}, {16,64,96,N}, {8,40,12,N}, {8,40,24,N},
	{4,20,2,N}, {3,4,1,N}, {16,64,48,B}, {16,64,96,B}, {4,20,4,N}, {8,30,48,N},
	{15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {15,50,192,N}, {8,30,16,N}, {8,30,32,N},
	{3,10,2,N}, {2,4,1,N}, {15,50,96,B}, {15,50,192,B}, {4,15,4,N}, {12,30,48,N},
	{16,50,64,N}, {24,50,96,N}, {4,15,8,N}, {12,50,192,N}, {8,30,16,N}, {10,30,32,N},
	{3,10,2,N}, {2,4,1,N}, {24,50,96,B}, {12,50,192,B}, {4,15,4,N}, {8,30,48,N},
	{15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {15,50,192,N}, {8,30,16,N}, {8,30,32,N},
	{3,10,2,N}, {2,4,1,N}, {15,50,96,B}, {15,50,192,B}, {4,15,4,N}, {12,30,48,N},
	{16,50,64,N}, {24,50,96,N}, {4,15,8,N}, {12,50,192,N}, {8,30,16,N}, {10,30,32,N},
	{3,10,2,N}, {2,4,1,N}, {24,50,96,B}, {12,50,192,B}, {4,15,4,N}, {12,50,48,N},
	{16,64,64,N}, {4,30,8,N}, {8,50,16,N}, {10,50,32,N}, {3,20,2,N}, {4,30,4,N},
	{12,50,48,N}, {16,64,64,N}, {16,64,96,N}, {4,30,8,N}, {24,64,128,N}, {24,64,192,N},
	{8,50,16,N}, {10,50,32,N}, {24,64,384,N}, {3,20,2,N}, {24,64,192,B}, {24,64,384,B},
	{4,30,4,N}, {12,50,48,N}, {16,64,64,N}, {16,64,96,N}, {4,30,8,N}, {16,64,128,N},
	{24,64,192,N}, {8,50,16,N}, {8,50,32,N}, {12,64,384,N}, {4,20,2,N}, {24,64,192,B},
	{12,64,384,B}, {4,30,4,N}, {12,50,48,N}, {16,64,64,N}, {16,64,96,N}, {4,30,8,N},
	{24,64,128,N}, {24,64,192,N}, {8,50,16,N}, {10,50,32,N}, {24,64,384,N}, {3,20,2,N},
	{24,64,192,B}, {24,64,384,B}, {4,30,4,N}, {12,50,48,N}, {16,64,64,N}, {16,64,96,N},
	{4,30,8,N}, {16,64,128,N}, {24,64,192,N}, {8,50,16,N}, {8,50,32,N}, {12,64,384,N},
	{4,20,2,N}, {24,64,192,B}, {12,64,384,B}, {4,30,4,N}, {12,50,48,N}, {16,64,64,N},
	{16,64,96,N}, {4,30,8,N}, {16,64,128,N}, {24,64,192,N}, {8,50,16,N}, {8,50,32,N},
	{12,64,384,N}, {4,20,2,N}, {24,64,192,B}, {12,64,384,B}, {4,30,4,N}, {12,50,48,N},
	{16,64,64,N}, {16,64,96,N}, {4,30,8,N}, {16,64,128,N}, {24,64,192,N}, {8,50,16,N},
	{8,50,32,N}, {12,64,384,N}, {4,20,2,N}, {24,64,192,B}, {12,64,384,B}, {4,30,4,N},
	{12,50,48,N}, {4,30,8,N}, {8,50,16,N}, {8,50,32,N}, {4,20,2,N}, {4,30,4,N},
	{12,50,48,N}, {16,64,64,N}, {24,64,96,N}, {4,30,8,N}, {24,64,192,N}, {8,50,16,N},
	{10,50,32,N}, {3,20,2,N}, {2,20,1,N}, {24,64,192,B}, {4,30,4,N}, {12,50,48,N},
	{16,64,64,N}, {24,64,96,N}, {4,30,8,N}, {24,64,192,N}, {8,50,16,N}, {10,50,32,N},
	{3,20,2,N}, {2,20,1,N}, {24,64,192,B}, {4,30,4,N}, {8,30,0,B}, {8,30,0,B}, {8,30,0,B},
	{8,30,0,B}, {8,30,12,B}, {8,30,0,B}, {8,30,0,B}, {8,30,0,B}, {8,30,8,B}, {8,30,64,X},
	{4,15,8,X}, {8,30,32,X}, {15,50,96,N}, {15,50,96,N}, {15,50,96,N}, {2,50,192,N},
	{4,30,16,N}, {2,50,192,N}, {4,50,192,N}, {4,50,192,N}, {4,50,192,N}, {4,15,8,X},
	{8,30,16,X}, {8,30,32,X}, {3,10,2,X}, {4,15,4,X}, {15,50,64,X}, {4,15,8,X},
	{8,30,16,X}, {8,30,32,X}, {3,10,2,X}, {4,15,4,X}, {8,30,48,N}, {15,50,64,N},
	{15,50,96,N}, {4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {15,50,96,B},
	{4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {8,30,16,N},
	{8,30,32,N}, {3,10,2,N}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N},
	{4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {4,15,4,N}, {8,30,48,N},
	{15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N},
	{15,50,96,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N},
	{8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {15,50,96,B}, {4,15,4,N}, {8,30,48,N},
	{15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N},
	{15,50,96,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N},
	{8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {15,50,96,B}, {4,15,4,N}, {8,30,48,N},
	{15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {15,50,128,N}, {15,50,192,N}, {8,30,16,N},
	{8,30,32,N}, {3,10,2,N}, {15,50,192,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N},
	{4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {2,4,1,N}, {15,50,64,B}, {4,15,4,N},
	{8,30,48,N}, {15,50,64,N}, {4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {2,4,1,N},
	{15,50,64,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N},
	{15,50,128,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {15,50,128,B}, {4,15,4,N},
	{8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {15,50,128,N}, {8,30,16,N},
	{8,30,32,N}, {3,10,2,N}, {15,50,128,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N},
	{15,50,96,N}, {4,15,8,N}, {8,50,128,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N},
	{8,50,128,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N},
	{8,50,128,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {8,50,128,B}, {4,15,4,N},
	{8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {15,50,128,N}, {15,50,192,N},
	{8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {2,4,1,N}, {15,50,192,B}, {4,15,4,N},
	{8,30,48,N}, {15,50,64,N}, {4,15,8,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {2,4,1,N},
	{15,50,64,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {4,15,8,N}, {8,30,16,N},
	{8,30,32,N}, {3,10,2,N}, {2,4,1,N}, {15,50,64,B}, {4,15,4,N}, {8,30,48,N},
	{15,50,64,N}, {15,50,96,N}, {4,15,8,N}, {15,50,192,N}, {8,30,16,N}, {8,30,32,N},
	{3,10,2,N}, {15,50,96,B}, {15,50,192,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N},
	{4,15,8,N}, {15,50,128,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {15,50,64,B},
	{15,50,128,B}, {4,15,4,N}, {12,64,48,N}, {16,64,64,N}, {16,64,96,N}, {4,40,8,N},
	{24,64,192,N}, {8,40,16,N}, {10,40,32,N}, {3,20,2,N}, {2,4,1,N}, {16,64,96,B},
	{24,64,192,B}, {4,20,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N},
	{15,50,192,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {2,4,1,N}, {15,50,96,B},
	{15,50,192,B}, {4,15,4,N}, {12,30,48,N}, {16,50,64,N}, {24,50,96,N}, {4,15,8,N},
	{12,50,192,N}, {8,30,16,N}, {10,30,32,N}, {3,10,2,N}, {2,4,1,N}, {24,50,96,B},
	{12,50,192,B}, {4,15,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N},
	{15,50,192,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {2,4,1,N}, {15,50,96,B},
	{15,50,192,B}, {4,15,4,N}, {12,30,48,N}, {16,50,64,N}, {24,50,96,N}, {4,15,8,N},
	{12,50,192,N}, {8,30,16,N}, {10,30,32,N}, {3,10,2,N}, {2,4,1,N}, {24,50,96,B},
	{12,50,192,B}, {4,15,4,N}, {12,50,48,N}, {16,64,64,N}, {4,30,8,N}, {8,50,16,N},
	{10,50,32,N}, {3,20,2,N}, {4,30,4,N}, {12,50,48,N}, {16,64,64,N}, {16,64,96,N},
	{4,30,8,N}, {24,64,128,N}, {24,64,192,N}, {8,50,16,N}, {10,50,32,N}, {24,64,384,N},
	{3,20,2,N}, {24,64,192,B}, {24,64,384,B}, {4,30,4,N}, {12,50,48,N}, {16,64,64,N},
	{16,64,96,N}, {4,30,8,N}, {16,64,128,N}, {24,64,192,N}, {8,50,16,N}, {8,50,32,N},
	{12,64,384,N}, {4,20,2,N}, {24,64,192,B}, {12,64,384,B}, {4,30,4,N}, {12,50,48,N},
	{16,64,64,N}, {16,64,96,N}, {4,30,8,N}, {24,64,128,N}, {24,64,192,N}, {8,50,16,N},
	{10,50,32,N}, {24,64,384,N}, {3,20,2,N}, {24,64,192,B}, {24,64,384,B}, {4,30,4,N},
	{12,50,48,N}, {16,64,64,N}, {16,64,96,N}, {4,30,8,N}, {16,64,128,N}, {24,64,192,N},
	{8,50,16,N}, {8,50,32,N}, {12,64,384,N}, {4,20,2,N}, {24,64,192,B}, {12,64,384,B},
	{4,30,4,N}, {12,50,48,N}, {16,64,64,N}, {16,64,96,N}, {4,30,8,N}, {16,64,128,N},
	{24,64,192,N}, {8,50,16,N}, {8,50,32,N}, {12,64,384,N}, {4,20,2,N}, {24,64,192,B},
	{12,64,384,B}, {4,30,4,N}, {12,50,48,N}, {16,64,64,N}, {16,64,96,N}, {4,30,8,N},
	{16,64,128,N}, {24,64,192,N}, {8,50,16,N}, {8,50,32,N}, {12,64,384,N}, {4,20,2,N},
	{24,64,192,B}, {12,64,384,B}, {4,30,4,N}, {2,2,1,X}, {3,15,8,X}, {3,12,2,X}, {3,6,2,X},
	{2,2,1,X}, {2,2,1,X}, {3,4,1,X}, {3,15,4,X}, {4,15,8,N}, {3,12,2,N}, {3,6,2,N},
	{2,2,2,N}, {2,2,2,N}, {3,4,2,N}, {4,15,4,N}, {4,15,8,N}, {3,12,2,N}, {3,6,2,N},
	{2,2,2,N}, {2,2,2,N}, {2,4,2,N}, {4,15,4,N}, {4,15,8,N}, {3,12,2,N}, {3,6,2,N},
	{2,2,2,N}, {2,2,2,N}, {3,4,2,N}, {4,15,4,N}, {4,15,8,N}, {5,50,128,N}, {5,50,128,N},
	{2,15,12,N}, {2,50,192,N}, {5,30,0,B}, {15,50,0,B}, {15,50,0,B}, {8,30,224,N},
	{15,50,448,N}, {15,50,224,N}, {5,30,448,B}, {5,30,0,B}, {15,50,896,N}, {15,50,448,N},
	{15,50,448,N}, {8,50,896,N}, {8,50,896,N}, {8,50,896,N}, {15,50,96,N}, {4,15,12,N},
	{8,30,24,N}, {8,30,64,X}, {8,30,128,X}, {8,30,64,X}, {4,15,8,X}, {8,30,128,X},
	{4,15,16,X}, {4,15,32,X}, {3,10,4,X}, {8,30,48,N}, {15,50,64,N}, {4,15,8,N},
	{8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {2,4,1,N}, {15,50,64,B}, {4,15,4,N},
	{15,50,64,N}, {15,50,96,N}, {15,50,128,N}, {15,50,128,B}, {15,50,64,N}, {15,50,96,N},
	{4,15,8,N}, {15,50,128,N}, {8,30,16,N}, {8,30,32,N}, {15,50,128,B}, {4,15,4,N},
	{15,50,48,N}, {4,15,8,N}, {8,30,16,N}, {8,30,24,N}, {8,30,32,N}, {15,50,48,B},
	{16,64,48,N}, {16,64,96,N}, {8,40,12,N}, {8,40,24,N}, {4,20,2,N}, {16,64,48,B},
	{16,64,96,B}, {4,20,4,N}, {8,30,48,N}, {15,50,64,N}, {15,50,96,N}, {4,15,8,N},
	{15,50,192,N}, {8,30,16,N}, {8,30,32,N}, {3,10,2,N}, {2,4,1,N}, {15,50,96,B},
	{15,50,192,B}, {4,15,4,N}, {12,50,48,N}, {16,64,64,N}, {16,64,96,N}, {4,30,8,N},
	{24,64,128,N}, {24,64,192,N}, {8,50,16,N}, {24,64,256,N}, {10,50,32,N}, {24,64,384,N},
	{3,20,2,N}, {24,64,192,B}, {24,64,384,B}, {4,30,4,N}, {15,50,48,N}, {4,15,8,N},
	{8,30,12,N}, {8,30,24,N}, {3,10,2,N}, {15,50,48,B}, {4,15,4,N},
};

/* Each ends with a NUL.  By strcmp() order. */
const char eni_names[] =
	"a1.2xlarge\0a1.4xlarge\0a1.large\0a1.medium\0a1.metal\0a1.xlarge\0bmn-sf1.metal\0"
	"c1.medium\0c1.xlarge\0c3.2xlarge\0c3.4xlarge\0c3.8xlarge\0c3.large\0c3.xlarge\0"
	"c4.2xlarge\0c4.4xlarge\0c4.8xlarge\0c4.large\0c4.xlarge\0c5.12xlarge\0c5.18xlarge\0"
	"c5.24xlarge\0c5.2xlarge\0c5.4xlarge\0c5.9xlarge\0c5.large\0c5.metal\0c5.xlarge\0"
	"c5a.12xlarge\0c5a.16xlarge\0c5a.24xlarge\0c5a.2xlarge\0c5a.4xlarge\0c5a.8xlarge\0"
	"c5a.large\0c5a.metal\0c5a.xlarge\0c5ad.12xlarge\0c5ad.16xlarge\0c5ad.24xlarge\0"
	"c5ad.2xlarge\0c5ad.4xlarge\0c5ad.8xlarge\0c5ad.large\0c5ad.metal\0c5ad.xlarge\0"
	"c5d.12xlarge\0c5d.18xlarge\0c5d.24xlarge\0c5d.2xlarge\0c5d.4xlarge\0c5d.9xlarge\0"
	"c5d.large\0c5d.metal\0c5d.xlarge\0c5n.18xlarge\0c5n.2xlarge\0c5n.4xlarge\0"
	"c5n.9xlarge\0c5n.large\0c5n.metal\0c5n.xlarge\0c6a.12xlarge\0c6a.16xlarge\0"
	"c6a.24xlarge\0c6a.2xlarge\0c6a.32xlarge\0c6a.48xlarge\0c6a.4xlarge\0c6a.8xlarge\0"
	"c6a.large\0c6a.metal\0c6a.xlarge\0c6g.12xlarge\0c6g.16xlarge\0c6g.2xlarge\0"
	"c6g.4xlarge\0c6g.8xlarge\0c6g.large\0c6g.medium\0c6g.metal\0c6g.xlarge\0"
	"c6gd.12xlarge\0c6gd.16xlarge\0c6gd.2xlarge\0c6gd.4xlarge\0c6gd.8xlarge\0c6gd.large\0"
	"c6gd.medium\0c6gd.metal\0c6gd.xlarge\0c6gn.12xlarge\0c6gn.16xlarge\0c6gn.2xlarge\0"
	"c6gn.4xlarge\0c6gn.8xlarge\0c6gn.large\0c6gn.medium\0c6gn.xlarge\0c6i.12xlarge\0"
	"c6i.16xlarge\0c6i.24xlarge\0c6i.2xlarge\0c6i.32xlarge\0c6i.4xlarge\0c6i.8xlarge\0"
	"c6i.large\0c6i.metal\0c6i.xlarge\0c6id.12xlarge\0c6id.16xlarge\0c6id.24xlarge\0"
	"c6id.2xlarge\0c6id.32xlarge\0c6id.4xlarge\0c6id.8xlarge\0c6id.large\0c6id.metal\0"
	"c6id.xlarge\0c6in.12xlarge\0c6in.16xlarge\0c6in.24xlarge\0c6in.2xlarge\0"
	"c6in.32xlarge\0c6in.4xlarge\0c6in.8xlarge\0c6in.large\0c6in.metal\0c6in.xlarge\0"
	"c7a.12xlarge\0c7a.16xlarge\0c7a.24xlarge\0c7a.2xlarge\0c7a.32xlarge\0c7a.48xlarge\0"
	"c7a.4xlarge\0c7a.8xlarge\0c7a.large\0c7a.medium\0c7a.metal-48xl\0c7a.xlarge\0"
	"c7g.12xlarge\0c7g.16xlarge\0c7g.2xlarge\0c7g.4xlarge\0c7g.8xlarge\0c7g.large\0"
	"c7g.medium\0c7g.metal\0c7g.xlarge\0c7gd.12xlarge\0c7gd.16xlarge\0c7gd.2xlarge\0"
	"c7gd.4xlarge\0c7gd.8xlarge\0c7gd.large\0c7gd.medium\0c7gd.metal\0c7gd.xlarge\0"
	"c7gn.12xlarge\0c7gn.16xlarge\0c7gn.2xlarge\0c7gn.4xlarge\0c7gn.8xlarge\0c7gn.large\0"
	"c7gn.medium\0c7gn.metal\0c7gn.xlarge\0c7i-flex.12xlarge\0c7i-flex.16xlarge\0"
	"c7i-flex.2xlarge\0c7i-flex.4xlarge\0c7i-flex.8xlarge\0c7i-flex.large\0"
	"c7i-flex.xlarge\0c7i.12xlarge\0c7i.16xlarge\0c7i.24xlarge\0c7i.2xlarge\0"
	"c7i.32xlarge\0c7i.48xlarge\0c7i.4xlarge\0c7i.8xlarge\0c7i.large\0c7i.metal-24xl\0"
	"c7i.metal-48xl\0c7i.xlarge\0c8a.12xlarge\0c8a.16xlarge\0c8a.24xlarge\0c8a.2xlarge\0"
	"c8a.48xlarge\0c8a.4xlarge\0c8a.8xlarge\0c8a.large\0c8a.medium\0c8a.metal-24xl\0"
	"c8a.metal-48xl\0c8a.xlarge\0c8g.12xlarge\0c8g.16xlarge\0c8g.24xlarge\0c8g.2xlarge\0"
	"c8g.48xlarge\0c8g.4xlarge\0c8g.8xlarge\0c8g.large\0c8g.medium\0c8g.metal-24xl\0"
	"c8g.metal-48xl\0c8g.xlarge\0c8gb.12xlarge\0c8gb.16xlarge\0c8gb.24xlarge\0"
	"c8gb.2xlarge\0c8gb.48xlarge\0c8gb.4xlarge\0c8gb.8xlarge\0c8gb.large\0c8gb.medium\0"
	"c8gb.metal-24xl\0c8gb.metal-48xl\0c8gb.xlarge\0c8gd.12xlarge\0c8gd.16xlarge\0"
	"c8gd.24xlarge\0c8gd.2xlarge\0c8gd.48xlarge\0c8gd.4xlarge\0c8gd.8xlarge\0c8gd.large\0"
	"c8gd.medium\0c8gd.metal-24xl\0c8gd.metal-48xl\0c8gd.xlarge\0c8gn.12xlarge\0"
	"c8gn.16xlarge\0c8gn.24xlarge\0c8gn.2xlarge\0c8gn.48xlarge\0c8gn.4xlarge\0"
	"c8gn.8xlarge\0c8gn.large\0c8gn.medium\0c8gn.metal-24xl\0c8gn.metal-48xl\0"
	"c8gn.xlarge\0c8i-flex.12xlarge\0c8i-flex.16xlarge\0c8i-flex.2xlarge\0"
	"c8i-flex.4xlarge\0c8i-flex.8xlarge\0c8i-flex.large\0c8i-flex.xlarge\0c8i.12xlarge\0"
	"c8i.16xlarge\0c8i.24xlarge\0c8i.2xlarge\0c8i.32xlarge\0c8i.48xlarge\0c8i.4xlarge\0"
	"c8i.8xlarge\0c8i.96xlarge\0c8i.large\0c8i.metal-48xl\0c8i.metal-96xl\0c8i.xlarge\0"
	"c8ib.12xlarge\0c8ib.16xlarge\0c8ib.24xlarge\0c8ib.2xlarge\0c8ib.32xlarge\0"
	"c8ib.48xlarge\0c8ib.4xlarge\0c8ib.8xlarge\0c8ib.96xlarge\0c8ib.large\0"
	"c8ib.metal-48xl\0c8ib.metal-96xl\0c8ib.xlarge\0c8id.12xlarge\0c8id.16xlarge\0"
	"c8id.24xlarge\0c8id.2xlarge\0c8id.32xlarge\0c8id.48xlarge\0c8id.4xlarge\0"
	"c8id.8xlarge\0c8id.96xlarge\0c8id.large\0c8id.metal-48xl\0c8id.metal-96xl\0"
	"c8id.xlarge\0c8in.12xlarge\0c8in.16xlarge\0c8in.24xlarge\0c8in.2xlarge\0"
	"c8in.32xlarge\0c8in.48xlarge\0c8in.4xlarge\0c8in.8xlarge\0c8in.96xlarge\0"
	"c8in.large\0c8in.metal-48xl\0c8in.metal-96xl\0c8in.xlarge\0c8ine.12xlarge\0"
	"c8ine.2xlarge\0c8ine.4xlarge\0c8ine.8xlarge\0c8ine.large\0c8ine.xlarge\0"
	"c9g.12xlarge\0c9g.16xlarge\0c9g.24xlarge\0c9g.2xlarge\0c9g.48xlarge\0c9g.4xlarge\0"
	"c9g.8xlarge\0c9g.large\0c9g.medium\0c9g.metal-48xl\0c9g.xlarge\0c9gd.12xlarge\0"
	"c9gd.16xlarge\0c9gd.24xlarge\0c9gd.2xlarge\0c9gd.48xlarge\0c9gd.4xlarge\0"
	"c9gd.8xlarge\0c9gd.large\0c9gd.medium\0c9gd.metal-48xl\0c9gd.xlarge\0cr1.8xlarge\0"
	"d2.2xlarge\0d2.4xlarge\0d2.8xlarge\0d2.xlarge\0d3.2xlarge\0d3.4xlarge\0d3.8xlarge\0"
	"d3.xlarge\0d3en.12xlarge\0d3en.2xlarge\0d3en.4xlarge\0d3en.6xlarge\0d3en.8xlarge\0"
	"d3en.xlarge\0dl1.24xlarge\0dl2q.24xlarge\0f1.16xlarge\0f1.2xlarge\0f1.4xlarge\0"
	"f2.12xlarge\0f2.48xlarge\0f2.6xlarge\0g4ad.16xlarge\0g4ad.2xlarge\0g4ad.4xlarge\0"
	"g4ad.8xlarge\0g4ad.xlarge\0g4dn.12xlarge\0g4dn.16xlarge\0g4dn.2xlarge\0"
	"g4dn.4xlarge\0g4dn.8xlarge\0g4dn.metal\0g4dn.xlarge\0g5.12xlarge\0g5.16xlarge\0"
	"g5.24xlarge\0g5.2xlarge\0g5.48xlarge\0g5.4xlarge\0g5.8xlarge\0g5.xlarge\0"
	"g5g.16xlarge\0g5g.2xlarge\0g5g.4xlarge\0g5g.8xlarge\0g5g.metal\0g5g.xlarge\0"
	"g6.12xlarge\0g6.16xlarge\0g6.24xlarge\0g6.2xlarge\0g6.48xlarge\0g6.4xlarge\0"
	"g6.8xlarge\0g6.xlarge\0g6e.12xlarge\0g6e.16xlarge\0g6e.24xlarge\0g6e.2xlarge\0"
	"g6e.48xlarge\0g6e.4xlarge\0g6e.8xlarge\0g6e.xlarge\0g6f.2xlarge\0g6f.4xlarge\0"
	"g6f.large\0g6f.xlarge\0g7.12xlarge\0g7.24xlarge\0g7.2xlarge\0g7.48xlarge\0"
	"g7.4xlarge\0g7.8xlarge\0g7e.12xlarge\0g7e.24xlarge\0g7e.2xlarge\0g7e.48xlarge\0"
	"g7e.4xlarge\0g7e.8xlarge\0gr6.4xlarge\0gr6.8xlarge\0gr6f.4xlarge\0h1.16xlarge\0"
	"h1.2xlarge\0h1.4xlarge\0h1.8xlarge\0hpc6a.48xlarge\0hpc6id.32xlarge\0"
	"hpc7a.12xlarge\0hpc7a.24xlarge\0hpc7a.48xlarge\0hpc7a.96xlarge\0hpc7g.16xlarge\0"
	"hpc7g.4xlarge\0hpc7g.8xlarge\0hpc8a.96xlarge\0hs1.8xlarge\0i2.2xlarge\0i2.4xlarge\0"
	"i2.8xlarge\0i2.xlarge\0i3.16xlarge\0i3.2xlarge\0i3.4xlarge\0i3.8xlarge\0i3.large\0"
	"i3.xlarge\0i3en.12xlarge\0i3en.24xlarge\0i3en.2xlarge\0i3en.3xlarge\0i3en.6xlarge\0"
	"i3en.large\0i3en.metal\0i3en.xlarge\0i4g.16xlarge\0i4g.2xlarge\0i4g.4xlarge\0"
	"i4g.8xlarge\0i4g.large\0i4g.xlarge\0i4i.12xlarge\0i4i.16xlarge\0i4i.24xlarge\0"
	"i4i.2xlarge\0i4i.32xlarge\0i4i.4xlarge\0i4i.8xlarge\0i4i.large\0i4i.metal\0"
	"i4i.xlarge\0i7i.12xlarge\0i7i.16xlarge\0i7i.24xlarge\0i7i.2xlarge\0i7i.48xlarge\0"
	"i7i.4xlarge\0i7i.8xlarge\0i7i.large\0i7i.metal-24xl\0i7i.metal-48xl\0i7i.xlarge\0"
	"i7ie.12xlarge\0i7ie.18xlarge\0i7ie.24xlarge\0i7ie.2xlarge\0i7ie.3xlarge\0"
	"i7ie.48xlarge\0i7ie.6xlarge\0i7ie.large\0i7ie.metal-24xl\0i7ie.metal-48xl\0"
	"i7ie.xlarge\0i8g.12xlarge\0i8g.16xlarge\0i8g.24xlarge\0i8g.2xlarge\0i8g.48xlarge\0"
	"i8g.4xlarge\0i8g.8xlarge\0i8g.large\0i8g.metal-24xl\0i8g.metal-48xl\0i8g.xlarge\0"
	"i8ge.12xlarge\0i8ge.18xlarge\0i8ge.24xlarge\0i8ge.2xlarge\0i8ge.3xlarge\0"
	"i8ge.48xlarge\0i8ge.6xlarge\0i8ge.large\0i8ge.metal-24xl\0i8ge.metal-48xl\0"
	"i8ge.xlarge\0im4gn.16xlarge\0im4gn.2xlarge\0im4gn.4xlarge\0im4gn.8xlarge\0"
	"im4gn.large\0im4gn.xlarge\0inf1.24xlarge\0inf1.2xlarge\0inf1.6xlarge\0inf1.xlarge\0"
	"inf2.24xlarge\0inf2.48xlarge\0inf2.8xlarge\0inf2.xlarge\0is4gen.2xlarge\0"
	"is4gen.4xlarge\0is4gen.8xlarge\0is4gen.large\0is4gen.medium\0is4gen.xlarge\0"
	"m1.large\0m1.medium\0m1.small\0m1.xlarge\0m2.2xlarge\0m2.4xlarge\0m2.xlarge\0"
	"m3.2xlarge\0m3.large\0m3.medium\0m3.xlarge\0m4.10xlarge\0m4.16xlarge\0m4.2xlarge\0"
	"m4.4xlarge\0m4.large\0m4.xlarge\0m5.12xlarge\0m5.16xlarge\0m5.24xlarge\0m5.2xlarge\0"
	"m5.4xlarge\0m5.8xlarge\0m5.large\0m5.metal\0m5.xlarge\0m5a.12xlarge\0m5a.16xlarge\0"
	"m5a.24xlarge\0m5a.2xlarge\0m5a.4xlarge\0m5a.8xlarge\0m5a.large\0m5a.xlarge\0"
	"m5ad.12xlarge\0m5ad.16xlarge\0m5ad.24xlarge\0m5ad.2xlarge\0m5ad.4xlarge\0"
	"m5ad.8xlarge\0m5ad.large\0m5ad.xlarge\0m5d.12xlarge\0m5d.16xlarge\0m5d.24xlarge\0"
	"m5d.2xlarge\0m5d.4xlarge\0m5d.8xlarge\0m5d.large\0m5d.metal\0m5d.xlarge\0"
	"m5dn.12xlarge\0m5dn.16xlarge\0m5dn.24xlarge\0m5dn.2xlarge\0m5dn.4xlarge\0"
	"m5dn.8xlarge\0m5dn.large\0m5dn.metal\0m5dn.xlarge\0m5n.12xlarge\0m5n.16xlarge\0"
	"m5n.24xlarge\0m5n.2xlarge\0m5n.4xlarge\0m5n.8xlarge\0m5n.large\0m5n.metal\0"
	"m5n.xlarge\0m5zn.12xlarge\0m5zn.2xlarge\0m5zn.3xlarge\0m5zn.6xlarge\0m5zn.large\0"
	"m5zn.metal\0m5zn.xlarge\0m6a.12xlarge\0m6a.16xlarge\0m6a.24xlarge\0m6a.2xlarge\0"
	"m6a.32xlarge\0m6a.48xlarge\0m6a.4xlarge\0m6a.8xlarge\0m6a.large\0m6a.metal\0"
	"m6a.xlarge\0m6g.12xlarge\0m6g.16xlarge\0m6g.2xlarge\0m6g.4xlarge\0m6g.8xlarge\0"
	"m6g.large\0m6g.medium\0m6g.metal\0m6g.xlarge\0m6gd.12xlarge\0m6gd.16xlarge\0"
	"m6gd.2xlarge\0m6gd.4xlarge\0m6gd.8xlarge\0m6gd.large\0m6gd.medium\0m6gd.metal\0"
	"m6gd.xlarge\0m6i.12xlarge\0m6i.16xlarge\0m6i.24xlarge\0m6i.2xlarge\0m6i.32xlarge\0"
	"m6i.4xlarge\0m6i.8xlarge\0m6i.large\0m6i.metal\0m6i.xlarge\0m6id.12xlarge\0"
	"m6id.16xlarge\0m6id.24xlarge\0m6id.2xlarge\0m6id.32xlarge\0m6id.4xlarge\0"
	"m6id.8xlarge\0m6id.large\0m6id.metal\0m6id.xlarge\0m6idn.12xlarge\0m6idn.16xlarge\0"
	"m6idn.24xlarge\0m6idn.2xlarge\0m6idn.32xlarge\0m6idn.4xlarge\0m6idn.8xlarge\0"
	"m6idn.large\0m6idn.metal\0m6idn.xlarge\0m6in.12xlarge\0m6in.16xlarge\0"
	"m6in.24xlarge\0m6in.2xlarge\0m6in.32xlarge\0m6in.4xlarge\0m6in.8xlarge\0m6in.large\0"
	"m6in.metal\0m6in.xlarge\0m7a.12xlarge\0m7a.16xlarge\0m7a.24xlarge\0m7a.2xlarge\0"
	"m7a.32xlarge\0m7a.48xlarge\0m7a.4xlarge\0m7a.8xlarge\0m7a.large\0m7a.medium\0"
	"m7a.metal-48xl\0m7a.xlarge\0m7g.12xlarge\0m7g.16xlarge\0m7g.2xlarge\0m7g.4xlarge\0"
	"m7g.8xlarge\0m7g.large\0m7g.medium\0m7g.metal\0m7g.xlarge\0m7gd.12xlarge\0"
	"m7gd.16xlarge\0m7gd.2xlarge\0m7gd.4xlarge\0m7gd.8xlarge\0m7gd.large\0m7gd.medium\0"
	"m7gd.metal\0m7gd.xlarge\0m7i-flex.12xlarge\0m7i-flex.16xlarge\0m7i-flex.2xlarge\0"
	"m7i-flex.4xlarge\0m7i-flex.8xlarge\0m7i-flex.large\0m7i-flex.xlarge\0m7i.12xlarge\0"
	"m7i.16xlarge\0m7i.24xlarge\0m7i.2xlarge\0m7i.48xlarge\0m7i.4xlarge\0m7i.8xlarge\0"
	"m7i.large\0m7i.metal-24xl\0m7i.metal-48xl\0m7i.xlarge\0m8a.12xlarge\0m8a.16xlarge\0"
	"m8a.24xlarge\0m8a.2xlarge\0m8a.48xlarge\0m8a.4xlarge\0m8a.8xlarge\0m8a.large\0"
	"m8a.medium\0m8a.metal-24xl\0m8a.metal-48xl\0m8a.xlarge\0m8azn.12xlarge\0"
	"m8azn.24xlarge\0m8azn.3xlarge\0m8azn.6xlarge\0m8azn.large\0m8azn.medium\0"
	"m8azn.metal-12xl\0m8azn.metal-24xl\0m8azn.xlarge\0m8g.12xlarge\0m8g.16xlarge\0"
	"m8g.24xlarge\0m8g.2xlarge\0m8g.48xlarge\0m8g.4xlarge\0m8g.8xlarge\0m8g.large\0"
	"m8g.medium\0m8g.metal-24xl\0m8g.metal-48xl\0m8g.xlarge\0m8gb.12xlarge\0"
	"m8gb.16xlarge\0m8gb.24xlarge\0m8gb.2xlarge\0m8gb.48xlarge\0m8gb.4xlarge\0"
	"m8gb.8xlarge\0m8gb.large\0m8gb.medium\0m8gb.metal-24xl\0m8gb.metal-48xl\0"
	"m8gb.xlarge\0m8gd.12xlarge\0m8gd.16xlarge\0m8gd.24xlarge\0m8gd.2xlarge\0"
	"m8gd.48xlarge\0m8gd.4xlarge\0m8gd.8xlarge\0m8gd.large\0m8gd.medium\0"
	"m8gd.metal-24xl\0m8gd.metal-48xl\0m8gd.xlarge\0m8gn.12xlarge\0m8gn.16xlarge\0"
	"m8gn.24xlarge\0m8gn.2xlarge\0m8gn.48xlarge\0m8gn.4xlarge\0m8gn.8xlarge\0m8gn.large\0"
	"m8gn.medium\0m8gn.metal-24xl\0m8gn.metal-48xl\0m8gn.xlarge\0m8i-flex.12xlarge\0"
	"m8i-flex.16xlarge\0m8i-flex.2xlarge\0m8i-flex.4xlarge\0m8i-flex.8xlarge\0"
	"m8i-flex.large\0m8i-flex.xlarge\0m8i.12xlarge\0m8i.16xlarge\0m8i.24xlarge\0"
	"m8i.2xlarge\0m8i.32xlarge\0m8i.48xlarge\0m8i.4xlarge\0m8i.8xlarge\0m8i.96xlarge\0"
	"m8i.large\0m8i.metal-48xl\0m8i.metal-96xl\0m8i.xlarge\0m8ib.12xlarge\0"
	"m8ib.16xlarge\0m8ib.24xlarge\0m8ib.2xlarge\0m8ib.32xlarge\0m8ib.48xlarge\0"
	"m8ib.4xlarge\0m8ib.8xlarge\0m8ib.96xlarge\0m8ib.large\0m8ib.metal-48xl\0"
	"m8ib.metal-96xl\0m8ib.xlarge\0m8id.12xlarge\0m8id.16xlarge\0m8id.24xlarge\0"
	"m8id.2xlarge\0m8id.32xlarge\0m8id.48xlarge\0m8id.4xlarge\0m8id.8xlarge\0"
	"m8id.96xlarge\0m8id.large\0m8id.metal-48xl\0m8id.metal-96xl\0m8id.xlarge\0"
	"m8idb.12xlarge\0m8idb.16xlarge\0m8idb.24xlarge\0m8idb.2xlarge\0m8idb.32xlarge\0"
	"m8idb.48xlarge\0m8idb.4xlarge\0m8idb.8xlarge\0m8idb.96xlarge\0m8idb.large\0"
	"m8idb.metal-48xl\0m8idb.metal-96xl\0m8idb.xlarge\0m8idn.12xlarge\0m8idn.16xlarge\0"
	"m8idn.24xlarge\0m8idn.2xlarge\0m8idn.32xlarge\0m8idn.48xlarge\0m8idn.4xlarge\0"
	"m8idn.8xlarge\0m8idn.96xlarge\0m8idn.large\0m8idn.metal-48xl\0m8idn.metal-96xl\0"
	"m8idn.xlarge\0m8in.12xlarge\0m8in.16xlarge\0m8in.24xlarge\0m8in.2xlarge\0"
	"m8in.32xlarge\0m8in.48xlarge\0m8in.4xlarge\0m8in.8xlarge\0m8in.96xlarge\0"
	"m8in.large\0m8in.metal-48xl\0m8in.metal-96xl\0m8in.xlarge\0m8ine.12xlarge\0"
	"m8ine.2xlarge\0m8ine.4xlarge\0m8ine.8xlarge\0m8ine.large\0m8ine.xlarge\0"
	"m9g.12xlarge\0m9g.16xlarge\0m9g.24xlarge\0m9g.2xlarge\0m9g.48xlarge\0m9g.4xlarge\0"
	"m9g.8xlarge\0m9g.large\0m9g.medium\0m9g.metal-48xl\0m9g.xlarge\0m9gd.12xlarge\0"
	"m9gd.16xlarge\0m9gd.24xlarge\0m9gd.2xlarge\0m9gd.48xlarge\0m9gd.4xlarge\0"
	"m9gd.8xlarge\0m9gd.large\0m9gd.medium\0m9gd.metal-48xl\0m9gd.xlarge\0"
	"mac-m3ultra.metal\0mac-m4.metal\0mac-m4max.metal\0mac-m4pro.metal\0mac1.metal\0"
	"mac2-m1ultra.metal\0mac2-m2.metal\0mac2-m2pro.metal\0mac2.metal\0p3.16xlarge\0"
	"p3.2xlarge\0p3.8xlarge\0p3dn.24xlarge\0p4d.24xlarge\0p4de.24xlarge\0p5.48xlarge\0"
	"p5.4xlarge\0p5e.48xlarge\0p5en.48xlarge\0p6-b200.48xlarge\0p6-b300.48xlarge\0"
	"r3.2xlarge\0r3.4xlarge\0r3.8xlarge\0r3.large\0r3.xlarge\0r4.16xlarge\0r4.2xlarge\0"
	"r4.4xlarge\0r4.8xlarge\0r4.large\0r4.xlarge\0r5.12xlarge\0r5.16xlarge\0r5.24xlarge\0"
	"r5.2xlarge\0r5.4xlarge\0r5.8xlarge\0r5.large\0r5.metal\0r5.xlarge\0r5a.12xlarge\0"
	"r5a.16xlarge\0r5a.24xlarge\0r5a.2xlarge\0r5a.4xlarge\0r5a.8xlarge\0r5a.large\0"
	"r5a.xlarge\0r5ad.12xlarge\0r5ad.16xlarge\0r5ad.24xlarge\0r5ad.2xlarge\0"
	"r5ad.4xlarge\0r5ad.8xlarge\0r5ad.large\0r5ad.xlarge\0r5b.12xlarge\0r5b.16xlarge\0"
	"r5b.24xlarge\0r5b.2xlarge\0r5b.4xlarge\0r5b.8xlarge\0r5b.large\0r5b.metal\0"
	"r5b.xlarge\0r5d.12xlarge\0r5d.16xlarge\0r5d.24xlarge\0r5d.2xlarge\0r5d.4xlarge\0"
	"r5d.8xlarge\0r5d.large\0r5d.metal\0r5d.xlarge\0r5dn.12xlarge\0r5dn.16xlarge\0"
	"r5dn.24xlarge\0r5dn.2xlarge\0r5dn.4xlarge\0r5dn.8xlarge\0r5dn.large\0r5dn.metal\0"
	"r5dn.xlarge\0r5n.12xlarge\0r5n.16xlarge\0r5n.24xlarge\0r5n.2xlarge\0r5n.4xlarge\0"
	"r5n.8xlarge\0r5n.large\0r5n.metal\0r5n.xlarge\0r6a.12xlarge\0r6a.16xlarge\0"
	"r6a.24xlarge\0r6a.2xlarge\0r6a.32xlarge\0r6a.48xlarge\0r6a.4xlarge\0r6a.8xlarge\0"
	"r6a.large\0r6a.metal\0r6a.xlarge\0r6g.12xlarge\0r6g.16xlarge\0r6g.2xlarge\0"
	"r6g.4xlarge\0r6g.8xlarge\0r6g.large\0r6g.medium\0r6g.metal\0r6g.xlarge\0"
	"r6gd.12xlarge\0r6gd.16xlarge\0r6gd.2xlarge\0r6gd.4xlarge\0r6gd.8xlarge\0r6gd.large\0"
	"r6gd.medium\0r6gd.metal\0r6gd.xlarge\0r6i.12xlarge\0r6i.16xlarge\0r6i.24xlarge\0"
	"r6i.2xlarge\0r6i.32xlarge\0r6i.4xlarge\0r6i.8xlarge\0r6i.large\0r6i.metal\0"
	"r6i.xlarge\0r6id.12xlarge\0r6id.16xlarge\0r6id.24xlarge\0r6id.2xlarge\0"
	"r6id.32xlarge\0r6id.4xlarge\0r6id.8xlarge\0r6id.large\0r6id.metal\0r6id.xlarge\0"
	"r6idn.12xlarge\0r6idn.16xlarge\0r6idn.24xlarge\0r6idn.2xlarge\0r6idn.32xlarge\0"
	"r6idn.4xlarge\0r6idn.8xlarge\0r6idn.large\0r6idn.metal\0r6idn.xlarge\0"
	"r6in.12xlarge\0r6in.16xlarge\0r6in.24xlarge\0r6in.2xlarge\0r6in.32xlarge\0"
	"r6in.4xlarge\0r6in.8xlarge\0r6in.large\0r6in.metal\0r6in.xlarge\0r7a.12xlarge\0"
	"r7a.16xlarge\0r7a.24xlarge\0r7a.2xlarge\0r7a.32xlarge\0r7a.48xlarge\0r7a.4xlarge\0"
	"r7a.8xlarge\0r7a.large\0r7a.medium\0r7a.metal-48xl\0r7a.xlarge\0r7g.12xlarge\0"
	"r7g.16xlarge\0r7g.2xlarge\0r7g.4xlarge\0r7g.8xlarge\0r7g.large\0r7g.medium\0"
	"r7g.metal\0r7g.xlarge\0r7gd.12xlarge\0r7gd.16xlarge\0r7gd.2xlarge\0r7gd.4xlarge\0"
	"r7gd.8xlarge\0r7gd.large\0r7gd.medium\0r7gd.metal\0r7gd.xlarge\0r7i.12xlarge\0"
	"r7i.16xlarge\0r7i.24xlarge\0r7i.2xlarge\0r7i.48xlarge\0r7i.4xlarge\0r7i.8xlarge\0"
	"r7i.large\0r7i.metal-24xl\0r7i.metal-48xl\0r7i.xlarge\0r7iz.12xlarge\0"
	"r7iz.16xlarge\0r7iz.2xlarge\0r7iz.32xlarge\0r7iz.4xlarge\0r7iz.8xlarge\0r7iz.large\0"
	"r7iz.metal-16xl\0r7iz.metal-32xl\0r7iz.xlarge\0r8a.12xlarge\0r8a.16xlarge\0"
	"r8a.24xlarge\0r8a.2xlarge\0r8a.48xlarge\0r8a.4xlarge\0r8a.8xlarge\0r8a.large\0"
	"r8a.medium\0r8a.metal-24xl\0r8a.metal-48xl\0r8a.xlarge\0r8g.12xlarge\0r8g.16xlarge\0"
	"r8g.24xlarge\0r8g.2xlarge\0r8g.48xlarge\0r8g.4xlarge\0r8g.8xlarge\0r8g.large\0"
	"r8g.medium\0r8g.metal-24xl\0r8g.metal-48xl\0r8g.xlarge\0r8gb.12xlarge\0"
	"r8gb.16xlarge\0r8gb.24xlarge\0r8gb.2xlarge\0r8gb.48xlarge\0r8gb.4xlarge\0"
	"r8gb.8xlarge\0r8gb.large\0r8gb.medium\0r8gb.metal-24xl\0r8gb.metal-48xl\0"
	"r8gb.xlarge\0r8gd.12xlarge\0r8gd.16xlarge\0r8gd.24xlarge\0r8gd.2xlarge\0"
	"r8gd.48xlarge\0r8gd.4xlarge\0r8gd.8xlarge\0r8gd.large\0r8gd.medium\0"
	"r8gd.metal-24xl\0r8gd.metal-48xl\0r8gd.xlarge\0r8gn.12xlarge\0r8gn.16xlarge\0"
	"r8gn.24xlarge\0r8gn.2xlarge\0r8gn.48xlarge\0r8gn.4xlarge\0r8gn.8xlarge\0r8gn.large\0"
	"r8gn.medium\0r8gn.metal-24xl\0r8gn.metal-48xl\0r8gn.xlarge\0r8i-flex.12xlarge\0"
	"r8i-flex.16xlarge\0r8i-flex.2xlarge\0r8i-flex.4xlarge\0r8i-flex.8xlarge\0"
	"r8i-flex.large\0r8i-flex.xlarge\0r8i.12xlarge\0r8i.16xlarge\0r8i.24xlarge\0"
	"r8i.2xlarge\0r8i.32xlarge\0r8i.48xlarge\0r8i.4xlarge\0r8i.8xlarge\0r8i.96xlarge\0"
	"r8i.large\0r8i.metal-48xl\0r8i.metal-96xl\0r8i.xlarge\0r8ib.12xlarge\0"
	"r8ib.16xlarge\0r8ib.24xlarge\0r8ib.2xlarge\0r8ib.32xlarge\0r8ib.48xlarge\0"
	"r8ib.4xlarge\0r8ib.8xlarge\0r8ib.96xlarge\0r8ib.large\0r8ib.metal-48xl\0"
	"r8ib.metal-96xl\0r8ib.xlarge\0r8id.12xlarge\0r8id.16xlarge\0r8id.24xlarge\0"
	"r8id.2xlarge\0r8id.32xlarge\0r8id.48xlarge\0r8id.4xlarge\0r8id.8xlarge\0"
	"r8id.96xlarge\0r8id.large\0r8id.metal-48xl\0r8id.metal-96xl\0r8id.xlarge\0"
	"r8idb.12xlarge\0r8idb.16xlarge\0r8idb.24xlarge\0r8idb.2xlarge\0r8idb.32xlarge\0"
	"r8idb.48xlarge\0r8idb.4xlarge\0r8idb.8xlarge\0r8idb.96xlarge\0r8idb.large\0"
	"r8idb.metal-48xl\0r8idb.metal-96xl\0r8idb.xlarge\0r8idn.12xlarge\0r8idn.16xlarge\0"
	"r8idn.24xlarge\0r8idn.2xlarge\0r8idn.32xlarge\0r8idn.48xlarge\0r8idn.4xlarge\0"
	"r8idn.8xlarge\0r8idn.96xlarge\0r8idn.large\0r8idn.metal-48xl\0r8idn.metal-96xl\0"
	"r8idn.xlarge\0r8in.12xlarge\0r8in.16xlarge\0r8in.24xlarge\0r8in.2xlarge\0"
	"r8in.32xlarge\0r8in.48xlarge\0r8in.4xlarge\0r8in.8xlarge\0r8in.96xlarge\0"
	"r8in.large\0r8in.metal-48xl\0r8in.metal-96xl\0r8in.xlarge\0t1.micro\0t2.2xlarge\0"
	"t2.large\0t2.medium\0t2.micro\0t2.nano\0t2.small\0t2.xlarge\0t3.2xlarge\0t3.large\0"
	"t3.medium\0t3.micro\0t3.nano\0t3.small\0t3.xlarge\0t3a.2xlarge\0t3a.large\0"
	"t3a.medium\0t3a.micro\0t3a.nano\0t3a.small\0t3a.xlarge\0t4g.2xlarge\0t4g.large\0"
	"t4g.medium\0t4g.micro\0t4g.nano\0t4g.small\0t4g.xlarge\0trn1.2xlarge\0"
	"trn1.32xlarge\0trn1n.32xlarge\0trn2.3xlarge\0trn2.48xlarge\0u-12tb1.metal\0"
	"u-18tb1.metal\0u-24tb1.metal\0u-3tb1.56xlarge\0u-6tb1.112xlarge\0u-6tb1.56xlarge\0"
	"u-6tb1.metal\0u-9tb1.metal\0u7i-12tb.224xlarge\0u7i-6tb.112xlarge\0"
	"u7i-8tb.112xlarge\0u7in-16tb.224xlarge\0u7in-24tb.224xlarge\0u7in-32tb.224xlarge\0"
	"vt1.24xlarge\0vt1.3xlarge\0vt1.6xlarge\0x1.16xlarge\0x1.32xlarge\0x1e.16xlarge\0"
	"x1e.2xlarge\0x1e.32xlarge\0x1e.4xlarge\0x1e.8xlarge\0x1e.xlarge\0x2gd.12xlarge\0"
	"x2gd.16xlarge\0x2gd.2xlarge\0x2gd.4xlarge\0x2gd.8xlarge\0x2gd.large\0x2gd.medium\0"
	"x2gd.metal\0x2gd.xlarge\0x2idn.16xlarge\0x2idn.24xlarge\0x2idn.32xlarge\0"
	"x2idn.metal\0x2iedn.16xlarge\0x2iedn.24xlarge\0x2iedn.2xlarge\0x2iedn.32xlarge\0"
	"x2iedn.4xlarge\0x2iedn.8xlarge\0x2iedn.metal\0x2iedn.xlarge\0x2iezn.12xlarge\0"
	"x2iezn.2xlarge\0x2iezn.4xlarge\0x2iezn.6xlarge\0x2iezn.8xlarge\0x2iezn.metal\0"
	"x8aedz.12xlarge\0x8aedz.24xlarge\0x8aedz.3xlarge\0x8aedz.6xlarge\0x8aedz.large\0"
	"x8aedz.metal-12xl\0x8aedz.metal-24xl\0x8aedz.xlarge\0x8g.12xlarge\0x8g.16xlarge\0"
	"x8g.24xlarge\0x8g.2xlarge\0x8g.48xlarge\0x8g.4xlarge\0x8g.8xlarge\0x8g.large\0"
	"x8g.medium\0x8g.metal-24xl\0x8g.metal-48xl\0x8g.xlarge\0x8i.12xlarge\0x8i.16xlarge\0"
	"x8i.24xlarge\0x8i.2xlarge\0x8i.32xlarge\0x8i.48xlarge\0x8i.4xlarge\0x8i.64xlarge\0"
	"x8i.8xlarge\0x8i.96xlarge\0x8i.large\0x8i.metal-48xl\0x8i.metal-96xl\0x8i.xlarge\0"
	"z1d.12xlarge\0z1d.2xlarge\0z1d.3xlarge\0z1d.6xlarge\0z1d.large\0z1d.metal\0"
	"z1d.xlarge\0";
