/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the few files where a large list spends its time: speed before size.  The program is built
 * for size (configure.ac), where gcc turns every copy into one slow instruction.  To be included
 * last; other compilers know no such word, and lose a tenth.
 */
#ifndef KOPSCOPE_BASE_HOT_H
#define KOPSCOPE_BASE_HOT_H

#if defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__)
#pragma GCC optimize("O2")
#endif

#endif
