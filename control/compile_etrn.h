/* compile_etrn - the options of a domain of the kind etrn; for control/
 * alone. */
#ifndef CONTROL_COMPILE_ETRN_H
#define CONTROL_COMPILE_ETRN_H

#include "control/compiler.h"
#include "control/etrn.h"

/* Take an option's value, or say what is wrong with it. */
void etrn_set_allow(struct row *row, struct slice value, struct etrn_row *to);
void etrn_set_login(struct row *row, struct slice value, struct etrn_row *to);
void etrn_set_queue(struct row *row, struct slice value, struct etrn_row *to);

/* The row is of another kind: says which of these options it must not have. */
void etrn_refuse(const struct row *row, const struct etrn_row *etrn);

/* The row is of the kind etrn: says what does not go together, and writes the
 * domain's (normalized) etrn_row.  hop: what to= and tls= made; *via becomes
 * the next hop of a release, without a host where the client is it. */
void etrn_finish(struct row *row, struct slice domain, struct etrn_row *etrn,
    struct next_hop *hop, struct str *via);

/* Remembers what is to be found by other names than the domain's. */
void etrn_index_add(struct etrn_index *index, struct slice domain,
    const struct etrn_row *etrn);

#endif
