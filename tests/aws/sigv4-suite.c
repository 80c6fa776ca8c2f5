/* SPDX-License-Identifier: Apache-2.0 */
/* sigv4-suite DIR: runs the signer over the case folders of the AWS signing suite. */
#include <stdio.h>

#include "tests/aws/sigv4-case.h"

int main(int argc, char **argv)
{
	int passed = 0, failed = 0;
	if (argc != 2) {
		fprintf(stderr, "usage: sigv4-suite DIR\n");
		return 2;
	}
	if (!sigv4_suite_run(argv[1], stdout, &passed, &failed)) {
		fprintf(stderr, "sigv4-suite: cannot read the folder %s\n", argv[1]);
		return 2;
	}
	printf("%d passed, %d failed\n", passed, failed);
	return failed || !passed;
}
