/* utf8 - strict UTF-8 (RFC 3629): no overlong forms, no surrogates. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "lib/base/str.h"

/* Bytes of the well-formed character that bytes starts with; 0 if none. */
size_t utf8_length(struct slice bytes);

bool utf8_valid(struct slice bytes);

/* Does it begin with a control character: C0, DEL, or C1 (c2 80 to c2 9f),
 * which steers terminals like C0? */
bool utf8_is_control(struct slice bytes);

/* Holds a byte above 127? */
bool has_8bit(struct slice bytes);

#endif
