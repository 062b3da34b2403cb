/*
 * etrn - domains of the kind etrn: mail that is held until it is asked for.
 *
 * Where a letter for such a domain goes is route.h's business: into the lane
 * "etrn DOMAIN".  Where that lane leads is asked anew for each release.
 */
#ifndef CONTROL_ETRN_H
#define CONTROL_ETRN_H

#include "control/config.h"
#include "lib/base/record.h"

enum {
	ETRN_ALLOW_MAX = 1000   /* prefixes, and logins, of one domain */
};

/* Under its name in cdb/routing, beside the domain's own row. */
struct etrn_row {
	uint64_t is_to_client; /* to whoever asks */
	struct strs allow;     /* who may ask: prefixes, as rows_prefix writes
	                        * them ... */
	struct strs logins;    /* ... and accounts, normalized */
	struct str queue;      /* its queue's name, lower case, or empty */
	uint64_t line;
};

extern const struct record_field etrn_row_fields[];

/* What the tables of now say of a domain: {0} is a valid empty one. */
struct etrn {
	struct str domain; /* normalized */
	struct str hop;    /* the next hop of a release; the host is still to
	                    * come when row.is_to_client */
	struct etrn_row row;
};

/* Looks a domain up, in whatever spelling, and replaces *out.  False: it is
 * none of the kind etrn; or the tables are damaged (config->is_damaged). */
bool etrn_find(struct config *config, struct slice domain, struct etrn *out);
void etrn_free(struct etrn *etrn);

/* Replaces *to by the lane of a domain (normalized), "etrn DOMAIN". */
void etrn_lane(struct str *to, struct slice domain);

#endif
