/*
 * isp_route - routing of map and share domains: what leaves through a mailbox
 * at a provider, and what only seems to.  For control/ alone.
 */
#ifndef CONTROL_ISP_ROUTE_H
#define CONTROL_ISP_ROUTE_H

#include "control/route.h"

/* Is this address (normalized, not in a domain of ours) the mailbox of a
 * colleague at the provider, and not to go round?  Then *account is his. */
bool isp_route_home(struct config *config, struct slice address,
    const struct route_trace *trace, struct str *account);

/* Does what this sender writes to outside leave through a provider?  Then
 * *lane is "isp ISP-ADDRESS"; or empty, when no mailbox is bound to *who.
 * manager: by whose mailbox this sender writes, or empty. */
bool isp_route_outward(struct config *config,
    const struct route_request *request, struct slice manager,
    const struct route_trace *trace, struct str *lane, struct str *who);

#endif
