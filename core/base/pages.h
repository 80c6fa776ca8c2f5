/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that the start of the program touched and that nothing asks for again.
 *
 * libcurl of a distribution brings some thirty libraries (Kerberos, LDAP, GnuTLS, SSH) whose
 * relocation and constructors touch megabytes of their files, though none of them is ever called.
 */
#ifndef KOPSCOPE_BASE_PAGES_H
#define KOPSCOPE_BASE_PAGES_H

#include <stddef.h>

/*
 * Gives back what the heap has free, and the pages of all libraries' text and constants: they are
 * files, what is used comes again from the page cache.  Nothing that was written, relocated or
 * allocated is touched, nor the program itself.  Returns how many bytes of libraries that was; 0
 * where there are none.
 */
size_t pages_give_back(void);

#endif
