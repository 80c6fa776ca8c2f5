/* SPDX-License-Identifier: Apache-2.0 */
/* A state folder of the test's own, with a name longer than a socket's path may be. */
#ifndef KOPSCOPE_TESTS_RUN_FOLDER_H
#define KOPSCOPE_TESTS_RUN_FOLDER_H

/* Group set-up and tear-down of cmocka: XDG_STATE_HOME points there, and it is removed. */
int folder_enter(void **state);
int folder_leave(void **state);

#endif
