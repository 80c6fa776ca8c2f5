/* SPDX-License-Identifier: Apache-2.0 */
/* Case folders of the AWS signing suite: request.txt, context.json, header-*.txt. */
#ifndef KOPSCOPE_TESTS_AWS_SIGV4_CASE_H
#define KOPSCOPE_TESTS_AWS_SIGV4_CASE_H

#include <stdbool.h>
#include <stdio.h>

/* Signs the request of dir as its context says; differences go to out.  True: all equal. */
bool sigv4_case_run(const char *dir, FILE *out);
/* All case folders below dir; counts them. */
bool sigv4_suite_run(const char *dir, FILE *out, int *passed, int *failed);

#endif
