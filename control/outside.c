/* outside - resolver and authorities; see outside.h. */
#include "control/outside.h"

#include "lib/base/die.h"

void
outside_open_or_die(const struct str *resolver, const struct str *cafile,
    struct dns **dns, struct tls_client **tls)
{
	struct str why = {0};

	if (dns_open(dns, str_slice(resolver)) < 0)
		die_temp("cannot use the resolver %s", str_c(resolver));
	*tls = tls_client_make(str_c(cafile), &why);
	if (!*tls)
		die_perm("control/cafile: %s", str_c(&why));
	str_free(&why);
}

bool
outside_is_same(struct config *config, struct cdb_file *old)
{
	return config_is_same(config, old, slice_of("=resolver")) &&
	    config_is_same(config, old, slice_of("=cafile"));
}
