/*
 * share - one address, several staff: what cdb/routing knows of a domain of
 * the kind share.
 *
 * Its manager holds the shared addresses; customers know the staff by display
 * name.  For share-sort, share-assign and the routing decision.
 */
#ifndef CONTROL_SHARE_H
#define CONTROL_SHARE_H

#include "control/config.h"

enum {
	SHARE_STAFF_MAX = 100000, /* of one domain */
	SHARE_NAMES_MAX = 32,     /* of one person */
	SHARE_NAME_BYTES = 180    /* of one name: it is a folder's, too */
};

struct share_row {
	struct str manager;  /* account; empty: the domain has none, and so no
	                      * staff */
	struct strs shared;  /* its own address and its mailboxes at a
	                      * provider; aliases: share_is_address */
	uint64_t unnamed_to_staff; /* what names nobody goes to all staff */
	uint64_t audit_hold; /* staff letters wait for the manager, unless
	                      * their account says otherwise */
	struct strs staff;   /* accounts of those who are there */
	uint64_t line;       /* of the manager, in control/accounts */
};

/* Who bears a name: goes_to is the account itself, or, when that person has
 * left, the successor. */
struct share_name_row {
	struct str account, goes_to;
	uint64_t line; /* in control/accounts */
};

/* Finds a domain of the kind share (normalized).  *row must be {0} or from an
 * earlier call.  False: it is none. */
bool share_load(struct config *config, struct slice domain,
    struct share_row *row);
void share_free(struct share_row *row);

/* Goes through all such domains: begin with *at = 0.  Replaces *domain.
 * False at the end. */
bool share_next(struct config *config, unsigned *at, struct str *domain);

/* As share_load, without the staff: cheap, whatever their number. */
bool share_load_head(struct config *config, struct slice domain,
    struct share_row *row);

/* Finds who bears a name in that domain; folded is the key that name_fold
 * makes of it.  *row must be {0} or from an earlier call. */
bool share_by_name(struct config *config, struct slice domain,
    struct slice folded, struct share_name_row *row);
void share_name_free(struct share_name_row *row);

/* Where mail for a staff account goes that is said to be for this person:
 * replaces *to by the account, or, when that person has left, by the
 * successor.  False: there is no such account. */
bool share_goes_to(struct config *config, struct slice account,
    struct str *to);

/* By which mailbox at a provider staff letters leave: replaces *address.
 * False: by none, so that they are refused. */
bool share_way_out(struct config *config, const struct share_row *row,
    struct str *address);

/* Is this one of the shared addresses (any spelling): one of row->shared, or
 * with a tag, or an alias that leads to the manager and to nobody else? */
bool share_is_address(struct config *config, const struct share_row *row,
    struct slice address);

/* Cuts the next name off *names (account.name: "Zhangsan|张三"), trimmed.
 * False at the end. */
bool share_next_name(struct slice *names, struct slice *name);

/* Appends what stands for a name in the folder Assign/NAME: a dot and a slash
 * become "_". */
void share_folder(struct str *to, struct slice name);

#endif
