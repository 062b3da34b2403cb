/* hex - bytes as text. */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include "lib/base/str.h"

/* Appends two lower-case digits a byte. */
void hex_add(struct str *to, const void *bytes, size_t len);

/* Appends the bytes.  False (and nothing) when it is not hex. */
bool hex_decode(struct str *to, struct slice hex);

#endif
