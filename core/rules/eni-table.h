/* SPDX-License-Identifier: Apache-2.0 */
/* The generated table of instance types, packed; core/rules/eni.h unpacks it. */
#ifndef KOPSCOPE_RULES_ENI_TABLE_H
#define KOPSCOPE_RULES_ENI_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct eni_row {
	uint8_t enis, ips;
	uint16_t vcpus;
	uint8_t hypervisor; /* 0 unknown, 1 nitro, 2 xen, 3 bare metal */
};
#define ENI_ROWS_MAX 2048
extern const size_t eni_nrows;
extern const struct eni_row eni_rows[];
extern const char eni_names[]; /* eni_nrows names, each with its NUL */

#endif
