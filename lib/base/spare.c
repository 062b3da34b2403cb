/* spare - libraries that children go without; see spare.h. */
#include "lib/base/spare.h"

#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct search {
	const char *name;
};

static void
keep_from_children(uintptr_t start, uintptr_t end)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	start -= start % page;
	/* refused: they cost what they cost */
	(void)madvise((void *)start, end - start, MADV_DONTFORK);
}

static int
look_at(struct dl_phdr_info *object, size_t size, void *context)
{
	const struct search *search = context;

	(void)size;
	if (!strstr(object->dlpi_name, search->name))
		return 0;
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &object->dlpi_phdr[i];
		uintptr_t start = object->dlpi_addr + part->p_vaddr;

		if (part->p_type == PT_LOAD)
			keep_from_children(start, start + part->p_memsz);
	}
	return 0;
}

/* The sanitizers' runtime looks at all libraries, in children too. */
void
spare_children(const char *name)
{
#ifndef SANITIZED
	struct search search = {.name = name};

	dl_iterate_phdr(look_at, &search);
#else
	(void)name;
	(void)look_at;
#endif
}
