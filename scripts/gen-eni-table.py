#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes core/rules/eni-table.c from a table of instance types.

usage: gen-eni-table.py eni-limits.tsv > core/rules/eni-table.c

Columns read: instance_type, max_enis, ipv4_per_eni, hypervisor, is_bare_metal.
The first line of the file is a comment that names its source; the commit in it
is repeated in the output.

vCPUs are not in the source.  They only decide whether 110 or 250 pods are
recommended (more than 30), so they are derived from the size: N "xlarge" is 4N,
large and below 2, medium 1 outside the burstable families, metal-Nxl 4N, metal
the largest other size of its family.  Where a family is known not to follow
that, its figure is in EXCEPTIONS; 0 means not derivable.
"""
import re
import sys

BURSTABLE = ("t2", "t3", "t3a", "t4g")
EXCEPTIONS = {
    "t1.micro": 1, "t2.nano": 1, "t2.micro": 1, "t2.small": 1,
    "m1.small": 1, "c1.medium": 2, "c1.xlarge": 8,
    "m2.xlarge": 2, "m2.2xlarge": 4, "m2.4xlarge": 8,
    "c4.8xlarge": 36, "d2.8xlarge": 36, "hs1.8xlarge": 16,
    "mac1.metal": 12, "mac2.metal": 8,
    "hpc6a.48xlarge": 96, "hpc6id.32xlarge": 64,
    "hpc7a.12xlarge": 24, "hpc7a.24xlarge": 48, "hpc7a.48xlarge": 96,
    "hpc7a.96xlarge": 192, "hpc8a.96xlarge": 192,
}
FLAVOURS = {"unknown": "U", "nitro": "N", "xen": "X", "baremetal": "B"}


def vcpus(name):
    if name in EXCEPTIONS:
        return EXCEPTIONS[name]
    family, _, size = name.partition(".")
    found = re.fullmatch(r"(?:metal-)?(\d*)(?:xlarge|xl)", size)
    if found:
        return 4 * int(found.group(1) or 1)
    if size == "medium":
        return 2 if family in BURSTABLE else 1
    if size in ("nano", "micro", "small", "large"):
        return 2
    return 0


def wrap(items, width=96):
    line = "\t"
    for item in items:
        if len(line) - 1 + len(item) + 8 > width:
            yield line.rstrip()
            line = "\t"
        line += item
    yield line.rstrip()


def main():
    rows, commit = [], "?"
    with open(sys.argv[1], encoding="utf-8") as source:
        for line in source:
            if line.startswith("#"):
                commit = re.search(r"commit ([0-9a-f]+) \(([^)]*)\)", line)
                continue
            f = line.rstrip("\n").split("\t")
            if f[0] != "instance_type":
                rows.append([f[0], int(f[1]), int(f[2]), vcpus(f[0]), FLAVOURS[f[3]]])
    rows.sort(key=lambda r: r[0].encode())
    for r in rows:
        if r[3] == 0 and r[0].endswith(".metal"):
            family = r[0].split(".")[0] + "."
            r[3] = max((o[3] for o in rows if o[0].startswith(family)), default=0)
    out = ["/* SPDX-License-Identifier: Apache-2.0 */", "/*",
           " * Instance types and their ENIs.  Made by scripts/gen-eni-table.py: do not edit.",
           " * Facts: github.com/aws/amazon-vpc-cni-k8s pkg/vpc/vpc_ip_resource_limit.go, commit",
           " * %s (%s);" % (commit.group(1), commit.group(2)),
           " * vCPUs are derived from the size, see that script.", " */",
           '#include "core/rules/eni-table.h"', "",
           "enum { U, N, X, B }; /* unknown, nitro, xen, bare metal */", "",
           "const size_t eni_nrows = %d;" % len(rows), "",
           "/* ENIs, IPv4 per ENI, vCPUs, hypervisor; in the order of the names */",
           "const struct eni_row eni_rows[] = {"]
    out += wrap(["{%d,%d,%d,%s}, " % tuple(r[1:]) for r in rows])
    out += ["};", "", "/* Each ends with a NUL.  By strcmp() order. */",
            "const char eni_names[] ="]
    line = ""
    lines = []
    for r in rows:
        if len(line) + len(r[0]) + 2 > 84:
            lines.append(line)
            line = ""
        line += r[0] + "\\0"
    lines.append(line)
    out += ['\t"%s"%s' % (l, ";" if l is lines[-1] else "") for l in lines]
    print("\n".join(out))


main()
