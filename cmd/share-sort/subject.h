/* subject - do two letters speak of the same thing?  RFC 5256 2.1. */
#ifndef SHARE_SORT_SUBJECT_H
#define SHARE_SORT_SUBJECT_H

#include "lib/mail/charset.h"

enum { SUBJECT_HASH_LEN = 16 };

/* Replaces *base by the base subject of a Subject field's value: decoded,
 * without "Re:", "回复：", "[list]" and "(fwd)", and without case, width and
 * blanks. */
void subject_base(struct charsets *charsets, struct str *base,
    struct slice value);

/* Replaces *hash by a base subject's hash, of SUBJECT_HASH_LEN hex digits. */
void subject_hash(struct str *hash, struct slice base);

#endif
