/*
 * admin - what posthouse queue asks queue-manager on run/admin/s.
 *
 * One request packet; the answer is packets of text that begin with 'o' (for
 * standard output) or 'e' (for standard error), then one 'x' and the exit
 * status in decimal.
 */
#ifndef QUEUE_ADMIN_H
#define QUEUE_ADMIN_H

#include "lib/base/record.h"

enum { ADMIN_WORD_MAX = 320, ADMIN_LANE_MAX = 1024, ADMIN_IDS_MAX = 2000 };

struct admin_request {
	struct str verb;   /* list hold release retry drop stats; etrn: the
			    * held mail of domain, to a client's address */
	struct strs ids;   /* or "all"; retry of a domain or lane needs none */
	/* Each narrows the choice; empty (or 0) leaves it. */
	struct str domain; /* a recipient's */
	struct str lane;   /* next hop of a recipient (or its domain or hosts
			    * alone), "local" */
	struct str sender, to; /* sender: "<>" is the null sender */
	uint64_t older_s;
	struct str by;     /* list: "lane" or "domain" counts instead */
};

extern const struct record_field admin_request_fields[];

#endif
