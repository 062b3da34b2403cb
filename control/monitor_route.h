/* monitor_route - copies for who watches a domain (monitor= of domains).  For
 * control/ alone. */
#ifndef CONTROL_MONITOR_ROUTE_H
#define CONTROL_MONITOR_ROUTE_H

#include "control/decision.h"

/* Adds the copies for the domains on both sides, where anything is delivered
 * at all; none for who gets the letter anyway. */
void monitor_route(struct decision *d);

#endif
