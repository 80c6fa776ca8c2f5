/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accidents: what happens to a world once, by somebody's hand or by itself, while faults
 * (lab/fault.h) last until they are switched off.  POST /_lab/accident?NAME=THING; GET lists them.
 */
#ifndef KOPSCOPE_LAB_ACCIDENT_H
#define KOPSCOPE_LAB_ACCIDENT_H

#include "lab/server.h"

lab_handler lab_accident_handle;

#endif
