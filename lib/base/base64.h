/* base64 - text back to bytes: RFC 4648 4. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "lib/base/str.h"

/* What a character of the alphabet stands for; -1: it is not of it. */
int base64_value(char c);

/* Appends the bytes.  False (and *to as it was) when it is not base64 as the
 * RFC has it: padded, without blanks, no stray bits at the end. */
bool base64_decode(struct str *to, struct slice base64);

#endif
