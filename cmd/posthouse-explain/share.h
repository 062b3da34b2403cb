/* share - what share-sort would make of a letter, as far as the tables know. */
#ifndef POSTHOUSE_EXPLAIN_SHARE_H
#define POSTHOUSE_EXPLAIN_SHARE_H

#include "control/route.h"

/* Prints who else gets a letter for a shared address, whose To: has this
 * display name (empty: none); earlier letters are not known. */
void explain_share(struct config *config, const struct route *route,
    struct slice name);

#endif
