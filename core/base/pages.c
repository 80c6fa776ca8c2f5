/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that the start of the program touched and that nothing asks for again. */
#include "core/base/pages.h"

#include <elf.h>
#include <link.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* Relocations in its text are lost with the page, as no writable segment would tell. */
static bool pages_text_is_file(const struct dl_phdr_info *lib)
{
	const ElfW(Dyn) *d = NULL;

	for (int i = 0; i < lib->dlpi_phnum; i++) {
		if (lib->dlpi_phdr[i].p_type == PT_DYNAMIC) {
			d = (const void *)(uintptr_t)(lib->dlpi_addr + lib->dlpi_phdr[i].p_vaddr);
		}
	}
	for (; d && d->d_tag != DT_NULL; d++) {
		if (d->d_tag == DT_TEXTREL ||
				(d->d_tag == DT_FLAGS && d->d_un.d_val & DF_TEXTREL)) {
			return false;
		}
	}
	return d != NULL;
}

static int pages_of_library(struct dl_phdr_info *lib, size_t size, void *given)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	/* The program itself has no name, and the kernel's part (vdso) no file. */
	if (!lib->dlpi_name || lib->dlpi_name[0] != '/' || !pages_text_is_file(lib)) {
		return 0;
	}
	/* The table that is read here lies in one of them: a look would bring its page back. */
	struct pages { uintptr_t from, to; } v[8];
	size_t n = 0;
	for (int i = 0; i < lib->dlpi_phnum && n < sizeof(v) / sizeof(v[0]); i++) {
		const ElfW(Phdr) *p = &lib->dlpi_phdr[i];
		uintptr_t at = lib->dlpi_addr + p->p_vaddr;
		if (p->p_type == PT_LOAD && !(p->p_flags & PF_W)) {
			v[n++] = (struct pages){ at & ~(uintptr_t)(page - 1), at + p->p_filesz };
		}
	}
	while (n-- > 0) {
		if (!madvise((void *)v[n].from, v[n].to - v[n].from, MADV_DONTNEED)) {
			*(size_t *)given += v[n].to - v[n].from;
		}
	}
	return 0;
}

size_t pages_give_back(void)
{
	size_t given = 0;

#ifdef __GLIBC__
	malloc_trim(0);
#endif
	dl_iterate_phdr(pages_of_library, &given);
	return given;
}
