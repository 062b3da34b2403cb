/* share - what share-sort would make of a letter; see share.h. */
#include "cmd/posthouse-explain/share.h"

#include "control/share.h"
#include "lib/mail/address.h"
#include "lib/mail/name_fold.h"

#include <stdio.h>

static void
print_copy(const struct str *account, const char *by)
{
	printf("= a copy for %s here, X-Posthouse-Staff: %s (%s)\n",
	    str_c(account), str_c(account), by);
}

/* False: nobody bears that name. */
static bool
by_name(struct config *config, struct slice domain, struct slice name,
    const struct share_row *share)
{
	struct share_name_row row = {0};
	struct str key = {0};
	bool is_found = name_fold(&key, name) &&
	    share_by_name(config, domain, str_slice(&key), &row);

	if (is_found) {
		printf("accounts:%llu: \"%.*s\" is %s",
		    (unsigned long long)row.line, (int)name.len, name.s,
		    str_c(&row.account));
		if (!slice_eq(str_slice(&row.account),
		    str_slice(&row.goes_to)))
			printf(", who has left: it is for %s",
			    str_c(&row.goes_to));
		putchar('\n');
		if (!slice_eq(str_slice(&row.goes_to),
		    str_slice(&share->manager)))
			print_copy(&row.goes_to, "name");
	}
	share_name_free(&row);
	str_free(&key);
	return is_found;
}

static void
by_policy(const struct share_row *share)
{
	printf("share-sort: a letter that names and answers nobody is %s\n",
	    share->unnamed_to_staff ? "for all staff (unnamed=staff)" :
	    "for the manager, who may assign it (unnamed=manager)");
	for (size_t i = 0; share->unnamed_to_staff && i < share->staff.len;
	    i++)
		print_copy(&share->staff.v[i], "unnamed");
}

void
explain_share(struct config *config, const struct route *route,
    struct slice name)
{
	struct slice local, domain;
	struct share_row share = {0};

	if (!address_split(str_slice(&route->address), &local, &domain) ||
	    !share_load(config, domain, &share))
		return;
	if (!name.len || !by_name(config, domain, name, &share)) {
		if (name.len)
			printf("accounts: nobody of %.*s is called \"%.*s\"\n",
			    (int)domain.len, domain.s, (int)name.len, name.s);
		by_policy(&share);
	}
	share_free(&share);
}
