/*
 * service - the kinds of listeners that smtp-receive serves: a table.
 *
 * Each runs as a user of its own and drops into a box of its own, which says
 * what its letters may do: ARCHITECTURE.md.
 */
#ifndef SMTP_RECEIVE_SERVICE_H
#define SMTP_RECEIVE_SERVICE_H

#include "lib/base/confine.h"

#include <stdbool.h>

struct service {
	const char *name;    /* as in control/listen */
	const char *box;
	bool takes_logins;   /* and no letter without one */
	bool is_tls_at_once; /* no STARTTLS: RFC 8314 3.3 */
	const char *moves_to;   /* where sessions go on that become TLS, a
	                         * socket; NULL: in their own process */
	const char *takes_from; /* instead of listening: such a socket */
	bool is_for_relays;  /* only for clients with the rule "relay" */
	struct confine parent;
	const struct confine_path *session; /* what sessions keep of it */
};

/* NULL: there is none of this name. */
const struct service *service_find(const char *name);

#endif
