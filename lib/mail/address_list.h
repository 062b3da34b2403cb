/*
 * address_list - the addresses in a header field: RFC 5322 3.4, and worse.
 *
 * A tolerant scanner over hostile text: quoted strings, nested comments,
 * groups, routes and folding are understood; what cannot be understood comes
 * out as an address that is none.
 */
#ifndef MAIL_ADDRESS_LIST_H
#define MAIL_ADDRESS_LIST_H

#include "lib/base/str.h"

/* One mailbox; views into the field's text, as they stand there. */
struct mailbox_view {
	struct slice address; /* the addr-spec, without brackets and route */
	struct slice display; /* the phrase before "<", or empty */
	struct slice comment; /* inside of the last "(...)", or empty */
	struct slice group;   /* where a group begins: all up to its ":" */
	/* Another reader may find another address here: something stays
	 * open, there is a route, words behind ">", or a second address
	 * where a name belongs. */
	bool is_odd;
};

/* Takes the next mailbox off *rest.  False at the end. */
bool address_list_next(struct slice *rest, struct mailbox_view *mailbox);

/* Replaces *to by an address as it is looked up: without the blanks and
 * comments that may stand in it outside of quotes (RFC 5322 4.4). */
void address_without_blanks(struct str *to, struct slice address);

#endif
