/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Uids of pods in little room: the model keeps "a1b2...-..." (36 bytes) as 19 bytes
 * above 127, which are strings like others and equal where the uids are.  What is
 * no such uid stays as it is.
 */
#ifndef KOPSCOPE_MODEL_UID_H
#define KOPSCOPE_MODEL_UID_H

#define UID_PACKED_SIZE 20
#define UID_TEXT_SIZE 37

/* Both return out, or uid itself where there is nothing to do.  NULL gives NULL. */
const char *uid_pack(const char *uid, char out[UID_PACKED_SIZE]);
/* As the API gives it, of a pod that came from the model. */
const char *uid_text(const char *uid, char out[UID_TEXT_SIZE]);

#endif
