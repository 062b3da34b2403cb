/* plus - addresses with tags; see plus.h. */
#include "control/plus.h"

#include "lib/mail/address.h"

int
plus_begin(struct plus_walk *walk, struct config *config, struct slice address)
{
	struct slice local, domain;

	*walk = (struct plus_walk){0};
	if (address_normalize(&walk->address, address, true) < 0 ||
	    !address_split(str_slice(&walk->address), &local, &domain))
		return -1;
	walk->local_len = local.len;
	if (local.s[0] == '"' || !cdb_file_get(&config->file,
	    slice_of("=plusaddress"), &walk->separators))
		walk->separators = (struct slice){0};
	return 0;
}

bool
plus_next(struct plus_walk *walk, struct slice *name)
{
	const char *s = walk->address.s;
	size_t cut = walk->cut;

	if (!cut) {
		walk->cut = walk->local_len;
		*name = str_slice(&walk->address);
		return true;
	}
	for (cut--; cut > 0; cut--) {
		if (slice_find(walk->separators, s[cut]) ==
		    walk->separators.len)
			continue;
		walk->cut = cut;
		str_set_slice(&walk->name, slice_make(s, cut));
		str_puts(&walk->name, s + walk->local_len);
		*name = str_slice(&walk->name);
		return true;
	}
	return false;
}

void
plus_end(struct plus_walk *walk)
{
	str_free(&walk->address);
	str_free(&walk->name);
	*walk = (struct plus_walk){0};
}
