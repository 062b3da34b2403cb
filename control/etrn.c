/* etrn - domains whose mail is held until it is asked for; see etrn.h. */
#include "control/etrn.h"

#include "control/rows.h"
#include "lib/mail/address.h"
#include "lib/mail/etrn_wire.h"

enum { PREFIX_TEXT_MAX = 64 };

const struct record_field etrn_row_fields[] = {
    RECORD_U64(etrn_row, 'c', is_to_client, 1),
    RECORD_STRS(etrn_row, 'p', allow, PREFIX_TEXT_MAX, ETRN_ALLOW_MAX),
    RECORD_STRS(etrn_row, 'l', logins, ADDRESS_TEXT_MAX, ETRN_ALLOW_MAX),
    RECORD_STR(etrn_row, 'q', queue, ETRN_WORD_MAX),
    RECORD_U64(etrn_row, 'n', line, UINT32_MAX),
    {0},
};

void
etrn_lane(struct str *to, struct slice domain)
{
	str_set(to, "etrn ");
	str_add_slice(to, domain);
}

bool
etrn_find(struct config *config, struct slice domain, struct etrn *out)
{
	struct domain_row row = {0};
	struct slice name;
	bool is_one;

	etrn_free(out);
	if (domain_normalize(&out->domain, domain) < 0)
		return false;
	name = str_slice(&out->domain);
	is_one = rows_get(config, 'd', name, domain_row_fields, &row) &&
	    slice_is(str_slice(&row.kind), "etrn") &&
	    rows_get(config, 'e', name, etrn_row_fields, &out->row);
	if (is_one)
		str_set_slice(&out->hop, str_slice(&row.via));
	record_free(domain_row_fields, &row);
	return is_one;
}

void
etrn_free(struct etrn *etrn)
{
	str_free(&etrn->domain);
	str_free(&etrn->hop);
	record_free(etrn_row_fields, &etrn->row);
	*etrn = (struct etrn){0};
}
