/*
 * outside - what a program that reaches other hosts opens before it locks
 * itself in: the resolver, and the authorities that it believes.
 */
#ifndef CONTROL_OUTSIDE_H
#define CONTROL_OUTSIDE_H

#include "control/config.h"
#include "lib/base/dns.h"
#include "lib/base/tls_client.h"

/* Opens both, as the settings resolver and cafile say, or ends the program. */
void outside_open_or_die(const struct str *resolver, const struct str *cafile,
    struct dns **dns, struct tls_client **tls);

/* After new tables came in the place of *old: do these two settings say what
 * they did?  Only a new start can heed others. */
bool outside_is_same(struct config *config, struct cdb_file *old);

#endif
