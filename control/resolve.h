/*
 * resolve - whom an address means: an account, an alias, nobody, or somebody
 * outside.
 *
 * One step of the routing decision, without its permissions.  The compiler
 * asks the same function when it looks for dangling targets and loops, so
 * that what it checked is what will happen.
 */
#ifndef CONTROL_RESOLVE_H
#define CONTROL_RESOLVE_H

#include "control/rows.h"

enum resolved_kind {
	RESOLVED_INVALID, /* no address at all */
	RESOLVED_OUTSIDE, /* not in a domain of ours */
	RESOLVED_NOBODY,  /* in a domain of ours, but not there */
	RESOLVED_ACCOUNT,
	RESOLVED_ALIAS,
	RESOLVED_ROUTED   /* in a domain of ours, whose mailboxes are elsewhere
	                   * (route, backup, etrn) */
};

struct resolved {
	enum resolved_kind kind;
	struct str address;   /* normalized; of mailboxes here: folded, tag
	                       * included */
	struct str domain;    /* normalized */
	struct str name;      /* of the account (no tag) or alias (@domain), or
	                       * in the list of recipients */
	struct domain_row domain_row; /* when it is ours */
	struct account account;       /* RESOLVED_ACCOUNT */
	struct alias_row alias;       /* RESOLVED_ALIAS */
	struct recipient_row recipient; /* RESOLVED_ROUTED, if name is set */
};

/* Do the mailboxes of a domain of this kind lie here? */
bool kind_is_home(struct slice kind);

/* ... and does what its accounts send outside leave by a mailbox at a
 * provider (map, share)? */
bool kind_is_behind_provider(struct slice kind);

/* Longest name first (user+tag, then user), an alias before an account, the
 * catch-all last.  The alias named skip is not followed: inside its own row
 * its name means the account.  *out must be {0}; resolved_free ends it. */
void resolve(struct config *config, struct slice address, struct slice skip,
    struct resolved *out);
void resolved_free(struct resolved *resolved);

#endif
